"""Each kind of rule, at its edges."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from services.contracts.campaign.base import plain
from services.contracts.events import UnitFact
from services.scoring.engine.criteria import formula, law
from services.scoring.engine.results import Line
from services.scoring.engine.score import score
from tests.scoring.said import (
    essay,
    figure,
    fulfilled,
    judged,
    known,
    missed,
    moved,
    waived,
    withdrawn,
)
from tests.scoring.sample_rules import LADDER, criterion, group, rules, unit


def line(facts: Sequence[UnitFact], kind: str, of: str = "A", **fields: Any) -> Line:
    """The line of unit `of` in a cluster of A and B, under one criterion worth 10."""
    rule_set = rules(group(criterion(kind, **fields), maximum="10"))
    results = score(known(*facts), {"c": [unit("A"), unit("B")]}, rule_set)
    points = results.unit(of)
    assert points is not None
    rule = rule_set.tables[0].criteria[0]
    only = points.lines[0]
    said = formula(rule, only.inputs, plain(only.points))
    assert said.vi
    assert said.en
    assert law(rule).vi
    assert law(rule).en
    return only


@pytest.mark.parametrize(
    ("days", "points"),
    [(0, "10"), (1, "7.5"), (2, "7.5"), (3, "5"), (5, "5"), (6, "1"), (400, "1")],
)
def test_a_late_ladder_gives_the_first_rung_that_the_days_late_do_not_pass(
    days: int, points: str
) -> None:
    late = line([fulfilled("A", "D6", days_late=days)], "late-ladder", **LADDER)
    assert late.points == Decimal(points)
    assert late.inputs["days_late"] == str(days)


def test_a_ladder_has_its_own_points_for_missed_open_and_never_owed() -> None:
    assert line([missed("A", "D6")], "late-ladder", **LADDER).points == 0
    assert line([moved("A", "D6")], "late-ladder", **LADDER).points == Decimal("0.25")
    assert line([], "late-ladder", **LADDER).points == Decimal("0.25")
    assert line([missed("A", "D7")], "late-ladder", **LADDER).inputs["state"] == "open"


def test_what_was_missed_and_then_fulfilled_late_counts_as_late() -> None:
    facts = [missed("A", "D6"), fulfilled("A", "D6", days_late=2, version=2)]
    assert line(facts, "late-ladder", **LADDER).points == Decimal("7.5")


def test_a_deadline_that_was_moved_after_it_was_missed_is_open_again() -> None:
    facts = [missed("A", "D6"), moved("A", "D6", version=2)]
    assert line(facts, "late-ladder", **LADDER).inputs["state"] == "open"


def test_a_waiver_takes_the_criterion_away_or_gives_it_in_full_as_the_rule_set_says() -> None:
    away = line([waived("A", "D6")], "late-ladder", **LADDER)
    assert (away.points + away.maximum, away.assigned) == (Decimal(0), False)
    full = line([waived("A", "D6")], "late-ladder", **{**LADDER, "waived": "full"})
    assert (full.points + full.maximum, full.assigned) == (Decimal(20), True)


@pytest.mark.parametrize(("count", "points"), [(0, "0"), (1, "3.33"), (3, "10"), (4, "10")])
def test_linear_grows_to_the_target_and_no_further(count: int, points: str) -> None:
    facts: list[UnitFact] = [essay("A", f"a{i}") for i in range(count)]
    got = line(facts, "linear", measure="essays", target="3")
    assert got.points == Decimal(points)


def test_the_leader_has_the_maximum_and_the_others_their_share() -> None:
    facts: list[UnitFact] = [essay("A", "a1"), *(essay("B", f"b{i}") for i in range(3))]
    assert line(facts, "leader", of="B", measure="essays").points == 10
    behind = line(facts, "leader", measure="essays")
    assert behind.points == Decimal("3.33")
    assert behind.inputs == {"essays": "1", "best-result": "3", "led-by": "B"}


def test_equal_leaders_both_have_the_maximum() -> None:
    facts: list[UnitFact] = [essay("A", "a1"), essay("B", "b1")]
    for code in ("A", "B"):
        first = line(facts, "leader", of=code, measure="essays")
        assert (first.points, first.inputs["led-by"]) == (Decimal(10), "A, B")


def test_where_nobody_has_any_nobody_leads() -> None:
    assert line([], "leader", measure="essays").points == 0


@pytest.mark.parametrize(("count", "points"), [(0, "0"), (1, "4"), (2, "8"), (3, "9"), (9, "9")])
def test_count_gives_so_many_points_each_up_to_the_cap(count: int, points: str) -> None:
    facts: list[UnitFact] = [essay("A", f"a{i}") for i in range(count)]
    got = line(facts, "count", measure="essays", each="4", cap="9")
    assert got.points == Decimal(points)


BONUS: dict[str, Any] = {
    "plus": [{"measure": "good", "each": "2"}],
    "minus": [{"measure": "weak", "each": "1.5"}, {"measure": "withdrawn", "each": "1"}],
    "floor": "-3",
    "ceiling": "5",
}


def test_bonus_less_penalty_stays_between_floor_and_ceiling() -> None:
    good: list[UnitFact] = [judged("A", f"g{i}", "80") for i in range(4)]
    weak: list[UnitFact] = [judged("A", f"w{i}", "49.99") for i in range(4)]
    assert line([], "bonus-penalty", **BONUS).points == 0
    assert line(good[:2], "bonus-penalty", **BONUS).points == 4
    assert line(good, "bonus-penalty", **BONUS).points == 5
    assert line([*good[:1], *weak[:1]], "bonus-penalty", **BONUS).points == Decimal("0.5")
    assert line([*weak[:1], withdrawn("A", "x")], "bonus-penalty", **BONUS).points == Decimal(
        "-2.5"
    )
    assert line(weak, "bonus-penalty", **BONUS).points == -3


def test_a_later_mark_replaces_an_earlier_one_in_any_order() -> None:
    facts: list[UnitFact] = [
        judged("A", "a", "90", version=2),
        judged("A", "a", "40", version=3),
    ]
    for order in (facts, facts[::-1]):
        assert line(order, "count", measure="good", each="1", cap="9").points == 0
        assert line(order, "linear", measure="marks", target="40").points == 10


def test_a_withdrawn_essay_counts_nowhere_even_if_it_was_judged_afterwards() -> None:
    facts: list[UnitFact] = [
        withdrawn("A", "a"),
        judged("A", "a", "90", version=9),
        essay("A", "a"),
    ]
    assert line(facts, "count", measure="essays", each="1", cap="9").points == 0
    assert line(facts, "count", measure="good", each="1", cap="9").points == 0


def test_a_late_essay_counts_in_number_and_not_among_those_in_time() -> None:
    facts: list[UnitFact] = [essay("A", "a", late=True), essay("A", "b")]
    assert line(facts, "count", measure="essays", each="1", cap="9").points == 2
    assert line(facts, "count", measure="in_time", each="1", cap="9").points == 1


def test_a_figure_is_replaced_by_its_later_version_and_added_over_periods() -> None:
    facts: list[UnitFact] = [
        figure("A", "documents-over-the-bus:2020-H1", "999", version=1),
        figure("A", "documents-over-the-bus:2020-H1", "2.5", version=2),
        figure("A", "documents-over-the-bus:2020-H2", "1.5"),
        figure("A", "meetings-missed:2020", "7"),
    ]
    got = line(facts, "linear", measure="over_the_bus", target="10")
    assert got.points == 4


def test_figures_of_one_name_in_two_units_are_two_figures() -> None:
    facts: list[UnitFact] = [
        figure("A", "documents-over-the-bus:2020-H1", "2", version=1),
        figure("B", "documents-over-the-bus:2020-H1", "4", version=2),
    ]
    assert line(facts, "leader", measure="over_the_bus").points == 5
