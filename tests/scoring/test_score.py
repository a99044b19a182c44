"""Totals, caps, levels and ranks of a cluster."""

from decimal import Decimal

import pytest

from services.contracts.events import UnitFact
from services.scoring.engine.digest import digest_of
from services.scoring.engine.results import Results
from services.scoring.engine.score import score
from tests.scoring.facts import at, essay, fulfilled, judged, known, waived
from tests.scoring.sample_rules import LADDER, criterion, group, rules, unit

COUNT = criterion("count", "II.1", "20", measure="essays", each="1.25", cap="20")
UNITS = {"c": [unit("A"), unit("B"), unit("C"), unit("D")]}


def essays(unit_code: str, count: int) -> list[UnitFact]:
    return [essay(unit_code, f"{unit_code}{i}") for i in range(count)]


def ranks(results: Results) -> dict[str, int]:
    return {points.unit: points.rank for points in results.clusters["c"].units}


def test_equal_totals_share_a_rank_and_the_next_rank_is_left_out() -> None:
    rule_set = rules(group(COUNT, maximum="20"), maximum="20")
    facts = known(*essays("B", 3), *essays("C", 3), *essays("D", 5))
    results = score(facts, UNITS, rule_set)
    assert ranks(results) == {"D": 1, "B": 2, "C": 2, "A": 4}
    assert [points.unit for points in results.clusters["c"].units] == ["D", "B", "C", "A"]


def test_a_group_never_gives_more_than_its_cap_and_its_lines_stay_as_they_are() -> None:
    rule_set = rules(group(COUNT, maximum="8", cap="8"), maximum="8")
    points = score(known(*essays("A", 10)), UNITS, rule_set).unit("A")
    assert points is not None
    assert points.lines[0].points == Decimal("12.5")
    assert points.groups[0].capped
    assert points.groups[0].points == points.total == 8


def test_a_unit_without_a_table_is_neither_scored_nor_ranked() -> None:
    rule_set = rules(group(COUNT, maximum="20"), maximum="20")
    results = score([], {"c": [unit("A"), unit("X", level="commune")]}, rule_set)
    assert ranks(results) == {"A": 1}
    assert results.unit("X") is None


@pytest.mark.parametrize(
    ("to", "mode", "total", "level"),
    [
        ("1", "half-up", "9", "a"),
        ("1", "half-even", "8", "b"),
        ("1", "down", "8", "b"),
        ("0.1", "half-up", "8.5", "b"),
    ],
)
def test_totals_are_rounded_as_declared_before_they_meet_the_bands(
    to: str, mode: str, total: str, level: str
) -> None:
    half = criterion("count", measure="essays", each="8.5", cap="10")
    rule_set = rules(group(half, maximum="10"), to=to, mode=mode)
    points = score(known(*essays("A", 1)), UNITS, rule_set).unit("A")
    assert points is not None
    assert (points.total, points.level) == (Decimal(total), level)
    assert points.lines[0].points == Decimal("8.5"), "a line is rounded to hundredths at most"


def test_bands_begin_at_their_number() -> None:
    each = criterion("count", measure="essays", each="0.01", cap="10")
    rule_set = rules(group(each, maximum="10"))
    for count, level in ((500, "b"), (499, "c")):
        points = score(known(*essays("A", count)), UNITS, rule_set).unit("A")
        assert points is not None
        assert points.level == level


def test_a_waiver_costs_no_place_and_gains_none() -> None:
    rule_set = rules(group(criterion("late-ladder", **LADDER), COUNT, maximum="30"), maximum="30")
    facts = known(
        waived("A", "D6"),
        *essays("A", 8),  # 10 of 20
        fulfilled("B", "D6", days_late=3),
        *essays("B", 8),  # 5 + 10 of 30: half, as A
        fulfilled("C", "D6", days_late=3),
        *essays("C", 9),
    )
    results = score(facts, UNITS, rule_set)
    a, b = results.unit("A"), results.unit("B")
    assert a is not None
    assert b is not None
    assert [a.total, a.maximum, a.comparable] == [Decimal(10), Decimal(20), Decimal(15)]
    assert [b.total, b.maximum, b.comparable] == [Decimal(15), Decimal(30), Decimal(15)]
    assert ranks(results) == {"C": 1, "A": 2, "B": 2, "D": 4}


def test_a_unit_to_which_nothing_is_assigned_failed_in_nothing() -> None:
    rule_set = rules(group(criterion("late-ladder", **LADDER), maximum="10"))
    points = score(known(waived("A", "D6")), UNITS, rule_set).unit("A")
    assert points is not None
    assert points.total == points.maximum == 0
    assert (points.level, points.rank) == ("a", 1)


def test_as_of_leaves_out_what_happened_later_in_the_domains_time() -> None:
    rule_set = rules(group(COUNT, maximum="20"), maximum="20")
    facts = known(essay("A", "early", day="5-20"), essay("A", "later", day="6-11"))
    then = score(facts, UNITS, rule_set, as_of=at("6-10", 23))
    assert digest_of(then) == digest_of(score(facts[:1], UNITS, rule_set))
    assert digest_of(then) != digest_of(score(facts, UNITS, rule_set))


def test_the_digest_does_not_see_how_a_decimal_is_written() -> None:
    rule_set = rules(group(criterion("linear", measure="marks", target="100"), maximum="10"))
    plain, zeros = (
        digest_of(score(known(judged("A", "a", mark)), UNITS, rule_set))
        for mark in ("86.5", "86.500")
    )
    assert plain == zeros


def test_the_digest_sees_a_measure_that_gives_no_more_points() -> None:
    rule_set = rules(group(COUNT, maximum="20"), maximum="20")
    many, more = (
        digest_of(score(known(*essays("A", count)), UNITS, rule_set)) for count in (16, 17)
    )
    assert many != more
