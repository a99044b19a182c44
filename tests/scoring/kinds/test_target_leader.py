"""Kind `target-leader`: a part for the target, the rest relative to the leader beyond it."""

from decimal import Decimal
from typing import Any

import pytest

from tests.scoring.kinds.worth import a, nothing, worth

BOTH: dict[str, Any] = {"kind": "target-leader", "measure": "a", "target": "goal"}


@pytest.mark.parametrize(
    ("actual", "points", "case"),
    [
        ("0", "0", "below"),
        ("1", "0.05", "below"),
        ("99.999999", "5", "below"),
        ("100", "5", "at"),
        ("100.2", "5.01", "beyond"),
        ("150", "7.5", "beyond"),
        ("200", "10", "beyond"),
        ("250", "10", "beyond"),
    ],
)
def test_points_grow_to_the_target_and_from_there_to_the_leader(
    actual: str, points: str, case: str
) -> None:
    line = worth(a(actual, target="100"), a("200", "B", target="20"), **BOTH)
    assert (line.points, line.inputs["case-held"]) == (Decimal(points), case)


@pytest.mark.parametrize(
    ("part", "at", "half_way"), [("0", "0", "5"), ("0.4", "4", "7"), ("1", "10", "10")]
)
def test_the_part_for_the_target_is_a_setting(part: str, at: str, half_way: str) -> None:
    leader = a("200", "B", target="20")
    exactly = worth(a("100", target="100"), leader, **BOTH, at_target=part)
    beyond = worth(a("150", target="100"), leader, **BOTH, at_target=part)
    assert (exactly.points, beyond.points) == (Decimal(at), Decimal(half_way))


def test_units_without_a_target_are_compared_among_themselves_only() -> None:
    facts = [a("100"), a("150", "B"), a("9000", "C", target="1")]
    assert worth(*facts, **BOTH).points == Decimal("6.67")
    assert worth(*facts, of="B", **BOTH).points == 10
    assert worth(*facts, of="C", **BOTH).points == 10


def test_a_target_of_zero_is_none() -> None:
    line = worth(a("100", target="0"), a("200", "B"), **BOTH)
    assert (line.points, line.inputs["case-held"]) == (5, "without-target")


def test_where_nobody_has_any_nobody_gets_any() -> None:
    assert worth(**BOTH).points == 0
    assert worth(a("0", target="10"), **BOTH).points == 0
    assert worth(a("-3", target="10"), **BOTH).points == 0
    assert worth(a("-3"), **BOTH).points == 0


def test_a_unit_that_it_is_not_assigned_to_leads_nobody() -> None:
    facts = [a("150", target="100"), a("200", "B", target="100"), a("999", "C", target="1")]
    to = {"except_units": ["C"]}
    assert worth(*facts, **BOTH, assigned_to=to).points == Decimal("7.5")
    assert nothing(worth(*facts, of="C", **BOTH, assigned_to=to))


def test_points_are_rounded_as_declared() -> None:
    facts = [a("110", target="100"), a("160", "B", target="100")]
    assert worth(*facts, **BOTH).points == Decimal("5.83")
    assert worth(*facts, **BOTH, rounding={"to": "0.25"}).points == Decimal("5.75")


ZERO: dict[str, Any] = {**BOTH, "zero_target": "target"}


@pytest.mark.parametrize(
    ("actual", "points", "case"),
    [("0", "5", "at"), ("20", "6", "beyond"), ("100", "10", "beyond"), ("-1", "0", "below")],
)
def test_a_reported_target_of_zero_may_be_one(actual: str, points: str, case: str) -> None:
    line = worth(a(actual, target="0"), a("100", "B", target="40"), a("900", "C"), **ZERO)
    assert (line.points, line.inputs["case-held"]) == (Decimal(points), case)


def test_where_zero_is_a_target_who_reports_none_is_without_one_all_the_same() -> None:
    facts = [a("30"), a("60", "B"), a("500", "C", target="0")]
    for unit, points in (("A", 5), ("B", 10), ("C", 10)):
        assert worth(*facts, of=unit, **ZERO).points == points
    assert worth(*facts, **ZERO).inputs["led-by"] == "B"
    assert worth(of="A", **ZERO).points == 0, "nothing reported"


def test_a_target_below_zero_is_none_in_any_case() -> None:
    for setting in (BOTH, ZERO):
        line = worth(a("10", target="-5"), a("20", "B"), **setting)
        assert (line.points, line.inputs["case-held"]) == (5, "without-target")


@pytest.mark.parametrize("setting", [BOTH, ZERO])
def test_each_unit_has_the_formula_of_its_own_case_side_by_side(setting: dict[str, Any]) -> None:
    """The examples of the printed table, in one criterion and one cluster."""
    facts = [a("80", target="100"), a("75", "B"), a("150", "C")]
    assert [worth(*facts, of=unit, **setting).points for unit in "ABC"] == [4, 5, 10]
    facts = [a("80", target="80"), a("100", "B"), a("150", "C")]
    assert [worth(*facts, of=unit, **setting).points for unit in "ABC"] == [5, Decimal("6.67"), 10]
