"""Means, the best of several and ends of a measure: exact, whatever comes and goes."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.events import UnitFact
from services.contracts.rules import RuleSet
from services.measuring.measures import values_of
from services.measuring.records import by_record, current
from services.measuring.tally import Tallier
from services.measuring.values import Value
from services.scoring.engine.explain import facts_by_criterion
from services.scoring.engine.score import score
from tests.scoring.drawn.situations import tried
from tests.scoring.drawn.units import CLUSTERS
from tests.scoring.facts import at, event, figure, fulfilled, judged, known, known_events, withdrawn
from tests.scoring.in_memory import InMemory
from tests.scoring.sample_rules import criterion, group, rules, unit

MARK: dict[str, Any] = {"of": "essay-judged", "field": "mark", "unless": "essay-withdrawn"}
MEAN = {"kind": "mean", **MARK}
BEST = {"kind": "best", **MARK}


def by(measures: dict[str, Any], **of_m: Any) -> RuleSet:
    """A rule set of these measures, whose one criterion reads `m`."""
    of_m = {"kind": "count", "each": "1", "cap": "1000", "maximum": "1000", **of_m}
    read = criterion(of_m.pop("kind"), measure="m", **of_m)
    content = rules(group(read, maximum=read["maximum"]), maximum=read["maximum"])
    return RuleSet.model_validate({**content.content(), "measures": measures})


def worth(facts: Sequence[UnitFact], measure: dict[str, Any], **others: Any) -> Value:
    """What a measure is worth for unit A."""
    of = by({"m": measure, **others})
    return values_of(
        ["m"], of.measured, Tallier(of.measured, of.zone).tallies(known(*facts)).get("A", {})
    )["m"]


MARKS = [
    judged("A", name, mark) for name, mark in zip("abcd", ("70", "90", "0", "90"), strict=True)
]


def test_a_mean_is_the_mean_and_a_mark_of_0_counts() -> None:
    assert worth(MARKS, MEAN) == Decimal("62.5")
    assert worth(MARKS[2:3], MEAN) == 0


def test_a_mean_of_thirds_is_exact() -> None:
    assert worth(MARKS[:3], MEAN) == Fraction(160, 3)


@pytest.mark.parametrize(
    ("asked", "is_worth"),
    [
        ({}, "90"),
        ({"count": 2}, "180"),
        ({"count": 3}, "250"),
        ({"count": 3, "give": "mean"}, None),
        ({"count": 10}, "250"),
        ({"count": 10, "give": "mean"}, "62.5"),
    ],
)
def test_the_best_are_the_highest_and_fewer_where_there_are_no_more(
    asked: dict[str, Any], is_worth: str | None
) -> None:
    expected = Fraction(250, 3) if is_worth is None else Decimal(is_worth)
    assert worth(MARKS, {**BEST, **asked}) == expected


@pytest.mark.parametrize("measure", [MEAN, BEST, {**BEST, "count": 3}])
def test_of_nothing_there_is_no_value(measure: dict[str, Any]) -> None:
    assert worth([], measure) is None
    assert (
        worth(
            [figure("A", "a:2020", "1")],
            {**measure, "of": "figure-reported", "field": "target"} | {"unless": None},
        )
        is None
    )


def test_negative_numbers_have_a_best_too() -> None:
    facts = [figure("A", f"a:2020-{q}", value) for q, value in (("Q1", "-3"), ("Q2", "-0.50"))]
    of = {"of": "figure-reported", "field": "value"}
    assert worth(facts, {"kind": "best", **of}) == Decimal("-0.5")
    assert worth(facts, {"kind": "best", "count": 2, **of}) == Decimal("-3.5")


def test_a_corrected_mark_and_a_withdrawn_essay_leave_again() -> None:
    facts = [*MARKS, judged("A", "b", "60", version=3), withdrawn("A", "d")]
    assert worth(facts, BEST) == 70
    assert worth(facts, {**BEST, "count": 2}) == 130
    assert worth(facts, MEAN) == Fraction(130, 3)


SPLIT = [figure("A", f"{name}:2020", "1") for name in ("one", "two", "three")]


def part(name: str, **ends: str) -> dict[str, Any]:
    where = [{"field": "name", "is": name}]
    return {"kind": "sum", "of": "figure-reported", "field": "value", "where": where, **ends}


THIRDS = {
    **{name: part(name) for name in ("one", "two", "three")},
    "all": {"kind": "total", "plus": ["one", "two", "three"]},
    **{
        f"share_{name}": {"kind": "share", "part": name, "whole": "all"}
        for name in ("one", "two", "three")
    },
}
TOGETHER = {"kind": "total", "plus": ["share_one", "share_two", "share_three"]}


def test_three_thirds_of_100_are_100() -> None:
    assert worth(SPLIT, TOGETHER, **THIRDS) == 100
    yes = rules(
        group(
            criterion("yes-no", when={"measure": "m", "at_least": "100"}) | {"maximum": "5"},
            maximum="5",
        ),
        maximum="5",
    )
    of = RuleSet.model_validate({**yes.content(), "measures": {"m": TOGETHER, **THIRDS}})
    points = score(known(*SPLIT), {"c": [unit("A")]}, of).unit("A")
    assert points is not None
    assert points.total == 5


def test_a_third_times_three_is_a_whole_where_a_condition_compares() -> None:
    when = {"measure": "all", "at_least": {"measure": "share_one", "times": "0.09"}}
    yes = rules(group(criterion("yes-no", when=when), maximum="10"))
    of = RuleSet.model_validate({**yes.content(), "measures": THIRDS})
    points = score(known(*SPLIT), {"c": [unit("A")]}, of).unit("A")
    assert points is not None
    assert points.total == 10, "3 is at least 0.09 x 100/3 = 3"


def test_half_a_hundredth_made_of_thirds_is_rounded_as_a_half() -> None:
    of = by({"m": {"kind": "share", "part": "one", "whole": "all"}, **THIRDS}, each="0.00015")
    points = score(known(*SPLIT), {"c": [unit("A")]}, of).unit("A")
    assert points is not None
    assert points.total == Decimal("0.01"), "0.00015 x 100/3 = 0.005"


def test_a_measure_is_held_between_its_ends_before_others_use_it() -> None:
    facts = [figure("A", "one:2020", "250"), figure("A", "two:2020", "-5")]
    held = {
        "one": part("one", at_most="100"),
        "two": part("two", at_least="0"),
        "three": part("three"),
    }
    assert worth(facts, {"kind": "total", "plus": ["one", "two"]}, **held) == 100
    assert (
        worth(facts, {"kind": "share", "part": "one", "whole": "one", "at_most": "99"}, **held)
        == 99
    )
    assert (
        worth(facts, {"kind": "share", "part": "one", "whole": "three", "at_least": "7"}, **held)
        is None
    )


def test_what_was_obligations_of_a_predecessor_does_not_pass_on() -> None:
    of = by(
        {
            "m": {"kind": "best", "of": "obligation-fulfilled", "field": "days_late"},
            "n": {"kind": "mean", "of": "obligation-fulfilled", "field": "days_late"},
            "o": MEAN,
        }
    )
    tallier = Tallier(of.measured, of.zone)
    tallies = tallier.tallies(
        known(judged("B", "a", "80"), judged("A", "b", "81"), fulfilled("B", "D6", days_late=3))
    )
    together = tallier.with_taken_over(tallies["A"], [(date(2020, 7, 1), tallies["B"])])
    values = values_of("mno", of.measured, together)
    assert values == {"m": None, "n": None, "o": Decimal("80.5")}


def test_the_facts_behind_the_best_are_those_that_count() -> None:
    of = by({"m": {**BEST, "count": 2}})
    facts = known(
        judged("A", "a", "90", day="7-3"),
        judged("A", "b", "80"),
        judged("A", "c", "90", day="7-2"),
        judged("A", "d", "90", day="7-1"),
    )
    assert [fact.time.day for fact in facts_by_criterion(facts, of.tables[0], of)["I.1"]] == [1, 2]


_ONE = st.tuples(
    st.sampled_from("abc"), st.integers(1, 3), st.sampled_from(["0", "1", "2.50", "2.5", "-1"])
)


def _arriving(number: int, essay: str, version: int, mark: str, *, gone: bool) -> Any:
    moment: datetime = at("5-1") + timedelta(days=number)
    fact = withdrawn("N1", essay) if gone else judged("N1", essay, "0", version=version)
    update = {"withdrawn_at": moment} if gone else {"judged_at": moment, "mark": Decimal(mark)}
    return event(fact.model_copy(update=update))


@st.composite
def arrivals(draw: st.DrawFn) -> list[Any]:
    marks = draw(st.lists(_ONE, min_size=1, max_size=10))
    return [_arriving(n, *one, gone=draw(st.integers(0, 4)) == 4) for n, one in enumerate(marks)]


TRIED = by(
    {"m": MEAN, "b": BEST, "two": {**BEST, "count": 2}, "all": {**BEST, "count": 9, "give": "mean"}}
)


def plainly(facts: Iterable[Any]) -> dict[str, Value]:
    """The same worked out without tallies."""
    records = [current(of) for of in by_record(facts).values()]
    marks = sorted(
        (
            Decimal(one["essay-judged"].fields["mark"])
            for one in records
            if "essay-judged" in one and "essay-withdrawn" not in one
        ),
        reverse=True,
    )
    mean = Fraction(sum(marks)) / len(marks) if marks else None
    best = marks[0] if marks else None
    return {"m": mean, "b": best, "two": sum(marks[:2]) if marks else None, "all": mean}


@tried
@given(arrivals(), st.randoms(use_true_random=False))
def test_in_any_order_and_however_often_it_is_what_a_list_would_give(
    arriving: list[Any], chance: Any
) -> None:
    running = InMemory(TRIED, CLUSTERS)
    again = [*arriving, *arriving[: len(arriving) // 2]]
    chance.shuffle(again)
    for one in again:
        running.take([one])
    facts = known_events(arriving)
    assert running.tallies.get("N1", {}) == Tallier(TRIED.measured, TRIED.zone).tallies(facts).get(
        "N1", {}
    )
    values = values_of(["m", "b", "two", "all"], TRIED.measured, running.tallies.get("N1", {}))
    assert values == plainly(facts)
