"""Personal data in facts, and how to leave it out.

Titles and names of exemplars are marked `x-personal-data` in the contracts. A subscription gets
them only if it asked for them, and whoever may subscribe to a unit may read its essays anyway
(`visibility.py`); the others get the same event with the words withheld, still valid against its
schema.
"""

from functools import cache
from typing import TypeVar

from pydantic import BaseModel

from services.contracts.events import Fact

WITHHELD = "(không hiển thị)"
WITHHELD_EN = "(withheld)"
"""The same in the English part of a mail."""

M = TypeVar("M", bound=BaseModel)
F = TypeVar("F", bound=Fact)


def without_personal_data(fact: F) -> F:
    """The same fact with every personal text withheld; the same object where there is none."""
    return _withheld(fact)


def names_people(kind: type[BaseModel]) -> bool:
    """Whether facts of this type carry personal data."""
    personal, nested = _places(kind)
    return bool(personal) or any(names_people(inner) for _, inner in nested)


def _withheld(model: M) -> M:
    personal, nested = _places(type(model))
    update: dict[str, object] = {
        name: WITHHELD for name in personal if getattr(model, name) is not None
    }
    for name, _ in nested:
        inner = getattr(model, name)
        if inner is not None and (clean := _withheld(inner)) is not inner:
            update[name] = clean
    return model.model_copy(update=update) if update else model


@cache
def _places(
    kind: type[BaseModel],
) -> tuple[tuple[str, ...], tuple[tuple[str, type[BaseModel]], ...]]:
    """Names of the personal fields, and of the fields that hold a model."""
    personal: list[str] = []
    nested: list[tuple[str, type[BaseModel]]] = []
    for name, field in kind.model_fields.items():
        extra = field.json_schema_extra
        if isinstance(extra, dict) and extra.get("x-personal-data"):
            personal.append(name)
        elif isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            nested.append((name, field.annotation))
    return tuple(personal), tuple(nested)
