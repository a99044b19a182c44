"""What measures make of facts: which facts count, and what they add up to."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from services.contracts.events import UnitFact
from services.contracts.rules import RuleSet
from services.measuring.measures import values_of
from services.measuring.tally import Tallier
from services.measuring.values import DaysLate, Value
from services.scoring.engine.explain import facts_by_criterion
from tests.scoring.facts import essay, figure, fulfilled, judged, known, waived, withdrawn
from tests.scoring.sample_rules import criterion, group, rules

SUM: dict[str, Any] = {"kind": "sum", "of": "figure-reported", "field": "value"}


def value(facts: Sequence[UnitFact], measure: dict[str, Any], **others: dict[str, Any]) -> Value:
    """What a measure is worth for unit A, `others` being measures that it is made of."""
    data = rules(
        group(criterion("count", measure="m", each="1", cap="10"), maximum="10")
    ).model_dump(mode="json", by_alias=True)
    measured = RuleSet.model_validate({**data, "measures": {"m": measure, **others}})
    tally = Tallier(measured.measured, measured.zone).tallies(known(*facts)).get("A", {})
    return values_of(["m"], measured.measured, tally)["m"]


def named(name: str, **fields: Any) -> dict[str, Any]:
    """The sum of a figure's values."""
    return {**SUM, "where": [{"field": "name", "is": name}], **fields}


MARKS: list[UnitFact] = [
    judged("A", "a", "49.5"),
    judged("A", "b", "80"),
    judged("A", "c", "90"),
    judged("B", "d", "100"),
]


@pytest.mark.parametrize(
    ("test", "count"),
    [
        ({"at_least": "80"}, 2),
        ({"more_than": "80"}, 1),
        ({"at_most": "80"}, 2),
        ({"less_than": "80"}, 1),
        ({"given": True}, 3),
        ({"given": False}, 0),
    ],
)
def test_a_count_takes_the_facts_of_the_unit_that_pass(test: dict[str, Any], count: int) -> None:
    counted = {"kind": "count", "of": "essay-judged", "where": [{"field": "mark", **test}]}
    assert value(MARKS, counted) == count


def test_all_tests_must_hold() -> None:
    between = [{"field": "mark", "at_least": "50"}, {"field": "mark", "less_than": "90"}]
    assert value(MARKS, {"kind": "count", "of": "essay-judged", "where": between}) == 1


def test_a_text_may_be_one_of_several() -> None:
    facts: list[UnitFact] = [figure("A", f"{name}:2020", "1") for name in ("one", "two", "three")]
    some = [{"field": "name", "one_of": ["one", "three", "four"]}]
    assert value(facts, {**SUM, "where": some}) == 2


def test_only_facts_within_the_days_count() -> None:
    facts: list[UnitFact] = [
        essay("A", f"a{day}", day=day) for day in ("5-31", "6-1", "6-30", "7-1")
    ]
    june = {"from_day": "2020-06-01", "before_day": "2020-07-01"}
    assert value(facts, {"kind": "count", "of": "essay-submitted", **june}) == 2


def test_a_later_mark_replaces_an_earlier_one_in_any_order() -> None:
    facts: list[UnitFact] = [judged("A", "a", "90", version=2), judged("A", "a", "40", version=3)]
    good = {
        "kind": "count",
        "of": "essay-judged",
        "where": [{"field": "mark", "at_least": "80"}],
    }
    for order in (facts, facts[::-1], [*facts, *facts]):
        assert value(order, good) == 0
        assert value(order, {"kind": "sum", "of": "essay-judged", "field": "mark"}) == 40


def test_a_withdrawn_essay_counts_nowhere_even_if_it_was_judged_afterwards() -> None:
    facts: list[UnitFact] = [
        withdrawn("A", "a"),
        judged("A", "a", "90", version=9),
        essay("A", "a"),
    ]
    for event in ("essay-submitted", "essay-judged"):
        assert value(facts, {"kind": "count", "of": event, "unless": "essay-withdrawn"}) == 0
        assert value(facts, {"kind": "count", "of": event}) == 1


def test_a_late_essay_counts_in_number_and_not_among_those_in_time() -> None:
    facts: list[UnitFact] = [essay("A", "a", late=True), essay("A", "b")]
    in_time = [{"field": "late", "is": False}]
    assert value(facts, {"kind": "count", "of": "essay-submitted"}) == 2
    assert value(facts, {"kind": "count", "of": "essay-submitted", "where": in_time}) == 1


