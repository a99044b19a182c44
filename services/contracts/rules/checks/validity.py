"""Checks of tables over time: on each day of the campaign one table for a unit, and one a cluster.

A kind of units that no table ever scores is not in the contest and is no hole; a kind that is
scored on one day of it is scored on all.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from services.contracts.campaign.document import Path
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.problems import FileProblem
from services.contracts.campaign.units import Unit
from services.contracts.campaign.units_file import Row, UnitRows
from services.contracts.rules import Table
from services.contracts.rules.checks.tables import Tables

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


def _days(of: Table | Unit) -> Days:
    return Days(of.valid_from or date.min, of.valid_to or date.max)


def check_table_days(
    tables: Tables | None,
    opens: FilePart[date] | None,
    closes: FilePart[date] | None,
    units: UnitRows | None,
) -> Iterator[FileProblem]:
    """Tables are in force some day of the campaign; no unit has two on a day, none is left out."""
    if tables is None:
        return
    for at, table in enumerate(tables.value):
        if _days(table).is_empty:
            yield tables.problem(
                (at, "valid_to"),
                f"{table.valid_to} không sau valid_from {table.valid_from}; "
                "valid_to là ngày đầu tiên không còn hiệu lực",
                f"{table.valid_to} is not after valid_from {table.valid_from}; "
                "valid_to is the first day on which it is no longer in force",
            )
    if units is not None:
        yield from _twice(tables, units)
    if opens is None or closes is None or opens.value > closes.value:
        return
    campaign = Days(opens.value, closes.value + ONE_DAY)
    usable = []
    for at, table in enumerate(tables.value):
        days = _days(table)
        if days.is_empty:
            continue
        if not days.common(campaign).is_empty:
            usable.append(table)
        else:
            yield tables.problem(
                (at, "valid_from" if days.first >= campaign.end else "valid_to"),
                f"bảng không có hiệu lực ngày nào của đợt ({campaign.words}); sửa ngày",
                f"the table is in force on no day of the campaign ({campaign.words}); correct it",
            )
    # A table whose days are wrong leaves a hole that is not the fault.
    if units is not None and not tables.document.lacks() and len(usable) == len(tables.value):
        yield from _holes(tables, campaign, units)


def _twice(tables: Tables, units: UnitRows) -> Iterator[FileProblem]:
    for at, table in enumerate(tables.value):
        scored = [row.unit for row in units.rows if table.applies_to.includes(row.unit)]
        for earlier in tables.value[:at]:
            both = _days(table).common(_days(earlier))
            unit = next(
                (
                    unit
                    for unit in scored
                    if earlier.applies_to.includes(unit) and not both.common(_days(unit)).is_empty
                ),
                None,
            )
            if unit is None:
                continue
            if table.valid_from is None and earlier.valid_to is None:
                path: Path = (at, "applies_to")
                vi, en = "mỗi đơn vị một bảng", "one table for a unit"
            else:
                path = (at, "valid_from" if table.valid_from else "applies_to")
                vi = "một bảng bắt đầu (valid_from) đúng ngày bảng kia hết (valid_to)"
                en = "let one begin (valid_from) on the day on which the other ends (valid_to)"
            shown = both.common(_days(unit)).words
            yield tables.problem(
                path,
                f"{unit.code} ({unit.kind}) đã có bảng {earlier.id} trong {shown}; {vi}",
                f"{unit.code} ({unit.kind}) has the table {earlier.id} on {shown}; {en}",
            )


def _holes(tables: Tables, campaign: Days, units: UnitRows) -> Iterator[FileProblem]:
    """Days on which units exist whose kind is scored on other days; one problem for each."""
    kinds: dict[tuple[Path, Days], set[str]] = defaultdict(set)
    for row in units.rows:
        for place, hole in _unscored(row.unit, tables.value, campaign):
            kinds[place, hole].add(row.unit.kind)
    for (place, hole), names in kinds.items():
        listed = ", ".join(sorted(names))
        yield tables.problem(
            place,
            f"{hole.words}: không bảng nào chấm {listed}; nối ngày valid_from/valid_to của các "
            "bảng, hoặc thêm một bảng",
            f"{hole.words}: no table scores {listed}; join the days valid_from/valid_to of the "
            "tables, or add a table",
        )


def _unscored(unit: Unit, tables: Sequence[Table], campaign: Days) -> Iterator[tuple[Path, Days]]:
    """The days of the campaign on which it has no table, where it has one on another day."""
    exists = campaign.common(_days(unit))
    mine = sorted(
        (days, at)
        for at, table in enumerate(tables)
        if table.applies_to.includes(unit) and not (days := _days(table).common(exists)).is_empty
    )
    if not mine:
        return
    reached, ended = exists.first, None
    for days, at in mine:
        if days.first > reached:
            place: Path = (at, "valid_from") if ended is None else (ended, "valid_to")
            yield place, Days(reached, days.first)
        if days.end > reached:
            reached, ended = days.end, at
    if reached < exists.end and ended is not None:
        yield (ended, "valid_to"), Days(reached, exists.end)


def check_clusters(
    file: str, tables: Tables | None, units: UnitRows | None
) -> Iterator[FileProblem]:
    """Each scored unit has a cluster, and units of one cluster are scored by one table a day."""
    if tables is None or units is None:
        return
    reported: set[int] = set()
    begins = {date.min, *(day for table in tables.value for day in (table.valid_from,) if day)}
    begins |= {row.unit.valid_from for row in units.rows if row.unit.valid_from}
    for day in sorted(begins):
        for row, vi, en in _on(day, tables.value, units):
            if row.line not in reported:
                yield FileProblem(file=file, line=row.line, vi=vi, en=en)
            reported.add(row.line)


def _on(day: date, tables: Sequence[Table], units: UnitRows) -> Iterator[tuple[Row, str, str]]:
    table_of: dict[str, tuple[str, Row]] = {}
    for row in units.rows:
        table = next((t for t in tables if t.applies(row.unit, day)), None)
        if table is None or not row.unit.exists_on(day):
            continue
        cluster = row.unit.cluster
        if cluster is None:
            yield (
                row,
                f"cluster: {row.unit.code} được chấm theo bảng {table.id} nhưng chưa có cụm; "
                "điền cụm thi đua",
                f"cluster: {row.unit.code} is scored by the table {table.id} but has no cluster; "
                "fill in the units it is ranked with",
            )
            continue
        other, first = table_of.setdefault(cluster, (table.id, row))
        if other != table.id:
            yield (
                row,
                f"cluster: cụm {cluster} có đơn vị theo bảng {other} ({first.unit.code}, dòng "
                f"{first.line}) và bảng {table.id}; mỗi cụm một bảng",
                f"cluster: {cluster} has units of table {other} ({first.unit.code}, line "
                f"{first.line}) and of table {table.id}; one table for a cluster",
            )
