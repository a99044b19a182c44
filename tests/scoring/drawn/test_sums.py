"""What is shown adds up: lines to groups, groups to totals, under every cap and rounding."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st

from services.contracts.rules import Group, RuleSet, Table
from services.contracts.rules.criteria import BasePlusMinus
from services.scoring.engine.results import GroupPoints, Line, Results, Subtotal, UnitPoints
from services.scoring.engine.rounding import rounded
from tests.scoring.drawn.edited import Place, absent, not_assigned, places
from tests.scoring.drawn.situations import Situation, situations, tried
from tests.scoring.drawn.units import CODES

ZERO = Decimal(0)


def all_units(results: Results) -> Iterator[UnitPoints]:
    for cluster in results.clusters.values():
        yield from cluster.units


def table_of(rules: RuleSet, points: UnitPoints) -> Table:
    return next(table for table in rules.tables if table.id == points.table)


def given_by_group(points: UnitPoints) -> dict[str, GroupPoints | Subtotal]:
    """What each group gives, at every depth, in the table's order."""
    found: dict[str, GroupPoints | Subtotal] = {}
    for group in points.groups:
        found[group.group] = group
        found |= {each.group: each for each in group.subtotals}
    return found


@tried
@given(situations())
def test_totals_are_the_sums_of_their_groups_and_these_of_their_lines(one: Situation) -> None:
    for points in all_units(one.scored()):
        table = table_of(one.rules, points)
        lines = {line.criterion: line for line in points.lines}
        assert list(lines) == [criterion.id for criterion in table.criteria]
        given_to = given_by_group(points)
        assert list(given_to) == [group.id for group in table.all_groups]
        for group in table.all_groups:
            given_ = given_to[group.id]
            earned = sum((lines[one.id].points for one in group.criteria), ZERO)
            earned += sum((given_to[each.id].points for each in group.groups), ZERO)
            assert given_.points == (earned if group.cap is None else min(earned, group.cap))
            assert given_.capped == (given_.points != earned)
        total = rounded(sum((group.points for group in points.groups), ZERO), one.rules.rounding)
        assert points.total == (total if table.cap is None else min(total, table.cap))
        assert points.maximum == sum(group.maximum for group in points.groups)


@tried
@given(situations())
def test_no_line_is_above_its_maximum_or_below_its_floor(one: Situation) -> None:
    for points in all_units(one.scored()):
        for criterion, line in zip(table_of(one.rules, points).criteria, points.lines, strict=True):
            if not line.assigned:
                assert line.points == line.maximum == 0
                continue
            rounding = criterion.rounding or one.rules.lines_rounded
            assert rounded(line.points, rounding) == line.points
            # A kind's lowest points may lie between two steps: the line is then the step beside.
            assert line.points >= min(criterion.lowest, _rounded(criterion.lowest, rounding))
            assert line.points <= criterion.highest
            assert line.maximum == criterion.maximum


def _rounded(value: Decimal, rounding: object) -> Decimal:
    return rounded(value, rounding) if value.is_finite() else value  # type: ignore[arg-type]


@tried
@given(situations())
def test_what_comes_on_top_is_kept_apart_from_what_counts_towards_the_maximum(
    one: Situation,
) -> None:
    for points in all_units(one.scored()):
        table = table_of(one.rules, points)
        assert points.maximum <= table.maximum
        lines = {line.criterion: line for line in points.lines}
        for group in table.all_groups:
            _is_parted(group, given_by_group(points), lines)


def _is_parted(
    group: Group, given_to: Mapping[str, GroupPoints | Subtotal], lines: Mapping[str, Line]
) -> None:
    given = given_to[group.id]
    if group.bonus:
        assert (given.maximum, given.bonus) == (ZERO, given.points)
        return
    regular = [lines[criterion.id] for criterion in group.criteria if not criterion.bonus]
    inner = [given_to[each.id] for each in group.groups]
    maxima = sum((each.maximum for each in (*regular, *inner)), ZERO)
    assert given.maximum == min(group.maximum, maxima)
    if not any(isinstance(criterion, BasePlusMinus) for _, criterion, _ in group.placed()):
        assert given.points - given.bonus <= given.maximum


@tried
@given(situations())
def test_being_without_a_criterion_never_lowers_what_is_ranked(one: Situation) -> None:
    for points in all_units(one.scored()):
        assert points.comparable >= points.total
        if points.maximum == table_of(one.rules, points).maximum:
            assert points.comparable == points.total


@st.composite
def unassigned(draw: st.DrawFn) -> tuple[Situation, Place, tuple[str, ...]]:
    """A situation, one of its criteria, and the units that are to be without it."""
    one = draw(situations())
    choices = places(one.rules)
    assume(choices)
    some = st.lists(st.sampled_from(CODES), min_size=1, unique=True).map(tuple)
    return one, draw(st.sampled_from(choices)), draw(st.just(CODES) | some)


@tried
@given(unassigned())
def test_a_criterion_that_is_not_assigned_changes_neither_total_nor_maximum(
    case: tuple[Situation, Place, tuple[str, ...]],
) -> None:
    one, (table, criterion), units = case
    marked = Situation(not_assigned(one.rules, (table, criterion), units), one.season).scored()
    without = Situation(absent(one.rules, (table, criterion)), one.season).scored()
    for unit in units:
        is_, was = marked.unit(unit), without.unit(unit)
        if is_ is None or was is None:
            assert is_ is was
            continue
        assert (is_.total, is_.maximum, is_.comparable, is_.level) == (
            was.total,
            was.maximum,
            was.comparable,
            was.level,
        )
        gone = criterion if is_.table == table else None
        assert [line for line in is_.lines if line.criterion != gone] == list(was.lines)
        if units == CODES:
            assert (is_.rank, is_.flag_candidate) == (was.rank, was.flag_candidate)
