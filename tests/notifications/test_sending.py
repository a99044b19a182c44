"""Deliveries on their way: once each, tried again, given up, across replicas and deaths."""

import asyncio
import time
from datetime import timedelta

from infra.local.mail import MailCatcher
from infra.local.webhook import Answer, WebhookCatcher
from services.chassis.base import Chassis
from services.contracts.events import (
    DeadlineMissed,
    DeliveryFailed,
    EssaySubmitted,
    SubscriptionDisabled,
)
from services.contracts.personal import WITHHELD
from services.notifications import metrics
from services.notifications.channels.message import OutgoingMessage
from services.notifications.channels.outcomes import Consequence, Kind, Outcome
from services.notifications.deliveries.conclude import conclude
from services.notifications.deliveries.take import Taken, take
from services.notifications.settings import NotificationsSettings
from tests.notifications.conftest import MakeSettings
from tests.notifications.running import (
    attempts,
    published_facts,
    rows,
    sending,
    states,
    subscribe,
    take_in,
    until_states,
)
from tests.notifications.support import a_fact, an_event

MAIL = "reader@snv.example.org"
MISSED = a_fact(DeadlineMissed, unit="SNV")


async def test_one_event_becomes_one_mail_and_one_webhook(
    chassis: Chassis,
    settings: NotificationsSettings,
    mail_catcher: MailCatcher,
    webhook_catcher: WebhookCatcher,
) -> None:
    await subscribe(chassis.database, MAIL)
    await subscribe(chassis.database, webhook_catcher.url)
    event = an_event(MISSED)
    async with sending(settings) as replica:
        for _ in range(3):
            await take_in(chassis.database, [event])
        await until_states(chassis.database, {"accepted": 2})
        await asyncio.sleep(0.3)
        value = replica.metrics.value
        assert (
            value(metrics.DELIVERIES, channel="email", state="accepted", campaign="hanoi-2020") == 1
        )
    assert mail_catcher.count == 1
    assert len(webhook_catcher.requests) == 1
    assert sorted(await attempts(chassis.database), key=str) == [
        (1, "accepted", 200),
        (1, "accepted", 250),
    ]


async def test_names_of_people_go_to_those_who_asked_for_them_only(
    chassis: Chassis, settings: NotificationsSettings, mail_catcher: MailCatcher
) -> None:
    await subscribe(chassis.database, "with@example.org", personal_data=True)
    await subscribe(chassis.database, "without@example.org")
    fact = a_fact(EssaySubmitted, unit="SNV", title="Cô Tư bán nước")
    async with sending(settings, "email"):
        await take_in(chassis.database, [an_event(fact)])
        await mail_catcher.wait_for(2)
        await until_states(chassis.database, {"accepted": 2})
    by_reader = {m["To"]: m["Subject"] + m.get_content() for m in mail_catcher.messages}
    assert "Cô Tư bán nước" in by_reader["with@example.org"]
    assert "Tổ dân phố số 5" in by_reader["with@example.org"]
    assert "Cô Tư" not in by_reader["without@example.org"]
    assert "Tổ dân phố" not in by_reader["without@example.org"]
    assert WITHHELD in by_reader["without@example.org"]


async def test_a_500_is_tried_again_later_and_then_accepted(
    chassis: Chassis, make_settings: MakeSettings, webhook_catcher: WebhookCatcher
) -> None:
    settings = make_settings(
        database_url=chassis.settings.database_url, delivery_retry_base_s=0.5, delivery_attempts=5
    )
    await subscribe(chassis.database, webhook_catcher.url)
    webhook_catcher.answer_next(500, 502)
    async with sending(settings, "webhook"):
        await take_in(chassis.database, [an_event(MISSED)])
        await until_states(chassis.database, {"accepted": 1})
    assert await attempts(chassis.database) == [
        (1, "transient", 500),
        (2, "transient", 502),
        (3, "accepted", 200),
    ]
    assert await published_facts(chassis.database) == []


async def test_retry_after_is_waited_for(
    chassis: Chassis, settings: NotificationsSettings, webhook_catcher: WebhookCatcher
) -> None:
    await subscribe(chassis.database, webhook_catcher.url)
    webhook_catcher.answer_next(Answer(503, {"Retry-After": "1"}))
    async with sending(settings, "webhook"):
        await take_in(chassis.database, [an_event(MISSED)])
        first, second = await webhook_catcher.wait_for(2)
        await until_states(chassis.database, {"accepted": 1})
    assert 1.0 <= second.received_at - first.received_at < 2.5


