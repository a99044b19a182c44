"""Kind `bonus-penalty`: bonuses less penalties, between a floor and a ceiling."""

from decimal import Decimal
from typing import Any

import pytest

from tests.scoring.kinds.worth import a, b, nothing, worth

BONUS: dict[str, Any] = {
    "kind": "bonus-penalty",
    "plus": [{"measure": "a", "each": "5"}],
    "minus": [{"measure": "b", "each": "3"}],
    "floor": "-10",
    "ceiling": "20",
    "maximum": "20",
}


@pytest.mark.parametrize(
    ("plus", "minus", "points"),
    [
        ("0", "0", "0"),
        ("3", "0", "15"),
        ("4", "0", "20"),
        ("4.000001", "0", "20"),
        ("5", "3", "16"),
        ("9", "1", "20"),
        ("0", "3", "-9"),
        ("0", "4", "-10"),
        ("0.5", "0.25", "1.75"),
    ],
)
def test_it_stays_between_floor_and_ceiling(plus: str, minus: str, points: str) -> None:
    assert worth(a(plus), b(minus), **BONUS).points == Decimal(points)


def test_a_measure_without_a_value_adds_and_takes_nothing() -> None:
    line = worth(b("1"), **BONUS)
    assert (line.points, line.inputs) == (-3, {"a": "0", "b": "1"})
    assert worth(**BONUS).points == 0


def test_a_penalty_alone_has_no_maximum() -> None:
    penalty = {**BONUS, "plus": [], "ceiling": "0", "maximum": "0"}
    line = worth(b("2"), **penalty)
    assert (line.points, line.maximum) == (-6, 0)


def test_it_may_be_not_assigned_to_some_units() -> None:
    assert nothing(worth(b("1"), **BONUS, assigned_to={"except_units": ["A"]}))


def test_half_a_step_below_zero_is_rounded_away_from_zero() -> None:
    small = {**BONUS, "plus": [{"measure": "a", "each": "0.125"}]}
    small |= {"minus": [{"measure": "b", "each": "0.125"}]}
    assert worth(a("1"), **small).points == Decimal("0.13")
    assert worth(b("1"), **small).points == Decimal("-0.13")
    down = {"to": "0.01", "mode": "down"}
    assert worth(b("1"), **small, rounding=down).points == Decimal("-0.12")
