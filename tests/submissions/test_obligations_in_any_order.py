"""Promises of the pure domain, whatever is done to an obligation in whatever order."""

from collections import Counter
from datetime import date, datetime

from hypothesis import given
from hypothesis import strategies as st

from services.contracts.events import DeadlineMissed, ObligationFact, ObligationWaived
from services.submissions.obligations.fulfil import fulfil
from services.submissions.obligations.miss import miss
from services.submissions.obligations.obligation import AlreadyWaivedError, Obligation
from services.submissions.obligations.release import waive
from tests.submissions.examples import (
    DOCUMENT,
    HANOI,
    conference,
    contest_report,
    moved,
    submission,
)

days = st.dates(date(2020, 6, 1), date(2020, 9, 30))
acts = st.lists(
    st.one_of(
        st.tuples(st.just("fulfil"), days, st.sampled_from(["held", "written"])),
        st.tuples(st.just("miss"), days, st.none()),
        st.tuples(st.just("move"), days, st.sampled_from(["D2", "D3"])),
        st.tuples(st.just("waive"), days, st.none()),
    ),
    max_size=12,
)


def play(state: Obligation, steps: list[tuple[str, date, str | None]]) -> list[ObligationFact]:
    """Whatever is legal of a list of acts."""
    published: list[ObligationFact] = []
    for verb, day, detail in steps:
        now = datetime.combine(day, datetime.min.time(), HANOI)
        try:
            match verb:
                case "fulfil":
                    report = submission("conference-reported", now, form=detail, acted_on=day)
                    state, facts = fulfil(state, report)
                case "miss":
                    state, facts = miss(state, now)
                case "move":
                    state, facts = moved(state, str(detail), day, now)
                    assert state.option(str(detail)).last_day == day
                case _:
                    state, facts = waive(state, now=now, **DOCUMENT)
        except AlreadyWaivedError:
            continue
        published += facts
    return published


@given(acts)
def test_any_order_of_acts_publishes_at_most_one_miss_for_each_version_of_the_deadline(
    steps: list[tuple[str, date, str | None]],
) -> None:
    misses = Counter(
        fact.deadline_version
        for fact in play(conference(), steps)
        if isinstance(fact, DeadlineMissed)
    )
    assert all(count == 1 for count in misses.values())


@given(acts)
def test_any_order_of_acts_publishes_each_version_once_and_in_growing_order(
    steps: list[tuple[str, date, str | None]],
) -> None:
    versions = [fact.version for fact in play(conference(), steps)]
    assert versions == list(range(2, len(versions) + 2))


@given(acts)
def test_nothing_is_published_after_a_waiver(steps: list[tuple[str, date, str | None]]) -> None:
    published = play(conference(), steps)
    waived = [n for n, fact in enumerate(published) if isinstance(fact, ObligationWaived)]
    assert not waived or waived == [len(published) - 1]


@given(received=days, moved_to=days)
def test_lateness_is_the_same_whether_the_deadline_moved_before_or_after_the_report(
    received: date, moved_to: date
) -> None:
    now = datetime.combine(received, datetime.min.time(), HANOI)
    report = submission("contest-reported", now)
    if moved_to == contest_report().option("D6").last_day:
        return
    moved_first, _ = moved(contest_report(), "D6", moved_to, now)
    moved_first, _ = fulfil(moved_first, report)
    moved_last, _ = fulfil(contest_report(), report)
    moved_last, _ = moved(moved_last, "D6", moved_to, now)
    assert moved_first.fulfilment == moved_last.fulfilment
