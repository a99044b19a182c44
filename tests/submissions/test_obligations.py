"""Promises of the pure domain: fulfilled, missed, moved, waived, in whatever order."""

from collections import Counter
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TypedDict
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.campaign.plan import Obligation, Way
from services.contracts.events import (
    DeadlineMissed,
    DeadlineMoved,
    ObligationFact,
    ObligationFulfilled,
    ObligationWaived,
)
from services.submissions.obligations import obligation as ob
from services.submissions.obligations.obligation import Deed, Owed

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


class Notice(TypedDict):
    notice: str
    reason: str


NOTICE: Notice = {"notice": "Thông báo mẫu 01", "reason": "Gia hạn"}


def at(day: str, clock: str = "12:00:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}+07:00")


def way(way_id: str, due: str, *, included: bool = False, **fields: object) -> Way:
    """A way that is due before a day, or on it."""
    return Way.model_validate(
        {
            "id": way_id,
            "by": "contest-reported",
            "counted_by": "received",
            "due": {"date": due, "included": included},
        }
        | fields
    )


def owed(obligation_id: str, *ways: Way, **fields: object) -> Owed:
    duty = Obligation.model_validate(
        {
            "id": obligation_id,
            "title": {"vi": "Việc", "en": "Duty"},
            "source": "Thông báo 251/BTĐ-NV2",
            "levels": ["upper"],
            "ways": ways,
        }
        | fields
    )
    return Owed("hanoi-2020", "SNV", duty, HANOI)


def contest_report() -> Owed:
    """D6, "trước ngày 10/7/2020": the last good day is the 9th."""
    return owed("D6", way("D6", "2020-07-10"))


def conference() -> Owed:
    """D2, "trước 20/8/2020", with its alternative D3, "trước ngày 01/9/2020"."""
    held = way(
        "D2",
        "2020-08-20",
        by="conference-reported",
        forms=["held"],
        counted_by="held-on",
        reporting_grace_days=3,
    )
    return owed("D2", held, way("D3", "2020-09-01", by="conference-reported", forms=["written"]))


def first_essays() -> Owed:
    """D5, "trước 20/6/2020", only for units without an essay by the end of 5 June."""
    essay = way("D5", "2020-06-20", by="essay-submitted")
    return owed("D5", essay, only_if={"no_essays_by": "2020-06-05"})


def deed(by: str, received: datetime, **fields: object) -> Deed:
    return Deed(by=by, by_id=UUID(int=1), received_at=received, **fields)  # type: ignore[arg-type]


def only(facts: tuple[ObligationFact, ...]) -> ObligationFact:
    assert len(facts) == 1
    return facts[0]


# In time or late


def test_before_a_day_ends_with_the_day_before_it() -> None:
    _, facts = ob.fulfil(contest_report(), deed("contest-reported", at("2020-07-09", "23:59:59")))
    assert only(facts).days_late == 0  # type: ignore[attr-defined]
    _, facts = ob.fulfil(contest_report(), deed("contest-reported", at("2020-07-10", "00:00:00")))
    assert facts[-1].days_late == 1  # type: ignore[attr-defined]


def test_on_a_day_includes_the_day() -> None:
    on_the_tenth = owed("D6", way("D6", "2020-07-10", included=True))
    _, facts = ob.fulfil(on_the_tenth, deed("contest-reported", at("2020-07-10", "23:59:59")))
    assert only(facts).days_late == 0  # type: ignore[attr-defined]


def test_the_day_is_the_day_in_hanoi_whatever_offset_the_moment_carries() -> None:
    last_second = datetime(2020, 7, 9, 16, 59, 59, tzinfo=UTC)
    _, facts = ob.fulfil(contest_report(), deed("contest-reported", last_second))
    assert only(facts).days_late == 0  # type: ignore[attr-defined]
    _, facts = ob.fulfil(
        contest_report(), deed("contest-reported", last_second + timedelta(seconds=1))
    )
    assert facts[-1].days_late == 1  # type: ignore[attr-defined]