async def test_after_the_last_attempt_a_fact_says_what_failed_and_why(
    chassis: Chassis, settings: NotificationsSettings, webhook_catcher: WebhookCatcher
) -> None:
    subscription = await subscribe(chassis.database, webhook_catcher.url)
    webhook_catcher.answer_always(500)
    event = an_event(a_fact(DeadlineMissed, unit="SNV", simulated=True))
    async with sending(settings, "webhook"):
        await take_in(chassis.database, [event])
        await until_states(chassis.database, {"failed": 1})
    [fact] = await published_facts(chassis.database)
    assert isinstance(fact, DeliveryFailed)
    assert (fact.subscription_id, fact.event_id) == (subscription, event.id)
    assert (fact.attempts, fact.cause, fact.channel) == (3, "HTTP 500", "webhook")
    assert fact.simulated
    assert webhook_catcher.url not in fact.model_dump_json()


async def test_410_disables_the_subscription_and_says_so(
    chassis: Chassis, settings: NotificationsSettings, webhook_catcher: WebhookCatcher
) -> None:
    subscription = await subscribe(chassis.database, webhook_catcher.url)
    webhook_catcher.answer_always(410)
    async with sending(settings, "webhook"):
        await take_in(chassis.database, [an_event(MISSED)])
        await until_states(chassis.database, {"failed": 1})
        await take_in(chassis.database, [an_event(MISSED)])
        await asyncio.sleep(0.3)
    assert len(webhook_catcher.requests) == 1
    failed, disabled = await published_facts(chassis.database)
    assert isinstance(failed, DeliveryFailed)
    assert isinstance(disabled, SubscriptionDisabled)
    assert disabled.subscription_id == subscription
    assert "410" in disabled.reason
    [row] = await rows(chassis.database, "SELECT state, disabled_reason FROM subscriptions")
    assert row["state"] == "disabled"


async def test_many_failures_in_a_row_disable_and_one_success_between_does_not(
    chassis: Chassis, settings: NotificationsSettings, webhook_catcher: WebhookCatcher
) -> None:
    await subscribe(chassis.database, webhook_catcher.url)
    async with sending(settings, "webhook"):
        for number, answer in enumerate([400, 400, 200, 400, 400, 400], start=1):
            [row] = await rows(chassis.database, "SELECT state FROM subscriptions")
            assert row["state"] == "active"
            webhook_catcher.answer_always(answer)
            await take_in(chassis.database, [an_event(MISSED)])
            accepted = int(number >= 3)
            wanted = {"failed": number - accepted} | ({"accepted": 1} if accepted else {})
            await until_states(chassis.database, wanted)
    [row] = await rows(chassis.database, "SELECT state, disabled_reason FROM subscriptions")
    assert row["state"] == "disabled"
    assert row["disabled_reason"].startswith("3 failures in a row")
    assert [type(fact) for fact in await published_facts(chassis.database)].count(
        SubscriptionDisabled
    ) == 1


async def test_a_relay_that_is_away_delays_mail_and_disables_nobody(
    chassis: Chassis, make_settings: MakeSettings, mail_catcher: MailCatcher
) -> None:
    settings = make_settings(
        database_url=chassis.settings.database_url, delivery_attempts=2, disable_after=1
    )
    await subscribe(chassis.database, MAIL)
    mail_catcher.stop()
    async with sending(settings, "email"):
        await take_in(chassis.database, [an_event(MISSED)])
        await until_states(chassis.database, {"failed": 1})
    [row] = await rows(chassis.database, "SELECT state, failed_in_row FROM subscriptions")
    assert (row["state"], row["failed_in_row"]) == ("active", 0)


