"""Kind `leader`: the share of the best of the cluster."""

from decimal import Decimal
from typing import Any

from tests.scoring.kinds.worth import a, b, nothing, worth

LEADER: dict[str, Any] = {"kind": "leader", "measure": "a"}
LOWEST: dict[str, Any] = LEADER | {"best": "lowest"}


def test_the_leader_has_the_maximum_and_the_others_their_share() -> None:
    facts = [a("1"), a("3", "B")]
    assert worth(*facts, of="B", **LEADER).points == 10
    behind = worth(*facts, **LEADER)
    assert behind.points == Decimal("3.33")
    assert behind.inputs == {"a": "1", "best-result": "3", "led-by": "B"}
    assert worth(*facts, of="C", **LEADER).points == 0


def test_equal_leaders_all_have_the_maximum() -> None:
    for code in ("A", "B"):
        line = worth(a("2"), a("2", "B"), of=code, **LEADER)
        assert (line.points, line.inputs["led-by"]) == (10, "A, B")


def test_where_nobody_has_any_nobody_leads_and_nobody_gets_any() -> None:
    for facts in ([], [a("0"), a("0", "B")], [a("-1"), a("-5", "B")]):
        line = worth(*facts, **LEADER)
        assert (line.points, line.inputs["led-by"]) == (0, "")


def test_what_is_below_zero_takes_nothing_away() -> None:
    assert worth(a("-4"), a("4", "B"), **LEADER).points == 0


def test_units_of_another_table_lead_nobody_here() -> None:
    facts = [a("2"), a("100", "X")]
    assert worth(*facts, **LEADER).points == 10
    assert worth(*facts, of="X", **LEADER).points == 10


def test_the_best_may_be_looked_for_among_some_of_them() -> None:
    facts = [a("2"), a("4", "B"), a("100", "C"), b("1"), b("1", "B")]
    among = {"measure": "b", "given": True}
    assert worth(*facts, **LEADER, among=among).points == 5
    outside = worth(*facts, of="C", **LEADER, among=among)
    assert (outside.points, outside.inputs["led-by"]) == (10, "B"), "never more than the maximum"


def test_a_unit_that_it_is_not_assigned_to_leads_nobody() -> None:
    facts = [a("2"), a("4", "B"), a("100", "C")]
    to = {"except_units": ["C"]}
    assert worth(*facts, **LEADER, assigned_to=to).points == 5
    assert nothing(worth(*facts, of="C", **LEADER, assigned_to=to))


def test_thirds_are_rounded_as_declared() -> None:
    facts = [a("2"), a("3", "B")]
    assert worth(*facts, **LEADER, rounding={"to": "0.5"}).points == Decimal("6.5")
    assert worth(*facts, **LEADER, rounding={"to": "0.01", "mode": "down"}).points == Decimal(
        "6.66"
    )


def test_the_lowest_has_the_maximum_and_the_others_their_share() -> None:
    facts = [a("2"), a("3", "B"), a("2", "C")]
    first = worth(*facts, **LOWEST)
    assert (first.points, first.inputs["led-by"]) == (10, "A, C")
    behind = worth(*facts, of="B", **LOWEST)
    assert behind.points == Decimal("6.67")
    assert behind.inputs == {"a": "3", "best-result": "2", "led-by": "A, C"}


def test_beside_a_lowest_of_nothing_more_gives_nothing() -> None:
    for lowest in ("0", "-1"):
        facts = [a(lowest), a("5", "B"), a("1", "C")]
        assert worth(*facts, **LOWEST).points == 10
        assert worth(*facts, of="B", **LOWEST).points == 0


def test_who_has_no_value_is_not_the_lowest() -> None:
    facts = [a("2"), a("4", "B")]
    missing = worth(*facts, of="C", **LOWEST)
    assert (missing.points, missing.inputs["led-by"]) == (0, "A")
    assert nothing(worth(*facts, of="C", **LOWEST, no_value="not-assigned"))
    assert worth(*facts, of="B", **LOWEST, no_value="not-assigned").points == 5
    assert worth(of="C", **LOWEST, no_value="3").points == 3
    assert worth(of="C", **LOWEST).inputs["led-by"] == ""


def test_less_than_the_lowest_among_some_is_worth_no_more_than_the_maximum() -> None:
    facts = [a("4"), a("1", "B"), b("1")]
    among = {"measure": "b", "given": True}
    assert worth(*facts, of="B", **LOWEST, among=among).points == 10
    assert worth(*facts, of="A", **LOWEST, among=among).points == 10


def test_no_value_may_take_it_out_beside_a_highest_too() -> None:
    assert nothing(worth(a("4", "B"), **LEADER, no_value="not-assigned"))
