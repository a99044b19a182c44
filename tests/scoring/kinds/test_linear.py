"""Kind `linear`: in proportion to a target."""

from decimal import Decimal
from typing import Any

import pytest

from tests.scoring.kinds.worth import a, b, nothing, worth

FIXED: dict[str, Any] = {"kind": "linear", "measure": "a", "target": "30"}
OWN: dict[str, Any] = {"kind": "linear", "measure": "a", "target": {"measure": "goal"}}


@pytest.mark.parametrize(
    ("value", "points"),
    [("0", "0"), ("10", "3.33"), ("20", "6.67"), ("29.999999", "10"), ("30", "10"), ("31", "10")],
)
def test_it_grows_to_the_target_and_no_further(value: str, points: str) -> None:
    assert worth(a(value), **FIXED).points == Decimal(points)


def test_what_is_below_zero_takes_nothing_away() -> None:
    assert worth(a("-30"), **FIXED).points == 0


def test_a_target_may_be_the_units_own() -> None:
    assert worth(a("80", target="100"), **OWN).points == 8
    assert worth(a("80", "B", target="160"), of="B", **OWN).points == 5


def test_a_target_may_be_a_multiple_of_a_measure() -> None:
    last_year = {**OWN, "target": {"measure": "b", "times": "1.1"}}
    line = worth(a("55"), b("100"), **last_year)
    assert (line.points, line.inputs["set-target"]) == (5, "110")


@pytest.mark.parametrize("facts", [[], [a("80")], [a("80", target="0")], [a("80", target="-1")]])
def test_without_a_value_or_a_target_it_gives_what_is_declared(facts: list[Any]) -> None:
    assert worth(*facts, **OWN).points == 0
    assert worth(*facts, **OWN, no_value="2").points == 2
    assert nothing(worth(*facts, **OWN, no_value="not-assigned"))


def test_it_may_be_not_assigned_to_some_units() -> None:
    assert nothing(worth(a("30"), **FIXED, assigned_to={"units": ["B", "C"]}))


@pytest.mark.parametrize(
    ("rounding", "points"),
    [
        ({"to": "0.01"}, "6.67"),
        ({"to": "0.01", "mode": "down"}, "6.66"),
        ({"to": "0.25"}, "6.75"),
        ({"to": "0.5"}, "6.5"),
        ({"to": "1"}, "7"),
        ({"to": "0.000001"}, "6.666667"),
    ],
)
def test_thirds_are_rounded_as_declared(rounding: dict[str, str], points: str) -> None:
    assert worth(a("20"), **FIXED, rounding=rounding).points == Decimal(points)


def test_numbers_as_large_as_facts_and_rule_sets_can_write_are_shown_whole() -> None:
    product = {**OWN, "target": {"measure": "b", "times": "999999999999.999999"}}
    line = worth(a("99999999999999"), b("99999999999999"), **product)
    assert (line.points, line.inputs["set-target"]) == (0, "99999999999998999900000000.000001")
