"""From facts to standings, as a pure function: tallies, lines, groups, totals, levels and ranks."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.contracts.campaign import Unit
from services.contracts.rules import (
    Assignment,
    Criterion,
    Group,
    KnockOut,
    Rounding,
    RuleSet,
    Table,
    measures_in,
    measures_of,
)
from services.measuring.measures import ZERO, values_of
from services.measuring.records import KnownFact
from services.measuring.slots import Tally
from services.measuring.tally import SIMULATED
from services.measuring.values import Values
from services.scoring.engine.assignment import assigned
from services.scoring.engine.criteria import award
from services.scoring.engine.grouping import summed
from services.scoring.engine.knock_outs import struck_by
from services.scoring.engine.other_parts import is_of_another_part, lying_elsewhere
from services.scoring.engine.parts import YearPart, of_part, parts_of, placed_in, within
from services.scoring.engine.peers import Peers
from services.scoring.engine.ranking import Struck, level_of, ranked
from services.scoring.engine.results import (
    ClusterResult,
    GroupPoints,
    Line,
    PartPoints,
    Results,
    UnitPoints,
)
from services.scoring.engine.rounding import rounded
from services.scoring.engine.scale import Scored, comparable
from services.scoring.engine.sums import total
from services.scoring.engine.tallier import tallier_of


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
    tallies = tallier_of(rules).tallies(counted)
    results = {
        cluster: score_cluster(cluster, units, tallies, rules, day)
        for cluster, units in sorted(clusters.items())
    }
    return Results(rules.rule_set, results)


PartsOf = Callable[[Unit], Sequence[YearPart]]
"""The parts of a unit's year; none where no table scores it."""


@dataclass(frozen=True, slots=True)
class _ScoredPart:
    """A unit in one part of its year: its table, and its values of the work that it counts."""

    unit: Unit
    part: YearPart
    values: Values
    elsewhere: frozenset[str]
    """Measures of obligations that lie in another part."""

    @property
    def table(self) -> Table:
        return self.part.table

    def has(self, assignments: Sequence[Assignment]) -> bool:
        """Whether all of these hold for it."""
        return self.part.was_there and all(
            assigned(to, self.unit, self.values) for to in assignments
        )


def score_cluster(
    cluster: str,
    units: Sequence[Unit],
    tallies: Mapping[str, Tally],
    rules: RuleSet,
    day: date | None = None,
    *,
    parts: PartsOf | None = None,
) -> ClusterResult:
    """The standings of one cluster, best first, equal ones by code, by the tables of a local day.

    Without a day by the tables that are in force last. A unit without a table is not in them; a
    unit without a tally has no facts yet. `parts`: where units were others before; absent: as
    they are.
    """
    of = parts or (lambda unit: parts_of(unit, rules, day))
    pairs = [(unit, found) for unit in units if (found := of(unit))]
    tables = {part.table.id: part.table for _, found in pairs for part in found}
    wanted = {id_: frozenset(table.measures()) for id_, table in tables.items()}
    scored = [
        [
            _scored_part(
                unit, part, wanted, tallies.get(unit.code, {}), rules, is_last=part is found[-1]
            )
            for part in found
        ]
        for unit, found in pairs
    ]
    peers = {
        (table.id, placed.criterion.id): Peers(
            {
                one.unit.code: one.values
                for parts_ in scored
                for one in parts_
                if one.table is table
                and one.has(placed.assignments)
                and not (one.elsewhere and _is_elsewhere(placed.criterion, one, rules))
            }
        )
        for table in tables.values()
        for placed in table.placed
    }
    return ClusterResult(
        cluster,
        ranked([_unit_points(one, peers, rules) for one in scored], rules, tables),
        simulated=any(SIMULATED in tallies.get(unit.code, ()) for unit, _ in pairs),
    )


def _scored_part(
    unit: Unit,
    part: YearPart,
    wanted: Mapping[str, frozenset[str]],
    tally: Tally,
    rules: RuleSet,
    *,
    is_last: bool,
) -> _ScoredPart:
    names, measures = wanted[part.table.id], rules.measured
    values = values_of(names, measures, of_part(tally, part))
    elsewhere = lying_elsewhere(names, measures, tally, part, last=is_last)
    return _ScoredPart(unit, part, values, elsewhere)


def _is_elsewhere(criterion: Criterion, one: _ScoredPart, rules: RuleSet) -> bool:
    return is_of_another_part(measures_of(criterion), rules.measured, one.elsewhere)


_PeersOf = Mapping[tuple[str, str], Peers]
"""By table and criterion."""


def _unit_points(parts: Sequence[_ScoredPart], peers: _PeersOf, rules: RuleSet) -> UnitPoints:
    scored = [
        (one.table, tuple(_group_points(group, one, peers, rules) for group in one.table.groups))
        for one in parts
    ]
    given = [_part_points(table, groups, rules) for table, groups in scored]
    last, only = parts[-1], given[0] if len(given) == 1 else None
    points = only.total if only else total(one.total for one in given)
    maximum = only.maximum if only else total(one.maximum for one in given)
    on_scale = comparable(points, maximum, scored, rules)
    level, knocked_out = level_of(on_scale, last.table, _struck(parts, scored, rules))
    return UnitPoints(
        unit=last.unit.code,
        table=last.table.id,
        groups=scored[0][1] if only else _placed(scored),
        total=points,
        maximum=maximum,
        comparable=on_scale,
        level=level,
        rank=0,
        knocked_out=knocked_out,
        parts=() if only else tuple(given),
    )


def _struck(parts: Sequence[_ScoredPart], scored: Sequence[Scored], rules: RuleSet) -> Struck:
    """The knock-outs of all parts that hold, but for those whose obligations lie elsewhere."""
    return [
        (within(one.table.id, each.id) if len(parts) > 1 else each.id, each)
        for one, (_, groups) in zip(parts, scored, strict=True)
        if one.table.knock_outs
        for each in struck_by(one.table, one.values, groups)
        if not is_of_another_part(_read_by(each), rules.measured, one.elsewhere)
    ]


def _read_by(knock_out: KnockOut) -> list[str]:
    when = knock_out.when
    return [] if when is None else [name for _, name in measures_in(when)]


def _placed(scored: Sequence[Scored]) -> tuple[GroupPoints, ...]:
    """The groups of all parts, under ids that tell them apart."""
    return tuple(placed_in(table.id, group) for table, groups in scored for group in groups)


def _part_points(table: Table, groups: Sequence[GroupPoints], rules: RuleSet) -> PartPoints:
    points = rounded(total(group.points for group in groups), rules.rounding)
    if table.cap is not None:
        points = min(points, table.cap)
    return PartPoints(table.id, points, total(group.maximum for group in groups))


def _group_points(group: Group, one: _ScoredPart, peers: _PeersOf, rules: RuleSet) -> GroupPoints:
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


def _line(criterion: Criterion, one: _ScoredPart, peers: _PeersOf, rules: RuleSet) -> Line:
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