def test_a_figure_is_replaced_by_its_later_version_and_added_over_periods() -> None:
    facts: list[UnitFact] = [
        figure("A", "documents:2020-H1", "999", version=1),
        figure("A", "documents:2020-H1", "2.5", version=2),
        figure("A", "documents:2020-H2", "1.5"),
        figure("A", "meetings-missed:2020", "7"),
    ]
    assert value(facts, named("documents")) == 4


def test_figures_of_one_name_in_two_units_are_two_figures() -> None:
    facts: list[UnitFact] = [
        figure("A", "documents:2020", "2", version=1),
        figure("B", "documents:2020", "4", version=2),
    ]
    assert value(facts, named("documents")) == 2


def test_the_latest_is_nothing_before_there_is_any() -> None:
    latest = {"kind": "latest", "of": "essay-judged", "field": "mark"}
    assert value([], latest) is None
    facts: list[UnitFact] = [
        judged("A", "a", "70", day="7-2"),
        judged("A", "b", "60", day="7-3"),
        judged("A", "c", "90", day="7-1"),
    ]
    for order in (facts, facts[::-1]):
        assert value(order, latest) == 60


def test_a_share_is_a_percentage_and_nothing_where_there_is_no_whole() -> None:
    share = {"kind": "share", "part": "part", "whole": "whole"}
    measures = {"part": named("part"), "whole": named("whole")}
    part, whole = figure("A", "part:2020", "1"), figure("A", "whole:2020", "8")
    assert value([part, whole], share, **measures) == Decimal("12.5")
    assert value([whole], share, **measures) == 0
    assert value([part], share, **measures) is None
    assert value([part, figure("A", "whole:2020", "0")], share, **measures) is None


def test_a_total_adds_and_takes_what_has_a_value() -> None:
    total = {"kind": "total", "base": "12", "plus": ["p", "q"], "minus": ["r"]}
    latest = {"kind": "latest", "of": "essay-judged", "field": "mark"}
    measures = {"p": named("p"), "q": latest, "r": named("r")}
    facts: list[UnitFact] = [figure("A", "p:2020", "0.5"), figure("A", "r:2020", "20")]
    assert value(facts, total, **measures) == Decimal("-7.5")
    assert value([], total, **measures) == 12


def test_conditions_that_are_met_are_counted() -> None:
    met = {
        "kind": "met",
        "conditions": [
            {"measure": "late", "at_most": "2"},
            {"measure": "trees", "at_least": {"measure": "asked", "times": "0.5"}},
            {"not": {"measure": "complaints", "at_least": "1"}},
            {"any": [{"measure": "late", "is": "waived"}, {"measure": "asked", "given": True}]},
        ],
    }
    latest = {"kind": "latest", "of": "figure-reported", "field": "target"}
    measures = {
        "late": {"kind": "days-late", "obligation": "D6"},
        "trees": named("trees"),
        "asked": {**latest, "where": [{"field": "name", "is": "trees"}]},
        "complaints": named("complaints"),
    }
    trees = figure("A", "trees:2020", "5", target="10")
    assert value([], met, **measures) == 1
    assert value([fulfilled("A", "D6", days_late=2), trees], met, **measures) == 4
    facts = [fulfilled("A", "D6", days_late=3), trees, figure("A", "complaints:2020", "1")]
    assert value(facts, met, **measures) == 2
    assert value(facts, {**met, "at_most": "1"}, **measures) == 1


def test_days_late_say_how_an_obligation_stands() -> None:
    late = {"kind": "days-late", "obligation": "D6"}
    assert value([], late) == DaysLate("open")
    assert value([fulfilled("A", "D6", days_late=3)], late) == DaysLate("fulfilled", 3)
    assert value([fulfilled("A", "D6"), waived("A", "D6", version=2)], late) == DaysLate("waived")
    assert value([fulfilled("A", "D7")], late) == DaysLate("open")


@pytest.mark.timeout(20)
def test_facts_of_measures_that_share_parts_are_found_without_walking_every_way_down() -> None:
    layers: dict[str, Any] = {"left0": {"kind": "count", "of": "essay-submitted"}}
    layers["right0"] = layers["left0"]
    for at in range(1, 17):
        for side in ("left", "right"):
            parts = {"plus": [f"left{at - 1}"] * 2, "minus": [f"right{at - 1}"] * 2}
            layers[f"{side}{at}"] = {"kind": "total", **parts}
    one = criterion("count", measure="left16", each="1", cap="10")
    data = rules(group(one, maximum="10")).model_dump(mode="json", by_alias=True)
    ruled = RuleSet.model_validate({**data, "measures": layers})
    facts = known(essay("A", "a"))
    assert list(facts_by_criterion(facts, ruled.tables[0], ruled).values()) == [list(facts)]
