"""Levels, ranks and flag candidates of the units of one cluster, from their totals."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from services.contracts.rules import KnockOut, RuleSet, Table
from services.scoring.engine.parts import own_id
from services.scoring.engine.results import GroupPoints, Line, Subtotal, UnitPoints
from services.scoring.engine.rounding import rounded
from services.scoring.engine.sums import total

Struck = Sequence[tuple[str, KnockOut]]
"""Knock-outs that hold for a unit, each by its id in results."""


def level_of(
    comparable: Decimal, table: Table, struck: Struck
) -> tuple[str | None, tuple[str, ...]]:
    """The level of a total, its band or a lower one that a knock-out forces; and the ids of these.

    None, and no knock-out, where the table has no levels.
    """
    if not table.levels:
        return None, ()
    names = [band.level for band in table.levels]
    forced = [names.index(one.level) for _, one in struck if one.level in names]
    at = max([_band(table, comparable), *forced])
    return names[at], tuple(id_ for id_, _ in struck)


def _band(table: Table, comparable: Decimal) -> int:
    """Place of the highest band that begins at or below the total; the last one below all."""
    if table.level_rounding is not None:
        comparable = rounded(comparable, table.level_rounding)
    for at, band in enumerate(table.levels):
        if band.from_points is None or comparable >= band.from_points:
            return at
    return len(table.levels) - 1


_Place = tuple[bool | Decimal, ...]
"""A key for sorting: the smaller ranks first."""


def ranked(
    units: Sequence[UnitPoints], rules: RuleSet, tables: Mapping[str, Table]
) -> tuple[UnitPoints, ...]:
    """The units best first, with ranks and flag candidates; equal ones by code."""

    def place(unit: UnitPoints) -> _Place:
        last = bool(unit.knocked_out) and tables[unit.table].knocked_out == "rank-last"
        points = (unit.comparable, *(_points_of(unit, id_) for id_ in rules.tie_break))
        # `-` would round to the digits of the thread's context.
        return (last, *(one.copy_negate() for one in points))

    places = {unit.unit: place(unit) for unit in units}
    ordered = sorted(units, key=lambda one: (places[one.unit], one.unit))
    ranks = _ranks(ordered, places, rules)
    # Who cannot be proposed takes no place from those who can; a knocked-out unit could have been.
    for_flag = _ranks([unit for unit in ordered if unit.maximum > 0], places, rules)
    return tuple(
        unit.placed(
            ranks[unit.unit],
            flag_candidate=_is_flag_candidate(unit, for_flag.get(unit.unit), rules),
        )
        for unit in ordered
    )


def _ranks(
    ordered: Iterable[UnitPoints], places: Mapping[str, _Place], rules: RuleSet
) -> dict[str, int]:
    """Ranks by unit, of units that are given best first; equal ones share theirs."""
    ranks: dict[str, int] = {}
    before: _Place | None = None
    rank = 0
    for at, unit in enumerate(ordered, start=1):
        here = places[unit.unit]
        if here != before:
            rank = rank + 1 if rules.ties == "dense" else at
        before = here
        ranks[unit.unit] = rank
    return ranks


def _points_of(unit: UnitPoints, id_: str) -> Decimal:
    """Points of a group or a criterion by its id, of all parts together; 0 where the unit's tables
    have none of that id."""
    found = [one.points for group in unit.groups for one in _with(group, id_)]
    return total(found)


def _with(group: GroupPoints, id_: str) -> Iterator[GroupPoints | Subtotal | Line]:
    if own_id(group.group) == id_:
        yield group
    yield from (one for one in group.subtotals if own_id(one.group) == id_)
    yield from (one for one in group.lines if own_id(one.criterion) == id_)


def _is_flag_candidate(unit: UnitPoints, rank: int | None, rules: RuleSet) -> bool:
    """Whether its cluster may propose it, by its rank among those to which anything is assigned.

    A flag is earned: without a rank there, none.
    """
    candidates = rules.flag_candidates
    return (
        rank is not None
        and rank <= candidates.each_cluster
        and not unit.knocked_out
        and (not candidates.levels or unit.level in candidates.levels)
    )
