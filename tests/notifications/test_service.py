"""The whole service on a real broker: from a fact on its topic to the receiver's yes."""

import asyncio
import os
import secrets
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from standardwebhooks import Webhook

from infra.local.broker import Broker
from infra.local.issuer import Issuer
from infra.local.mail import MailCatcher
from infra.local.ports import free_port
from infra.local.webhook import Answer, WebhookCatcher
from services.chassis.broker.topic_admin import ensure_topics
from services.chassis.running.service import create_app
from services.contracts.envelope import Event, decode, encode
from services.contracts.events import (
    DeadlineMissed,
    DeliveryFailed,
    EssaySubmitted,
    Fact,
    SubscriptionDisabled,
)
from services.contracts.topics import all_topics, dead_letter_topic, topic_of
from services.notifications.app import compose
from services.notifications.events import PUBLISHES
from services.notifications.settings import NotificationsSettings
from tests.notifications.calling import Call
from tests.notifications.conftest import MakeSettings
from tests.notifications.running import attempts, rows, sending, until, until_states
from tests.notifications.support import a_fact, hanoi
from tests.support.announcing import announcement, renamed
from tests.support.publishers import note_publishers
from tests.support.serving import served

MISSED = a_fact(DeadlineMissed, unit="SNV")


@pytest.fixture
async def on_kafka(
    settings: NotificationsSettings, make_settings: MakeSettings, broker: Broker
) -> NotificationsSettings:
    """Settings over topics of this test's own."""
    made = make_settings(
        database_url=settings.database_url,
        kafka_bootstrap=broker.bootstrap,
        topic_prefix=f"t{secrets.token_hex(4)}",
        topic_partitions=2,
        batch_wait_ms=10,
    )
    topics = all_topics(made.topic_prefix, 2, 1, ["notifications"])
    await ensure_topics(made, topics)
    return made


@asynccontextmanager
async def replica(settings: NotificationsSettings, issuer: Issuer) -> AsyncIterator[Any]:
    """The whole service in this process, ready; calls of its API and its database."""
    service = compose(settings)
    async with (
        served(create_app(service)) as url,
        httpx.AsyncClient(base_url=url, timeout=20) as client,
    ):
        await ready(client)
        call = Call(client, issuer)
        yield call, service.chassis


async def ready(client: httpx.AsyncClient) -> None:
    for _ in range(600):
        try:
            answer = await client.get("/health/ready")
            if answer.json()["status"] == "ok":
                return
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.05)
    raise AssertionError(f"not ready: {answer.text}")


@pytest.fixture
async def publish(on_kafka: NotificationsSettings) -> AsyncIterator[Callable[..., Any]]:
    """Publish facts on their topics, as submissions would; gives their ids."""
    producer = AIOKafkaProducer(bootstrap_servers=on_kafka.kafka_bootstrap, acks="all")
    await producer.start()

    async def send(*facts: Fact, times: int = 1) -> list[str]:
        ids = []
        for fact in facts:
            event_id, message = encode(fact, source="submissions", now=datetime.now(UTC))
            ids.append(str(event_id))
            for _ in range(times):
                await producer.send_and_wait(
                    topic_of(on_kafka.topic_prefix, type(fact)),
                    key=message.key,
                    value=message.value,
                    headers=message.headers,
                )
        return ids

    yield send
    await producer.stop()


async def read_topic(settings: NotificationsSettings, topic: str, count: int) -> list[Any]:
    """The first records of a topic."""
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=settings.kafka_bootstrap, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        async with asyncio.timeout(15):
            return [await consumer.getone() for _ in range(count)]
    finally:
        await consumer.stop()


async def test_a_fact_that_comes_three_times_to_two_replicas_is_one_mail_and_one_webhook(
    on_kafka: NotificationsSettings,
    publish: Callable[..., Any],
    issuer: Issuer,
    mail_catcher: MailCatcher,
    webhook_catcher: WebhookCatcher,
) -> None:
    async with replica(on_kafka, issuer) as (one, chassis), replica(on_kafka, issuer) as (two, _):
        await one.subscribe()
        hook = await two.subscribe(
            event_types=["deadline-missed", "essay-submitted"], url=webhook_catcher.url
        )
        ids = await publish(MISSED, a_fact(EssaySubmitted, unit="SNV"), times=3)
        await publish(a_fact(DeadlineMissed, unit="STP"))
        await until_states(chassis.database, {"accepted": 3}, seconds=20)
        await asyncio.sleep(0.5)
        exposed = (await one.client.get("/metrics")).text
    assert 'thidua_deliveries_backlog{channel="email"}' in exposed
    [mail] = mail_catcher.messages
    assert mail["Subject"].startswith("Quá hạn: Báo cáo đánh giá")
    bodies = [
        Webhook(hook["secret"]).verify(request.body, dict(request.headers))
        for request in webhook_catcher.requests
    ]
    assert sorted(body["id"] for body in bodies) == sorted(ids)


