"""What the three files of a campaign have in common: strict models, types of fields."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, NoReturn
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
from services.contracts.wording import plain

_WRITTEN_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PLAIN_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")


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
            f'điểm phải viết trong dấu nháy: "{value}" (không có dấu nháy thì máy lưu số gần đúng)',
            f'points are written in quotes: "{value}" (a bare YAML number is binary, not exact)',
        )
    text = value.strip()
    if "," in text:
        fault(
            f'dấu thập phân là dấu chấm: viết "{text.replace(",", ".")}"',
            f'the decimal sign is a dot: write "{text.replace(",", ".")}"',
        )
    if not _PLAIN_NUMBER.fullmatch(text):
        fault(
            f'"{text}" không phải số thập phân; viết như "7.5"',
            f'"{text}" is not a decimal number; write it like "7.5"',
        )
    return text


Points = Annotated[
    Decimal,
    BeforeValidator(_points),
    PlainSerializer(plain, return_type=str),
    WithJsonSchema(
        {"type": "string", "pattern": f"^{_PLAIN_NUMBER.pattern}$", "examples": ["7.5"]}
    ),
]
"""A decimal written in quotes: points, marks, targets. Never a binary float."""


def _day(value: object) -> object:
    if isinstance(value, date) or (
        isinstance(value, str) and _WRITTEN_DAY.fullmatch(value.strip())
    ):
        return value
    fault(
        f"“{value}”: phải là một ngày có thật, viết năm-tháng-ngày, ví dụ 2020-06-30",
        f"“{value}”: must be a real day, written year-month-day, like 2020-06-30",
    )


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
"""A field of an event's data."""


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
    "FieldName",
    "FigureName",
    "LocalDay",
    "LongText",
    "MeasureName",
    "Points",
    "ShortText",
    "Slug",
    "Text",
    "fault",
    "known_zone",
]
