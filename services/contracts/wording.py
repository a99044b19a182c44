"""Text for people in two languages, and numbers, days and periods as each language writes them.

Vietnamese follows Decree 30/2020/NĐ-CP: a comma before decimals, a dot between thousands, and two
digits for days and months.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar, overload
from zoneinfo import ZoneInfo

from pydantic import ConfigDict

from services.contracts.events.base import Text


@dataclass(frozen=True, slots=True)
class Bilingual:
    """A text in Vietnamese with its English beside it."""

    # Pydantic models take it as a field and check it; what code makes is not checked.

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(
        extra="forbid", str_strip_whitespace=True
    )

    vi: Text
    en: Text


_MINUS = "\N{MINUS SIGN}"
_SWAP_MARKS = str.maketrans(",.", ".,")


def plain(value: Decimal) -> str:
    """The spelling of a decimal in files and messages: no exponent, no trailing zeros ("7.5")."""
    if value == 0:
        return "0"
    text = format(value, "f")  # normalize() would round to the digits of the thread's context
    return text.rstrip("0").rstrip(".") if "." in text else text


@overload
def without_zeros(value: Decimal) -> Decimal: ...


@overload
def without_zeros(value: None) -> None: ...


def without_zeros(value: Decimal | None) -> Decimal | None:
    """A number from a column of fixed scale without the zeros behind it: 86.5, not 86.500000."""
    return None if value is None else Decimal(plain(value))


def number_en(value: Decimal | int) -> str:
    """A number in English: `1,480.5`, `−5`, without trailing zeros."""
    return format(without_zeros(Decimal(value)), ",f").replace("-", _MINUS)


def number_vi(value: Decimal | int) -> str:
    """A number in Vietnamese: `1.480,5`, `−5`, without trailing zeros."""
    return number_en(value).translate(_SWAP_MARKS)


def number(value: Decimal | int) -> Bilingual:
    """A number as each language writes it."""
    return Bilingual(number_vi(value), number_en(value))


def in_columns_en(value: Decimal, places: int = 2) -> str:
    """A number in an English table, always with the same places: `87.25`, `15.00`."""
    return format(value, f",.{places}f").replace("-", _MINUS)


def in_columns_vi(value: Decimal, places: int = 2) -> str:
    """A number in a Vietnamese table, always with the same places: `87,25`, `15,00`."""
    return in_columns_en(value, places).translate(_SWAP_MARKS)


def day_vi(day: date) -> str:
    """A day in Vietnamese: `09/07/2020`."""
    return f"{day:%d/%m}/{day.year}"


def day_en(day: date) -> str:
    """A day in English: `9 July 2020`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def day(value: date) -> Bilingual:
    """A day as each language writes it."""
    return Bilingual(day_vi(value), day_en(value))


def moment(value: datetime, zone: ZoneInfo) -> Bilingual:
    """An instant in a zone, to the minute: `09:12 ngày 28/05/2020` and `09:12 on 28 May 2020`."""
    local = value.astimezone(zone)
    return Bilingual(
        f"{local:%H:%M} ngày {day_vi(local.date())}", f"{local:%H:%M} on {day_en(local.date())}"
    )


def count_en(count: int, thing: str) -> str:
    """`1 fact`, `2 facts`; Vietnamese has no plural."""
    return f"{number_en(count)} {thing}" if count == 1 else f"{number_en(count)} {thing}s"


def days_en(count: int) -> str:
    """`1 day`, `2 days`."""
    return count_en(count, "day")


def period_title(period: str) -> Bilingual:
    """The title of a reporting period: 2020, 2020-H1, 2020-Q3 or 2020-06.

    A period that is written in another way is its own title.
    """
    for pattern, title in _PERIODS:
        if found := pattern.fullmatch(period):
            year, part = found["year"], found.groupdict().get("part", "")
            return title(year, part)
    return Bilingual(period, period)


_EACH = ("hằng", "hàng", "mỗi", "từng")
"""Words before "tháng" or "quý" that mean all of them: "Báo cáo hằng tháng"."""


def title_in(title: Bilingual, period: str) -> Bilingual:
    """The title of something in one of its periods: "Báo cáo tháng 6/2020" of "Báo cáo tháng"."""
    its = period_title(period)
    words, its_words = title.vi.split(" "), its.vi.split(" ")
    same = next(
        (
            count
            for count in range(min(len(words), len(its_words)), 0, -1)
            if words[-count:] == its_words[:count]
        ),
        0,
    )
    before = words[-same - 1].lower() if same and len(words) > same else ""
    if before in _EACH or before.isdecimal():
        same = 0  # "hằng tháng", "9 tháng"
    return Bilingual(
        " ".join([*words, *its_words[same:]]),
        f"{title.en} for {its.en}",
    )


_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)  # not %B, which speaks the language of the machine
_QUARTERS = {"1": "I", "2": "II", "3": "III", "4": "IV"}


def _half(year: str, part: str) -> Bilingual:
    if part == "1":
        return Bilingual(f"6 tháng đầu năm {year}", f"the first half of {year}")
    return Bilingual(f"6 tháng cuối năm {year}", f"the second half of {year}")


def _quarter(year: str, part: str) -> Bilingual:
    return Bilingual(f"quý {_QUARTERS[part]}/{year}", f"quarter {part} of {year}")


def _month(year: str, part: str) -> Bilingual:
    return Bilingual(f"tháng {int(part)}/{year}", f"{_MONTHS[int(part) - 1]} {year}")


def _year(year: str, _: str) -> Bilingual:
    return Bilingual(f"năm {year}", f"the year {year}")


_PERIODS = (
    (re.compile(r"(?P<year>[0-9]{4})"), _year),
    (re.compile(r"(?P<year>[0-9]{4})-H(?P<part>[12])"), _half),
    (re.compile(r"(?P<year>[0-9]{4})-Q(?P<part>[1-4])"), _quarter),
    (re.compile(r"(?P<year>[0-9]{4})-(?P<part>0[1-9]|1[0-2])"), _month),
)
_AT_END_VI = re.compile(
    r" (quý [IV]+/[0-9]{4}|tháng [0-9]+/[0-9]{4}|(6 tháng (đầu|cuối) )?năm [0-9]{4})$"
)
_AT_END_EN = re.compile(
    r" for (quarter [1-4] of|the (first|second) half of|the year"
    rf"|{'|'.join(_MONTHS)}) [0-9]{{4}}$"
)


def period_at_end(title: str) -> str:
    """The period with which a title ends, with the blank before it; empty where there is none.

    What comes back each quarter differs by it alone, so it stays where a title is cut.
    """
    found = _AT_END_VI.search(title) or _AT_END_EN.search(title)
    return found[0] if found else ""
