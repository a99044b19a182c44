"""Promise: the pace of scoring leaves points their second, whatever the length of a round."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scoring.points.recompute_throttle import (
    BEHIND_S,
    LATE_S,
    LONGEST_REST_S,
    PERIOD_S,
    QUIET_S,
    RecomputeThrottle,
)

PROMPT, LATE, OLD = LATE_S / 2, LATE_S * 2, BEHIND_S + 60
"""How late facts are taken: at once, on a machine that is full, and after an outage."""


def test_the_first_fact_after_a_quiet_time_is_scored_at_once() -> None:
    throttle = RecomputeThrottle[str](interval_s=0.15)
    assert throttle.due(["A"], now=0.0) == ["A"]
    throttle.scored(["A"], began=0.0, now=0.02)
    assert throttle.due(["A", "B"], now=9.0) == ["A", "B"]


@given(took=st.floats(0.001, 0.5), late_s=st.sampled_from([PROMPT, LATE]))
def test_while_it_keeps_up_rounds_begin_within_the_period(took: float, late_s: float) -> None:
    throttle = RecomputeThrottle[str](interval_s=0.15)
    throttle.mark_dirty(9.9, late_s=late_s)
    throttle.mark_dirty(10.0 + took, late_s=late_s)
    throttle.scored(["A"], began=10.0, now=10.0 + took)
    begins = throttle.next_round(["B"])
    assert 10.0 + took < begins <= 10.0 + PERIOD_S + 1e-9
    assert throttle.due(["B"], now=begins) == ["B"]


def test_it_rests_longer_where_facts_wait_to_be_taken() -> None:
    throttle = RecomputeThrottle[str](interval_s=0.0)
    begins = []
    for late_s in (PROMPT, LATE):
        throttle.mark_dirty(10.05, late_s=late_s)
        throttle.scored(["A"], began=10.0, now=10.05)
        begins.append(throttle.next_round(["A"]))
    assert begins == [pytest.approx(10.1), pytest.approx(10.3)]


def test_a_round_longer_than_the_period_is_followed_by_the_next() -> None:
    throttle = RecomputeThrottle[str](interval_s=0.15)
    throttle.scored(["A"], began=10.0, now=12.0)
    assert throttle.due(["B"], now=12.0) == ["B"]


@pytest.mark.parametrize("interval_s", [0.0, 0.15, 0.4])
def test_a_cluster_that_came_last_in_a_long_round_is_ripe_for_the_next(interval_s: float) -> None:
    throttle = RecomputeThrottle[str](interval_s)
    throttle.scored(["first", "last"], began=10.0, now=10.5)
    assert throttle.due(["last"], now=10.0 + PERIOD_S) == ["last"]


def test_a_burst_for_one_cluster_is_scored_once_an_interval() -> None:
    throttle = RecomputeThrottle[str](interval_s=0.15)
    throttle.scored(["A"], began=10.0, now=10.001)
    assert throttle.due(["A"], now=10.1) == []
    assert throttle.next_round(["A"]) == pytest.approx(10.15)
    assert throttle.due(["A", "B"], now=10.1) == ["B"]


def test_what_is_behind_is_caught_up_with_longer_rests_and_not_without_end() -> None:
    throttle = RecomputeThrottle[str](interval_s=0.0)
    throttle.mark_dirty(14.0, late_s=OLD)
    throttle.scored(["A"], began=10.0, now=10.4)
    behind = throttle.next_round(["A"])
    assert behind == pytest.approx(10.4 + LONGEST_REST_S)
    throttle.mark_dirty(14.0, late_s=LATE)
    throttle.scored(["A"], began=10.0, now=10.4)
    assert throttle.next_round(["A"]) < behind


def test_it_rests_only_as_long_as_facts_come() -> None:
    throttle = RecomputeThrottle[str](interval_s=0.0)
    throttle.mark_dirty(10.5, late_s=OLD)
    throttle.scored(["A"], began=10.0, now=10.4)
    assert throttle.due(["A"], now=10.5 + QUIET_S - 0.01) == []
    assert throttle.next_round(["A"]) == pytest.approx(10.5 + QUIET_S)
    assert throttle.due(["A"], now=10.5 + QUIET_S) == ["A"]
