"""Checks of tables over time: on each day of the campaign one table for a unit, and one a cluster.

A kind of units that no table ever scores is not in the contest and is no hole; a kind that is
scored on one day of it is scored on all.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from services.contracts.campaign.document import Path
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.problems import FileProblem
from services.contracts.campaign.units_file import Row, UnitRows
from services.contracts.rules import Table
from services.contracts.rules.checks.days import ONE_DAY, Days, Spell, days_of, spells
from services.contracts.rules.checks.tables import Tables


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
        if days_of(table).is_empty:
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
        days = days_of(table)
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
    of_units = spells(units)
    for at, table in enumerate(tables.value):
        scored = [spell for spell in of_units if table.applies_to.includes(spell.unit)]
        for earlier in tables.value[:at]:
            both = days_of(table).common(days_of(earlier))
            spell = next(
                (
                    spell
                    for spell in scored
                    if earlier.applies_to.includes(spell.unit)
                    and not both.common(spell.days).is_empty
                ),
                None,
            )
            if spell is None:
                continue
            unit = spell.unit
            if table.valid_from is None and earlier.valid_to is None:
                path: Path = (at, "applies_to")
                vi, en = "mỗi đơn vị một bảng", "one table for a unit"
            else:
                path = (at, "valid_from" if table.valid_from else "applies_to")
                vi = "một bảng bắt đầu (valid_from) đúng ngày bảng kia hết (valid_to)"
                en = "let one begin (valid_from) on the day on which the other ends (valid_to)"
            shown = both.common(spell.days).words
            yield tables.problem(
                path,
                f"{unit.code} ({unit.kind}) đã có bảng {earlier.id} trong {shown}; {vi}",
                f"{unit.code} ({unit.kind}) has the table {earlier.id} on {shown}; {en}",
            )


def _holes(tables: Tables, campaign: Days, units: UnitRows) -> Iterator[FileProblem]:
    """Days on which units exist whose kind is scored on other days; one problem for each."""
    kinds: dict[tuple[Path, Days], set[str]] = defaultdict(set)
    for spell in spells(units):
        for place, hole in _unscored(spell, tables.value, campaign):
            kinds[place, hole].add(spell.unit.kind)
    for (place, hole), names in kinds.items():
        listed = ", ".join(sorted(names))
        yield tables.problem(
            place,
            f"{hole.words}: không bảng nào chấm {listed}; nối ngày valid_from/valid_to của các "
            "bảng, hoặc thêm một bảng",
            f"{hole.words}: no table scores {listed}; join the days valid_from/valid_to of the "
            "tables, or add a table",
        )


def _unscored(spell: Spell, tables: Sequence[Table], campaign: Days) -> Iterator[tuple[Path, Days]]:
    """The days of the campaign on which it has no table, where it has one on another day."""
    unit, exists = spell.unit, campaign.common(spell.days)
    mine = sorted(
        (days, at)
        for at, table in enumerate(tables)
        if table.applies_to.includes(unit) and not (days := days_of(table).common(exists)).is_empty
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
    in_cluster: dict[str, list[_Scored]] = defaultdict(list)
    found: list[tuple[Row, str, str]] = []
    for row in units.rows:
        scored = _scored(row, tables.value)
        if row.unit.cluster is not None:
            in_cluster[row.unit.cluster] += scored
        elif scored:
            found.append(_no_cluster(scored[0]))
    for cluster, its in in_cluster.items():
        found += _two_tables(cluster, its)
    for row, vi, en in sorted(found, key=lambda one: one[0].line):
        yield FileProblem(file=file, line=row.line, vi=vi, en=en)


class _Scored(NamedTuple):
    """A row, a table that scores it, and the days on which it does."""

    row: Row
    table: str
    days: Days


def _scored(row: Row, tables: Sequence[Table]) -> list[_Scored]:
    """By days; of two tables on one day, which is a problem of its own, the first."""
    found: list[_Scored] = []
    for table in tables:
        days = days_of(table).common(days_of(row.unit))
        if (
            table.applies_to.includes(row.unit)
            and not days.is_empty
            and all(days.common(other.days).is_empty for other in found)
        ):
            found.append(_Scored(row, table.id, days))
    return found


def _no_cluster(scored: _Scored) -> tuple[Row, str, str]:
    row, table, _ = scored
    return (
        row,
        f"cluster: {row.unit.code} được chấm theo bảng {table} nhưng chưa có cụm; điền cụm thi đua",
        f"cluster: {row.unit.code} is scored by the table {table} but has no cluster; "
        "fill in the units it is ranked with",
    )


def _two_tables(cluster: str, scored: Sequence[_Scored]) -> Iterator[tuple[Row, str, str]]:
    """Rows that are scored by another table than those of their cluster that come before them."""
    longest: dict[str, _Scored] = {}
    reported: set[int] = set()
    for one in sorted(scored, key=lambda its: (its.days.first, its.row.line)):
        first = next(
            (
                its
                for its in longest.values()
                if its.table != one.table and its.days.end > one.days.first
            ),
            None,
        )
        if first is None:
            before = longest.setdefault(one.table, one)
            if one.days.end > before.days.end:
                longest[one.table] = one
        elif one.row.line not in reported:
            reported.add(one.row.line)
            yield (
                one.row,
                f"cluster: cụm {cluster} có đơn vị theo bảng {first.table} ({first.row.unit.code}, "
                f"dòng {first.row.line}) và bảng {one.table}; mỗi cụm một bảng",
                f"cluster: {cluster} has units of table {first.table} ({first.row.unit.code}, line "
                f"{first.row.line}) and of table {one.table}; one table for a cluster",
            )
