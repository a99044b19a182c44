"""Periods between the days on which tables change, and what a tally keeps of each.

Where each table counts the work of its days, an amount has the number of its period in front of its
name. What belongs to no day has its plain name and is in every period: scores that people enter,
which go by their criterion, the days of reports, the mark of simulated data.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from zoneinfo import ZoneInfo

from services.measuring.newest import Newest
from services.measuring.records import KnownFact, Record
from services.measuring.slots import Amount, Tally, is_day_of_report, measure_of, sum_of
from services.measuring.work_day import day_of_work

_BEHIND = "|"
"""Behind the number of a period; no name has it."""


class Periods:
    """The periods of a rule set, numbered from 0 in the order of time."""

    def __init__(self, begins: Collection[date], zone: ZoneInfo, undated: Collection[str]) -> None:
        """`undated`: names that are in every period."""
        self._begins = sorted(begins)
        self._zone = zone
        self._undated = frozenset(undated)

    def of(self, record: Record) -> int:
        """In which the work was done that the record is about."""
        return bisect_right(self._begins, self.day(record))

    def day(self, record: Record) -> date:
        """The day of the work."""
        return day_of_work(record, self._zone)

    def when(self, fact: KnownFact) -> int:
        """In which a fact happened, whenever the work was done that it is about."""
        return bisect_right(self._begins, fact.time.astimezone(self._zone).date())

    def name(self, period: int, name: str) -> str:
        """What an amount of a period is called in a tally."""
        if measure_of(name) in self._undated or is_day_of_report(name):
            return name
        return f"{period}{_BEHIND}{name}"

    def together(self, parts: Mapping[int, Tally]) -> Tally:
        """One tally of those of periods."""
        return {
            self.name(period, name): amount
            for period, tally in parts.items()
            for name, amount in tally.items()
        }


def numbers(tallies: Iterable[Tally]) -> list[int]:
    """The periods in which some tallies have anything; the first one at least."""
    prefixes = {name.partition(_BEHIND)[0] for one in tallies for name in one if _BEHIND in name}
    return sorted({0, *map(int, prefixes)})


def of_periods(tally: Tally, periods: Collection[int] | None) -> Tally:
    """What a tally has of some periods, or of all, under plain names; exact."""
    found: dict[str, Amount | Newest] = {}
    for written, amount in tally.items():
        period, behind, name = written.partition(_BEHIND)
        if not behind:
            found[written] = amount
        elif periods is None or int(period) in periods:
            found[name] = _both(found.get(name), amount)
    return {name: amount for name, amount in found.items() if amount}


def _both(known: Amount | Newest | None, amount: Amount | Newest) -> Amount | Newest:
    if known is None:
        return amount
    if isinstance(known, Newest) or isinstance(amount, Newest):
        assert isinstance(known, Newest)  # noqa: S101 - a name is of one kind
        assert isinstance(amount, Newest)  # noqa: S101
        return max(known, amount, key=lambda one: one.order)
    return sum_of(known, amount)
