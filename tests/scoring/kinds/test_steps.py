"""Kind `steps`: points for each full step over a base, with a coefficient, capped."""

from decimal import Decimal
from typing import Any

import pytest

from services.contracts.rules.criteria import Steps
from tests.scoring.kinds.worth import a, b, nothing, rule_set, worth

STEPS: dict[str, Any] = {
    "kind": "steps",
    "measure": "a",
    "base": "100",
    "step": "20",
    "each": "1.5",
    "start": "2",
}


@pytest.mark.parametrize(
    ("value", "points", "steps"),
    [
        ("99.999999", "0", "—"),
        ("100", "2", "0"),
        ("119.999999", "2", "0"),
        ("120", "3.5", "1"),
        ("199", "8", "4"),
        ("200", "9.5", "5"),
        ("220", "10", "6"),
        ("100000", "10", "4995"),
    ],
)
def test_each_full_step_counts_and_a_part_of_one_does_not(
    value: str, points: str, steps: str
) -> None:
    line = worth(a(value), **STEPS)
    assert (line.points, line.inputs["full-steps"]) == (Decimal(points), steps)


def test_the_coefficient_multiplies_the_sum_before_the_cap() -> None:
    assert worth(a("120"), **STEPS, coefficient="2").points == 7
    assert worth(a("160"), **STEPS, coefficient="2").points == 10
    assert worth(a("120"), **STEPS, coefficient="0.5").points == Decimal("1.75")


def test_steps_may_be_fractions_and_the_base_below_zero() -> None:
    fine = {**STEPS, "base": "-1", "step": "0.1", "each": "1", "start": "0"}
    assert worth(a("-0.7"), **fine).points == 3
    assert worth(a("-0.700001"), **fine).points == 2


def test_no_value_gives_what_is_declared() -> None:
    assert worth(**STEPS).points == 0
    assert worth(**STEPS, no_value="-2").points == -2
    assert nothing(worth(**STEPS, no_value="not-assigned"))


def test_it_may_be_not_assigned_to_some_units() -> None:
    assert nothing(worth(a("120"), **STEPS, assigned_to={"units": ["B"]}))


def test_points_are_rounded_as_declared() -> None:
    third = worth(a("120"), **STEPS, coefficient="0.333333", rounding={"to": "0.01"})
    assert third.points == Decimal("1.17"), "0.333333 x 3.5 = 1.1666655"


BELOW: dict[str, Any] = {**STEPS, "floor": "-1", "each_below": "1"}


@pytest.mark.parametrize(
    ("value", "points", "steps"),
    [
        ("120", "3.5", "1"),
        ("100", "2", "0"),
        ("99.999999", "1", "-1"),
        ("80", "1", "-1"),
        ("79.999999", "0", "-2"),
        ("60", "0", "-2"),
        ("59", "-1", "-3"),
        ("0", "-1", "-5"),
    ],
)
def test_each_step_that_is_begun_below_the_base_takes_points_down_to_the_floor(
    value: str, points: str, steps: str
) -> None:
    line = worth(a(value), **BELOW)
    assert (line.points, line.inputs["full-steps"]) == (Decimal(points), steps)


def test_without_points_for_steps_below_the_floor_is_what_is_given_there() -> None:
    assert worth(a("99"), **STEPS, floor="0.5").points == Decimal("0.5")
    assert worth(a("-99"), **STEPS, floor="0.5").points == Decimal("0.5")
    assert worth(a("100"), **STEPS, floor="0.5").points == 2


OWN: dict[str, Any] = {
    "kind": "steps",
    "measure": "a",
    "base": {"measure": "goal"},
    "base_coefficient": {"measure": "b"},
    "step_percent": "5",
    "each": "1",
    "start": "5",
    "no_value": "-3",
}


@pytest.mark.parametrize(
    ("value", "target", "coefficient", "points"),
    [
        ("150", "100", "1.5", "5"),
        ("149.99", "100", "1.5", "0"),
        ("157.49", "100", "1.5", "5"),
        ("157.5", "100", "1.5", "6"),  # 5 % of 150 is 7.5
        ("157.5", "100", "1", "10"),  # 11 steps of 5, at most 10
        ("126", "100", "1.2", "6"),
        ("0.7", "0.666666", "1", "6"),  # 5 % beyond a base that no decimal divides evenly
        ("100", "0", "1", "-3"),  # no threshold
        ("100", "100", "0", "-3"),
        ("100", "-5", "1", "-3"),
    ],
)
def test_the_coefficient_multiplies_the_threshold_and_a_step_in_per_cent_of_it(
    value: str, target: str, coefficient: str, points: str
) -> None:
    assert worth(a(value, target=target), b(coefficient), **OWN).points == Decimal(points)


def test_a_threshold_or_coefficient_that_is_not_there_is_no_value() -> None:
    assert worth(a("100"), b("1"), **OWN).points == -3
    assert worth(a("100", target="100"), **OWN).points == -3
    assert nothing(worth(a("100"), b("1"), **{**OWN, "no_value": "not-assigned"}))


def test_points_may_have_a_coefficient_of_the_unit_too() -> None:
    both = {**STEPS, "coefficient": {"measure": "b", "times": "2"}}
    assert worth(a("120"), b("1"), **both).points == 7
    assert worth(a("120"), b("0.5"), **both).points == Decimal("3.5")
    assert worth(a("120"), b("-1"), **both).points == 0, "never below the floor"


def test_a_step_that_no_decimal_says_is_counted_exactly() -> None:
    thirds = {**OWN, "base": {"measure": "goal", "times": "0.1"}, "step_percent": "33.3"}
    line = worth(a("0.7665", target="3"), b("1"), **{**thirds, "start": "0"})
    assert line.inputs["full-steps"] == "4", "0.3 + 4 x 0.0999 = 0.6996, + 5 x 0.0999 = 0.7995"


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"step_percent": "5"}, "step"),
        ({"step": None}, "step"),
        ({"step": None, "step_percent": "5", "base": "0"}, "base"),
        ({"floor": "3"}, "floor"),
        ({"floor": "2", "each_below": "1"}, "each_below"),
        ({"each_below": "0"}, "each_below"),
        ({"coefficient": {"measure": "b", "times": "0"}}, "coefficient"),
        ({"base_coefficient": "0"}, "base_coefficient"),
        ({"start": "11"}, "start"),
    ],
)
def test_what_contradicts_itself_is_found(more: dict[str, Any], where: str) -> None:
    one = rule_set(**{**STEPS, **more}).tables[0].criteria[0]
    assert isinstance(one, Steps)
    assert [fault.path[0] for fault in one.faults()] == [where]
