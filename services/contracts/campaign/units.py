"""Units and their tree: any depth, and every unit with the days on which it exists.

On 5 June 2020 Hanoi had 30 districts and 579 communes; since 1 July 2025 it has no district and 126
communes. So nothing here knows a number of levels, and every question can be asked of a day.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from services.contracts.campaign.audience import Audience
from services.contracts.campaign.circles import circles
from services.contracts.campaign.lifetimes import Ended, Lifetimes
from services.contracts.campaign.unit import Unit

_ONE_DAY = timedelta(days=1)

_MOST_VIEWS = 32
"""Trees of days kept at once: some 0.7 MB each for 20,000 units."""


class UnknownUnitError(KeyError):
    """No unit of the campaign has this code; check the code against units.csv."""


class UnitTree:
    """The units of a campaign by code, parent and cluster. Immutable.

    A unit may have several rows, one for each period: renamed, or moved to another parent or
    cluster. A tree has it once:

    - `on(day)` is the tree of a day: who exists, under its name, parent and cluster of that day.
    - The tree that was made of the rows has every unit that ever was, as it was **last**, below
      the parent that it had last. That is right for "is there such a code" and for the name of a
      unit that ended, and for little else: who owes, sees or is ranked is asked of a day.

    Questions that take a day have the same answer from both.

    Made of units that passed the loader's checks; raises ValueError for rows of one code that
    overlap or leave a gap, an unknown parent, a circle of parents, and a successor that does not
    exist on the day, so that every method below ends.
    """

    __slots__ = ("_boundaries", "_by_code", "_children", "_lifetimes", "_views", "_whole")

    def __init__(self, units: Iterable[Unit]) -> None:
        lifetimes = Lifetimes(units)
        _check_parents(lifetimes)
        self._whole: UnitTree | None = None
        self._lifetimes = lifetimes
        days = {day for row in lifetimes.rows for day in (row.valid_from, row.valid_to) if day}
        self._boundaries = sorted(days)
        self._views: dict[int, UnitTree] = {}
        self._fill(map(lifetimes.newest, lifetimes))

    @classmethod
    def _view(cls, whole: "UnitTree", day: date) -> "UnitTree":
        view = object.__new__(cls)
        view._whole = whole
        view._lifetimes = lifetimes = whole._lifetimes
        view._fill(unit for code in lifetimes if (unit := lifetimes.at(code, day)))
        return view

    def _fill(self, units: Iterable[Unit]) -> None:
        self._by_code: Mapping[str, Unit] = {unit.code: unit for unit in units}
        children: dict[str | None, list[Unit]] = {}
        for unit in self._by_code.values():
            children.setdefault(unit.parent, []).append(unit)
        self._children = {code: tuple(units) for code, units in children.items()}

    def __iter__(self) -> Iterator[Unit]:
        """Each unit once, in the order of the first rows."""
        return iter(self._by_code.values())

    def __len__(self) -> int:
        return len(self._by_code)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __getitem__(self, code: str) -> Unit:
        try:
            return self._by_code[code]
        except KeyError:
            raise UnknownUnitError(code) from None

    @property
    def rows(self) -> tuple[Unit, ...]:
        """Every row of the file in its order: a unit once for each of its periods."""
        return self._lifetimes.rows

    def get(self, code: str, day: date | None = None) -> Unit | None:
        """The unit of this tree; with a day as it was on it. None where there is none."""
        return self._by_code.get(code) if day is None else self._lifetimes.at(code, day)

    def on(self, day: date) -> "UnitTree":
        """The tree as it stood on that local day. Cheap: it is kept from one change to the next."""
        if self._whole is not None:
            return self._whole.on(day)
        if not self._boundaries:
            return self
        period = bisect_right(self._boundaries, day)
        view = self._views.pop(period, None)
        if view is None:
            view = UnitTree._view(self, day)
        self._views[period] = view  # the last one of the dict is the one used last
        if len(self._views) > _MOST_VIEWS:
            del self._views[next(iter(self._views))]
        return view

    def exists(self, code: str, day: date) -> bool:
        """Whether the code is known and the unit exists on that local day."""
        return self._lifetimes.at(code, day) is not None

    def holder(self, code: str, day: date) -> Unit | None:
        """Who holds on that local day what the unit did and owes.

        The unit itself where it exists, else who is at the end of the chain of successors. None
        for a unit that is unknown, is yet to begin or ended without a successor.
        """
        return self._lifetimes.holder(code, day)

    def predecessors(self, code: str, day: date) -> tuple[Unit, ...]:
        """The units that ended and whose holder on that local day is this one, as they were last.

        In the file's order; empty for a unit that doesn't exist on that day.
        """
        return self._lifetimes.predecessors(code, day)

    def taken_over(self, code: str, day: date) -> tuple[Unit, ...]:
        """Of its predecessors on that local day those that it took over from itself."""
        return self._lifetimes.taken_over(code, day)

    def ended(self, code: str, day: date) -> Ended | None:
        """What became of the unit by that local day; None where it exists, or is yet to begin."""
        return self._lifetimes.ended(code, day)

    def ancestors(self, code: str) -> tuple[Unit, ...]:
        """Parent first, root last; empty for a root. Raises UnknownUnitError."""
        return tuple(self._above(self[code]))

    def _above(self, unit: Unit) -> Iterator[Unit]:
        while unit.parent is not None:
            unit = self._by_code[unit.parent]
            yield unit

    def children(self, code: str, day: date) -> tuple[Unit, ...]:
        """The units that report to it on that day, in the file's order. Raises UnknownUnitError."""
        if code not in self._lifetimes:
            raise UnknownUnitError(code)
        return self.on(day)._children.get(code, ())

    def subtree(self, code: str) -> tuple[Unit, ...]:
        """The unit and all below it, parents before children. Raises UnknownUnitError."""
        found = [self[code]]
        for unit in found:  # grows while it is walked: breadth first without recursion
            found.extend(self._children.get(unit.code, ()))
        return tuple(found)

    def covers(self, ancestor: str, code: str) -> bool:
        """Whether `code` is `ancestor` itself or below it; False when either is unknown."""
        if code not in self._by_code or ancestor not in self._by_code:
            return False
        return code == ancestor or any(
            unit.code == ancestor for unit in self._above(self._by_code[code])
        )

    def clusters(self, day: date) -> dict[str, list[Unit]]:
        """The units of each cluster on that day, in the file's order."""
        clusters: dict[str, list[Unit]] = {}
        for unit in self.on(day):
            if unit.cluster is not None:
                clusters.setdefault(unit.cluster, []).append(unit)
        return clusters

    def is_asked(self, code: str, audience: Audience, opens: date, last_day: date) -> bool:
        """Whether something is asked of a unit that runs from one local day to another.

        So it is where the unit is meant on the last day or, if it ends before, on its own last
        day. Who begins later, or ended before the first day, is not asked.
        """
        if code not in self._lifetimes:
            return False
        ends = self._lifetimes.newest(code).ends
        unit = self._lifetimes.at(code, min(last_day, ends - _ONE_DAY))
        return ends > opens and unit is not None and audience.includes(unit)

    def is_ever_meant(self, audience: Audience, code: str, day: date = date.max) -> bool:
        """Whether an audience has the unit on some day, or one whose place it took by that day.

        So a unit may send what it owes though it was meant under another cluster, or by the code
        of a unit that it took over from.
        """
        if code not in self._lifetimes:
            return False
        codes = [code]
        for one in codes:  # grows while it is walked
            codes.extend(unit.code for unit in self._lifetimes.taken_over(one, day))
        return any(audience.includes(row) for one in codes for row in self._lifetimes.periods(one))


def _check_parents(lifetimes: Lifetimes) -> None:
    for row in lifetimes.rows:
        if row.parent is None:
            continue
        if row.parent not in lifetimes:
            msg = f"unit {row.code} has an unknown parent {row.parent}"
            raise ValueError(msg)
        within = lifetimes.first_day(row.parent) <= row.begins
        if not within or row.ends > lifetimes.newest(row.parent).ends:
            msg = f"unit {row.code} exists on days on which its parent {row.parent} does not"
            raise ValueError(msg)
    for circle in circles(lifetimes.rows):
        msg = f"the parents of unit {circle.units[0].code} form a circle"
        raise ValueError(msg)


__all__ = ["Audience", "Ended", "Unit", "UnitTree", "UnknownUnitError"]
