"""The whole service on real PostgreSQL and a real broker, as many replicas as a test wants."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from infra.local.issuer import Issuer
from infra.local.postgres import PostgresCluster
from services.chassis.base import Chassis
from services.chassis.broker.topic_admin import admin_client, ensure_topics
from services.chassis.broker.topic_reader import end_offsets
from services.chassis.running.service import create_app
from services.chassis.storage.database import Database
from services.contracts.envelope import Event, decode, encode
from services.contracts.events import Fact, PointsRecomputed
from services.contracts.topics import all_topics, dead_letter_topic, topic_of
from services.contracts.watermark import Watermark, encode_watermark, watermark_topic
from services.scoring import adopted_rules
from services.scoring.app import compose
from services.scoring.facts.fact import topics
from services.scoring.rule_sets.adopt import adopted_fact
from services.scoring.settings import ScoringSettings
from tests.scoring.facts import API
from tests.scoring.served_scoring import settings_of
from tests.support.announcing import announcement
from tests.support.serving import served

PARTITIONS = 3
T = TypeVar("T")


@dataclass
class Replica:
    """One process of scoring, as far as one process of tests can be several."""

    client: httpx.AsyncClient
    chassis: Chassis


@dataclass
class World:
    """Topics of their own, a database, replicas over both."""

    settings: ScoringSettings
    issuer: Issuer
    producer: AIOKafkaProducer
    replicas: list[Replica] = field(default_factory=list)

    async def announces(self) -> None:
        """The topics have the campaign and rule sets that the database has."""
        database = Database(self.settings.database_url, 1, source="a test")
        async with database.transaction() as tx:
            rows = await adopted_rules.all_of(tx, "hanoi-2020")
        await database.close()
        await self.publish(announcement(), *(adopted_fact(row, row.document or "") for row in rows))

    async def publish(
        self, *facts: Fact, times: int = 1, traceparent: str | None = None
    ) -> list[Event]:
        """Facts are published, each so many times; the events."""
        events, sent = [], []
        for fact in facts:
            _, message = encode(
                fact, source="submissions", now=datetime.now(UTC), traceparent=traceparent
            )
            published = decode(message.key, list(message.headers), message.value)
            assert isinstance(published, Event)
            events.append(published)
            topic = topic_of(self.settings.topic_prefix, type(fact))
            for _ in range(times):
                sent.append(
                    await self.producer.send(
                        topic, message.value, message.key, headers=message.headers
                    )
                )
        await asyncio.gather(*sent)
        return events

    async def has_published_all(self) -> None:
        """Submissions, for which this test speaks, says that nothing is on its way for a minute."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.settings.kafka_bootstrap, enable_auto_commit=False
        )
        prefix = self.settings.topic_prefix
        await consumer.start()
        try:
            async with admin_client(self.settings) as admin:
                ends = await end_offsets(admin, consumer, topics(prefix))
        finally:
            await consumer.stop()
        key, value = encode_watermark(
            Watermark(
                "submissions",
                datetime.now(UTC) + timedelta(minutes=1),
                {topic.removeprefix(f"{prefix}."): tuple(of) for topic, of in ends.items()},
            )
        )
        await self.producer.send_and_wait(watermark_topic(prefix), value, key)

    async def publish_wrongly(self, fact_type: type[Fact], value: bytes, headers: Any) -> None:
        """Somebody publishes what is no event."""
        topic = topic_of(self.settings.topic_prefix, fact_type)
        await self.producer.send_and_wait(topic, value, b"SNV", headers=headers)

    async def read(self, path: str, replica: int = 0, *, role: str = "board") -> Any:
        """GET by the Board or ops."""
        headers = {"Authorization": f"Bearer {self.issuer.mint(role)}"}
        answer = await self.replicas[replica].client.get(path, headers=headers)
        assert answer.status_code == httpx.codes.OK, answer.text
        return answer.json()

    async def line(self, unit: str, criterion: str) -> str:
        """Points of one line of one unit."""
        document = await self.read(f"{API}/units/{unit}/points")
        for group in document["groups"]:
            for line in group["lines"]:
                if line["criterion"] == criterion:
                    return str(line["points"])
        raise AssertionError(f"{unit} has no line {criterion}")

    async def digest(self) -> str:
        """Of the standings, once everything that was counted is in them."""

        async def up_to_date() -> str | None:
            document = await self.read(f"{API}/digest")
            return document["digest"] if document["up_to_date"] else None

        return await until(up_to_date)

    async def stored_facts(self) -> int:
        """Rows in the facts table."""
        async with self.replicas[0].chassis.database.transaction() as tx:
            count: int = await tx.fetchval("SELECT count(*) FROM facts")
            return count

    async def has_stored(self, count: int) -> None:
        """Wait until so many facts are stored, no more."""

        async def there() -> bool:
            return await self.stored_facts() >= count

        await until(there)
        assert await self.stored_facts() == count

    async def on_topic(self, topic: str) -> list[Any]:
        """All records of a topic."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.settings.kafka_bootstrap, enable_auto_commit=False
        )
        await consumer.start()
        try:
            places = [TopicPartition(topic, number) for number in range(PARTITIONS)]
            consumer.assign(places)
            for place in places:
                consumer.seek(place, 0)
            ends = await consumer.end_offsets(places)
            records: list[Any] = []
            while len(records) < sum(ends.values()):
                for some in (await consumer.getmany(timeout_ms=500)).values():
                    records += some
            return records
        finally:
            await consumer.stop()

    async def points_published(self) -> list[Event]:
        """What is on the topic of points."""
        records = await self.on_topic(topic_of(self.settings.topic_prefix, PointsRecomputed))
        events = [decode(r.key, r.headers, r.value) for r in records]
        assert all(isinstance(one, Event) for one in events)
        return [one for one in events if isinstance(one, Event)]

    async def dead_letters(self) -> list[dict[str, str]]:
        """The `dl_` headers of all dead letters."""
        topic = dead_letter_topic(self.settings.topic_prefix, "scoring")
        return [
            {k: v.decode() for k, v in record.headers if k.startswith("dl_") and v is not None}
            for record in await self.on_topic(topic)
        ]


@asynccontextmanager
async def world(
    database_url: str,
    bootstrap: str,
    issuer: Issuer,
    *,
    replicas: int = 1,
    announced: bool = True,
    **other: Any,
) -> AsyncIterator[World]:
    """Topics, a producer, replicas that are ready. `announced`: the topics have the campaign."""
    settings = settings_of(
        database_url,
        issuer,
        kafka_bootstrap=bootstrap,
        topic_prefix=f"t{secrets.token_hex(4)}",
        topic_partitions=PARTITIONS,
        **other,
    )
    specs = all_topics(settings.topic_prefix, PARTITIONS, 1, ["scoring"])
    await ensure_topics(settings, specs)
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=2)
    async with AsyncExitStack() as stack:
        await producer.start()
        stack.push_async_callback(producer.stop)
        made = World(settings, issuer, producer)
        if announced:
            await made.announces()
        for _ in range(replicas):
            made.replicas.append(await stack.enter_async_context(running(settings)))
        for replica in made.replicas:
            await until_ready(replica)
        yield made


@asynccontextmanager
async def running(settings: ScoringSettings) -> AsyncIterator[Replica]:
    """One replica with all its parts."""
    service = compose(settings)
    app = create_app(service)
    async with served(app) as url, httpx.AsyncClient(base_url=url, timeout=30) as client:
        yield Replica(client, service.chassis)
    assert app.state.lifespan.died is None


async def until_ready(replica: Replica) -> None:
    """It is in its group and sees its topics."""

    async def ready() -> bool:
        answer = await replica.client.get("/health/ready")
        return bool(answer.json()["status"] == "ok")

    await until(ready)


async def until(ask: Callable[[], Awaitable[T | None]], *, seconds: float = 120) -> T:
    """Ask again until the answer is true. Fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (answer := await ask()):
        assert time.monotonic() < deadline, f"still not so after {seconds} s"
        await asyncio.sleep(0.02)
    return answer


def beside(postgres: PostgresCluster, url: str) -> str:
    """An empty database of the same role."""
    parts = urlsplit(url)
    name = f"{parts.path[1:]}_{time.monotonic_ns()}"
    assert parts.username
    postgres.execute('CREATE DATABASE :"name" OWNER :"owner"', name=name, owner=parts.username)
    return urlunsplit(parts._replace(path=f"/{name}"))
