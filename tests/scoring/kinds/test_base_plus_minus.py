"""Kind `base-plus-minus`: a base, plus, minus; ends only where they are declared."""

from decimal import Decimal
from typing import Any

import pytest

from tests.scoring.kinds.worth import a, b, nothing, worth

BASE: dict[str, Any] = {
    "kind": "base-plus-minus",
    "base": "10",
    "plus": [{"measure": "a", "each": "2"}],
    "minus": [{"measure": "b", "each": "0.5"}],
}


@pytest.mark.parametrize(
    ("plus", "minus", "points"),
    [
        ("0", "0", "10"),
        ("1", "0", "12"),
        ("0", "1", "9.5"),
        ("3", "5", "13.5"),
        ("1000", "0", "2010"),
        ("0", "30", "-5"),
    ],
)
def test_without_ends_it_goes_as_far_as_the_sum(plus: str, minus: str, points: str) -> None:
    line = worth(a(plus), b(minus), **BASE)
    assert (line.points, line.maximum) == (Decimal(points), 10)


def test_ends_that_are_declared_hold() -> None:
    ends = {**BASE, "floor": "0", "ceiling": "15"}
    assert worth(a("1000"), **ends).points == 15
    assert worth(b("1000"), **ends).points == 0
    assert worth(a("1000"), **BASE, floor="0").points == 2010
    assert worth(b("1000"), **BASE, ceiling="15").points == -490


def test_who_has_nothing_has_the_base() -> None:
    assert worth(**BASE).points == 10


def test_it_may_be_not_assigned_to_some_units() -> None:
    assert nothing(worth(a("1"), **BASE, assigned_to={"units": ["B"]}))


def test_points_are_rounded_as_declared() -> None:
    assert worth(b("0.25"), **BASE).points == Decimal("9.88"), "9.875"
    assert worth(b("0.25"), **BASE, rounding={"to": "0.5"}).points == 10


def test_a_negative_number_turns_no_minus_into_a_plus_where_there_is_none() -> None:
    only_minus = {**BASE, "plus": []}
    assert worth(b("-4"), **only_minus).points == 10
    assert worth(a("-4"), **{**BASE, "minus": []}).points == 10
    assert worth(b("-4"), **BASE).points == 12
