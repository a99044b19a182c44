"""Kind `yes-no`: all or nothing."""

from decimal import Decimal
from typing import Any

import pytest

from tests.scoring.facts import fulfilled, waived
from tests.scoring.kinds.worth import a, nothing, worth

YES: dict[str, Any] = {"kind": "yes-no", "when": {"measure": "a", "at_least": "1"}}


@pytest.mark.parametrize(
    ("value", "points"), [("1", 10), ("2", 10), ("0.999999", 0), ("0", 0), ("-1", 0)]
)
def test_it_gives_the_maximum_or_nothing(value: str, points: int) -> None:
    assert worth(a(value), **YES).points == points


def test_a_measure_without_a_value_is_a_no() -> None:
    line = worth(**YES)
    assert (line.points, line.maximum, line.inputs) == (0, 10, {"a": "—", "when-holds": "false"})


def test_a_no_may_take_points_away() -> None:
    assert worth(**YES, otherwise="-3").points == -3


def test_it_may_ask_whether_there_is_a_value_at_all() -> None:
    there = {"kind": "yes-no", "when": {"measure": "a", "given": True}}
    absent = {"kind": "yes-no", "when": {"measure": "a", "given": False}}
    assert (worth(a("0"), **there).points, worth(**there).points) == (10, 0)
    assert (worth(a("0"), **absent).points, worth(**absent).points) == (0, 10)


def test_it_may_ask_how_an_obligation_stands() -> None:
    done = {"kind": "yes-no", "when": {"measure": "report", "is": "fulfilled"}}
    assert worth(fulfilled("A", "D6", days_late=99), **done).points == 10
    assert worth(waived("A", "D6"), **done).points == 0


def test_it_may_be_not_assigned_to_a_kind_of_units() -> None:
    assert nothing(worth(a("1"), **YES, assigned_to={"kinds": ["huyen"]}))


def test_points_are_rounded_as_declared() -> None:
    half = worth(**YES, otherwise="0.125", rounding={"to": "0.01"})
    assert half.points == Decimal("0.13")
