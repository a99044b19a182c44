"""What is tried again, when, and what ends a delivery."""

import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from services.notifications.channels.outcomes import (
    REFUSALS,
    Kind,
    Outcome,
    Schedule,
    consequence_of,
    of_http,
)
from services.notifications.deliveries.sender import schedule_of
from services.notifications.settings import NotificationsSettings
from tests.notifications.support import KEY

NOW = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
SCHEDULE = Schedule(
    attempts=5, base=timedelta(seconds=10), factor=3, longest=timedelta(seconds=200)
)
TRANSIENT = Outcome(Kind.TRANSIENT, 500)


class Highest(random.Random):
    def random(self) -> float:
        return 1.0


class Lowest(random.Random):
    def random(self) -> float:
        return 0.0


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_every_2xx_is_a_yes(status: int) -> None:
    assert of_http(status, None, NOW).kind is Kind.ACCEPTED


@pytest.mark.parametrize("status", sorted(REFUSALS))
def test_a_refusal_of_the_message_itself_is_not_tried_again(status: int) -> None:
    outcome = of_http(status, None, NOW)
    assert outcome.kind is Kind.REFUSED
    judged = consequence_of(outcome, 1, SCHEDULE, draw=Highest())
    assert (judged.state, judged.blames, judged.disables) == ("failed", True, False)


MENDABLE = [401, 403, 404, 408, 409, 423, 425, 429, 500, 502, 503, 504, 599]


@pytest.mark.parametrize("status", MENDABLE)
def test_what_a_receiver_can_mend_is_tried_again(status: int) -> None:
    assert of_http(status, None, NOW).kind is Kind.TRANSIENT


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed_and_named_in_the_cause(status: int) -> None:
    outcome = of_http(status, None, NOW)
    assert outcome.kind is Kind.TRANSIENT
    assert "redirects are not followed" in outcome.detail


def test_410_ends_the_delivery_and_the_subscription() -> None:
    judged = consequence_of(of_http(410, None, NOW), 1, SCHEDULE, draw=Highest())
    assert (judged.state, judged.disables) == ("failed", True)


def test_pauses_are_those_of_the_one_backoff() -> None:
    pauses = [SCHEDULE.pause(n, None, draw=Highest()).total_seconds() for n in (1, 2, 3, 4, 5000)]
    assert pauses == pytest.approx([10, 30, 90, 200, 200])
    assert SCHEDULE.pause(3, None, draw=Lowest()).total_seconds() == pytest.approx(45)


def test_retry_after_is_a_lower_bound_in_seconds_or_as_a_date() -> None:
    date = format_datetime(NOW + timedelta(seconds=60), usegmt=True)
    for header in ("60", " 60 ", date):
        asked = of_http(503, header, NOW).retry_after
        assert asked == timedelta(seconds=60)
        assert timedelta(seconds=60) < SCHEDULE.pause(1, asked, draw=Lowest())
        assert SCHEDULE.pause(1, asked, draw=Highest()) <= timedelta(seconds=60) + SCHEDULE.base


@pytest.mark.parametrize("header", ["86400", "9" * 400, "Fri, 31 Dec 2999 23:59:59 GMT"])
def test_retry_after_is_bounded_by_the_longest_pause(header: str) -> None:
    asked = of_http(429, header, NOW).retry_after
    assert SCHEDULE.pause(1, asked, draw=Highest()) == SCHEDULE.longest


@pytest.mark.parametrize("header", ["soon", "-5", "1.5", "", "٣", "Mon, 99 Foo 2020"])
def test_a_retry_after_that_says_nothing_is_ignored(header: str) -> None:
    assert of_http(503, header, NOW).retry_after is None


def test_a_date_in_the_past_means_now() -> None:
    assert of_http(503, "Wed, 21 Oct 2015 07:28:00 GMT", NOW).retry_after == timedelta()


def test_the_last_attempt_gives_up_and_the_one_before_does_not() -> None:
    assert consequence_of(TRANSIENT, 4, SCHEDULE, draw=Highest()).state == "pending"
    last = consequence_of(TRANSIENT, 5, SCHEDULE, draw=Highest())
    assert (last.state, last.pause, last.blames) == ("failed", None, True)


def test_a_fault_of_ours_is_not_blamed_on_the_subscription() -> None:
    ours = Outcome(Kind.TRANSIENT, None, "mail relay: SMTPConnectError", ours=True)
    assert not consequence_of(ours, 5, SCHEDULE, draw=Highest()).blames


def test_the_default_schedule_lasts_longer_than_a_day_at_most() -> None:
    schedule = schedule_of(
        NotificationsSettings(database_url="postgresql://x", secret_key=KEY, _env_file=None)
    )
    longest = (schedule.pause(n, None, draw=Highest()) for n in range(1, schedule.attempts))
    total = sum(longest, timedelta())
    assert timedelta(hours=24) < total < timedelta(hours=36)
