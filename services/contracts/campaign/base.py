"""What the three files of a campaign have in common: strict models, types of fields."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Annotated, NoReturn, TypeVar
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from services.contracts.events.base import LongText, Text, nfc
from services.contracts.reading import FIGURE_PATTERN, UnreadableError, read_day, read_figure
from services.contracts.validation_sentences import as_end
from services.contracts.wording import plain

T = TypeVar("T")


def fault(vi: str, en: str) -> NoReturn:
    """Refuse a value with a sentence in both languages, each saying what is wrong and the remedy.

    Raises PydanticCustomError, which the loader turns into a `FileProblem` at the value's line.
    """
    # Braces are placeholders of the template, so the texts go in as context and not as template.
    raise PydanticCustomError("campaign", "{en}", {"vi": vi, "en": en})


def _points(value: object) -> object:
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str):
        fault(
            f'số này phải viết trong dấu nháy: "{value}" (không có dấu nháy thì máy lưu số gần'
            " đúng)",
            f'this number is written in quotes: "{value}" (a bare YAML number is binary, not'
            " exact)",
        )
    if "," in value:
        written = value.strip().replace(",", ".")
        fault(
            f'dấu thập phân là dấu chấm: viết "{written}"',
            f'the decimal sign is a dot: write "{written}"',
        )
    return _read(read_figure, value)


def _read(read: Callable[[str], T], text: str) -> T:
    """What is read from a text; a fault where it can't be."""
    try:
        return read(text.strip())
    except UnreadableError as error:
        fault(f"“{text}”: {as_end(error.vi)}", f"“{text}”: {as_end(error.en)}")


Points = Annotated[
    Decimal,
    BeforeValidator(_points),
    PlainSerializer(plain, return_type=str),
    WithJsonSchema({"type": "string", "pattern": FIGURE_PATTERN, "examples": ["7.5"]}),
]
"""A decimal written in quotes: points, marks, targets. Never a binary float."""


def _day(value: object) -> object:
    return value if isinstance(value, date) else _read(read_day, str(value))


LocalDay = Annotated[date, BeforeValidator(_day)]
"""A day of the campaign's zone, written 2020-06-30 and no other way (a spreadsheet's 44013 is no
day)."""

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
"""Level or kind of a unit, id of a table, level of a band: lower-case words joined by hyphens."""

ClusterName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,79}$")]
"""Name of a group of units that are ranked against each other, e.g. communes-of-Q001."""

FigureName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")]
"""Name of a figure that units report, e.g. documents-over-the-bus."""

MeasureName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
"""Name of a measure: lower-case words joined by underscores."""

CriterionId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{0,31}$")]
"""Id of a group or criterion as a printed table numbers it, e.g. II.3."""

EventName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]{0,62}$")]
"""Kebab-case name of an event type, e.g. essay-submitted."""

FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
"""A field of an event's data, or of a report that the plan declares."""

FactField = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}(\.[a-z][a-z0-9_]{0,62})?$")
]
"""A field of an event's data as rules name it; `answers.households`: an answer of a report."""


def _one_line(text: str) -> str:
    if not text.isprintable():
        fault(
            "có xuống dòng hoặc ký tự ẩn; viết trên một dòng",
            "has a line break or a hidden character; write it on one line",
        )
    return nfc(text)


ShortText = Annotated[
    str, StringConstraints(min_length=1, max_length=200), AfterValidator(_one_line)
]
"""One line, NFC."""


def at_most(limit: int) -> BeforeValidator:
    """A list of no more items. It is refused before any of them is looked at: a list of a hundred
    thousand empty items would have as many faults, and finding them takes half a minute."""

    def check(value: object) -> object:
        if isinstance(value, list | tuple | dict) and len(value) > limit:
            fault(
                f"có {len(value)} mục, nhiều nhất là {limit}; gộp lại hoặc bỏ bớt",
                f"has {len(value)} items and may have {limit}; join some, or take some out",
            )
        return value

    return BeforeValidator(check)


def known_zone(name: str) -> str:
    """The name of a time zone that there is."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        fault(
            f'múi giờ "{name}" không có; viết như Asia/Ho_Chi_Minh',
            f'there is no time zone "{name}"; write it like Asia/Ho_Chi_Minh',
        )
    return name


class CampaignModel(BaseModel):
    """Base of what people write by hand: frozen; an unknown key is an error."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        str_strip_whitespace=True,
        validate_by_name=True,
        validate_by_alias=True,
    )


__all__ = [
    "CampaignModel",
    "ClusterName",
    "CriterionId",
    "EventName",
    "FactField",
    "FieldName",
    "FigureName",
    "LocalDay",
    "LongText",
    "MeasureName",
    "Points",
    "ShortText",
    "Slug",
    "Text",
    "at_most",
    "fault",
    "known_zone",
]
