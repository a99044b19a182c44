"""Where points end, they end on the step that they are rounded to."""

import pytest

from tests.contracts.campaign.planting import Fault, Planted

HALVES = '            rounding: {to: "0.5"}\n            maximum: "5"\n'

FAULTS: dict[str, Fault] = {
    "a table's cap between two totals": Fault(
        'cap: "110"', 'cap: "110.0050"', (0, "cap: 110.005 is no multiple of the step 0.01")
    ),
    "a group's cap between two sums of its lines": Fault(
        'en: "Group II"}\n        maximum: "60"\n',
        'en: "Group II"}\n        maximum: "60"\n        cap: "61.1"\n',
        (2, "cap: 61.1 is no multiple of the step 0.25"),
    ),
    "a floor between two steps": Fault(
        'floor: "-5"', 'floor: "-4.9"', (0, "floor: -4.9 is no multiple of the step 0.25")
    ),
    "a lowest score between two steps": Fault(
        'minimum: "0"', 'minimum: "0.1"', (0, "minimum: 0.1 is no multiple of the step 0.25")
    ),
    "a maximum that the criterion's own rounding misses": Fault(
        HALVES,
        HALVES.replace("0.5", "3"),
        (1, "maximum: 5 is no multiple of the step 3 that is rounded to"),
    ),
    "totals rounded to a step that misses their maxima": Fault(
        'rounding: {to: "0.01", mode: half-even}',
        'rounding: {to: "4", mode: half-even}',
        (40, "cap: 110 is no multiple of the step 4"),
        (214, "maximum: 10 is no multiple of the step 4"),
        (236, "maximum: 10 is no multiple of the step 4"),
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_points_that_end_between_two_steps_are_found(every_kind: Planted, name: str) -> None:
    every_kind.plant("rules.yaml", '    level_rounding: {to: "1", mode: half-up}\n', "\n")
    for up_to in ("89", "74", "49"):
        every_kind.plant("rules.yaml", f', up_to: "{up_to}"', "")
    every_kind.assert_found("rules.yaml", FAULTS[name])


def test_a_group_ends_on_the_finest_step_of_its_lines(every_kind: Planted) -> None:
    every_kind.plant("rules.yaml", HALVES, HALVES.replace("0.5", "0.1"))
    every_kind.plant(
        "rules.yaml",
        'en: "Group II"}\n        maximum: "60"\n',
        'en: "Group II"}\n        maximum: "60"\n        cap: "61.1"\n',
    )
    assert every_kind.problems() == []


def test_a_rounding_that_cannot_be_read_is_reported_alone(every_kind: Planted) -> None:
    every_kind.plant("rules.yaml", 'line_rounding: {to: "0.25", mode: down}', "line_rounding: 5")
    (problem,) = every_kind.problems()
    assert problem.path == "line_rounding"
