"""What of a fact's data may be shown to somebody who only keeps the system running.

Fields that name a person are marked in the contract. Data that break the contract are shown as far
as they keep to it: a field that it does not know may hold anything.
"""

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel

from services.contracts.events import BY_TYPE
from services.contracts.schema import PERSONAL_DATA

WITHHELD = "[không nêu / withheld]"

_LONGEST = 200
"""Letters of a text that are shown."""


def showable(ce_type: str, data: object) -> object:
    """The parsed data of an event of this type, with everything withheld that may name a person."""
    kind = BY_TYPE.get(ce_type)
    return WITHHELD if kind is None else _of_model(kind, data)


def _of_model(model: type[BaseModel], data: object) -> object:
    if not isinstance(data, dict):
        return WITHHELD
    shown: dict[str, object] = {}
    for name, value in data.items():
        field = model.model_fields.get(name)
        if field is None:
            shown["…"] = WITHHELD  # its name is as unknown as its value
            continue
        extra = field.json_schema_extra
        if isinstance(extra, dict) and extra.get(PERSONAL_DATA):
            shown[name] = WITHHELD
        else:
            shown[name] = _of_field(next(_models(field.annotation), None), value)
    return shown


def _of_field(model: type[BaseModel] | None, value: object) -> object:
    if isinstance(value, list):
        return [_of_field(model, item) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    if model is not None:
        return _of_model(model, value)
    return value[:_LONGEST] if isinstance(value, str) else WITHHELD


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models somewhere in an annotation: `Exemplar | None`, `list[Line]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)
