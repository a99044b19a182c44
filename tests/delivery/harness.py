"""What the tests of delivery share: a world with a database and topics, and ways to count in it."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import NotLeaderForPartitionError, for_code
from aiokafka.protocol.produce import ProduceRequest

from services.chassis.clock import SystemClock
from services.chassis.consuming.consumer import EventConsumer
from services.chassis.crash import VARIABLE
from services.chassis.loops.listener import Listener
from services.chassis.observability.metrics import Metrics
from services.chassis.observability.registry import CHASSIS_METRICS
from services.chassis.relay.relay import Relay
from services.chassis.service_settings import ServiceSettings
from services.chassis.storage.database import Database
from services.chassis.storage.outbox import CHANNEL
from services.contracts.events import EssaySubmitted
from services.contracts.topics import all_topics, dead_letter_topic, topic_of
from tests.delivery import probe_service
from tests.delivery.probe_service import SERVICE, group_of

PARTITIONS = 3
ROOT = Path(__file__).parents[2]


class Running(Protocol):
    """A relay or a consumer."""

    async def run(self) -> None: ...
    async def stop(self) -> None: ...


@dataclass
class World:
    """One service's database, one prefix of topics."""

    database_url: str
    bootstrap: str
    prefix: str
    database: Database = field(init=False)
    metrics: Metrics = field(init=False)

    def __post_init__(self) -> None:
        self.database = Database(self.database_url, 4, source=SERVICE, topic_prefix=self.prefix)
        self.metrics = Metrics(CHASSIS_METRICS)

    @property
    def topic(self) -> str:
        return topic_of(self.prefix, EssaySubmitted)

    @property
    def dead_letter_topic(self) -> str:
        return dead_letter_topic(self.prefix, group_of(self.prefix))

    def settings(self, **more: Any) -> ServiceSettings:
        return probe_service.settings_of(self.database_url, self.bootstrap, self.prefix, **more)

    def relay(self, **more: Any) -> Relay:
        return probe_service.relay_of(self.settings(), self.metrics, **more)

    def consumer(self, *, settings: ServiceSettings | None = None, **edges: Any) -> EventConsumer:
        settings = settings or self.settings()
        return probe_service.consumer_of(settings, self.database, self.metrics, **edges)

    async def publish(self, *facts: EssaySubmitted) -> list[UUID]:
        async with self.database.transaction() as tx:
            return await tx.publish_all(facts)

    async def sql(self, statement: str, *args: object) -> list[Any]:
        async with self.database.transaction() as tx:
            return await tx.fetch(statement, *args)

    async def value(self, statement: str, *args: object) -> Any:
        return (await self.sql(statement, *args))[0][0]

    async def logged(self) -> set[UUID]:
        topic = await self.sql("SELECT event_id FROM event_log WHERE topic = $1", self.topic)
        return {row[0] for row in topic}

    async def effects(self) -> list[UUID]:
        return [row[0] for row in await self.sql("SELECT event_id FROM effects")]

    async def outbox(self) -> int:
        return int(await self.value("SELECT count(*) FROM outbox"))

    async def relayed(self) -> bool:
        return await self.outbox() == 0

    async def took(self, count: int) -> bool:
        return int(await self.value("SELECT count(*) FROM effects")) >= count

    async def on_topic(self, topic: str | None = None) -> list[ConsumerRecord[Any, Any]]:
        return await read_topic(self.bootstrap, topic or self.topic)

    async def create_topics(self, *names: str) -> None:
        wanted = set(names or (self.topic, self.dead_letter_topic))
        every = all_topics(self.prefix, PARTITIONS, 1, [group_of(self.prefix)])
        specs = [spec for spec in every if spec.name in wanted]
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap)
        await admin.start()
        try:
            await admin.create_topics(
                [NewTopic(s.name, s.partitions, 1, topic_configs=dict(s.config)) for s in specs]
            )
        finally:
            await admin.close()
        await until(lambda: _topics_are_there(self.bootstrap, wanted))

    async def delete_topic(self) -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap)
        await admin.start()
        try:
            await admin.delete_topics([self.topic])
        finally:
            await admin.close()


async def _topics_are_there(bootstrap: str, names: set[str]) -> bool:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        found = await admin.describe_topics(sorted(names))
        return all(
            not topic["error_code"]
            and len(topic["partitions"]) == PARTITIONS
            and all(p["leader"] >= 0 for p in topic["partitions"])
            for topic in found
        )
    finally:
        await admin.close()


