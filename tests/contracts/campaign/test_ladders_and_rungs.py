"""Ladders take every number once; conditions can hold, and each rung can be reached."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.contracts.campaign.measuring.evaluate import holds
from services.contracts.campaign.measuring.proving.intervals import Numbers, between
from services.contracts.campaign.measuring.proving.measure_values import MeasureValues
from services.contracts.campaign.measuring.proving.worlds import InWorld, worlds
from services.contracts.rules import AllOf, AnyOf, Comparison, Condition, Not
from services.measuring.values import DaysLate
from services.measuring.values import holds as holds_in_scoring
from tests.contracts.campaign.planting import Fault, Planted

TOP = '{above: "95", points: "15"}'
UPPER = '{at_least: "75", at_most: "95", points: "10"}'
MIDDLE = '{at_least: "50", below: "75", points: "5"}'
MORE = '\n              - {above: "95", below: "100", points: "1"}'
NONE_MISSED = '{at_most: "0", points: "10"}'
FEW_MISSED = '{at_least: "1", at_most: "2", points: "8"}'
MANY_MISSED = '{at_least: "3", points: "0"}'
LATE = 'not: {measure: essays, less_than: "5"}'

FAULTS: dict[str, Fault] = {
    "a share between two rungs": Fault(
        UPPER,
        UPPER.replace('at_least: "75"', 'at_least: "80"'),
        (
            1,
            '75 ≤ x < 80 (share) gives no points; let the upper rung begin with at_least: "75"',
        ),
    ),
    "one number that neither rung has": Fault(
        MIDDLE, MIDDLE.replace("at_least", "above"), (1, "x = 50 (share) gives no points")
    ),
    "one number on two rungs": Fault(
        TOP, TOP.replace("above", "at_least"), (1, "x = 95 (share) is on both")
    ),
    "many numbers on two rungs": Fault(
        UPPER,
        UPPER.replace("75", "60"),
        (1, '60 ≤ x < 75 (share) is on both; let the lower rung end with below: "60"'),
    ),
    "a whole number between two rungs": Fault(
        MANY_MISSED, MANY_MISSED.replace("3", "4"), (0, "x = 3 (meetings_missed)")
    ),
    "whole numbers between two rungs": Fault(
        MANY_MISSED, MANY_MISSED.replace("3", "7"), (0, "x = 3 … 6 (meetings_missed)")
    ),
    "a whole number on two rungs": Fault(
        FEW_MISSED, FEW_MISSED.replace("1", "0"), (0, "x = 0 (meetings_missed) is on both")
    ),
    "the highest numbers on no rung": Fault(
        TOP,
        TOP.replace("points", 'at_most: "100", points'),
        (
            0,
            "the highest rung leaves out x > 100 (share); drop its at_most/below, or add a rung; "
            'where there can be no such number, say at_most: "100" at the measure',
        ),
    ),
    "the lowest numbers on no rung": Fault(
        '{below: "50", points: "0"}',
        '{above: "0", below: "50", points: "0"}',
        (0, "the lowest rung leaves out x = 0 (share); drop its above/at_least, or add a rung"),
    ),
    "more than the one number of the highest rung": Fault(
        TOP,
        TOP.replace("above", "is").replace("95", "100") + MORE,
        (
            0,
            'leaves out x > 100 (share); write at_least: "100" for is, or add a rung; where there '
            'can be no such number, say at_most: "100" at the measure',
        ),
    ),
    "a rung with its ends crossed": Fault(
        FEW_MISSED,
        FEW_MISSED.replace('at_least: "1", at_most: "2"', 'at_least: "2", at_most: "1"'),
        (0, "no number is 2 ≤ x ≤ 1: its lower end is not below its upper"),
        (1, "x = 1, 2 (meetings_missed) gives no points"),
    ),
    "a rung for what cannot be": Fault(
        NONE_MISSED + "\n",
        '{at_most: "-1", points: "10"}\n'
        '              - {at_least: "0", at_most: "0", points: "9"}\n',
        (0, "the rung x ≤ -1 is never used: meetings_missed can only be x ≥ 0 and is a whole"),
    ),
    "a share that may be more than all": Fault(
        "measure: on_time",
        "measure: over_the_bus",
        (1, "the highest rung leaves out x > 100 (share)"),
    ),
    "a condition that contradicts itself": Fault(
        'among: {measure: prizes, at_least: "1"}',
        'among: {measure: prizes, at_least: "5", at_most: "3"}',
        (0, "can never hold"),
    ),
    "whole numbers between two that are neighbours": Fault(
        'among: {measure: prizes, at_least: "1"}',
        'among: {measure: prizes, more_than: "1", less_than: "2"}',
        (0, "can never hold"),
    ),
    "fewer than none": Fault(
        'when: {measure: prizes, more_than: "0"}',
        'when: {measure: prizes, less_than: "0"}',
        (0, "can never hold"),
    ),
    "one of two ways that nobody can go": Fault(
        LATE,
        'all: [{measure: essays, at_least: "5"}, {measure: essays, at_most: "3"}]',
        (0, "criteria[I.3].rungs[2].when.any[2]: can never hold"),
    ),
    "a contradiction inside a not": Fault(
        'among: {measure: prizes, at_least: "1"}',
        'among: {not: {measure: prizes, at_least: "5", at_most: "3"}}',
        (0, "among.not: can never hold"),
    ),
    "a yes that everybody gets": Fault(
        'when: {measure: prizes, more_than: "0"}',
        'when: {measure: prizes, at_least: "0"}',
        (0, "always holds, for every unit"),
    ),
    "a knock-out that strikes everybody": Fault(
        "when: {measure: report, is: missed}",
        "when: {any: [{measure: report, is: missed}, {not: {measure: report, is: missed}}]}",
        (0, "always holds, for every unit"),
    ),
    "a rung behind a wider one": Fault(
        '- {when: {measure: sent, at_least: {measure: asked, times: "0.5"}}, points: "2"}',
        '- {when: {measure: essays, at_least: "6"}, points: "2"}',
        (0, "is never reached: whenever it holds, the rung in line 97 held before"),
    ),
    "a rung behind two that share it": Fault(
        '- {when: {measure: sent, at_least: {measure: asked, times: "0.5"}}, points: "2"}',
        '- {when: {measure: prizes, at_most: "3"}, points: "3"}\n'
        '              - {when: {measure: prizes, at_least: "4"}, points: "2"}\n'
        '              - {when: {measure: prizes, at_least: "2"}, points: "1"}',
        (2, "is never reached: whenever it holds, the rung in line 102, 103 held before"),
    ),
    "a comparison with nothing": Fault(
        'among: {measure: prizes, at_least: "1"}',
        "among: {measure: prizes}",
        (0, "compares nothing"),
    ),
    "the state of a number": Fault(
        "when: {measure: report, is: missed}",
        "when: {measure: essays, is: missed}",
        (0, "“missed” is a state of an obligation, but essays is of kind count"),
    ),
    "a count without a value": Fault(
        'among: {measure: prizes, at_least: "1"}',
        "among: {measure: prizes, given: false}",
        (0, "can never hold"),
    ),
    "a typo in a comparison": Fault(
        'among: {measure: prizes, at_least: "1"}',
        'among: {measure: prizes, at_lest: "1"}',
        (0, "there is no key “at_lest”; did you mean “at_least”?"),
    ),
    "a typo in a joiner": Fault(
        LATE,
        'nott: {measure: essays, less_than: "5"}',
        (0, "the key “measure” is missing"),
        (0, "there is no key “nott”; did you mean “not”?"),
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_a_ladder_or_condition_is_found_at_its_line_with_its_remedy(
    every_kind: Planted, name: str
) -> None:
    every_kind.assert_found("rules.yaml", FAULTS[name])


def test_rules_of_every_kind_have_no_problem(every_kind: Planted) -> None:
    assert every_kind.problems() == []


def test_whole_numbers_leave_no_gap_between_2_and_3_but_any_number_does(
    every_kind: Planted,
) -> None:
    line = every_kind.plant("rules.yaml", "measure: meetings_missed", "measure: over_the_bus")
    assert [(p.line - line, p.en) for p in every_kind.problems()] == [
        (
            3,
            "a gap to the rung in line 83: 0 < x < 1 (share) gives no points; let the upper "
            'rung begin with above: "0"',
        ),
        (
            4,
            "a gap to the rung in line 84: 2 < x < 3 (share) gives no points; let the upper "
            'rung begin with above: "2"',
        ),
    ]


def test_a_share_must_reach_below_0_only_where_what_it_divides_may(every_kind: Planted) -> None:
    line = every_kind.plant("rules.yaml", '{below: "50",', '{at_least: "0", below: "50",')
    assert every_kind.problems() == []
    every_kind.plant(
        "rules.yaml", 'is: documents-in}, {field: value, at_least: "0"}]', "is: documents-in}]"
    )
    found = every_kind.problems()
    assert [p.line for p in found] == [line]
    assert "the lowest rung leaves out x < 0 (share)" in found[0].en


def test_what_comes_to_compare_with_other_measures_is_never_called_unreachable(
    every_kind: Planted,
) -> None:
    every_kind.plant(
        "rules.yaml",
        '{measure: asked, times: "0.5"}',
        '{measure: asked, times: "2"}, more_than: "1000"',
    )
    assert every_kind.problems() == []


# --- what is claimed is so ------------------------------------------------------------------------

NAMES = {
    "count": MeasureValues(Numbers(between(at_least=Decimal(0)), Decimal(1)), may_lack=False),
    "share": MeasureValues(Numbers(between(at_least=Decimal(0))), may_lack=True),
    "obligation": MeasureValues(
        Numbers(between(at_least=Decimal(0)), Decimal(1)), may_lack=False, is_obligation=True
    ),
}
BOUNDS = st.integers(-1, 4).map(Decimal)
COMPARISONS: st.SearchStrategy[Condition] = st.fixed_dictionaries(
    {"measure": st.sampled_from(sorted(NAMES))},
    optional={
        "equals": BOUNDS | st.sampled_from(["fulfilled", "open", "missed"]),
        "at_least": BOUNDS,
        "more_than": BOUNDS,
        "at_most": BOUNDS,
        "less_than": BOUNDS,
        "given": st.booleans(),
    },
).map(Comparison.model_validate)
CONDITIONS = st.recursive(
    COMPARISONS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=2).map(lambda parts: AllOf(all_of=tuple(parts))),
        st.lists(inner, min_size=1, max_size=2).map(lambda parts: AnyOf(any_of=tuple(parts))),
        inner.map(lambda part: Not(negated=part)),
    ),
    max_leaves=3,
)
VALUES = st.fixed_dictionaries(
    {
        "count": st.integers(0, 6).map(Decimal),
        "share": st.none() | st.decimals(0, 6, places=1),
        "obligation": st.builds(DaysLate, st.just("fulfilled"), st.integers(0, 6))
        | st.sampled_from([DaysLate("open"), DaysLate("missed"), DaysLate("waived")]),
    }
)


@settings(max_examples=200, deadline=None)
@given(st.lists(CONDITIONS, min_size=1, max_size=3), VALUES)
def test_whatever_a_unit_has_some_world_answers_all_conditions_as_scoring_does(
    conditions: list[Condition], values: dict[str, Decimal | DaysLate | None]
) -> None:
    truth = [holds_in_scoring(condition, values) for condition in conditions]
    all_worlds = worlds(conditions, NAMES)
    assert all_worlds is not None
    assert any(
        [holds(condition, InWorld(world, NAMES)) for condition in conditions] == truth
        for world in all_worlds
    )
