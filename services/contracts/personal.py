"""Personal data in facts: what to withhold from whom.

Fields that name a person are marked `x-personal-data` in the contract. Subscribers who did not ask
for them get the same fact with these texts withheld, still valid against its schema. Operators are
shown the data of dead letters, which may break the contract, as far as they keep to it: a field
that it does not know may hold anything.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from services.contracts.events import BY_TYPE, Fact
from services.contracts.schema import PERSONAL_DATA

WITHHELD = "(không hiển thị)"
WITHHELD_EN = "(withheld)"
"""The same in an English text."""

F = TypeVar("F", bound=Fact)

_LONGEST = 200
"""Letters of a text that are shown."""


@cache
def names_people(kind: type[BaseModel]) -> bool:
    """Whether models of this type, or those inside them, have fields that name a person."""
    return any(
        _is_personal(field) or any(names_people(inner) for inner in _models(field.annotation))
        for field in kind.model_fields.values()
    )


def without_personal_data(fact: F) -> F:
    """The same fact with every personal text withheld; the same object where there is none."""
    withheld: F = _withheld(fact)
    return withheld


@cache
def personal_fields(kind: type[BaseModel]) -> Mapping[str, Any]:
    """The fields that name a person, as Pydantic's `exclude` takes them; also those of models
    inside it, optional ones and lists of them."""
    found: dict[str, Any] = {}
    for name, field in kind.model_fields.items():
        if _is_personal(field):
            found[name] = True
            continue
        inner = {
            key: what
            for model in _models(field.annotation)
            for key, what in personal_fields(model).items()
        }
        if inner:
            found[name] = {"__all__": inner} if _is_list(field.annotation) else inner
    return found


def _is_list(annotation: Any) -> bool:
    return get_origin(annotation) in (list, tuple) or any(
        _is_list(part) for part in get_args(annotation)
    )


def _withheld(value: Any) -> Any:
    if isinstance(value, list | tuple):
        clean = [_withheld(item) for item in value]
        changed = any(new is not old for new, old in zip(clean, value, strict=True))
        return type(value)(clean) if changed else value
    if not isinstance(value, BaseModel) or not names_people(type(value)):
        return value
    update = {}
    for name, field in type(value).model_fields.items():
        old = getattr(value, name)
        new = WITHHELD if _is_personal(field) and old is not None else _withheld(old)
        if new is not old:
            update[name] = new
    return value.model_copy(update=update) if update else value


def _is_personal(field: FieldInfo) -> bool:
    extra = field.json_schema_extra
    return isinstance(extra, dict) and bool(extra.get(PERSONAL_DATA))


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
        if _is_personal(field):
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