async def test_two_replicas_send_each_delivery_once(
    chassis: Chassis,
    settings: NotificationsSettings,
    mail_catcher: MailCatcher,
    webhook_catcher: WebhookCatcher,
) -> None:
    for number in range(4):
        await subscribe(chassis.database, f"reader{number}@example.org")
        await subscribe(chassis.database, f"{webhook_catcher.url}/{number}")
    async with sending(settings) as one, sending(settings) as two:
        for _ in range(5):
            await take_in(chassis.database, [an_event(MISSED) for _ in range(3)])
        await until_states(chassis.database, {"accepted": 120}, seconds=20)
    shares = [
        replica.metrics.value(
            metrics.DELIVERIES, channel="webhook", state="accepted", campaign="hanoi-2020"
        )
        or 0
        for replica in (one, two)
    ]
    assert sum(shares) == 60
    ids = [message["Message-ID"] for message in mail_catcher.messages]
    assert len(ids) == len(set(ids)) == 60
    ids = [call.headers["webhook-id"] for call in webhook_catcher.requests]
    assert len(ids) == len(set(ids)) == 60


class Stuck:
    """A channel whose process is about to die: it never comes back from the first send."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()

    async def send(self, _letter: OutgoingMessage) -> Outcome:
        self.reached.set()
        await asyncio.sleep(3600)
        raise AssertionError("unreachable")

    async def close(self) -> None:
        """Nothing to give back."""


async def test_what_a_replica_had_taken_when_it_was_cut_off_is_sent_after_the_lease(
    chassis: Chassis, make_settings: MakeSettings, webhook_catcher: WebhookCatcher
) -> None:
    settings = make_settings(
        database_url=chassis.settings.database_url,
        attempt_timeout_s=0.5,
        lease_s=1,
        sender_safety_poll_s=0.2,
    )
    await subscribe(chassis.database, webhook_catcher.url)
    await take_in(chassis.database, [an_event(MISSED)])
    stuck = Stuck()
    async with chassis.database.transaction() as tx:
        [taken] = await take(tx, "webhook", 5, lease=timedelta(seconds=1))
    assert taken.message
    dying = asyncio.create_task(stuck.send(taken.message))
    await stuck.reached.wait()
    dying.cancel()
    async with sending(settings, "webhook"):
        await asyncio.sleep(0.5)
        assert webhook_catcher.requests == []  # the lease still runs
        await until_states(chassis.database, {"accepted": 1})
    assert await attempts(chassis.database) == [(1, "lost", None), (2, "accepted", 200)]


async def test_a_delivery_that_kills_every_process_that_sends_it_is_given_up(
    chassis: Chassis, settings: NotificationsSettings, webhook_catcher: WebhookCatcher
) -> None:
    await subscribe(chassis.database, webhook_catcher.url)
    await take_in(chassis.database, [an_event(MISSED)])
    for _ in range(settings.delivery_attempts):
        async with chassis.database.transaction() as tx:
            assert await take(tx, "webhook", 5, lease=timedelta())
    async with sending(settings, "webhook"):
        await until_states(chassis.database, {"failed": 1})
    assert webhook_catcher.requests == []
    [fact] = await published_facts(chassis.database)
    assert isinstance(fact, DeliveryFailed)


async def test_a_slow_replica_s_no_changes_nothing_and_its_yes_always_counts(
    chassis: Chassis, webhook_catcher: WebhookCatcher
) -> None:
    await subscribe(chassis.database, webhook_catcher.url)
    await take_in(chassis.database, [an_event(MISSED)])
    database = chassis.database
    takers = []
    for _ in range(2):
        async with database.transaction() as tx:
            takers += await take(tx, "webhook", 5, lease=timedelta())
    slow, _ = takers
    refused = Outcome(Kind.REFUSED, 400)
    async with database.transaction() as tx:
        assert not await conclude(tx, slow, refused, Consequence("failed"), disable_after=9)
    assert await states(database) == {"pending": 1}
    async with database.transaction() as tx:
        yes = Outcome(Kind.ACCEPTED, 200)
        assert await conclude(tx, slow, yes, Consequence("accepted"), disable_after=9)
    assert await states(database) == {"accepted": 1}
    assert await published_facts(database) == []


async def test_many_answers_at_once_do_not_wait_for_each_other_in_a_circle(
    chassis: Chassis, webhook_catcher: WebhookCatcher
) -> None:
    """Who switches a subscription off reaches for all its deliveries; who concludes one of them had
    it, and reached for the subscription: with two replicas it took half a minute to get off."""
    await subscribe(chassis.database, webhook_catcher.url)
    deliveries = 4
    await take_in(chassis.database, [an_event(MISSED) for _ in range(deliveries)])
    database = chassis.database
    messages: list[Taken] = []
    async with database.transaction() as tx:
        while one := await take(tx, "webhook", 50, lease=timedelta(minutes=1)):
            messages += one
    assert len(messages) == deliveries
    gone = Outcome(Kind.GONE, 410, "HTTP 410"), Consequence("failed", disables=True, blames=True)
    yes = Outcome(Kind.ACCEPTED, 200), Consequence("accepted")

    async def end(message: Taken, answer: tuple[Outcome, Consequence]) -> None:
        async with database.transaction() as tx:
            assert await conclude(tx, message, *answer, disable_after=99)

    async with database.transaction() as tx:  # nobody gets ahead of the others
        await tx.execute("SELECT FROM subscriptions FOR UPDATE")
        answers = zip(messages, [gone, gone, gone, yes], strict=True)
        ends = [asyncio.create_task(end(*one)) for one in answers]
        while await tx.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted") < 3:  # noqa: ASYNC110 - asked
            await asyncio.sleep(0.05)
    await asyncio.gather(*ends)
    assert await states(database) == {"failed": 3, "accepted": 1}
    disabled = [
        one for one in await published_facts(database) if isinstance(one, SubscriptionDisabled)
    ]
    assert len(disabled) == 1


async def test_a_slow_receiver_leaves_room_for_the_others(
    chassis: Chassis, make_settings: MakeSettings, webhook_catcher: WebhookCatcher
) -> None:
    settings = make_settings(
        database_url=chassis.settings.database_url, per_subscription_concurrency=1
    )
    slow = await subscribe(chassis.database, f"{webhook_catcher.url}/slow")
    await take_in(chassis.database, [an_event(MISSED) for _ in range(20)])
    quick = await subscribe(chassis.database, f"{webhook_catcher.url}/quick")
    webhook_catcher.answer_next(Answer(200, pause=1.5))
    async with sending(settings, "webhook"):
        await webhook_catcher.wait_for(1)
        await take_in(chassis.database, [an_event(MISSED)])
        await webhook_catcher.wait_for(2, timeout_seconds=1.2)
        assert webhook_catcher.requests[1].path == "/hook/quick"
        await until_states(chassis.database, {"accepted": 22})
    counts = await rows(
        chassis.database, "SELECT subscription_id, count(*) FROM deliveries GROUP BY 1"
    )
    assert {row["subscription_id"]: row["count"] for row in counts} == {slow: 21, quick: 1}


async def test_an_error_of_ours_holds_nobody_else_up(
    chassis: Chassis, settings: NotificationsSettings, webhook_catcher: WebhookCatcher
) -> None:
    await subscribe(
        chassis.database, f"{webhook_catcher.url}/broken", secret=b"not encrypted by us"
    )
    await subscribe(chassis.database, f"{webhook_catcher.url}/fine")
    async with sending(settings, "webhook"):
        await take_in(chassis.database, [an_event(MISSED)])
        await until_states(chassis.database, {"accepted": 1, "failed": 1})
    assert [call.path for call in webhook_catcher.requests] == ["/hook/fine"]
    found = await rows(chassis.database, "SELECT failed_in_row FROM subscriptions")
    assert {row["failed_in_row"] for row in found} == {0}


async def test_the_sender_sleeps_when_nothing_is_due(
    chassis: Chassis, make_settings: MakeSettings
) -> None:
    settings = make_settings(database_url=chassis.settings.database_url, sender_safety_poll_s=60)
    async with sending(settings, "webhook") as replica:
        opened = 0
        begin = replica.database._begin

        async def counted() -> object:
            nonlocal opened
            opened += 1
            return await begin()

        replica.database._begin = counted  # type: ignore[method-assign, assignment]
        for _ in range(20):  # it looks when it starts and when it listens, however long that takes
            opened = 0
            await asyncio.sleep(1)
            if opened == 0:
                return
        raise AssertionError(f"{opened} transactions a second with nothing due")


async def test_mails_keep_to_the_rate_that_the_relay_allows(
    chassis: Chassis, make_settings: MakeSettings, mail_catcher: MailCatcher
) -> None:
    settings = make_settings(database_url=chassis.settings.database_url, mails_per_minute=300)
    await subscribe(chassis.database, MAIL)
    await take_in(chassis.database, [an_event(MISSED) for _ in range(6)])
    async with sending(settings, "email"):
        started = time.monotonic()
        await until_states(chassis.database, {"accepted": 6})
    assert time.monotonic() - started >= 5 * 0.2
    assert mail_catcher.count == 6
