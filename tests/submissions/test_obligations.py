"""Promises of the pure domain: fulfilled, missed, moved, waived."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.contracts.events import (
    DeadlineMissed,
    DeadlineMoved,
    ObligationFulfilled,
    ObligationWaived,
)
from services.submissions.obligations.condition import reinstate
from services.submissions.obligations.fulfil import fulfil, replace_submission
from services.submissions.obligations.miss import miss
from services.submissions.obligations.obligation import AlreadyWaivedError, UnknownOptionError
from services.submissions.obligations.release import waive
from services.submissions.obligations.reminders import remind
from tests.submissions.examples import (
    DOCUMENT,
    at,
    conference,
    contest_report,
    first_essays,
    moved,
    only,
    option,
    owed,
    submission,
)


def test_before_a_day_ends_with_the_day_before_it() -> None:
    _, facts = fulfil(
        contest_report(), submission("contest-reported", at("2020-07-09", "23:59:59"))
    )
    assert only(facts).days_late == 0  # type: ignore[attr-defined]
    _, facts = fulfil(
        contest_report(), submission("contest-reported", at("2020-07-10", "00:00:00"))
    )
    assert facts[-1].days_late == 1  # type: ignore[attr-defined]


def test_on_a_day_includes_the_day() -> None:
    on_the_tenth = owed("D6", option("D6", "2020-07-10", included=True))
    _, facts = fulfil(on_the_tenth, submission("contest-reported", at("2020-07-10", "23:59:59")))
    assert only(facts).days_late == 0  # type: ignore[attr-defined]


def test_the_day_is_the_day_in_hanoi_whatever_offset_the_moment_carries() -> None:
    last_second = datetime(2020, 7, 9, 16, 59, 59, tzinfo=UTC)
    _, facts = fulfil(contest_report(), submission("contest-reported", last_second))
    assert only(facts).days_late == 0  # type: ignore[attr-defined]
    _, facts = fulfil(
        contest_report(), submission("contest-reported", last_second + timedelta(seconds=1))
    )
    assert facts[-1].days_late == 1  # type: ignore[attr-defined]


def test_a_missed_obligation_can_be_fulfilled_late_and_both_are_published() -> None:
    state, first = miss(contest_report(), at("2020-07-10", "00:00:00"))
    state, second = fulfil(state, submission("contest-reported", at("2020-07-12")))
    assert isinstance(only(first), DeadlineMissed)
    fulfilled = only(second)
    assert isinstance(fulfilled, ObligationFulfilled)
    assert (fulfilled.days_late, fulfilled.version) == (3, 3)
    assert state.status == "fulfilled"


def test_a_late_report_that_is_sooner_than_the_deadline_clock_publishes_the_miss_itself() -> None:
    state, facts = fulfil(contest_report(), submission("contest-reported", at("2020-07-12")))
    assert [type(fact) for fact in facts] == [DeadlineMissed, ObligationFulfilled]
    assert [fact.version for fact in facts] == [2, 3]
    assert miss(state, at("2020-07-13")) == (state, ())


def test_what_arrived_in_time_counts_in_time_though_it_commits_after_the_miss() -> None:
    state, missed = miss(contest_report(), at("2020-07-10", "00:00:00"))
    _, facts = fulfil(state, submission("contest-reported", at("2020-07-09", "23:59:59")))
    fulfilled = only(facts)
    assert isinstance(fulfilled, ObligationFulfilled)
    assert fulfilled.days_late == 0
    assert fulfilled.version > only(missed).version


def test_what_is_sent_after_the_fulfilment_changes_nothing() -> None:
    state, _ = fulfil(contest_report(), submission("contest-reported", at("2020-07-01")))
    assert fulfil(state, submission("contest-reported", at("2020-07-02"))) == (state, ())


# Two options to one obligation


def test_a_conference_held_in_time_and_reported_within_the_grace_is_in_time() -> None:
    report = submission(
        "conference-reported", at("2020-08-22"), form="held", acted_on=date(2020, 8, 19)
    )
    _, facts = fulfil(conference(), report)
    fulfilled = only(facts)
    assert isinstance(fulfilled, ObligationFulfilled)
    assert (fulfilled.option, fulfilled.days_late) == ("D2", 0)


def test_a_written_report_goes_the_other_way_with_its_own_deadline() -> None:
    _, facts = fulfil(
        conference(), submission("conference-reported", at("2020-08-31"), form="written")
    )
    fulfilled = only(facts)
    assert isinstance(fulfilled, ObligationFulfilled)
    assert (fulfilled.option, fulfilled.days_late) == ("D3", 0)


def test_nothing_is_missed_while_one_way_is_still_good() -> None:
    state, facts = miss(conference(), at("2020-08-31", "23:59:59"))
    assert facts == ()
    _, facts = miss(state, at("2020-09-01", "00:00:00"))
    missed = only(facts)
    assert isinstance(missed, DeadlineMissed)
    assert missed.last_day == date(2020, 8, 31)
    assert missed.missed_at == at("2020-09-01", "00:00:00")


def test_the_reporting_grace_delays_the_miss_and_not_the_lateness() -> None:
    ceremony = owed(
        "D7",
        option(
            "D7", "2020-08-20", by="ceremony-reported", counted_by="held-on", reporting_grace_days=3
        ),
    )
    assert ceremony.missed_at == at("2020-08-23", "00:00:00")
    _, facts = fulfil(
        ceremony, submission("ceremony-reported", at("2020-08-22"), acted_on=date(2020, 8, 21))
    )
    assert only(facts).days_late == 2  # type: ignore[attr-defined]


def test_a_report_that_no_way_takes_is_an_error() -> None:
    with pytest.raises(UnknownOptionError):
        fulfil(conference(), submission("contest-reported", at("2020-07-01")))


# Obligation only without essays (D5)


def test_an_essay_by_the_end_of_the_notice_day_means_nothing_is_owed() -> None:
    state, facts = fulfil(
        first_essays(), submission("essay-submitted", at("2020-06-05", "23:59:59"))
    )
    assert (state.status, facts) == ("not-owed", ())
    assert miss(state, at("2020-12-01")) == (state, ())


def test_the_first_essay_after_the_notice_day_fulfils() -> None:
    state, facts = fulfil(
        first_essays(), submission("essay-submitted", at("2020-06-06", "00:00:00"))
    )
    assert state.status == "fulfilled"
    assert isinstance(only(facts), ObligationFulfilled)


def test_another_essay_takes_the_place_of_a_withdrawn_one() -> None:
    state, _ = fulfil(first_essays(), submission("essay-submitted", at("2020-06-08")))
    state, facts = replace_submission(state, submission("essay-submitted", at("2020-06-21")))
    replaced = only(facts)
    assert isinstance(replaced, ObligationFulfilled)
    assert (replaced.days_late, replaced.version) == (2, 3)


# Moved


def test_a_fulfilled_obligation_is_judged_again_under_the_moved_deadline() -> None:
    state, _ = fulfil(contest_report(), submission("contest-reported", at("2020-07-12")))
    state, facts = moved(state, "D6", date(2020, 7, 14), at("2020-07-13"))
    first, reassessed = facts
    assert isinstance(first, DeadlineMoved)
    assert isinstance(reassessed, ObligationFulfilled)
    assert (reassessed.days_late, reassessed.version, reassessed.deadline_version) == (0, 5, 2)
    assert reassessed.fulfilled_at == at("2020-07-12")
    assert reassessed.version > first.version


def test_a_missed_obligation_is_open_again_when_the_deadline_moves() -> None:
    state, _ = miss(contest_report(), at("2020-07-10"))
    state, facts = moved(state, "D6", date(2020, 7, 14), at("2020-07-11"))
    assert state.status == "open"
    assert isinstance(only(facts), DeadlineMoved)
    assert miss(state, at("2020-07-14", "23:59:59"))[1] == ()
    _, facts = miss(state, at("2020-07-15", "00:00:00"))
    assert only(facts).deadline_version == 2


def test_a_unit_that_has_the_day_already_follows_the_notice_without_a_fact() -> None:
    state, facts = moved(contest_report(), "D6", date(2020, 7, 9), at("2020-07-01"))
    assert facts == ()
    assert (state.version, state.deadline_version) == (1, 2)


@pytest.mark.parametrize("released", ["waived", "not-owed"])
def test_the_deadline_of_who_is_released_follows_a_move_there_and_back_without_a_fact(
    released: str,
) -> None:
    start = replace(first_essays(), status=released)  # type: ignore[arg-type]
    there, facts = moved(start, "D5", date(2020, 6, 24), at("2020-06-05"))
    assert facts == ()
    assert there.option("D5").last_day == date(2020, 6, 24)
    assert (there.version, there.deadline_version) == (1, 2)
    back, facts = moved(there, "D5", date(2020, 6, 19), at("2020-06-05"))
    assert facts == ()
    assert back.option("D5").last_day == date(2020, 6, 19)
    last, _ = moved(back, "D5", date(2020, 6, 19), at("2020-06-05"))
    assert (last.status, last.deadline_version) == (released, 4)


def test_what_is_owed_after_all_is_owed_under_the_deadline_that_moved_meanwhile() -> None:
    state, _ = fulfil(first_essays(), submission("essay-submitted", at("2020-06-05", "09:00:00")))
    state, _ = moved(state, "D5", date(2020, 6, 29), at("2020-06-05"))
    state = reinstate(state, at("2020-06-05", "15:00:00"))
    assert state.status == "open"
    assert miss(state, at("2020-06-29", "23:59:59"))[1] == ()
    missed = only(miss(state, at("2020-06-30", "00:00:00"))[1])
    assert isinstance(missed, DeadlineMissed)
    assert missed.deadline_version == 2


# Waived


def test_after_a_waiver_nothing_fires_any_more() -> None:
    state, facts = waive(contest_report(), now=at("2020-07-01"), **DOCUMENT)
    assert isinstance(only(facts), ObligationWaived)
    assert miss(state, at("2020-12-01")) == (state, ())
    assert fulfil(state, submission("contest-reported", at("2020-07-02"))) == (state, ())
    after, facts = moved(state, "D6", date(2020, 7, 20), at("2020-07-02"))
    assert (after.status, after.version, facts) == ("waived", state.version, ())
    assert remind(state, "D6", 7, (7, 1), at("2020-07-03")) is None
    with pytest.raises(AlreadyWaivedError):
        waive(state, now=at("2020-07-03"), **DOCUMENT)


# Reminders


@pytest.mark.parametrize(
    ("day", "distance", "speaks"),
    [
        ("2020-07-02", 7, False),  # eight days, today included
        ("2020-07-03", 7, True),
        ("2020-07-05", 7, True),  # woken late: still the nearest distance reached
        ("2020-07-09", 1, True),  # the last day itself
        ("2020-07-09", 7, False),  # the nearer one speaks
        ("2020-07-10", 1, False),  # over
    ],
)
def test_only_the_nearest_reminder_that_still_means_something_speaks(
    day: str, distance: int, speaks: bool
) -> None:
    fact = remind(contest_report(), "D6", distance, (7, 1), at(day, "00:00:00"))
    assert (fact is not None) == speaks


def test_a_reminder_says_the_days_left_and_changes_no_version() -> None:
    fact = remind(contest_report(), "D6", 7, (7, 1), at("2020-07-05"))
    assert fact is not None
    assert (fact.days_left, fact.version) == (5, 1)
