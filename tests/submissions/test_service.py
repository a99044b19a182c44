"""The whole service on real PostgreSQL and a real broker: from a request to the record."""

import asyncio
import secrets
from typing import Any

import httpx
from aiokafka import AIOKafkaConsumer

from infra.local.broker import Broker
from infra.local.issuer import Issuer
from infra.local.postgres import PostgresCluster
from services.chassis.broker.topic_admin import ensure_topics
from services.chassis.running.service import create_app
from services.chassis.storage.migrations import migrate
from services.contracts.envelope import Event, decode
from services.contracts.events import EssaySubmitted
from services.contracts.topics import all_topics, topic_of
from services.submissions.app import compose
from services.submissions.settings import SubmissionsSettings
from tests.submissions.replica import essay, settings_of
from tests.support.announcing import announcement
from tests.support.serving import served

HERE = "/v1/campaigns/hanoi-2020"


async def ready(client: httpx.AsyncClient) -> None:
    """Wait for the service to say that it is, with nothing degraded."""
    for _ in range(600):
        answer = await client.get("/health/ready")
        if answer.json()["status"] == "ok":
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"not ready: {answer.text}")


async def records_of(consumer: AIOKafkaConsumer, *, quiet_ms: int = 1500) -> list[Any]:
    """Every record of a topic: waits for the first, then until nothing more comes for a while."""
    async with asyncio.timeout(20):
        found = [await consumer.getone()]
        while more := await consumer.getmany(timeout_ms=quiet_ms):
            found += [record for records in more.values() for record in records]
    return found


async def check_that_another_database_gets_it_from_the_topic(
    settings: SubmissionsSettings, issuer: Issuer, postgres: PostgresCluster
) -> None:
    """A service with an empty database is ready, says so, and then has what was announced."""
    url = postgres.create_database("submissions_made_anew")
    await asyncio.to_thread(migrate, "submissions", url)
    anew = create_app(compose(settings.model_copy(update={"database_url": url})))
    async with served(anew) as base, httpx.AsyncClient(base_url=base, timeout=20) as client:
        await ready(client)
        board = {"Authorization": f"Bearer {issuer.mint('board', None)}"}
        for _ in range(600):
            if (await client.get("/v1/campaigns", headers=board)).json()["campaigns"]:
                break
            await asyncio.sleep(0.1)
        owed = await client.get(f"{HERE}/obligations", params={"unit": "SNV"}, headers=board)
        assert {one["status"] for one in owed.json()["obligations"]} == {"open"}
        assert len(owed.json()["obligations"]) == 4


async def test_an_essay_sent_twice_under_one_key_is_one_record_on_its_topic(
    dsn: str, broker: Broker, issuer: Issuer, postgres: PostgresCluster
) -> None:
    settings = settings_of(
        dsn,
        issuer,
        kafka_bootstrap=broker.bootstrap,
        topic_prefix=f"t{secrets.token_hex(4)}",
        topic_partitions=2,
    )
    await ensure_topics(settings, all_topics(settings.topic_prefix, 2, 1, []))
    async with (
        served(create_app(compose(settings))) as url,
        httpx.AsyncClient(base_url=url, timeout=20) as client,
    ):
        await ready(client)
        fact = announcement()
        files = {"plan.yaml": fact.plan, "units.csv": fact.units}
        board = {
            "Authorization": f"Bearer {issuer.mint('board', None)}",
            "Idempotency-Key": "campaign-of-the-test",
        }
        sent = {"files": files, "document": fact.document}
        accepted = await client.post("/v1/campaigns", json=sent, headers=board)
        assert accepted.status_code == 201, accepted.text
        headers = {
            "Authorization": f"Bearer {issuer.mint('unit', 'SNV')}",
            "Idempotency-Key": "essay-of-the-test",
        }
        first = await client.post(f"{HERE}/essays", json=essay(), headers=headers)
        repeated = await client.post(f"{HERE}/essays", json=essay(), headers=headers)
        assert first.status_code == repeated.status_code == 201, first.text
        assert repeated.json() == first.json()

        topic = topic_of(settings.topic_prefix, EssaySubmitted)
        consumer = AIOKafkaConsumer(
            topic, bootstrap_servers=broker.bootstrap, auto_offset_reset="earliest"
        )
        await consumer.start()
        try:
            [record] = await records_of(consumer)
        finally:
            await consumer.stop()
    await check_that_another_database_gets_it_from_the_topic(settings, issuer, postgres)
    event = decode(record.key, record.headers, record.value)
    assert isinstance(event, Event), event
    assert (event.source, event.partitionkey) == ("submissions", "SNV")
    assert record.key == b"SNV"
    assert isinstance(event.data, EssaySubmitted)
    assert str(event.data.essay_id) == first.json()["essay_id"]
    assert event.data.title == essay()["title"]
    assert (event.data.version, event.data.late) == (1, False)
    assert "024 0000 0000" not in record.value.decode(), "the author's phone left the database"
