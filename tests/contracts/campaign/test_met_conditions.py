"""Measures that count conditions: each asks what its measures can answer, and can be met."""

import pytest

from tests.contracts.campaign.planting import Planted

ANCHOR = "  conference: {"
READ = 'when: {measure: essays, at_least: "1"}}'


def problems(planted: Planted, conditions: str, points: str = 'at_least: "2"') -> dict[str, str]:
    """What is wrong with these conditions, and with a criterion that asks how many are met."""
    met = f"  met: {{kind: met, conditions: [{conditions}]}}\n"
    planted.plant("rules.yaml", ANCHOR, met + ANCHOR)
    planted.plant("rules.yaml", READ, f"when: {{measure: met, {points}}}}}")
    return {problem.path.removeprefix("measures."): problem.en for problem in planted.problems()}


TWO = '{measure: essays, at_least: "1"}, {measure: conference, is: fulfilled}'


def test_conditions_on_numbers_and_obligations_are_taken(every_kind: Planted) -> None:
    assert problems(every_kind, TWO) == {}


@pytest.mark.parametrize("bound", ["{measure: nothing}", "{measure: conference}"])
def test_what_a_number_is_compared_with_is_a_number(every_kind: Planted, bound: str) -> None:
    (path,) = problems(every_kind, f"{TWO}, {{measure: essays, more_than: {bound}}}")
    assert path == "met.conditions[3].more_than.measure"


def test_what_is_never_met_and_what_is_always_met_is_named(every_kind: Planted) -> None:
    found = problems(
        every_kind,
        '{measure: essays, less_than: "0"}, {measure: essays, at_least: "0"}, '
        "{measure: essays, is: missed}, {measure: essays}",
    )
    assert "can never hold" in found["met.conditions[1]"]
    assert "always holds" in found["met.conditions[2]"]
    assert "is a state of an obligation" in found["met.conditions[3].is"]
    assert "compares nothing" in found["met.conditions[4]"]


def test_no_more_are_met_than_there_are(every_kind: Planted) -> None:
    (text,) = problems(every_kind, TWO, 'at_least: "3"').values()
    assert "can never hold" in text


def test_a_measure_that_counts_whether_it_is_met_is_a_circle(every_kind: Planted) -> None:
    found = problems(every_kind, TWO + ', {measure: met, at_least: "1"}')
    assert "the measures form a circle met → met" in found["met"]
