"""Kind `late-ladder`: points by days late."""

from decimal import Decimal
from typing import Any

import pytest

from tests.scoring.facts import fulfilled, missed, moved, reopened, waived
from tests.scoring.kinds.worth import nothing, worth
from tests.scoring.test_measures import value

LADDER: dict[str, Any] = {
    "kind": "late-ladder",
    "measure": "report",
    "steps": [
        {"up_to": 0, "points": "10"},
        {"up_to": 2, "points": "7.5"},
        {"up_to": 5, "points": "5"},
    ],
    "otherwise": "1",
    "missed": "-2",
    "open": "0.25",
    "waived": "not-assigned",
}


@pytest.mark.parametrize(
    ("days", "points"),
    [(0, "10"), (1, "7.5"), (2, "7.5"), (3, "5"), (5, "5"), (6, "1"), (400, "1")],
)
def test_it_gives_the_first_rung_that_the_days_late_do_not_pass(days: int, points: str) -> None:
    line = worth(fulfilled("A", "D6", days_late=days), **LADDER)
    assert line.points == Decimal(points)
    assert line.inputs["days_late"] == str(days)


def test_missed_open_and_never_owed_have_points_of_their_own() -> None:
    assert worth(missed("A", "D6"), **LADDER).points == -2
    assert worth(moved("A", "D6"), **LADDER).points == Decimal("0.25")
    assert worth(**LADDER).points == Decimal("0.25")
    assert worth(missed("A", "D7"), **LADDER).inputs == {"state": "open"}


def test_what_was_missed_and_then_fulfilled_late_counts_as_late() -> None:
    facts = [missed("A", "D6"), fulfilled("A", "D6", days_late=2, version=2)]
    for order in (facts, facts[::-1]):
        assert worth(*order, **LADDER).points == Decimal("7.5")


def test_a_deadline_that_was_moved_after_it_was_missed_is_open_again() -> None:
    facts = [missed("A", "D6"), moved("A", "D6", version=2)]
    assert worth(*facts, **LADDER).inputs["state"] == "open"


def test_a_waiver_takes_the_criterion_away_or_gives_it_in_full() -> None:
    assert nothing(worth(waived("A", "D6"), **LADDER))
    full = worth(waived("A", "D6"), **{**LADDER, "waived": "full"})
    assert (full.points, full.maximum, full.assigned) == (10, 10, True)


def test_a_waiver_that_is_taken_back_leaves_it_open_and_it_may_be_missed_again() -> None:
    facts = [missed("A", "D6"), waived("A", "D6", version=2), reopened("A", "D6", version=3)]
    assert worth(*facts, **LADDER).inputs["state"] == "open"
    assert worth(*facts, missed("A", "D6", version=4), **LADDER).points == -2


def test_a_miss_that_was_released_counts_as_the_measure_says_and_again_when_it_comes_again() -> (
    None
):
    count = {"kind": "count", "of": "deadline-missed"}
    but_waived = {**count, "unless": "obligation-waived"}
    released = [missed("A", "D6"), waived("A", "D6", version=2)]
    again = [*released, reopened("A", "D6", version=3), missed("A", "D6", version=4)]
    for measure, *counted in ((count, 1, 1), (but_waived, 0, 1)):
        for facts, times in zip((released, again), counted, strict=True):
            for order in (facts, facts[::-1]):
                assert value(order, measure) == times


def test_it_may_be_not_assigned_to_a_unit_that_was_in_time() -> None:
    to = {"except_units": ["A"]}
    assert nothing(worth(fulfilled("A", "D6"), **LADDER, assigned_to=to))
    assert worth(fulfilled("B", "D6"), of="B", **LADDER, assigned_to=to).points == 10


def test_a_rung_is_rounded_as_the_criterion_says() -> None:
    late = fulfilled("A", "D6", days_late=1)
    assert worth(late, **LADDER, rounding={"to": "1"}).points == 8
    assert worth(late, **LADDER, rounding={"to": "1", "mode": "down"}).points == 7
    assert worth(late, **LADDER, rounding={"to": "0.25"}).points == Decimal("7.5")
