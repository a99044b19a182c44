"""Kind `count`: so many points each, up to a cap."""

from decimal import Decimal
from typing import Any

import pytest

from services.contracts.events import UnitFact
from tests.scoring.kinds.worth import a, nothing, worth

EACH: dict[str, Any] = {"kind": "count", "measure": "a", "each": "4", "cap": "10"}


@pytest.mark.parametrize(
    ("value", "points"),
    [("0", "0"), ("1", "4"), ("2", "8"), ("2.5", "10"), ("3", "10"), ("99", "10"), ("0.3", "1.2")],
)
def test_so_many_points_each_up_to_the_cap(value: str, points: str) -> None:
    assert worth(a(value), **EACH).points == Decimal(points)


@pytest.mark.parametrize("facts", [[], [a("-2")]])
def test_it_is_never_below_zero(facts: list[UnitFact]) -> None:
    line = worth(*facts, **EACH)
    assert (line.points, line.maximum) == (0, 10)


def test_it_may_be_not_assigned_to_some_units() -> None:
    assert nothing(worth(a("1"), **EACH, assigned_to={"except_units": ["A"]}))


def test_points_are_rounded_as_declared() -> None:
    quarter = {**EACH, "each": "0.125"}
    assert worth(a("1"), **quarter).points == Decimal("0.13")
    assert worth(a("1"), **quarter, rounding={"to": "0.25"}).points == Decimal("0.25")
    assert worth(a("1"), **quarter, rounding={"to": "0.25", "mode": "half-even"}).points == 0
