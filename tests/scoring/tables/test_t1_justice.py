"""T1, departments of justice: days late, shares with stated ends, yes or no, sums of groups."""

from decimal import Decimal

import pytest

from services.contracts.events import UnitFact
from tests.scoring.facts import figure, fulfilled, missed, waived
from tests.scoring.tables.trial import trial

JUSTICE = trial("t1_justice")


@pytest.mark.parametrize(
    ("days", "points"),
    [
        (0, "2"),
        (1, "1.5"),
        (2, "1.5"),
        (3, "1"),
        (5, "1"),
        (6, "0.5"),
        (10, "0.5"),
        (11, "0"),
        (365, "0"),
    ],
)
def test_a_report_gives_points_by_its_days_late(days: int, points: str) -> None:
    line = JUSTICE.line("A", "I.1", fulfilled("A", "D6", days_late=days))
    assert line.points == Decimal(points)


def test_a_report_that_never_came_gives_nothing() -> None:
    assert JUSTICE.line("A", "I.1", missed("A", "D6")).points == 0
    assert JUSTICE.line("A", "I.1").points == 0


@pytest.mark.parametrize(
    ("share", "points"),
    [
        ("0", "0"),
        ("49.9", "0"),
        ("49.999999", "0"),
        ("50", "0.5"),
        ("74.999999", "0.5"),
        ("75", "1"),
        ("95", "1"),
        ("95.000001", "1.5"),
        ("95.01", "1.5"),
        ("100", "1.5"),
    ],
)
def test_a_share_of_documents_falls_on_one_side_of_each_end(share: str, points: str) -> None:
    facts = _documents(over_the_bus=str(Decimal(share) * 10), sent="1000")
    assert JUSTICE.line("A", "I.2", *facts).points == Decimal(points)


def test_a_share_is_exact_however_many_documents_there_are() -> None:
    exactly = _documents(over_the_bus="93736531983955", sent="98670033667321.052631")
    assert JUSTICE.line("A", "I.2", *exactly).points == Decimal("1.5"), "more than 95 by a hair"
    thirds = _documents(over_the_bus="2", sent="3")
    assert JUSTICE.line("A", "I.2", *thirds).points == Decimal("0.5")


def test_halves_of_a_year_are_added_before_the_share_is_taken() -> None:
    facts = [
        figure("A", "documents-over-the-bus:2020-H1", "100"),
        figure("A", "documents-sent:2020-H1", "100"),
        figure("A", "documents-over-the-bus:2020-H2", "90"),
        figure("A", "documents-sent:2020-H2", "100"),
    ]
    assert JUSTICE.line("A", "I.2", *facts).points == 1, "190 of 200 are 95 %"


def test_who_sent_no_document_has_no_share_and_no_points() -> None:
    line = JUSTICE.line("A", "I.2", figure("A", "documents-sent:2020", "0"))
    assert (line.points, line.maximum) == (0, Decimal("1.5"))


def test_a_plan_gives_two_points_or_none() -> None:
    assert JUSTICE.line("A", "I.3").points == 0
    assert JUSTICE.line("A", "I.3", figure("A", "plan-issued:2020", "1")).points == 2


def test_items_add_up_into_groups_and_groups_into_the_total() -> None:
    facts: list[UnitFact] = [
        fulfilled("A", "D6", days_late=2),
        *_documents(over_the_bus="80", sent="100"),
        figure("A", "plan-issued:2020", "1"),
        figure("A", "other-points:2020", "14.25"),
    ]
    points = JUSTICE.unit("A", *facts)
    assert [(g.group, g.points, g.maximum) for g in points.groups] == [
        ("I", Decimal("18.75"), 20),
        ("VIII", 0, 10),
    ]
    assert points.total == Decimal("1.5") + 1 + 2 + Decimal("14.25")


def test_a_waived_report_is_no_part_of_the_maximum() -> None:
    points = JUSTICE.unit("A", waived("A", "D6"), figure("A", "other-points:2020", "14"))
    assert (points.total, points.maximum) == (14, 28)
    assert points.comparable == 15, "14 of 28 are as good as 15 of 30"


def _documents(*, over_the_bus: str, sent: str) -> list[UnitFact]:
    return [
        figure("A", "documents-over-the-bus:2020", over_the_bus),
        figure("A", "documents-sent:2020", sent),
    ]
