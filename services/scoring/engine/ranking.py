"""Levels, ranks and flags of the units of one cluster, from their totals."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from services.contracts.campaign.rules import RuleSet, Table
from services.scoring.engine.conditions import holds
from services.scoring.engine.measures import Values
from services.scoring.engine.results import UnitPoints
from services.scoring.engine.rounding import rounded


def levelled(points: UnitPoints, table: Table, values: Values) -> UnitPoints:
    """The unit with its level: the band of its total, or a lower one that a knock-out forces."""
    if not table.levels:
        return points
    names = [band.level for band in table.levels]
    struck = [knock_out for knock_out in table.knock_outs if holds(knock_out.when, values)]
    at = max([_band(table, points.comparable), *(names.index(one.level) for one in struck)])
    return replace(points, level=names[at], knocked_out=tuple(one.id for one in struck))


def _band(table: Table, comparable: Decimal) -> int:
    """Place of the highest band that begins at or below the total; the last one below all."""
    if table.level_rounding is not None:
        comparable = rounded(comparable, table.level_rounding)
    for at, band in enumerate(table.levels):
        if band.from_points is None or comparable >= band.from_points:
            return at
    return len(table.levels) - 1


def ranked(
    units: Iterable[UnitPoints], rules: RuleSet, tables: Mapping[str, Table]
) -> tuple[UnitPoints, ...]:
    """The units best first, with ranks and flags; equal ones by code."""

    def place(unit: UnitPoints) -> tuple[bool | Decimal, ...]:
        last = bool(unit.knocked_out) and tables[unit.table].knocked_out == "rank-last"
        breaks = (_points_of(unit, id_) for id_ in rules.tie_break)
        return (last, -unit.comparable, *(-points for points in breaks))

    found: list[UnitPoints] = []
    before: tuple[bool | Decimal, ...] | None = None
    rank = 0
    for at, unit in enumerate(sorted(units, key=lambda one: (place(one), one.unit)), start=1):
        here = place(unit)
        if here != before:
            rank = rank + 1 if rules.ties == "dense" else at
        before = here
        found.append(replace(unit, rank=rank, flag=_flag(unit, rank, rules)))
    return tuple(found)


def _points_of(unit: UnitPoints, id_: str) -> Decimal:
    """Points of a group or a criterion by its id; 0 where the unit's table has none of that id."""
    for group in unit.groups:
        if group.group == id_:
            return group.points
        for line in group.lines:
            if line.criterion == id_:
                return line.points
    return Decimal(0)


def _flag(unit: UnitPoints, rank: int, rules: RuleSet) -> bool:
    """Whether it gets the flag: earned, so never by a unit to which nothing was assigned."""
    flags = rules.flags
    return (
        rank <= flags.each_cluster
        and unit.maximum > 0
        and not unit.knocked_out
        and (not flags.levels or unit.level in flags.levels)
    )
