"""Kind `entered`: a mark that a person enters."""

from decimal import Decimal
from typing import Any

import pytest

from tests.scoring.facts import score_entered
from tests.scoring.kinds.worth import ID, nothing, worth

ENTERED: dict[str, Any] = {"kind": "entered", "stages": ["final", "cluster", "self"]}

OF_THE_BOARD = score_entered("A", ID, "final", "6.25")
OF_THE_CLUSTER = score_entered("A", ID, "cluster", "7.5")
OF_ITSELF = score_entered("A", ID, "self", "9")


def test_the_first_stage_that_has_a_mark_counts() -> None:
    assert worth(OF_ITSELF, **ENTERED).points == 9
    assert worth(OF_ITSELF, OF_THE_CLUSTER, **ENTERED).points == Decimal("7.5")
    line = worth(OF_ITSELF, OF_THE_CLUSTER, OF_THE_BOARD, **ENTERED)
    assert line.points == Decimal("6.25")
    assert line.inputs == {"final": "6.25", "cluster": "7.5", "self": "9", "counts": "final"}


def test_only_the_boards_mark_counts_where_no_stages_are_given() -> None:
    assert worth(OF_ITSELF, OF_THE_CLUSTER, kind="entered").points == 0
    assert worth(OF_ITSELF, OF_THE_BOARD, kind="entered").points == Decimal("6.25")


def test_a_mark_for_another_criterion_or_unit_does_not_count() -> None:
    assert (
        worth(
            score_entered("A", "I.2", "final", "5"), score_entered("B", ID, "final", "5"), **ENTERED
        ).points
        == 0
    )


def test_a_correction_replaces_the_mark_in_any_order() -> None:
    facts = [OF_THE_BOARD, score_entered("A", ID, "final", "2", version=2)]
    for order in (facts, facts[::-1]):
        assert worth(*order, **ENTERED).points == 2


@pytest.mark.parametrize(("given", "points"), [("10", 10), ("12", 10), ("-5", -5), ("-9", -5)])
def test_a_mark_is_held_between_minimum_and_maximum(given: str, points: int) -> None:
    assert worth(score_entered("A", ID, "final", given), **ENTERED, minimum="-5").points == points


def test_as_long_as_none_was_entered_it_gives_what_is_declared() -> None:
    assert worth(**ENTERED).points == 0
    assert worth(**ENTERED, no_value="5").points == 5
    assert nothing(worth(**ENTERED, no_value="not-assigned"))
    assert worth(score_entered("A", ID, "self", "0"), **ENTERED, no_value="5").points == 0


def test_it_may_be_not_assigned_to_some_units() -> None:
    assert nothing(worth(OF_THE_BOARD, **ENTERED, assigned_to={"except_units": ["A"]}))


def test_a_mark_is_rounded_as_declared() -> None:
    assert worth(OF_THE_BOARD, **ENTERED, rounding={"to": "0.5"}).points == Decimal("6.5")
