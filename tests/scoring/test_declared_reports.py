"""What measures make of reports that the plan declares: their answers, returns, and odd ones."""

import itertools
from decimal import Decimal
from typing import Any

import pytest

from services.contracts.events import ReportReturned, ReportSubmitted, UnitFact
from tests.scoring.facts import CAMPAIGN, at, known, thing
from tests.scoring.test_measures import value

SUM = {"kind": "sum", "of": "report-submitted", "field": "answers.households"}
COUNT = {"kind": "count", "of": "report-submitted"}
DECISION = {"number": "12/QĐ", "date": "2020-06-01"}


def submitted(name: str, *, version: int = 1, **answers: Any) -> ReportSubmitted:
    return ReportSubmitted(
        campaign=CAMPAIGN,
        unit="A",
        version=version,
        report_id=thing(name),
        kind="quarterly-summary",
        period=name,
        receiver="HN",
        answers=answers,
        counted_day=at("7-1").date(),
        reported_at=at("7-1", 8 + version),
    )


def returned(name: str, *, version: int = 1) -> ReportReturned:
    return ReportReturned(
        campaign=CAMPAIGN,
        unit="A",
        version=version,
        report_id=thing(name),
        kind="quarterly-summary",
        period=name,
        document="Công văn 05",
        reason="Thiếu số hộ",
        returned_at=at("7-2", 8 + version),
    )


REPORTS: list[UnitFact] = [
    submitted("2020-Q1", households=120, way="team", joined=True, budget="12.5", decision=DECISION),
    submitted("2020-Q2", households=80, way="whole-unit", joined=False, budget="2"),
]


@pytest.mark.parametrize(
    ("measure", "worth"),
    [
        (SUM, 200),
        ({**SUM, "field": "answers.budget"}, Decimal("14.5")),
        ({**COUNT, "where": [{"field": "answers.way", "is": "team"}]}, 1),
        ({**COUNT, "where": [{"field": "answers.joined", "is": True}]}, 1),
        ({**COUNT, "where": [{"field": "answers.households", "at_least": "100"}]}, 1),
        ({**COUNT, "where": [{"field": "answers.decision", "given": True}]}, 1),
        ({**COUNT, "where": [{"field": "answers.nothing", "given": False}]}, 2),
        ({**COUNT, "where": [{"field": "kind", "is": "quarterly-summary"}]}, 2),
        ({**SUM, "kind": "latest"}, 80),
    ],
)
def test_answers_are_read_as_fields(measure: dict[str, Any], worth: int | Decimal) -> None:
    assert value(REPORTS, measure) == worth


def test_an_answer_that_is_no_number_adds_nothing() -> None:
    """An amendment may give a field another type."""
    odd = [submitted("2020-Q3", households="nhiều"), submitted("2020-Q4", households=True)]
    assert value([*REPORTS, *odd], SUM) == 200
    above = {"field": "answers.households", "at_least": "0"}
    assert value([*REPORTS, *odd], {**COUNT, "where": [above]}) == 2


def test_a_report_sent_again_has_its_new_answers_in_any_order() -> None:
    facts = [submitted("2020-Q1", households=1), submitted("2020-Q1", version=2, households=5)]
    for order in itertools.permutations(facts):
        assert value(order, SUM) == 5


def test_a_returned_report_counts_again_as_soon_as_it_was_sent_again_in_any_order() -> None:
    unless = {**SUM, "unless": "report-returned"}
    first, back = submitted("2020-Q1", households=1), returned("2020-Q1")
    again = submitted("2020-Q1", version=2, households=5)
    twice = returned("2020-Q1", version=2)
    for facts, worth in (
        ([first, back], 0),
        ([first, back, again], 5),
        ([first, back, again, twice], 0),
    ):
        for order in itertools.permutations(facts):
            assert value(order, unless) == worth, order
    assert value([first, back], SUM) == 1  # unless the rules say so


def test_what_is_stored_and_what_is_counted_are_one() -> None:
    (fact,) = known(REPORTS[0])
    assert fact.fields["answers.households"] == 120
    assert fact.fields["answers.decision"] == "12/QĐ"
