"""T2, a youth union: the first rung that holds over several measures, and a group with a cap."""

from decimal import Decimal

import pytest

from services.contracts.events import UnitFact
from tests.scoring.facts import figure
from tests.scoring.tables.trial import trial

UNION = trial("t2_youth_union")

NEVER = None
IN_TIME = 0
LATE = 3


def reports(
    *, monthly: int = 12, late: int = 0, half_year: int | None = IN_TIME, annual: int | None
) -> list[UnitFact]:
    """Reports that were sent: monthly ones, `late` of them late; days late of the two others."""
    sent = {
        f"monthly-report:2012-{month:02}": int(month <= late) for month in range(1, monthly + 1)
    }
    for name, days in (("half-year-report:2012-H1", half_year), ("annual-report:2012", annual)):
        if days is not NEVER:
            sent[name] = days
    return [figure("A", name, str(days)) for name, days in sent.items()]


@pytest.mark.parametrize(
    ("points", "facts"),
    [
        pytest.param("8", reports(annual=IN_TIME), id="all sent and on time"),
        pytest.param("6", reports(late=1, annual=IN_TIME), id="one monthly report late"),
        pytest.param("6", reports(late=12, annual=IN_TIME), id="all monthly reports late"),
        pytest.param("4", reports(half_year=LATE, annual=IN_TIME), id="half-year report late"),
        pytest.param("4", reports(monthly=11, annual=IN_TIME), id="one monthly report missing"),
        pytest.param(
            "4",
            reports(monthly=11, late=11, half_year=LATE, annual=IN_TIME),
            id="one missing, all others but the annual one late",
        ),
        pytest.param("2", reports(monthly=10, annual=IN_TIME), id="two monthly reports missing"),
        pytest.param("2", reports(annual=LATE), id="annual report late, nothing missing"),
        pytest.param("2", reports(monthly=11, annual=LATE), id="annual late, one missing"),
        pytest.param(
            "2", reports(monthly=10, half_year=LATE, annual=LATE), id="two missing, the rest late"
        ),
        pytest.param("0", reports(monthly=9, annual=IN_TIME), id="three monthly reports missing"),
        pytest.param("0", reports(annual=NEVER), id="annual report missing"),
        pytest.param("0", reports(half_year=NEVER, annual=IN_TIME), id="half-year report missing"),
        pytest.param("0", [], id="nothing sent"),
    ],
)
def test_reporting_gives_the_first_rung_that_holds(points: str, facts: list[UnitFact]) -> None:
    assert UNION.line("A", "I.1", *facts).points == Decimal(points)


def test_a_report_of_a_period_that_is_corrected_counts_once_and_as_corrected() -> None:
    facts = [
        *reports(late=1, annual=IN_TIME),
        figure("A", "monthly-report:2012-01", "0", version=2),
    ]
    assert UNION.line("A", "I.1", *facts).points == 8
    assert UNION.line("A", "I.1", *facts[::-1]).points == 8


@pytest.mark.parametrize(
    ("missed", "points"),
    [(None, "10"), (0, "10"), (1, "8"), (2, "6"), (3, "4"), (4, "0"), (9, "0")],
)
def test_meetings_missed_go_down_the_ladder(missed: int | None, points: str) -> None:
    facts = [] if missed is None else [figure("A", "meetings-missed:2012", str(missed))]
    assert UNION.line("A", "I.2", *facts).points == Decimal(points)


def test_meetings_missed_in_several_quarters_are_added() -> None:
    facts = [figure("A", f"meetings-missed:2012-Q{quarter}", "1") for quarter in (1, 2, 4)]
    assert UNION.line("A", "I.2", *facts).points == 4


@pytest.mark.parametrize(
    ("others", "total", "capped"), [("21", "39", False), ("22", "40", False), ("30", "40", True)]
)
def test_the_group_never_gives_more_than_forty(others: str, total: str, capped: bool) -> None:
    facts = [*reports(annual=IN_TIME), figure("A", "other-points:2012", others)]
    points = UNION.unit("A", *facts)
    assert sum(line.points for line in points.lines) == 18 + Decimal(others)
    assert (points.groups[0].points, points.total) == (Decimal(total), Decimal(total))
    assert points.groups[0].capped is capped
