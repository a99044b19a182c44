"""Days of tables and of units, as the checks over time compare them."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from services.contracts.campaign.checks.rows import lifetimes
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.unit import Unit
from services.contracts.campaign.units_file import UnitRows
from services.contracts.rules import Table

ONE_DAY = timedelta(days=1)


class Days(NamedTuple):
    """Local days, the end exclusive."""

    first: date
    end: date

    def common(self, other: "Days") -> "Days":
        """The days of both."""
        return Days(max(self.first, other.first), min(self.end, other.end))

    @property
    def is_empty(self) -> bool:
        """Whether there is no such day."""
        return self.first >= self.end

    @property
    def words(self) -> str:
        """First and last day."""
        last = self.end - ONE_DAY
        if self.first == last:
            return f"{last}"
        first = "…" if self.first == date.min else f"{self.first}"
        return f"{first} – {'…' if self.end == date.max else last}"


def days_of(of: Table | Unit) -> Days:
    """The days on which a table is in force, or a row of units.csv holds."""
    return Days(of.valid_from or date.min, of.valid_to or date.max)


def campaign_days(opens: FilePart[date] | None, closes: FilePart[date] | None) -> Days:
    """The days of the campaign; all there are where they could not be read."""
    if opens is None or closes is None or opens.value > closes.value:
        return Days(date.min, date.max)
    return Days(opens.value, closes.value + ONE_DAY)


class Spell(NamedTuple):
    """Days on end on which a unit has one level and one kind, so that tables treat it alike."""

    unit: Unit
    """In one of its rows."""
    days: Days


def spells(units: UnitRows) -> Sequence[Spell]:
    """The spells of all units; of units that are alike in level, kind and days one only.

    A unit that is only renamed, moved or put into another cluster is in the midst of its spell: a
    day on which no table scores it is a hole also where its row begins or ends on that day.
    """
    found: dict[tuple[str, str, Days], Unit] = {}
    for life in lifetimes(units.rows).values():
        unit, days = life.rows[0].unit, days_of(life.rows[0].unit)
        for row in life.rows[1:]:
            alike = (row.unit.level, row.unit.kind) == (unit.level, unit.kind)
            if alike and row.unit.begins == days.end:
                days = Days(days.first, row.unit.ends)
                continue
            found.setdefault((unit.level, unit.kind, days), unit)
            unit, days = row.unit, days_of(row.unit)
        found.setdefault((unit.level, unit.kind, days), unit)
    return [Spell(unit, days) for (_, _, days), unit in found.items()]
