"""What no value gives is said only where there can be none."""

import pytest

from tests.contracts.campaign.planting import Fault, Planted

BALANCE = "            measure: balance\n"
OVER = "            measure: over_the_bus\n"
STEPS = OVER + '            steps:\n              - {above: "95"'
PERCENT = "kind: share, part: sent, whole: asked,"
LINEAR = "            measure: reached\n            target: {measure: plan}\n"
LEADER = "            kind: leader\n            measure: essays\n"
NEVER = "always has a number, and of nothing it is 0; remove it"
ALWAYS_MORE = '  one_more: {kind: total, base: "1", plus: [essays]}\n  balance:'

FAULTS: dict[str, Fault] = {
    "of a total": Fault(
        BALANCE, BALANCE + "            no_value: not-assigned\n", (1, f"balance (total) {NEVER}")
    ),
    "of a total, as points": Fault(
        BALANCE, BALANCE + '            no_value: "1"\n', (1, f"balance (total) {NEVER}")
    ),
    "beside the lowest, of a count": Fault(
        LEADER, LEADER + "            no_value: not-assigned\n", (2, f"essays (count) {NEVER}")
    ),
    "of a sum": Fault(
        f"  over_the_bus: {{{PERCENT}",
        "  over_the_bus: {kind: sum, of: figure-reported, field: value,",
        (41, f"over_the_bus (sum) {NEVER}"),
    ),
    "of a count, in proportion to a number": Fault(
        LINEAR,
        '            measure: essays\n            target: "5"\n',
        (2, f"essays (count) {NEVER}"),
    ),
}


TARGET_LEADER = '            target: plan\n            at_target: "0.5"\n'


def test_where_0_is_a_target_it_is_told_apart_from_none(every_kind: Planted) -> None:
    of_zero = TARGET_LEADER + "            zero_target: target\n"
    every_kind.plant("rules.yaml", TARGET_LEADER, of_zero)
    assert every_kind.problems() == [], "plan is latest"
    line = every_kind.plant("rules.yaml", of_zero, of_zero.replace("plan", "asked"))
    (problem,) = every_kind.problems()
    assert problem.line == line + 2
    assert "no unit is without a target; use a measure of kind latest" in problem.en


@pytest.mark.parametrize("name", FAULTS)
def test_a_measure_that_always_has_a_number_needs_none(every_kind: Planted, name: str) -> None:
    every_kind.assert_found("rules.yaml", FAULTS[name])


def test_a_target_that_is_more_than_nothing_leaves_no_case(every_kind: Planted) -> None:
    every_kind.plant("rules.yaml", "  balance:", ALWAYS_MORE)
    in_proportion = LINEAR.replace("reached", "essays").replace("plan", "one_more")
    every_kind.plant("rules.yaml", LINEAR, in_proportion)
    (problem,) = every_kind.problems()
    assert f"essays (count) {NEVER}" in problem.en


def test_a_target_of_nothing_is_such_a_case(every_kind: Planted) -> None:
    in_proportion = LINEAR.replace("reached", "essays").replace("plan", "prizes")
    every_kind.plant("rules.yaml", LINEAR, in_proportion)
    assert every_kind.problems() == []