async def test_a_subscription_of_one_replica_is_served_by_the_other_at_once(
    on_kafka: NotificationsSettings,
    publish: Callable[..., Any],
    issuer: Issuer,
    webhook_catcher: WebhookCatcher,
) -> None:
    async with replica(on_kafka, issuer) as (one, chassis), replica(on_kafka, issuer) as (two, _):
        # Units of both partitions: whichever replica has them, both must know.
        units = [unit.code for unit in hanoi().units if unit.level == "upper"][:12]
        for number, unit in enumerate(units):
            via = one if number % 2 else two
            await via.subscribe(unit=unit, url=f"{webhook_catcher.url}/{unit}")
            await publish(a_fact(DeadlineMissed, unit=unit))
        await until_states(chassis.database, {"accepted": len(units)}, seconds=20)
    assert sorted(r.path.split("/")[-1] for r in webhook_catcher.requests) == sorted(units)


async def test_what_failed_for_good_is_published_on_its_topic(
    on_kafka: NotificationsSettings,
    publish: Callable[..., Any],
    issuer: Issuer,
    webhook_catcher: WebhookCatcher,
) -> None:
    webhook_catcher.answer_always(410)
    async with replica(on_kafka, issuer) as (call, _):
        made = await call.subscribe(url=webhook_catcher.url)
        [event_id] = await publish(MISSED)
        for kind in (DeliveryFailed, SubscriptionDisabled):
            [record] = await read_topic(on_kafka, topic_of(on_kafka.topic_prefix, kind), 1)
            event = decode(record.key, record.headers, record.value)
            assert isinstance(event, Event)
            assert str(event.data.subscription_id) == made["id"]  # type: ignore[attr-defined]
            if isinstance(event.data, DeliveryFailed):
                assert str(event.data.event_id) == event_id


