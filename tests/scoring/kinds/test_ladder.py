"""Kind `ladder`: points by the interval that a number lies in."""

from decimal import Decimal
from typing import Any

import pytest

from tests.scoring.kinds.worth import a, nothing, worth

LADDER: dict[str, Any] = {
    "kind": "ladder",
    "measure": "a",
    "steps": [
        {"above": "95", "points": "10"},
        {"at_least": "75", "at_most": "95", "points": "6"},
        {"at_least": "50", "below": "75", "points": "2.1250"},
        {"at_least": "0", "below": "50", "points": "0"},
        {"below": "0", "points": "-5"},
    ],
}


@pytest.mark.parametrize(
    ("value", "points", "rung"),
    [
        ("1000000", "10", "95 < x"),
        ("95.000001", "10", "95 < x"),
        ("95", "6", "75 ≤ x ≤ 95"),
        ("75", "6", "75 ≤ x ≤ 95"),
        ("74.999999", "2.13", "50 ≤ x < 75"),
        ("50", "2.13", "50 ≤ x < 75"),
        ("49.999999", "0", "0 ≤ x < 50"),
        ("0", "0", "0 ≤ x < 50"),
        ("-0.000001", "-5", "x < 0"),
    ],
)
def test_an_end_is_open_or_closed_as_it_says(value: str, points: str, rung: str) -> None:
    line = worth(a(value), **LADDER)
    assert (line.points, line.inputs["rung-held"]) == (Decimal(points), rung)


def test_no_value_gives_what_is_declared_and_nothing_by_default() -> None:
    assert worth(**LADDER).points == 0
    assert worth(**LADDER, no_value="-1").points == -1
    assert worth(**LADDER, no_value="3.5").points == Decimal("3.5")
    assert nothing(worth(**LADDER, no_value="not-assigned"))


def test_a_value_of_zero_is_a_value() -> None:
    line = worth(a("0"), **LADDER, no_value="not-assigned")
    assert (line.assigned, line.maximum) == (True, 10)


def test_it_may_be_not_assigned_to_a_unit_that_has_a_value() -> None:
    assert nothing(worth(a("99"), **LADDER, assigned_to={"levels": ["commune"]}))
    assert worth(a("99", "X"), of="X", **LADDER, assigned_to={"levels": ["commune"]}).points == 10


def test_a_number_in_no_interval_is_an_error_and_not_zero() -> None:
    hole = {**LADDER, "steps": LADDER["steps"][:2]}
    with pytest.raises(ValueError, match=r"I\.1 has no step for 74"):
        worth(a("74"), **hole)


def test_points_are_rounded_as_declared() -> None:
    fine = worth(a("50"), **LADDER, rounding={"to": "0.001"})
    even = worth(a("50"), **LADDER, rounding={"to": "0.01", "mode": "half-even"})
    assert (fine.points, even.points) == (Decimal("2.125"), Decimal("2.12"))
