"""Means, the best of several and measures that are held between ends: what they can be."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from services.contracts.campaign.measuring.proving.intervals import Interval, Numbers, between
from services.contracts.campaign.measuring.proving.measure_values import MeasureValues, ValuesOf
from services.contracts.rules import Measure
from tests.contracts.campaign.planting import Fault, Planted

MARK = {"of": "essay-judged", "field": "mark"}
_MEASURES: TypeAdapter[dict[str, Measure]] = TypeAdapter(dict[str, Measure])


def values(measure: dict[str, object], **others: dict[str, object]) -> MeasureValues:
    """What a measure can be."""
    found = ValuesOf(_MEASURES.validate_python({"m": measure, **others})).measure("m")
    assert found is not None
    return found


def one(low: str | None, high: str | None) -> Interval:
    return between(
        at_least=None if low is None else Decimal(low),
        at_most=None if high is None else Decimal(high),
    )


@pytest.mark.parametrize(
    ("measure", "within", "step"),
    [
        ({"kind": "mean", **MARK}, one(None, None), None),
        ({"kind": "best", **MARK}, one(None, None), None),
        ({"kind": "best", "of": "essay-submitted", "field": "days_late"}, one("0", None), "1"),
        ({"kind": "mean", "of": "essay-submitted", "field": "days_late"}, one("0", None), None),
        ({"kind": "mean", **MARK, "at_most": "100"}, one(None, "100"), None),
        ({"kind": "count", "of": "essay-judged", "at_most": "3"}, one("0", "3"), "1"),
        ({"kind": "count", "of": "essay-judged", "at_most": "2.5"}, one("0", "2.5"), None),
        ({"kind": "count", "of": "essay-judged", "at_least": "2"}, one("2", None), "1"),
        ({"kind": "count", "of": "essay-judged", "at_most": "-1"}, one("-1", "-1"), "1"),
    ],
)
def test_what_a_measure_can_be(
    measure: dict[str, object], within: Interval, step: str | None
) -> None:
    found = values(measure).numbers
    assert found == Numbers(within, None if step is None else Decimal(step))


def test_the_best_three_are_as_much_as_three_of_the_most() -> None:
    bounded = {**MARK, "where": [{"field": "mark", "at_least": "0", "at_most": "10"}]}
    assert values({"kind": "best", "count": 3, **bounded}).numbers.within == one("0", "30")
    assert values({"kind": "best", "count": 3, "give": "mean", **bounded}).numbers.within == one(
        "0", "10"
    )


def test_of_nothing_there_is_no_mean_and_no_best_but_a_sum() -> None:
    kinds = {kind: values({"kind": kind, **MARK}).may_lack for kind in ("mean", "best", "sum")}
    assert kinds == {"mean": True, "best": True, "sum": False}


_ENDS = st.none() | st.integers(-6, 6).map(lambda halves: Decimal(halves) / 2)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 8), _ENDS, _ENDS)
def test_no_number_that_it_can_be_is_left_out(
    count: int, low: Decimal | None, high: Decimal | None
) -> None:
    if low is not None and high is not None and low >= high:
        return
    ends = {key: str(end) for key, end in (("at_least", low), ("at_most", high)) if end is not None}
    numbers = values({"kind": "count", "of": "essay-judged", **ends}).numbers
    held = max(low, Decimal(count)) if low is not None else Decimal(count)
    held = min(high, held) if high is not None else held
    assert not numbers.inside(between(at_least=held, at_most=held)).is_empty


FAULTS = {
    "ends in the wrong order": Fault(
        'at_least: "10", at_most: "90"',
        'at_least: "90", at_most: "10"',
        (0, "10 is not more than at_least 90: it is always one number"),
    ),
    "the mean of a text": Fault(
        "kind: mean, of: essay-judged, field: mark",
        "kind: mean, of: essay-submitted, field: title",
        (0, "“title” is no number to compute with"),
    ),
    "the best of none": Fault("count: 3, give: mean", "count: 0, give: mean", (0, "best_marks")),
    "what is no number has no ends": Fault(
        "kind: days-late, obligation: D2",
        'kind: days-late, obligation: D2, at_most: "3"',
        (0, "at_most"),
    ),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_is_found_at_its_line(every_kind: Planted, fault: Fault) -> None:
    every_kind.assert_found("rules.yaml", fault)
