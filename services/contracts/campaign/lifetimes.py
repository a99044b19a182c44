"""What each unit was on each day, and who takes over what it did and owes when it ends.

Pure and without a tree: `units.py` has the parents and children of one day.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from services.contracts.campaign.unit import Unit


class Ended(NamedTuple):
    """What became of a unit that is no more."""

    unit: Unit
    """As it was last."""
    day: date
    """The first day on which it was no more."""
    successor: str | None
    """Who took over on that day; None: nobody. Later days may have another: ask for the holder."""


class Lifetimes:
    """The rows of units.csv by code, each code in the order of its days.

    Raises ValueError where two rows of a code overlap or leave days between them, and where a
    successor doesn't exist on the day on which it takes over. So a chain of successors only goes
    on in time, and every question ends.
    """

    __slots__ = ("_order", "_periods", "_taken_over", "rows")

    def __init__(self, rows: Iterable[Unit]) -> None:
        self.rows = tuple(rows)
        """All of them, in the file's order."""
        periods: dict[str, list[Unit]] = {}
        for row in self.rows:
            periods.setdefault(row.code, []).append(row)
        for several in periods.values():
            if len(several) > 1:
                several.sort(key=_begins)
        self._periods = {code: tuple(several) for code, several in periods.items()}
        self._order = {code: at for at, code in enumerate(self._periods)}
        self._taken_over: dict[str, list[str]] = {}
        for code, its_rows in self._periods.items():
            self._check(code, its_rows)
            if (successor := its_rows[-1].successor) is not None:
                self._taken_over.setdefault(successor, []).append(code)

    def _check(self, code: str, periods: tuple[Unit, ...]) -> None:
        for one, following in pairwise(periods):
            if one.ends != following.begins:
                msg = f"the rows of unit {code} overlap, or leave days between them"
                raise ValueError(msg)
            if one.successor is not None:
                msg = f"unit {code} goes on after {one.ends} and has a successor"
                raise ValueError(msg)
        last = periods[-1]
        if last.begins >= last.ends:
            msg = f"unit {code} ends before it begins"
            raise ValueError(msg)
        if last.successor is not None and self.at(last.successor, last.ends) is None:
            msg = f"the successor {last.successor} of unit {code} does not exist on {last.ends}"
            raise ValueError(msg)

    def __contains__(self, code: object) -> bool:
        return code in self._periods

    def __iter__(self) -> Iterator[str]:
        return iter(self._periods)

    def __len__(self) -> int:
        return len(self._periods)

    def newest(self, code: str) -> Unit:
        """The unit as it is in its last row. Raises KeyError."""
        return self._periods[code][-1]

    def periods(self, code: str) -> tuple[Unit, ...]:
        """Its rows in the order of their days. Raises KeyError."""
        return self._periods[code]

    def first_day(self, code: str) -> date:
        """The first day on which it exists. Raises KeyError."""
        return self._periods[code][0].begins

    def at(self, code: str, day: date) -> Unit | None:
        """The unit as it was on that local day; None where it didn't exist, or is unknown."""
        periods = self._periods.get(code)
        if periods is None:
            return None
        row = periods[0]
        if len(periods) > 1:
            row = periods[max(0, bisect_right(periods, day, key=_begins) - 1)]
        return row if row.exists_on(day) else None

    def ended(self, code: str, day: date) -> Ended | None:
        """What became of it by that local day; None where it still exists, or is yet to begin."""
        periods = self._periods.get(code)
        if periods is None or day < periods[-1].ends:
            return None
        return Ended(periods[-1], periods[-1].ends, periods[-1].successor)

    def holder(self, code: str, day: date) -> Unit | None:
        """Who holds on that local day what the unit did and owes.

        The unit itself where it exists, else who is at the end of the chain of successors. None
        for a unit that is unknown, is yet to begin or ended without a successor.
        """
        while (ended := self.ended(code, day)) is not None:
            if ended.successor is None:
                return None
            code = ended.successor
        return self.at(code, day)

    def predecessors(self, code: str, day: date) -> tuple[Unit, ...]:
        """The units that ended and whose holder on that local day is this one, as they were last.

        In the file's order; empty for a unit that doesn't exist on that day.
        """
        if code not in self._taken_over or self.at(code, day) is None:
            return ()
        found = [code]
        for one in found:  # grows while it is walked
            found.extend(unit.code for unit in self.taken_over(one, day))
        return tuple(map(self.newest, sorted(found[1:], key=self._order.__getitem__)))

    def taken_over(self, code: str, day: date) -> tuple[Unit, ...]:
        """The units of which it is itself the successor, and which ended by that local day."""
        codes = self._taken_over.get(code, ())
        return tuple(unit for unit in map(self.newest, codes) if unit.ends <= day)


def _begins(row: Unit) -> date:
    return row.begins