def test_a_missed_obligation_can_be_fulfilled_late_and_both_are_said() -> None:
    state, first = ob.miss(contest_report(), at("2020-07-10", "00:00:00"))
    state, second = ob.fulfil(state, deed("contest-reported", at("2020-07-12")))
    assert isinstance(only(first), DeadlineMissed)
    fulfilled = only(second)
    assert isinstance(fulfilled, ObligationFulfilled)
    assert (fulfilled.days_late, fulfilled.version) == (3, 3)
    assert state.status == "fulfilled"


def test_a_late_report_that_is_sooner_than_the_deadline_clock_says_the_miss_itself() -> None:
    state, facts = ob.fulfil(contest_report(), deed("contest-reported", at("2020-07-12")))
    assert [type(fact) for fact in facts] == [DeadlineMissed, ObligationFulfilled]
    assert [fact.version for fact in facts] == [2, 3]
    assert ob.miss(state, at("2020-07-13")) == (state, ())


def test_what_arrived_in_time_counts_in_time_though_it_commits_after_the_miss() -> None:
    state, missed = ob.miss(contest_report(), at("2020-07-10", "00:00:00"))
    _, facts = ob.fulfil(state, deed("contest-reported", at("2020-07-09", "23:59:59")))
    fulfilled = only(facts)
    assert isinstance(fulfilled, ObligationFulfilled)
    assert fulfilled.days_late == 0
    assert fulfilled.version > only(missed).version


def test_a_second_report_is_refused() -> None:
    state, _ = ob.fulfil(contest_report(), deed("contest-reported", at("2020-07-01")))
    with pytest.raises(ob.AlreadyFulfilledError):
        ob.fulfil(state, deed("contest-reported", at("2020-07-02")))


# Two ways to one obligation


def test_a_conference_held_in_time_and_reported_within_the_grace_is_in_time() -> None:
    report = deed("conference-reported", at("2020-08-22"), form="held", held_on=date(2020, 8, 19))
    _, facts = ob.fulfil(conference(), report)
    fulfilled = only(facts)
    assert isinstance(fulfilled, ObligationFulfilled)
    assert (fulfilled.way, fulfilled.days_late) == ("D2", 0)


def test_a_written_report_goes_the_other_way_with_its_own_deadline() -> None:
    _, facts = ob.fulfil(
        conference(), deed("conference-reported", at("2020-08-31"), form="written")
    )
    fulfilled = only(facts)
    assert isinstance(fulfilled, ObligationFulfilled)
    assert (fulfilled.way, fulfilled.days_late) == ("D3", 0)


def test_nothing_is_missed_while_one_way_is_still_good() -> None:
    state, facts = ob.miss(conference(), at("2020-08-31", "23:59:59"))
    assert facts == ()
    _, facts = ob.miss(state, at("2020-09-01", "00:00:00"))
    missed = only(facts)
    assert isinstance(missed, DeadlineMissed)
    assert missed.last_good_day == date(2020, 8, 31)
    assert missed.missed_at == at("2020-09-01", "00:00:00")


def test_the_reporting_grace_delays_the_miss_and_not_the_lateness() -> None:
    ceremony = owed(
        "D7",
        way(
            "D7", "2020-08-20", by="ceremony-reported", counted_by="held-on", reporting_grace_days=3
        ),
    )
    assert ceremony.missed_at == at("2020-08-23", "00:00:00")
    _, facts = ob.fulfil(
        ceremony, deed("ceremony-reported", at("2020-08-22"), held_on=date(2020, 8, 21))
    )
    assert only(facts).days_late == 2  # type: ignore[attr-defined]


def test_a_report_that_no_way_takes_is_an_error() -> None:
    with pytest.raises(ob.UnknownWayError):
        ob.fulfil(conference(), deed("contest-reported", at("2020-07-01")))


# Owed only without essays (D5)


def test_an_essay_by_the_end_of_the_notice_day_means_nothing_is_owed() -> None:
    state, facts = ob.fulfil(first_essays(), deed("essay-submitted", at("2020-06-05", "23:59:59")))
    assert (state.status, facts) == ("not-owed", ())
    assert ob.miss(state, at("2020-12-01")) == (state, ())


def test_the_first_essay_after_the_notice_day_fulfils() -> None:
    state, facts = ob.fulfil(first_essays(), deed("essay-submitted", at("2020-06-06", "00:00:00")))
    assert state.status == "fulfilled"
    assert isinstance(only(facts), ObligationFulfilled)