async def read_topic(bootstrap: str, topic: str) -> list[ConsumerRecord[Any, Any]]:
    """Everything on a topic now."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        places = [TopicPartition(topic, n) for n in range(PARTITIONS)]
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        for place in places:
            consumer.seek(place, 0)
        found: list[ConsumerRecord[Any, Any]] = []
        left = {place for place in places if ends[place]}
        while left:
            for place, records in (await consumer.getmany(timeout_ms=200)).items():
                found += records
                if records and records[-1].offset + 1 >= ends[place]:
                    left.discard(place)
        return found
    finally:
        await consumer.stop()


async def produce(
    bootstrap: str,
    topic: str,
    messages: Iterable[tuple[bytes | None, Sequence[tuple[str, Any]], bytes | None]],
    *,
    partition: int = 0,
) -> None:
    """Write messages as a stranger would: (key, headers, value)."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")
    await producer.start()
    try:
        for key, headers, value in messages:
            batch = producer.create_batch()  # send() refuses a message of nothing
            batch.append(timestamp=None, key=key, value=value, headers=list(headers))
            await (await producer.send_batch(batch, topic, partition=partition))
    finally:
        await producer.stop()


async def produce_batch(bootstrap: str, topic: str, batch: bytes, *, partition: int = 0) -> None:
    """Write a batch of records as it is on the wire, however it is compressed."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", max_request_size=1 << 21)
    await producer.start()
    try:
        request = ProduceRequest(None, -1, 10_000, [(topic, [(partition, batch)])])
        await producer.partitions_for(topic)
        leader = producer.client.cluster.leader_for_partition(TopicPartition(topic, partition))
        while True:  # a leader of a new topic may not know of it yet
            answer = await producer.client.send(leader, request)
            ((_, ((_, code, *_),)),) = answer.topics
            if for_code(code) is not NotLeaderForPartitionError:
                break
            await asyncio.sleep(0.1)
        assert code == 0, for_code(code)
    finally:
        await producer.stop()


def ids_of(records: Iterable[ConsumerRecord[Any, Any]]) -> list[UUID]:
    """Event ids of records of ours."""
    return [UUID(dict(record.headers)["ce_id"].decode()) for record in records]


@asynccontextmanager
async def running(*things: Running) -> AsyncIterator[None]:
    """Run relays and consumers while the block runs; they must not end before it.

    Relays are woken by NOTIFY, as in a service.
    """
    async with AsyncExitStack() as stack:
        for thing in things:
            if isinstance(thing, Relay):
                await stack.enter_async_context(_notified(thing))
        tasks = [asyncio.create_task(thing.run()) for thing in things]
        try:
            yield
            for task in tasks:
                assert not task.done(), f"ended by itself: {task.exception()!r}"
        finally:
            await asyncio.gather(*(thing.stop() for thing in things))
            await asyncio.gather(*tasks)


@asynccontextmanager
async def _notified(relay: Relay) -> AsyncIterator[None]:
    listener = Listener(relay._database_url, name=SERVICE)
    listener.on(CHANNEL, relay.wake)
    task = asyncio.create_task(
        listener.loop.run(clock=SystemClock(), metrics=Metrics(CHASSIS_METRICS))
    )
    try:
        yield
    finally:
        await listener.loop.stop()
        await task


async def until(
    condition: Callable[[], Awaitable[object]], *, seconds: float = 120, every: float = 0.05
) -> None:
    """Wait for a condition; fails with its last value. The bound is only against hanging."""
    end = time.monotonic() + seconds
    while not (value := await condition()):
        assert time.monotonic() < end, f"still {value!r} after {seconds} s"
        await asyncio.sleep(every)


class Probe:
    """The probe service as a process of its own."""

    def __init__(self, world: World, *, crash_at: str | None = None, **orders: Any) -> None:
        orders |= {
            "database": world.database_url,
            "bootstrap": world.bootstrap,
            "prefix": world.prefix,
        }
        environment = dict(os.environ)
        if crash_at:
            environment[VARIABLE] = crash_at
        self.accepted: set[UUID] = set()
        self.idle = False
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.delivery.probe_service", json.dumps(orders)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env=environment,
        )

    async def read(self) -> None:
        """Note what it accepted until it is idle or dead."""
        assert self._process.stdout is not None
        while not self.idle:
            line = await asyncio.to_thread(self._process.stdout.readline)
            if not line:
                return
            if line == b"idle\n":
                self.idle = True
            else:
                self.accepted.add(UUID(line.decode().strip()))

    async def died(self, seconds: float = 120) -> None:
        """Wait until it was killed by its crash point, and by nothing else."""
        code = await asyncio.to_thread(self._process.wait, seconds)
        assert code == -signal.SIGKILL, f"exit code {code}"

    async def stop(self) -> None:
        """SIGTERM, and a clean end."""
        if self._process.poll() is None:
            self._process.terminate()
            code = await asyncio.to_thread(self._process.wait, 20)
            assert code == 0, f"exit code {code}"

    def kill(self) -> None:
        """Whatever happens, it doesn't outlive the test."""
        self._process.kill()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
