"""Reporting periods: 2020, 2020-H1, 2020-Q3 and 2020-06, their days, and those of a campaign."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, Literal, get_args

PeriodKind = Literal["year", "half-year", "quarter", "month"]
PERIOD_KINDS: Final[tuple[PeriodKind, ...]] = get_args(PeriodKind)

_MONTHS: Final[dict[PeriodKind, int]] = {"year": 12, "half-year": 6, "quarter": 3, "month": 1}
"""How many months a period of the kind has."""
_ONE_DAY: Final = timedelta(days=1)
_PERIOD: Final = re.compile(
    r"(?P<year>19[0-9]{2}|2[01][0-9]{2}|2200)(?:-(?:H(?P<half>[12])|Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?"
)


def periods_within(kind: PeriodKind, opens: date, closes: date) -> Iterator[str]:
    """The periods of a kind that have at least one day of the campaign, in order."""
    length = _MONTHS[kind]
    first = opens.year * 12 + opens.month - 1
    last = closes.year * 12 + closes.month - 1
    for month in range(first - first % length, last + 1, length):
        yield _name(kind, month // 12, month % 12 // length + 1)


def periods_of(kind: PeriodKind, opens: date, closes: date) -> Iterator[str]:
    """The periods of a kind that are the campaign's: they end in it, and at least half of their
    days are days of it. In order."""
    for period in periods_within(kind, opens, closes):
        first, last = days_of(period)
        if last <= closes and (opens - first) <= (last - opens) + _ONE_DAY:
            yield period


def days_of(period: str) -> tuple[date, date]:
    """The first and the last day of a period, of a year that days may have. Raises ValueError for
    what is none."""
    found = _PERIOD.fullmatch(period)
    if found is None:
        msg = f"{period} is no period like 2020, 2020-H1, 2020-Q3 or 2020-06"
        raise ValueError(msg)
    year, length, number = int(found["year"]), 12, 1
    for part, months in (("half", 6), ("quarter", 3), ("month", 1)):
        if found[part]:
            length, number = months, int(found[part])
    last = length * number
    return date(year, last - length + 1, 1), date(year, last, monthrange(year, last)[1])


def is_period(word: str) -> bool:
    """Whether it is a period whose days are known."""
    try:
        days_of(word)
    except ValueError:
        return False
    return True


def _name(kind: PeriodKind, year: int, number: int) -> str:
    if kind == "year":
        return f"{year:04}"
    part = {"half-year": f"H{number}", "quarter": f"Q{number}"}.get(kind, f"{number:02}")
    return f"{year:04}-{part}"
