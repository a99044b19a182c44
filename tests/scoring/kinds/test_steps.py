"""Kind `steps`: points for each full step over a base, with a coefficient, capped."""

from decimal import Decimal
from typing import Any

import pytest

from tests.scoring.kinds.worth import a, nothing, worth

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
