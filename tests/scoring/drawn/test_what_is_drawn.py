"""What the drawn situations must contain, so that the promises about them say something."""

import contextlib
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis.errors import NoSuchExample

from services.measuring.newest import Newest
from services.scoring.engine.results import UnitPoints
from tests.scoring.drawn.criteria import KINDS
from tests.scoring.drawn.situations import Situation, situations, tried, unit_of
from tests.scoring.drawn.test_clusters_apart import LAST
from tests.scoring.drawn.test_sums import all_units
from tests.scoring.drawn.units import CLUSTERS
from tests.scoring.in_memory import InMemory

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

_ONE = settings(
    max_examples=400,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@tried
@given(situations())
def test_no_drawn_criterion_has_a_fault(one: Situation) -> None:
    for table in one.rules.tables:
        for criterion in table.criteria:
            assert list(criterion.faults()) == []


def kinds_that_give_points(one: Situation) -> set[str]:
    kinds = {
        (table.id, criterion.id): criterion.kind
        for table in one.rules.tables
        for criterion in table.criteria
    }
    return {
        kinds[points.table, line.criterion]
        for points in _units(one)
        for line in points.lines
        if line.assigned and line.points > 0
    }


def _units(one: Situation) -> Iterator[UnitPoints]:
    return all_units(one.scored())


def a_group_is_capped(one: Situation) -> bool:
    return any(group.capped for points in _units(one) for group in points.groups)


def a_table_is_capped(one: Situation) -> bool:
    caps = {table.id: table.cap for table in one.rules.tables}
    return any(
        (cap := caps[points.table]) is not None
        and sum(group.points for group in points.groups) > cap
        for points in _units(one)
    )


def a_group_in_a_group_is_capped(one: Situation) -> bool:
    return any(
        subtotal.capped
        for points in _units(one)
        for group in points.groups
        for subtotal in group.subtotals
    )


def something_comes_on_top(one: Situation) -> bool:
    return any(group.bonus > 0 for points in _units(one) for group in points.groups)


def a_unit_is_knocked_out(one: Situation) -> bool:
    return any(points.knocked_out for points in _units(one))


def a_criterion_is_not_assigned(one: Situation) -> bool:
    return any(not line.assigned for points in _units(one) for line in points.lines)


def a_total_is_scaled(one: Situation) -> bool:
    return any(points.comparable != points.total for points in _units(one))


def a_fact_of_one_unit_moves_another(one: Situation) -> bool:
    """The cluster is what must be recomputed."""
    running = InMemory(one.rules, CLUSTERS)
    running.take(one.events[:-LAST])
    then = {points.unit: points.lines for points in all_units(running.results())}
    for event in one.events[-LAST:]:
        running.take([event])
        now = {points.unit: points.lines for points in all_units(running.results())}
        if any(now[unit] != then[unit] for unit in now.keys() - {unit_of(event)}):
            return True
        then = now
    return False


def the_latest_is_gone_and_only_all_facts_show_it(one: Situation) -> bool:
    """The one change that no difference can follow."""
    running, looked = InMemory(one.rules, CLUSTERS), []
    whole = running.truth
    running.truth = lambda unit: looked.append(unit) or whole(unit)  # type: ignore[method-assign]
    for event in one.events:
        running.take([event])
    return any(
        isinstance(kept, Newest) for unit in looked for kept in running.tallies[unit].values()
    )


CASES = {
    case.__name__: case
    for case in (
        a_group_is_capped,
        a_table_is_capped,
        a_group_in_a_group_is_capped,
        something_comes_on_top,
        a_unit_is_knocked_out,
        a_criterion_is_not_assigned,
        a_total_is_scaled,
        a_fact_of_one_unit_moves_another,
        the_latest_is_gone_and_only_all_facts_show_it,
    )
}


@pytest.fixture(scope="module")
def missing() -> set[str]:
    """Kinds and cases that no situation had: one row of situations is drawn for all of them."""
    missing = {*KINDS, *CASES}

    def nothing_is_missing(one: Situation) -> bool:
        missing.difference_update(kinds_that_give_points(one))
        missing.difference_update([name for name in missing & CASES.keys() if CASES[name](one)])
        return not missing

    with contextlib.suppress(NoSuchExample):
        find(situations(), nothing_is_missing, settings=_ONE)
    return missing


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_gives_points(missing: set[str], kind: str) -> None:
    assert kind not in missing


@pytest.mark.parametrize("case", CASES)
def test_it_is_drawn_that(missing: set[str], case: str) -> None:
    assert case not in missing