async def test_what_ends_attempts_publishes_what_the_map_has_and_nothing_else_does(
    on_kafka: NotificationsSettings,
    publish: Callable[..., Any],
    issuer: Issuer,
    webhook_catcher: WebhookCatcher,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The map of events.py, held against a run: every command, both ends of a delivery."""
    seen = note_publishers(monkeypatch, PUBLISHES)
    webhook_catcher.answer_next(Answer(200))
    webhook_catcher.answer_always(410)
    async with replica(on_kafka, issuer) as (call, chassis):
        made = await call.subscribe(url=webhook_catcher.url)
        path = f"/v1/subscriptions/{made['id']}"
        await publish(MISSED)
        await until_states(chassis.database, {"accepted": 1}, seconds=20)
        await publish(MISSED)
        await until_states(chassis.database, {"accepted": 1, "failed": 1}, seconds=20)
        assert (await call("POST", f"{path}/resumption", json={})).is_success
        assert (await call("DELETE", path)).is_success
    assert seen == {command: set(facts) for command, facts in PUBLISHES.items()}


async def test_an_event_of_an_unknown_unit_or_campaign_is_set_aside_and_stops_nothing_behind_it(
    on_kafka: NotificationsSettings,
    publish: Callable[..., Any],
    issuer: Issuer,
    mail_catcher: MailCatcher,
) -> None:
    hasty = on_kafka.model_copy(update={"campaign_wait_s": 0.5})
    async with replica(hasty, issuer) as (call, chassis):
        await call.subscribe()
        await publish(MISSED.model_copy(update={"campaign": "hanoi-2019"}))
        await publish(a_fact(DeadlineMissed, unit="NOBODY"), MISSED)
        await until_states(chassis.database, {"accepted": 1})
        topic = dead_letter_topic(on_kafka.topic_prefix, "notifications")
        records = await read_topic(on_kafka, topic, 2)
    causes = {dict(record.headers)["dl_cause"] for record in records}
    assert causes == {b"unknown-unit", b"unknown-campaign"}
    assert mail_catcher.count == 1


async def test_events_wait_for_their_campaign_and_are_delivered_when_it_is_announced(
    on_kafka: NotificationsSettings,
    publish: Callable[..., Any],
    issuer: Issuer,
    mail_catcher: MailCatcher,
) -> None:
    """No restart: both replicas follow the topic, and a subscription to all covers what comes."""
    patient = on_kafka.model_copy(update={"campaign_wait_s": 600})
    edit = renamed("hanoi-2021")
    async with (
        replica(patient, issuer) as (one, chassis),
        replica(patient, issuer) as (two, other),
    ):
        await one.subscribe()
        await two.subscribe(campaign="hanoi-2020", address="other@snv.example.org")
        await publish(MISSED.model_copy(update={"campaign": "hanoi-2021"}))
        await publish(announcement(edit=edit, rules=False))
        await until_states(chassis.database, {"accepted": 1})

        async def both_know() -> bool:
            looks = [await call.client.get("/health/ready") for call in (one, two)]
            return all("hanoi-2021" in look.json()["about"]["campaigns"] for look in looks)

        await until(both_know)
        named = await two.subscribe(campaign="hanoi-2021", address="third@snv.example.org")
        await publish(MISSED.model_copy(update={"campaign": "hanoi-2021"}), MISSED)
        await until_states(other.database, {"accepted": 5})
    assert named["campaign"] == "hanoi-2021"
    readers = sorted((str(mail["To"]), str(mail["List-Id"])) for mail in mail_catcher.messages)
    assert [(to.split("@")[0], "2021" in list_id) for to, list_id in readers] == [
        ("other", False), ("reader", False), ("reader", True), ("reader", True), ("third", True)
    ]  # fmt: skip


async def test_a_service_without_any_campaign_is_ready_and_says_so(
    bare_settings: NotificationsSettings, on_kafka: NotificationsSettings, issuer: Issuer
) -> None:
    assert on_kafka.database_url == bare_settings.database_url
    connection = await asyncpg.connect(bare_settings.database_url)
    await connection.execute("TRUNCATE campaigns, campaign_versions")
    await connection.close()
    async with replica(on_kafka, issuer) as (call, _):
        answer = await call.client.get("/health/ready")
        assert answer.status_code == 200
        assert answer.json()["about"]["campaigns"] == "none was announced"
        assert (await call("GET", "/v1/subscriptions")).json()["items"] == []


async def test_a_service_with_an_empty_database_gets_its_campaigns_from_the_topics(
    bare_settings: NotificationsSettings,
    on_kafka: NotificationsSettings,
    publish: Callable[..., Any],
    issuer: Issuer,
) -> None:
    connection = await asyncpg.connect(bare_settings.database_url)
    await connection.execute("TRUNCATE campaigns, campaign_versions")
    await connection.close()
    await publish(announcement(edit=renamed("hanoi-2021"), rules=False))
    async with replica(on_kafka, issuer) as (call, _):
        assert (await call.subscribe(campaign="hanoi-2021"))["unit"] == "SNV"


def environment(settings: NotificationsSettings, port: int) -> dict[str, str]:
    """The same settings for a process of its own."""
    values = settings.model_dump(mode="json", exclude_none=True) | {"http_port": port}
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("THIDUA_")},
        **{f"NOTIFICATIONS_{name.upper()}": str(value) for name, value in values.items()},
    }


async def test_a_sender_that_is_killed_in_the_middle_loses_nothing(
    on_kafka: NotificationsSettings,
    publish: Callable[..., Any],
    issuer: Issuer,
    webhook_catcher: WebhookCatcher,
    tmp_path: Path,
) -> None:
    settings = on_kafka.model_copy(
        update={"attempt_timeout_s": 2.0, "lease_s": 4.0, "sender_safety_poll_s": 0.5}
    )
    port = free_port()
    with (tmp_path / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "services.notifications"),
            env=environment(settings, port),
            stdout=log,
            stderr=log,
        )
        try:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
                await ready(client)
                await Call(client, issuer).subscribe(url=webhook_catcher.url)
                webhook_catcher.answer_next(Answer(200, pause=30))
                [event_id] = await publish(MISSED)
                await webhook_catcher.wait_for(1, timeout_seconds=15)
                process.send_signal(signal.SIGKILL)
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()
    async with sending(settings, "webhook") as other:
        await until_states(other.database, {"accepted": 1}, seconds=20)
        found = await attempts(other.database)
        assert [outcome for _, outcome, _ in found] == ["lost", "accepted"]
        events = await rows(other.database, "SELECT event_id FROM deliveries")
        assert [str(row["event_id"]) for row in events] == [event_id]
    first, second = webhook_catcher.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
