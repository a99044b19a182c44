"""Types for bodies and parameters, each strict: an API takes exactly what its schema has.

Whole numbers and true/false need none of them: `body.py` reads them strictly.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, TypeAlias, TypeVar

from pydantic import BeforeValidator, PlainSerializer, StringConstraints, WithJsonSchema
from pydantic_core import PydanticKnownError

from services.chassis.problems import field_fault
from services.contracts.reading import (
    DAY_PATTERN,
    FIGURE_PATTERN,
    MOMENT_PATTERN,
    POSITIVE_FIGURE_PATTERN,
    UnreadableError,
    read_day,
    read_figure,
    read_moment,
    read_positive_figure,
    read_text,
    read_visible_text,
)

T = TypeVar("T")


def _from_text(kind: type[T], read: Callable[[str], T]) -> BeforeValidator:
    """Read it from a string; a value that code made is one already."""

    def convert(value: object) -> object:
        if isinstance(value, kind) and kind is not str:
            return value
        if kind is str and not isinstance(value, str):
            raise PydanticKnownError("string_type")
        try:
            return read(value if isinstance(value, str) else "")
        except UnreadableError as error:
            raise field_fault(error.vi, error.en, error.rule) from None

    return BeforeValidator(convert)


Day: TypeAlias = Annotated[
    date,
    _from_text(date, read_day),
    WithJsonSchema({"type": "string", "format": "date", "pattern": DAY_PATTERN}),
]
"""A day of the campaign's zone, `2020-06-11`."""

Moment: TypeAlias = Annotated[
    datetime,
    _from_text(datetime, read_moment),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": MOMENT_PATTERN}),
]
"""An instant with its offset, `2020-06-11T09:30:00+07:00`."""

Figure: TypeAlias = Annotated[
    Decimal,
    _from_text(Decimal, read_figure),
    PlainSerializer(lambda value: format(value, "f"), return_type=str),
    WithJsonSchema({"type": "string", "pattern": FIGURE_PATTERN, "examples": ["7.5"]}),
]
"""A decimal written as a string. "1.000" is refused: it is a thousand to whoever types it."""

PositiveFigure: TypeAlias = Annotated[
    Decimal,
    _from_text(Decimal, read_positive_figure),
    PlainSerializer(lambda value: format(value, "f"), return_type=str),
    WithJsonSchema({"type": "string", "pattern": POSITIVE_FIGURE_PATTERN, "examples": ["7.5"]}),
]
"""The same, more than 0."""


def visible_text(longest: int, *, shortest: int = 1) -> tuple[Any, ...]:
    """Annotations of a `str` in which something can be seen; NFC, trimmed, without control
    characters."""
    return (
        StringConstraints(strict=True, min_length=shortest),
        _from_text(str, partial(read_visible_text, longest=longest)),
        WithJsonSchema({"type": "string", "minLength": shortest, "maxLength": longest}),
    )


VisibleText: TypeAlias = Annotated[str, *visible_text(500)]
"""A title, a reason, a name: one line in which something can be seen."""

Line: TypeAlias = Annotated[
    str,
    StringConstraints(strict=True),
    _from_text(str, partial(read_text, longest=300)),
    WithJsonSchema({"type": "string", "maxLength": 300}),
]
"""A line that may be empty, where a rule elsewhere decides what has to be filled in."""
