"""From tallies to standings: lines, groups, totals, levels and ranks of a cluster."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

from services.contracts.campaign import RuleSet, Unit
from services.contracts.campaign.rules import (
    Criterion,
    Group,
    Rounding,
    Table,
    measures_of,
)
from services.scoring.engine.criteria import award
from services.scoring.engine.criteria.award import EXACT, ZERO, Peers
from services.scoring.engine.measures import DaysLate, Value, values_of
from services.scoring.engine.records import KnownFact
from services.scoring.engine.results import ClusterResult, GroupPoints, Line, Results, UnitPoints
from services.scoring.engine.tally import SIMULATED, Tallier, Tally

_MODES = {"half-up": ROUND_HALF_UP, "half-even": ROUND_HALF_EVEN, "down": ROUND_DOWN}
_LINE_PLACES = 2


def score(
    facts: Iterable[KnownFact],
    clusters: Mapping[str, Sequence[Unit]],
    rules: RuleSet,
    *,
    as_of: datetime | None = None,
) -> Results:
    """The truth: the standings that a set of facts amounts to.

    `clusters` are the units that are ranked against each other; `as_of` leaves out what happened
    after that moment, in the domain's time. Order and repetition of `facts` change nothing.
    """
    told = (fact for fact in facts if as_of is None or fact.time <= as_of)
    tallies = Tallier(rules.measures).tallies(told)
    results = {
        cluster: score_cluster(cluster, units, tallies, rules)
        for cluster, units in sorted(clusters.items())
    }
    return Results(rules.rule_set, results)


def score_cluster(
    cluster: str, units: Sequence[Unit], tallies: Mapping[str, Tally], rules: RuleSet
) -> ClusterResult:
    """The standings of one cluster, best first, equal ones by code.

    A unit without a table is not in them; a unit without a tally has no facts yet.
    """
    scored = [(unit.code, table) for unit in units if (table := rules.table_for(unit)) is not None]
    tables = {table.id: table for _, table in scored}
    wanted = {
        table.id: {name for criterion in table.criteria for name in measures_of(criterion)}
        for table in tables.values()
    }
    values = {
        code: values_of(wanted[table.id], rules.measures, tallies.get(code, {}))
        for code, table in scored
    }
    peers = {table.id: _peers(table, scored, values) for table in tables.values()}
    unranked = [
        _unit_points(code, table, values[code], peers[table.id], rules.rounding)
        for code, table in scored
    ]
    return ClusterResult(
        cluster,
        _ranked(unranked),
        simulated=any(SIMULATED in tallies.get(code, ()) for code, _ in scored),
    )


def _peers(
    table: Table,
    scored: Sequence[tuple[str, Table]],
    values: Mapping[str, Mapping[str, Value]],
) -> Peers:
    units = sorted(code for code, used in scored if used.id == table.id)
    found: dict[str, tuple[Decimal, tuple[str, ...]]] = {}

    def best(measure: str) -> tuple[Decimal, tuple[str, ...]]:
        if measure not in found:
            has = {
                code: ZERO if isinstance(value := values[code][measure], DaysLate) else value
                for code in units
            }
            most = max(has.values(), default=ZERO)
            leaders = tuple(code for code in units if has[code] == most) if most > 0 else ()
            found[measure] = (max(most, ZERO), leaders)
        return found[measure]

    return Peers(best)


def _unit_points(
    unit: str, table: Table, values: Mapping[str, Value], peers: Peers, rounding: Rounding
) -> UnitPoints:
    groups = tuple(_group_points(group, values, peers, rounding) for group in table.groups)
    total = _rounded(sum((group.points for group in groups), ZERO), rounding, rounding.places)
    maximum = sum((group.maximum for group in groups), ZERO)
    comparable = _comparable(total, maximum, table, rounding)
    return UnitPoints(
        unit=unit,
        table=table.id,
        groups=groups,
        total=total,
        maximum=maximum,
        comparable=comparable,
        level=_level(table, comparable),
        rank=0,
    )


def _group_points(
    group: Group, values: Mapping[str, Value], peers: Peers, rounding: Rounding
) -> GroupPoints:
    lines = tuple(_line(criterion, values, peers, rounding) for criterion in group.criteria)
    earned = sum((line.points for line in lines), ZERO)
    points = earned if group.cap is None else min(earned, group.cap)
    # Criteria may add up to more than their group: the group's maximum is the bound that counts.
    maximum = min(group.maximum, sum((line.maximum for line in lines), ZERO))
    return GroupPoints(group.id, points, maximum, lines, capped=points < earned)


def _line(
    criterion: Criterion, values: Mapping[str, Value], peers: Peers, rounding: Rounding
) -> Line:
    given = award(criterion, values, peers)
    # Lines are kept in hundredths so that a reader can add them up by hand to the total.
    points = _rounded(given.points, rounding, max(_LINE_PLACES, rounding.places))
    maximum = criterion.maximum if given.assigned else ZERO
    return Line(criterion.id, points, maximum, given.inputs, given.assigned)


def _comparable(total: Decimal, maximum: Decimal, table: Table, rounding: Rounding) -> Decimal:
    """What is ranked: a waiver must neither cost a place nor gain one.

    A unit to which nothing was assigned has failed in nothing: it stands at the table's maximum.
    """
    if maximum == table.maximum:
        return total
    if maximum <= 0:
        return table.maximum
    scaled = EXACT.divide(EXACT.multiply(total, table.maximum), maximum)
    return _rounded(scaled, rounding, rounding.places)


def _level(table: Table, comparable: Decimal) -> str:
    """The highest band that begins at or below the total; the last one below all of them."""
    for band in table.levels:
        if comparable >= band.from_points:
            return band.level
    return table.levels[-1].level


def _ranked(units: Iterable[UnitPoints]) -> tuple[UnitPoints, ...]:
    ordered = sorted(units, key=lambda unit: (-unit.comparable, unit.unit))
    ranked: list[UnitPoints] = []
    for place, unit in enumerate(ordered, start=1):
        tied = bool(ranked) and ranked[-1].comparable == unit.comparable
        ranked.append(replace(unit, rank=ranked[-1].rank if tied else place))
    return tuple(ranked)


def _rounded(value: Decimal, rounding: Rounding, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), rounding=_MODES[rounding.mode], context=EXACT)
