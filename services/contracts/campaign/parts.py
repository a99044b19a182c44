"""Validation of a document as a whole and part by part.

Validating the whole finds what is wrong; the cross checks look at the parts, so that a typo in one
criterion does not hide an unknown measure in another.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from services.contracts.campaign.document import Document, Path
from services.contracts.campaign.explain import UNKNOWN_KEY, explain, keys_at, problem
from services.contracts.campaign.problems import MOST_PROBLEMS, FileProblem

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class FilePart(Generic[T_co]):
    """What could be read of a key of a file, and the document, which has its lines."""

    value: T_co
    document: Document

    def problem(self, path: Path, vi: str, en: str, *, warning: bool = False) -> FileProblem:
        """A problem at a path inside the part."""
        return problem(self.document, path, vi, en, warning=warning)


def validate(model: type[M], document: Document) -> tuple[M | None, list[FileProblem]]:
    """The model, or all its problems at their lines."""
    try:
        return model.model_validate(document.data), []
    except ValidationError as error:
        schema = _schema_of(model)
        problems: list[FileProblem] = []
        for detail in error.errors(include_url=False):
            loc = tuple(detail["loc"])
            if _short_for_its_faults(detail):
                continue
            if len(problems) > MOST_PROBLEMS:
                break
            vi, en = explain(detail, keys_at(schema, loc[:-1]))
            problems.append(problem(document, document.locate(loc), vi, en))
        return None, problems


@cache
def _schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """Made once: a file of units has a row a model."""
    return model.model_json_schema(by_alias=True)


def _short_for_its_faults(detail: ErrorDetails) -> bool:
    """Whether a list is called too short only because its faulty items were not counted."""
    value = detail["input"]
    return (
        detail["type"] == "too_short"
        and isinstance(value, list)
        and len(value) >= detail["ctx"]["min_length"]
    )


def part(adapter: TypeAdapter[T], document: Document | None, key: str) -> FilePart[T] | None:
    """What can be read under a key: whole, or less its faulty items; None when nothing can.

    Its faults were already reported by `validate`; here they are only left out.
    """
    inside = document.at(key) if document is not None else None
    while inside is not None:
        try:
            return FilePart(adapter.validate_python(inside.data), inside)
        except ValidationError as error:
            faulty = {
                _item_around(inside, detail["loc"], detail["type"]) for detail in error.errors()
            }
        if () in faulty:
            return None
        inside = inside.without(faulty)
    return None


def _item_around(document: Document, loc: Path, kind: str) -> Path:
    """What to leave out for an error: an unknown key itself, else the nearest item around it.

    Items are members of lists, and the entries of a mapping at the root of the part whose keys are
    names that people chose (measures). () when nothing less than the whole part would do.
    """
    path = document.locate(loc)
    if kind in UNKNOWN_KEY:
        return path
    for end in range(len(path), 0, -1):
        if isinstance(path[end - 1], int):
            return path[:end]
    return path[:1]