def test_another_essay_takes_the_place_of_a_withdrawn_one() -> None:
    state, _ = ob.fulfil(first_essays(), deed("essay-submitted", at("2020-06-08")))
    state, facts = ob.fulfil_by_another(state, deed("essay-submitted", at("2020-06-21")))
    again = only(facts)
    assert isinstance(again, ObligationFulfilled)
    assert (again.days_late, again.version) == (2, 3)


# Moved


def test_a_fulfilled_obligation_is_judged_again_under_the_moved_deadline() -> None:
    state, _ = ob.fulfil(contest_report(), deed("contest-reported", at("2020-07-12")))
    state, facts = ob.move(state, "D6", date(2020, 7, 14), now=at("2020-07-13"), **NOTICE)
    moved, again = facts
    assert isinstance(moved, DeadlineMoved)
    assert isinstance(again, ObligationFulfilled)
    assert (again.days_late, again.version, again.deadline_version) == (0, 5, 2)
    assert again.fulfilled_at == at("2020-07-12")
    assert again.version > moved.version


def test_a_missed_obligation_is_open_again_when_the_deadline_moves() -> None:
    state, _ = ob.miss(contest_report(), at("2020-07-10"))
    state, facts = ob.move(state, "D6", date(2020, 7, 14), now=at("2020-07-11"), **NOTICE)
    assert state.status == "open"
    assert isinstance(only(facts), DeadlineMoved)
    assert ob.miss(state, at("2020-07-14", "23:59:59"))[1] == ()
    _, facts = ob.miss(state, at("2020-07-15", "00:00:00"))
    assert only(facts).deadline_version == 2


def test_a_move_to_the_same_day_is_refused() -> None:
    with pytest.raises(ob.SameDeadlineError):
        ob.move(contest_report(), "D6", date(2020, 7, 9), now=at("2020-07-01"), **NOTICE)


@pytest.mark.parametrize("released", ["waived", "not-owed"])
def test_the_deadline_of_who_is_released_follows_a_move_there_and_back_without_a_word(
    released: str,
) -> None:
    start = replace(first_essays(), status=released)  # type: ignore[arg-type]
    there, said = ob.move(start, "D5", date(2020, 6, 24), now=at("2020-06-05"), **NOTICE)
    assert said == ()
    assert there.way("D5").last_good_day == date(2020, 6, 24)
    assert (there.version, there.deadline_version) == (1, 2)
    back, said = ob.move(there, "D5", date(2020, 6, 19), now=at("2020-06-05"), **NOTICE)
    assert said == ()
    assert back.way("D5").last_good_day == date(2020, 6, 19)
    # Nor is a day that it has already a reason to refuse: it owes nothing.
    again, _ = ob.move(back, "D5", date(2020, 6, 19), now=at("2020-06-05"), **NOTICE)
    assert (again.status, again.deadline_version) == (released, 4)


def test_what_is_owed_after_all_is_owed_under_the_deadline_that_moved_meanwhile() -> None:
    state, _ = ob.fulfil(first_essays(), deed("essay-submitted", at("2020-06-05", "09:00:00")))
    state, _ = ob.move(state, "D5", date(2020, 6, 29), now=at("2020-06-05"), **NOTICE)
    state = ob.owe_after_all(state, at("2020-06-05", "15:00:00"))
    assert state.status == "open"
    assert ob.miss(state, at("2020-06-29", "23:59:59"))[1] == ()
    missed = only(ob.miss(state, at("2020-06-30", "00:00:00"))[1])
    assert isinstance(missed, DeadlineMissed)
    assert missed.deadline_version == 2


# Waived


def test_after_a_waiver_nothing_fires_any_more() -> None:
    state, facts = ob.waive(contest_report(), now=at("2020-07-01"), **NOTICE)
    assert isinstance(only(facts), ObligationWaived)
    assert ob.miss(state, at("2020-12-01")) == (state, ())
    assert ob.fulfil(state, deed("contest-reported", at("2020-07-02"))) == (state, ())
    moved, said = ob.move(state, "D6", date(2020, 7, 20), now=at("2020-07-02"), **NOTICE)
    assert (moved.status, moved.version, said) == ("waived", state.version, ())
    assert ob.remind(state, "D6", 7, (7, 1), at("2020-07-03")) is None
    with pytest.raises(ob.AlreadyWaivedError):
        ob.waive(state, now=at("2020-07-03"), **NOTICE)


