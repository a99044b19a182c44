"""From facts to standings, as a pure function: tallies, lines, groups, totals, levels and ranks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.contracts.campaign import Unit
from services.contracts.rules import Assignment, Criterion, Group, Rounding, RuleSet, Table
from services.measuring.measures import ZERO, values_of
from services.measuring.records import KnownFact
from services.measuring.slots import Tally
from services.measuring.tally import SIMULATED, Tallier
from services.measuring.values import Values
from services.scoring.engine.assignment import assigned
from services.scoring.engine.criteria import award
from services.scoring.engine.grouping import summed
from services.scoring.engine.peers import Peers
from services.scoring.engine.ranking import levelled, ranked
from services.scoring.engine.results import ClusterResult, GroupPoints, Line, Results, UnitPoints
from services.scoring.engine.rounding import rounded
from services.scoring.engine.scale import comparable
from services.scoring.engine.sums import total


def score(
    facts: Iterable[KnownFact],
    clusters: Mapping[str, Sequence[Unit]],
    rules: RuleSet,
    *,
    as_of: datetime | None = None,
) -> Results:
    """The truth: the standings that a set of facts amounts to.

    `clusters` are the units that are ranked against each other. `as_of` leaves out what happened
    after that moment, in the domain's time, and takes the tables in force on its local day; without
    it all facts count, by the tables that are in force last. Order and repetition of `facts` change
    nothing.
    """
    counted = (fact for fact in facts if as_of is None or fact.time <= as_of)
    day = None if as_of is None else as_of.astimezone(rules.zone).date()
    tallies = Tallier(rules.measured, rules.zone).tallies(counted)
    results = {
        cluster: score_cluster(cluster, units, tallies, rules, day)
        for cluster, units in sorted(clusters.items())
    }
    return Results(rules.rule_set, results)


@dataclass(frozen=True, slots=True)
class _ScoredUnit:
    """A unit, its table and its values."""

    unit: Unit
    table: Table
    values: Values

    def has(self, assignments: Sequence[Assignment]) -> bool:
        """Whether all of these hold for it."""
        return all(assigned(to, self.unit, self.values) for to in assignments)


def score_cluster(
    cluster: str,
    units: Sequence[Unit],
    tallies: Mapping[str, Tally],
    rules: RuleSet,
    day: date | None = None,
) -> ClusterResult:
    """The standings of one cluster, best first, equal ones by code, by the tables of a local day.

    Without a day by the tables that are in force last. A unit without a table is not in them; a
    unit without a tally has no facts yet.
    """
    pairs = [(unit, table) for unit in units if (table := rules.table_for(unit, day)) is not None]
    tables = {table.id: table for _, table in pairs}
    wanted = {id_: frozenset(table.measures()) for id_, table in tables.items()}
    scored = [
        _ScoredUnit(
            unit, table, values_of(wanted[table.id], rules.measured, tallies.get(unit.code, {}))
        )
        for unit, table in pairs
    ]
    peers = {
        (table.id, placed.criterion.id): Peers(
            {
                one.unit.code: one.values
                for one in scored
                if one.table is table and one.has(placed.assignments)
            }
        )
        for table in tables.values()
        for placed in table.placed
    }
    found = [levelled(_unit_points(one, peers, rules), one.table, one.values) for one in scored]
    return ClusterResult(
        cluster,
        ranked(found, rules, tables),
        simulated=any(SIMULATED in tallies.get(one.unit.code, ()) for one in scored),
    )


_PeersOf = Mapping[tuple[str, str], Peers]
"""By table and criterion."""


def _unit_points(one: _ScoredUnit, peers: _PeersOf, rules: RuleSet) -> UnitPoints:
    table = one.table
    groups = tuple(_group_points(group, one, peers, rules) for group in table.groups)
    points = rounded(total(group.points for group in groups), rules.rounding)
    if table.cap is not None:
        points = min(points, table.cap)
    maximum = total(group.maximum for group in groups)
    return UnitPoints(
        unit=one.unit.code,
        table=table.id,
        groups=groups,
        total=points,
        maximum=maximum,
        comparable=comparable(points, maximum, groups, table, rules),
        level=None,
        rank=0,
    )


def _group_points(group: Group, one: _ScoredUnit, peers: _PeersOf, rules: RuleSet) -> GroupPoints:
    found = summed(group, lambda criterion: _line(criterion, one, peers, rules))
    return GroupPoints(
        group.id,
        found.points,
        found.maximum,
        found.lines,
        capped=found.capped,
        bonus=found.bonus,
        subtotals=found.subtotals,
    )


def _line(criterion: Criterion, one: _ScoredUnit, peers: _PeersOf, rules: RuleSet) -> Line:
    compared = peers[one.table.id, criterion.id]
    if one.unit.code not in compared.values:
        return Line(criterion.id, ZERO, ZERO, {}, assigned=False)
    given = award(criterion, one.values, compared)
    if not given.assigned:
        return Line(criterion.id, ZERO, ZERO, given.inputs, assigned=False)
    points = rounded(given.points, _line_rounding(criterion, rules))
    return Line(criterion.id, points, criterion.maximum, given.inputs)


def _line_rounding(criterion: Criterion, rules: RuleSet) -> Rounding:
    return criterion.rounding or rules.lines_rounded
