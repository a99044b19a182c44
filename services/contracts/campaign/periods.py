"""Reporting periods: 2020, 2020-H1, 2020-Q3 and 2020-06, and those that a campaign touches."""

from collections.abc import Iterator
from datetime import date
from typing import Final, Literal, get_args

PeriodKind = Literal["year", "half-year", "quarter", "month"]
PERIOD_KINDS: Final[tuple[PeriodKind, ...]] = get_args(PeriodKind)

_MONTHS: Final[dict[PeriodKind, int]] = {"year": 12, "half-year": 6, "quarter": 3, "month": 1}
"""How many months a period of the kind has."""


def periods_within(kind: PeriodKind, opens: date, closes: date) -> Iterator[str]:
    """The periods of a kind that have at least one day of the campaign, in order."""
    length = _MONTHS[kind]
    first = opens.year * 12 + opens.month - 1
    last = closes.year * 12 + closes.month - 1
    for month in range(first - first % length, last + 1, length):
        yield _name(kind, month // 12, month % 12 // length + 1)


def _name(kind: PeriodKind, year: int, number: int) -> str:
    if kind == "year":
        return f"{year:04}"
    part = {"half-year": f"H{number}", "quarter": f"Q{number}"}.get(kind, f"{number:02}")
    return f"{year:04}-{part}"
