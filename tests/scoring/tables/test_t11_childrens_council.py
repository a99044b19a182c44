"""T11, a children's council: 1,000 points in six areas, no fractions anywhere."""

from decimal import Decimal

import pytest

from services.contracts.events import UnitFact
from tests.scoring.facts import figure
from tests.scoring.tables.trial import trial

COUNCIL = trial("t11_childrens_council")
AREAS = (280, 80, 80, 280, 120, 160)


def percent(*areas: str) -> list[UnitFact]:
    return [figure("A", f"area-{at}-percent:2016", value) for at, value in enumerate(areas, 1)]


def test_six_areas_make_a_thousand() -> None:
    points = COUNCIL.unit("A", *percent(*["100"] * 6))
    assert [group.points for group in points.groups] == list(AREAS)
    assert (points.total, points.maximum) == (1000, 1000)


@pytest.mark.parametrize(
    ("share", "points"),
    [
        ("0", 0),
        ("0.178571", 0),  # 280 x 0.178571 % = 0.4999988
        ("0.178572", 1),  # 0.5000016
        ("33.3", 93),  # 93.24
        ("50", 140),
        ("99.8", 279),  # 279.44
        ("99.9", 280),  # 279.72
        ("120", 280),
    ],
)
def test_a_line_is_rounded_to_whole_points(share: str, points: int) -> None:
    assert COUNCIL.line("A", "I.1", *percent(share)).points == points


def test_half_a_point_goes_up() -> None:
    assert COUNCIL.line("A", "II.1", *percent("0", "0.625")).points == 1, "80 x 0.625 % = 0.5"


def test_a_total_is_the_sum_of_the_whole_points_that_a_reader_sees() -> None:
    points = COUNCIL.unit("A", *percent("33.3", "33.3", "33.3", "33.3", "33.3", "33.3"))
    lines = [line.points for line in points.lines]
    assert lines == [93, 27, 27, 93, 40, 53]
    assert points.total == sum(lines, Decimal(0)) == 333
    assert all(points.as_integer_ratio()[1] == 1 for points in lines)
