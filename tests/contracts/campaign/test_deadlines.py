"""Strictly before, on or before: in the campaign's own days, whatever the clock's zone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.deadlines import Deadline, Span, days_late, local_day, start_of

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
days = st.dates(date(2000, 1, 1), date(2100, 1, 1))
instants = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001
    lambda naive: naive.replace(tzinfo=UTC)
)


@given(days)
def test_before_a_day_leaves_that_day_out_and_on_a_day_takes_it_in(day: date) -> None:
    assert Deadline(date=day, included=False).last_day == day - timedelta(days=1)
    assert Deadline(date=day, included=True).last_day == day


@given(days, st.booleans(), instants)
def test_an_instant_is_in_time_exactly_until_the_deadline_closes(
    day: date, included: bool, instant: datetime
) -> None:
    deadline = Deadline(date=day, included=included)
    in_time = local_day(instant, HANOI) <= deadline.last_day
    assert in_time == (instant < deadline.closes_at(HANOI))
    late = days_late(local_day(instant, HANOI), deadline.last_day)
    assert (late == 0) == in_time


@given(days, st.booleans())
def test_a_deadline_closes_at_midnight_after_the_last_good_day(day: date, included: bool) -> None:
    deadline = Deadline(date=day, included=included)
    closes = deadline.closes_at(HANOI)
    assert local_day(closes, HANOI) == deadline.last_day + timedelta(days=1)
    assert local_day(closes - timedelta(microseconds=1), HANOI) == deadline.last_day


@given(days, st.integers(-400, 400))
def test_days_late_counts_whole_days_and_is_never_negative(last: date, difference: int) -> None:
    assert days_late(last + timedelta(days=difference), last) == max(0, difference)


def test_an_essay_at_0030_in_hanoi_belongs_to_the_new_day_though_utc_says_the_old_one() -> None:
    instant = datetime.fromisoformat("2020-06-11T17:30:00+00:00")
    assert local_day(instant, HANOI) == date(2020, 6, 12)


def test_a_time_without_its_offset_has_no_local_day() -> None:
    with pytest.raises(ValueError, match="offset"):
        local_day(datetime(2020, 6, 11, 12), HANOI)  # noqa: DTZ001


def test_a_day_begins_when_the_clocks_say_so_where_they_are_changed() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    before, after = start_of(date(2020, 3, 29), berlin), start_of(date(2020, 3, 30), berlin)
    assert after.astimezone(UTC) - before.astimezone(UTC) == timedelta(hours=23)


@given(moved=days, included=st.booleans())
def test_a_moved_way_moves_alone_and_the_plan_stays_as_it_was(
    hanoi: Campaign, moved: date, included: bool
) -> None:
    deadline = Deadline(date=moved, included=included)
    plan = hanoi.plan.with_deadlines({"D6": deadline})
    assert plan.obligation("D6").option("D6").last_day == deadline.last_day
    for option in ("D1", "D2", "D3", "D5", "D7"):
        assert plan.obligation_of_option(option).option(option) == hanoi.plan.obligation_of_option(
            option
        ).option(option)
    assert hanoi.plan.obligation("D6").option("D6").due == Span(date="2020-07-10", included=False)


def test_an_obligation_is_missed_when_the_way_that_stays_open_longest_is_over(
    hanoi: Campaign,
) -> None:
    later = hanoi.plan.with_deadlines({"D2": Deadline(date="2020-09-10", included=True)})
    obligation = later.obligation("D2")
    assert obligation.last_option.id == "D2"
    assert obligation.missed_at(later.zone) == datetime.fromisoformat("2020-09-14T00:00:00+07:00")


@given(moved=days)
def test_the_last_day_of_an_essay_that_is_owed_follows_the_moved_deadline(
    hanoi: Campaign, moved: date
) -> None:
    later = hanoi.plan.with_deadlines({"D5": Deadline(date=moved, included=True)})
    assert later.obligation("D5").last_essay_day(None) == moved
    others = [each for each in later.obligations if each.id != "D5"]
    assert {each.last_essay_day(None) for each in others} == {None}


def test_ids_that_the_plan_does_not_have_are_key_errors(hanoi: Campaign) -> None:
    for ask in (
        hanoi.plan.obligation,
        hanoi.plan.obligation_of_option,
        hanoi.plan.obligation("D2").option,
    ):
        with pytest.raises(KeyError):
            ask("D9")
