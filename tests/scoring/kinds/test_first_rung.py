"""Kind `first-rung`: the first rung whose condition holds."""

from decimal import Decimal
from typing import Any

import pytest

from services.contracts.events import UnitFact
from tests.scoring.facts import fulfilled, missed, waived
from tests.scoring.kinds.worth import a, b, nothing, worth

FIRST: dict[str, Any] = {
    "kind": "first-rung",
    "rungs": [
        {
            "points": "10",
            "when": {"all": [{"measure": "a", "at_least": "5"}, {"measure": "b", "is": "0"}]},
        },
        {
            "points": "5",
            "when": {
                "any": [{"measure": "a", "at_least": "5"}, {"measure": "b", "more_than": "3"}]
            },
        },
        {"points": "2.1250", "when": {"not": {"measure": "a", "given": True}}},
    ],
    "otherwise": "-1",
}


@pytest.mark.parametrize(
    ("facts", "points", "rung"),
    [
        pytest.param([a("5"), b("0")], "10", "1", id="all hold"),
        pytest.param([a("5"), b("1")], "5", "2", id="one of any holds"),
        pytest.param([a("5")], "5", "2", id="a measure without a value is not 0"),
        pytest.param([b("3.000001")], "5", "2", id="the rung above comes first"),
        pytest.param([b("3")], "2.13", "3", id="not"),
        pytest.param([], "2.13", "3", id="nothing known"),
        pytest.param([a("4.999999"), b("0")], "-1", "otherwise", id="none holds"),
    ],
)
def test_the_first_rung_that_holds_counts(facts: list[UnitFact], points: str, rung: str) -> None:
    line = worth(*facts, **FIRST)
    assert (line.points, line.inputs["rung-held"]) == (Decimal(points), rung)


STATES: dict[str, Any] = {
    "kind": "first-rung",
    "rungs": [
        {"points": "10", "when": {"measure": "report", "at_most": "0"}},
        {"points": "7", "when": {"measure": "report", "is": "waived"}},
        {"points": "4", "when": {"measure": "report", "is": "fulfilled", "less_than": "10"}},
        {"points": "1", "when": {"measure": "report", "is": "open"}},
    ],
    "otherwise": "0",
}


@pytest.mark.parametrize(
    ("fact", "points"),
    [
        (fulfilled("A", "D6"), 10),
        (fulfilled("A", "D6", days_late=9), 4),
        (fulfilled("A", "D6", days_late=10), 0),
        (waived("A", "D6"), 7),
        (missed("A", "D6"), 0),
        (fulfilled("B", "D6"), 1),
    ],
)
def test_a_rung_may_ask_how_an_obligation_stands(fact: UnitFact, points: int) -> None:
    assert worth(fact, **STATES).points == points


def test_one_measure_may_be_held_against_another() -> None:
    twice = {"measure": "a", "at_least": {"measure": "b", "times": "2"}}
    rung: dict[str, Any] = {
        "kind": "first-rung",
        "rungs": [{"points": "10", "when": twice}],
        "otherwise": "0",
    }
    assert worth(a("6"), b("3"), **rung).points == 10
    assert worth(a("5.999999"), b("3"), **rung).points == 0
    assert worth(a("6"), **rung).points == 0, "against a measure without a value nothing holds"


def test_it_may_be_not_assigned_by_a_condition_on_measures() -> None:
    to = {"when": {"measure": "b", "given": True}}
    assert nothing(worth(a("5"), **FIRST, assigned_to=to))
    assert worth(a("5"), b("0"), **FIRST, assigned_to=to).points == 10


def test_points_are_rounded_as_declared() -> None:
    assert worth(**FIRST, rounding={"to": "0.5"}).points == 2
