"""Promise: a comparison names who moves and the criterion that did it, and nothing else."""

import re
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.contracts.envelope import Event
from services.contracts.rules import RuleSet, Table
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.engine.compare import Mover, StandingsChange, compare
from services.scoring.engine.score import score
from services.scoring.what_if.comparison import Sides, WhatIf
from services.scoring.what_if.report import report
from tests.scoring.campaign import other_contest, sample_snapshot, sample_timeline
from tests.scoring.deliveries import seasons
from tests.scoring.facts import at, essay, fulfilled, judged, known, known_events, waived
from tests.scoring.sample_rules import LADDER, criterion, group, rules, unit

_SLOW = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
"""Each example scores 643 units twice."""

UNITS = {"c": (unit("A"), unit("B"), unit("C"))}
ESSAYS = criterion("linear", "I.1", measure="essays", target="10")
REPORT = criterion("late-ladder", "I.2", **LADDER)
SEASON = known(
    *(essay("A", f"a{n}") for n in range(3)),
    *(essay("B", f"b{n}") for n in range(2)),
    fulfilled("A", "D6", days_late=4),
    fulfilled("B", "D6", days_late=0),
    fulfilled("C", "D6", days_late=0),
)
"""A: 3 + 5, B: 2 + 10, C: 0 + 10."""


def _compared(one: RuleSet, other: RuleSet, facts: Any = SEASON) -> StandingsChange:
    return compare(score(facts, UNITS, one).clusters, score(facts, UNITS, other).clusters)


def _over(timeline: list[Event], present: CampaignSnapshot, draft: CampaignSnapshot) -> WhatIf:
    """A season by two rule sets, cluster by cluster."""
    facts = known_events(timeline)
    sides = Sides(present, draft)
    for cluster, units in sides.clusters():
        sides.add(cluster, [fact for fact in facts if fact.unit in units])
    return sides.compared(at("12-31"))


def _by_unit(change: StandingsChange) -> dict[str, Mover]:
    return {mover.unit: mover for mover in change.movers}


def _two(essays: dict[str, Any] = ESSAYS, report: dict[str, Any] = REPORT) -> RuleSet:
    return rules(group(essays, report, maximum="20"), maximum="20")


@_SLOW
@given(seasons())
def test_where_the_rules_are_the_same_nobody_moves(timeline: list[Event]) -> None:
    snapshot = sample_snapshot()
    found = _over(timeline, snapshot, snapshot)
    assert found.change.movers == ()
    assert found.change.levels == {}
    assert found.change.leaders == ()
    assert found.change.units == 643


@_SLOW
@given(seasons())
def test_each_mover_names_lines_that_add_up_to_its_movement(timeline: list[Event]) -> None:
    """Essays are good from 50 marks on: II.1, and no other criterion, is another one."""
    found = _over(timeline, sample_snapshot(), other_contest())
    for mover in found.change.movers:
        assert {line.criterion for line in mover.lines} <= {"II.1"}
        assert sum((line.points for line in mover.lines), Decimal(0)) == mover.points
        assert mover.causes == (("lines",) if mover.lines else ("others",))


@given(st.permutations(SEASON))
def test_the_order_of_facts_changes_nothing(facts: Any) -> None:
    cut = _two(report=criterion("late-ladder", "I.2", **{**LADDER, "otherwise": "0"}))
    assert _compared(_two(), cut, facts) == _compared(_two(), cut)


def test_another_maximum_of_one_criterion_is_named_and_no_other() -> None:
    change = _compared(_two(), _two(essays=ESSAYS | {"maximum": "100"}))
    movers = _by_unit(change)
    assert {unit: [line.criterion for line in m.lines] for unit, m in movers.items()} == {
        "A": ["I.1"],
        "B": ["I.1"],
        "C": [],
    }
    first = movers["A"]
    assert first.before is not None
    assert first.after is not None
    assert (first.before.rank, first.after.rank, first.places) == (3, 1, 2)
    assert (first.before.total, first.after.total, first.points) == (8, 35, 27)
    assert first.causes == ("lines",)
    assert (movers["B"].places, movers["C"].places) == (-1, -1)
    assert movers["C"].causes == ("others",)
    assert change.leaders[0].before == ("B",)
    assert change.leaders[0].after == ("A",)
    assert change.levels == {("b", "a"): 1}


