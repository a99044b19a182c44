"""A measure that is whole by what it counts: a fact with a fraction is set aside, and shown so."""

from decimal import Decimal
from typing import Any

import pytest

from services.contracts.events import UnitFact
from services.contracts.rules import RuleSet
from services.measuring.measures import values_of
from services.measuring.tally import Tallier
from services.measuring.values import Value
from services.scoring.engine.explain import facts_by_criterion, set_aside_by_criterion
from tests.scoring.facts import at, figure, known
from tests.scoring.sample_rules import criterion, group, rules

Q1, Q2, Q3 = (
    figure("A", f"reports:2020-Q{n}", value) for n, value in ((1, "2"), (2, "1.5"), (3, "3.000"))
)
Q3 = Q3.model_copy(update={"reported_at": at("7-4")})


def by(kind: str, **more: Any) -> RuleSet:
    measure = {"kind": kind, "of": "figure-reported", "field": "value", "whole": True, **more}
    read = criterion("count", measure="twice", each="1", cap="10")
    total = {"kind": "total", "plus": ["m"]}
    content = rules(group(read, maximum="10")).content()
    return RuleSet.model_validate({**content, "measures": {"m": measure, "twice": total}})


def worth(of: RuleSet, *facts: UnitFact) -> Value:
    return values_of(
        "m", of.measured, Tallier(of.measured, of.zone).tallies(known(*facts)).get("A", {})
    )["m"]


@pytest.mark.parametrize(
    ("kind", "is_worth"), [("sum", "5"), ("best", "3"), ("mean", "2.5"), ("latest", "3")]
)
def test_a_fraction_counts_nowhere(kind: str, is_worth: str) -> None:
    assert worth(by(kind), Q1, Q2, Q3) == Decimal(is_worth)
    assert worth(by(kind), Q2) == (0 if kind == "sum" else None)


def test_a_correction_to_a_fraction_takes_the_number_out_and_one_from_it_brings_it_in() -> None:
    to = figure("A", "reports:2020-Q1", "2.5", version=2)
    back = figure("A", "reports:2020-Q1", "4", version=3)
    assert worth(by("sum"), Q1, to, Q3) == 3
    assert worth(by("sum"), Q1, to, Q3, back) == 7


def test_what_was_set_aside_stands_beside_what_counts() -> None:
    of = by("sum")
    facts = known(Q1, Q2, Q3)
    counted = facts_by_criterion(facts, of.tables[0], of)["I.1"]
    aside = set_aside_by_criterion(facts, of.tables[0], of)
    assert {fact.fields["period"] for fact in counted} == {"2020-Q1", "2020-Q3"}
    assert [fact.fields["period"] for fact in aside["I.1"]] == ["2020-Q2"]


def test_what_another_test_leaves_out_was_not_set_aside() -> None:
    of = by("sum", where=[{"field": "name", "is": "meetings"}])
    assert set_aside_by_criterion(known(Q1, Q2, Q3), of.tables[0], of) == {}
    assert set_aside_by_criterion(known(Q2), of.tables[0], by("sum", whole=False)) == {}


def test_nothing_of_it_changes_a_rule_set_that_does_not_say_it() -> None:
    assert (
        by("sum", whole=False).digest()
        == RuleSet.model_validate(
            {
                **by("sum").content(),
                "measures": {
                    "m": {"kind": "sum", "of": "figure-reported", "field": "value"},
                    "twice": {"kind": "total", "plus": ["m"]},
                },
            }
        ).digest()
    )
    assert by("sum").digest() != by("sum", whole=False).digest()