# Reminders


@pytest.mark.parametrize(
    ("day", "distance", "speaks"),
    [
        ("2020-07-02", 7, False),  # eight days, today included
        ("2020-07-03", 7, True),
        ("2020-07-05", 7, True),  # woken late: still the nearest distance reached
        ("2020-07-09", 1, True),  # the last good day itself
        ("2020-07-09", 7, False),  # the nearer one speaks
        ("2020-07-10", 1, False),  # over
    ],
)
def test_only_the_nearest_reminder_that_still_means_something_speaks(
    day: str, distance: int, speaks: bool
) -> None:
    fact = ob.remind(contest_report(), "D6", distance, (7, 1), at(day, "00:00:00"))
    assert (fact is not None) == speaks


def test_a_reminder_says_the_days_left_and_changes_no_version() -> None:
    fact = ob.remind(contest_report(), "D6", 7, (7, 1), at("2020-07-05"))
    assert fact is not None
    assert (fact.days_left, fact.version) == (5, 1)


# Any order

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


def play(state: Owed, steps: list[tuple[str, date, str | None]]) -> list[ObligationFact]:
    """Whatever is legal of a list of acts."""
    said: list[ObligationFact] = []
    for verb, day, detail in steps:
        now = datetime.combine(day, datetime.min.time(), HANOI)
        try:
            match verb:
                case "fulfil":
                    report = deed("conference-reported", now, form=detail, held_on=day)
                    state, facts = ob.fulfil(state, report)
                case "miss":
                    state, facts = ob.miss(state, now)
                case "move":
                    old = state.way(str(detail)).last_good_day
                    same = old == day and state.status != "waived"
                    with pytest.raises(ob.SameDeadlineError) if same else nullcontext():
                        state, facts = ob.move(state, str(detail), day, now=now, **NOTICE)
                    if same:
                        continue
                    assert state.way(str(detail)).last_good_day == day
                case _:
                    state, facts = ob.waive(state, now=now, **NOTICE)
        except (ob.AlreadyFulfilledError, ob.AlreadyWaivedError):
            continue
        said += facts
    return said


@given(acts)
def test_any_order_of_acts_says_at_most_one_miss_for_each_version_of_the_deadline(
    steps: list[tuple[str, date, str | None]],
) -> None:
    misses = Counter(
        fact.deadline_version
        for fact in play(conference(), steps)
        if isinstance(fact, DeadlineMissed)
    )
    assert all(count == 1 for count in misses.values())


@given(acts)
def test_any_order_of_acts_says_each_version_once_and_in_growing_order(
    steps: list[tuple[str, date, str | None]],
) -> None:
    versions = [fact.version for fact in play(conference(), steps)]
    assert versions == list(range(2, len(versions) + 2))


@given(acts)
def test_nothing_is_said_after_a_waiver(steps: list[tuple[str, date, str | None]]) -> None:
    said = play(conference(), steps)
    waived = [n for n, fact in enumerate(said) if isinstance(fact, ObligationWaived)]
    assert not waived or waived == [len(said) - 1]


@given(received=days, moved_to=days)
def test_lateness_is_the_same_whether_the_deadline_moved_before_or_after_the_report(
    received: date, moved_to: date
) -> None:
    now = datetime.combine(received, datetime.min.time(), HANOI)
    report = deed("contest-reported", now)
    if moved_to == contest_report().way("D6").last_good_day:
        return
    moved_first, _ = ob.move(contest_report(), "D6", moved_to, now=now, **NOTICE)
    moved_first, _ = ob.fulfil(moved_first, report)
    moved_last, _ = ob.fulfil(contest_report(), report)
    moved_last, _ = ob.move(moved_last, "D6", moved_to, now=now, **NOTICE)
    assert moved_first.fulfilment == moved_last.fulfilment