def test_the_largest_movement_comes_first() -> None:
    change = _compared(_two(), _two(essays=ESSAYS | {"maximum": "100"}))
    assert [mover.unit for mover in change.movers] == ["A", "B", "C"]
    assert [mover.places for mover in change.movers] == [2, -1, -1]


def test_criteria_that_are_new_or_gone_differ_from_those_that_give_other_points() -> None:
    renamed = _two(essays=criterion("count", "I.9", measure="essays", each="2", cap="10"))
    movers = _by_unit(_compared(_two(), renamed))
    report = {
        line.criterion: (line.before is None, line.after is None, line.points)
        for line in movers["A"].lines
    }
    assert report == {"I.9": (True, False, 6), "I.1": (False, True, -3)}


def test_a_unit_that_is_scored_no_more_or_newly_is_a_mover() -> None:
    one = _two()
    results = score(SEASON, UNITS, one).clusters
    fewer = score(SEASON, {"c": UNITS["c"][:2]}, one).clusters
    (gone, *_) = compare(results, fewer).movers
    (came, *_) = compare(fewer, results).movers
    assert (gone.unit, gone.after, came.unit, came.before) == ("C", None, "C", None)
    assert (gone.points, came.points, gone.places, came.places) == (-10, 10, 0, 0)


def test_what_no_line_explains_has_its_own_cause() -> None:
    held = rules(group(ESSAYS, REPORT, maximum="10", cap="10"), maximum="10")
    loose = rules(group(ESSAYS, REPORT, maximum="20"), maximum="10")
    assert "caps" in _by_unit(_compared(held, loose))["B"].causes

    bands = _two().model_copy(update={"tables": (_with_bands(_two(), "8.5"),)})
    movers = _by_unit(_compared(_two(), bands))
    assert {unit: mover.causes for unit, mover in movers.items()} == {"A": ("levels",)}

    flagged = _two().model_copy(
        update={"flag_candidates": _two().flag_candidates.model_copy(update={"each_cluster": 1})}
    )
    movers = _by_unit(_compared(_two(), flagged))
    assert {unit: mover.causes for unit, mover in movers.items()} == {"B": ("others",)}


def _with_bands(rules_: RuleSet, from_points: str) -> Any:
    (table,) = rules_.tables
    (first, second, last) = table.levels
    second = second.model_copy(update={"from_points": Decimal(from_points)})
    return table.model_copy(update={"levels": (first, second, last)})


def test_a_maximum_counts_where_totals_are_put_on_its_scale() -> None:
    """D6 is waived for A: what it has of I.1 stands for the whole table."""
    facts = [*known(*(essay("A", f"a{n}") for n in range(5)), waived("A", "D6", version=2))]
    half = criterion(
        "late-ladder", "I.2", "5", **{**LADDER, "steps": [{"up_to": 0, "points": "5"}]}
    )
    smaller = rules(group(ESSAYS, half, maximum="15"), maximum="15")
    movers = _by_unit(_compared(_two(), smaller, facts))
    assert movers["A"].causes == ("scale",)
    assert movers["A"].lines == ()


def test_judged_again_is_no_other_rule() -> None:
    facts = known(essay("A", "a"), judged("A", "a", "85"), judged("A", "a", "60", version=3))
    assert _compared(_two(), _two(), facts).movers == ()


def test_the_report_words_a_level_as_the_units_own_table_does() -> None:
    """Both tables of the sample have a level `not-done`, each in its own words."""
    present = sample_timeline()
    tables = tuple(_lowest_band_gone(table) for table in present.rules.tables)
    draft = present.under(present.rules.model_copy(update={"tables": tables}))
    found = _over([], present.at(at("12-31")), draft.at(at("12-31")))
    text = "\n".join(report(found, show=0))
    assert re.search(r"\d+ đơn vị từ Không hoàn thành .+ thành Hoàn thành ", text), text
    assert re.search(r"\d+ đơn vị từ Chưa thực hiện .+ thành Chậm ", text), text


def _lowest_band_gone(table: Table) -> Table:
    *kept, low, lowest = table.levels
    low = low.model_copy(update={"from_points": lowest.from_points})
    return table.model_copy(update={"levels": (*kept, low)})
