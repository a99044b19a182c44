"""T9, public security: relative to the leader of the cluster, MS = 10."""

from decimal import Decimal

import pytest

from services.contracts.events import UnitFact
from tests.scoring.facts import figure
from tests.scoring.tables.trial import trial

POLICE = trial("t9_public_security")


def solved(unit: str, actual: str, target: str | None = None) -> UnitFact:
    return figure(unit, "cases-solved:2020", actual, target=target)


CLUSTER = [
    solved("A", "80", "100"),
    solved("B", "80", "80"),
    solved("C", "100"),
    solved("D", "75"),
    solved("E", "150"),
    solved("F", "120", "100"),
    solved("G", "200", "100"),
    solved("H", "999", "1"),  # of another cluster
]


@pytest.mark.parametrize(
    ("unit", "points", "case"),
    [
        pytest.param("A", "4", "below", id="A<T: 0.5 x 10 x 80/100"),
        pytest.param("B", "5", "at", id="A=T: 0.5 x 10"),
        pytest.param("C", "6.67", "without-target", id="no target: 10 x 100/150"),
        pytest.param("D", "5", "without-target", id="no target: 10 x 75/150"),
        pytest.param("E", "10", "without-target", id="best without target"),
        pytest.param("F", "6", "beyond", id="A>T: 5 + (120-100)/(200-100) x 5"),
        pytest.param("G", "10", "beyond", id="the leader gets MS"),
    ],
)
def test_points_by_target_and_leader(unit: str, points: str, case: str) -> None:
    line = POLICE.line(unit, "I.1", *CLUSTER)
    assert (line.points, line.inputs["case-held"]) == (Decimal(points), case)


def test_the_leader_of_another_cluster_leads_nobody_here() -> None:
    assert POLICE.line("F", "I.1", *CLUSTER).inputs["led-by"] == "G"


def test_a_unit_without_a_target_is_never_the_leader() -> None:
    facts = [solved("E", "5000"), solved("F", "120", "100"), solved("G", "200", "100")]
    assert POLICE.line("G", "I.1", *facts).points == 10
    assert POLICE.line("F", "I.1", *facts).points == 6


def test_who_misses_its_target_is_not_the_leader_however_much_it_has() -> None:
    facts = [solved("A", "900", "1000"), solved("F", "120", "100")]
    assert POLICE.line("F", "I.1", *facts).points == 10
    assert POLICE.line("A", "I.1", *facts).points == Decimal("4.5")


def test_each_unit_beyond_its_own_target_is_measured_from_there() -> None:
    facts = [solved("A", "150", "50"), solved("F", "150", "140"), solved("G", "200", "100")]
    assert POLICE.line("A", "I.1", *facts).points == Decimal("8.33"), "5 + 100/150 x 5"
    assert POLICE.line("F", "I.1", *facts).points == Decimal("5.83"), "5 + 10/60 x 5"


def test_two_leaders_both_get_the_maximum() -> None:
    facts = [solved("A", "200", "50"), solved("G", "200", "100")]
    for unit in ("A", "G"):
        line = POLICE.line(unit, "I.1", *facts)
        assert (line.points, line.inputs["led-by"]) == (10, "A, G")


def test_one_unit_more_changes_the_points_of_the_others() -> None:
    before = POLICE.line("F", "I.1", solved("F", "120", "100"))
    after = POLICE.line("F", "I.1", solved("F", "120", "100"), solved("G", "1100", "100"))
    assert (before.points, after.points) == (10, Decimal("5.1"))


def test_nothing_done_gives_nothing_with_and_without_a_target() -> None:
    assert POLICE.line("A", "I.1", solved("A", "0", "100")).points == 0
    assert POLICE.line("A", "I.1").points == 0


@pytest.mark.parametrize(("drills", "points"), [("0", 0), ("1", 10), ("3", 10)])
def test_yes_or_no(drills: str, points: int) -> None:
    assert POLICE.line("A", "I.2", figure("A", "drill-held:2020", drills)).points == points


def test_a_criterion_that_is_not_assigned_to_a_unit_is_no_part_of_its_maximum() -> None:
    held = figure("G", "drill-held:2020", "1")
    points = POLICE.unit("G", held, figure("G", "initiatives:2020", "4"))
    line = points.lines[1]
    assert (line.assigned, line.points, line.maximum) == (False, 0, 0)
    assert (points.total, points.maximum, points.comparable) == (20, 50, 24)


@pytest.mark.parametrize(
    ("count", "points"), [("0", 0), ("1", 5), ("3", 15), ("4", 20), ("5", 20), ("100", 20)]
)
def test_five_points_each_and_at_most_twenty(count: str, points: int) -> None:
    assert POLICE.line("A", "I.3", figure("A", "initiatives:2020", count)).points == points


@pytest.mark.parametrize(
    ("praises", "breaches", "points"),
    [
        ("0", "0", 0),
        ("1", "0", 5),
        ("1", "1", 2),
        ("4", "0", 20),
        ("5", "0", 20),
        ("5", "1", 20),
        ("0", "3", -9),
        ("0", "4", -10),
        ("1", "5", -10),
    ],
)
def test_bonus_less_penalty_between_minus_ten_and_twenty(
    praises: str, breaches: str, points: int
) -> None:
    facts = [figure("A", "praises:2020", praises), figure("A", "breaches:2020", breaches)]
    assert POLICE.line("A", "I.4", *facts).points == points


def test_a_total_may_be_below_zero() -> None:
    assert POLICE.unit("A", figure("A", "breaches:2020", "9")).total == -10
