"""A broker that answers an empty fetch at once is not asked again at once."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.consumer.fetcher import Fetcher

from infra.local.wheel_broker import WheelBroker
from services.chassis.broker import fetch_pace
from tests.delivery.harness import produce

TOPIC = "quiet"


@pytest.fixture
def bootstrap(tmp_path: Path) -> Iterator[str]:
    """Where the wheel's broker is: it holds no fetch."""
    wheel = WheelBroker(tmp_path / "wheel")
    wheel.start()
    yield wheel.bootstrap
    wheel.stop()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When a fetch was sent, with our pace."""
    moments: list[float] = []
    fetch_pace.pace_fetches()
    paced = Fetcher._proc_fetch_request

    async def noted(*words: Any) -> bool:
        moments.append(time.monotonic())
        return bool(await paced(*words))

    monkeypatch.setattr(Fetcher, "_proc_fetch_request", noted)
    return moments


@pytest.fixture
async def consumer(bootstrap: str) -> AsyncIterator[AIOKafkaConsumer]:
    """A reader of a topic that has nothing; who uses it stops it."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(TOPIC, 1, 1)])
    await admin.close()
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await consumer.start()
    place = TopicPartition(TOPIC, 0)
    consumer.assign([place])
    consumer.seek(place, 0)
    yield consumer
    await consumer.stop()


async def test_a_broker_that_holds_no_fetch_is_asked_fifty_times_a_second_at_most(
    bootstrap: str, asked: list[float], consumer: AIOKafkaConsumer
) -> None:
    waiting = asyncio.create_task(consumer.getone())
    while len(asked) < 20:
        assert not waiting.done()
        await asyncio.sleep(0.05)
    pauses = [after - before for before, after in pairwise(asked)]
    assert min(pauses) > fetch_pace.LEAST_S / 2, "a timer may come a little early"
    await produce(bootstrap, TOPIC, [(b"k", [], b"v")])
    assert (await waiting).value == b"v", "what comes is read"


async def test_who_stops_a_consumer_that_pauses_is_not_cancelled_with_it(
    asked: list[float], consumer: AIOKafkaConsumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch_pace, "LEAST_S", 3600.0)
    while not asked:  # noqa: ASYNC110 - filled by another task
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.3)  # it was answered, and pauses
    stopping = asyncio.create_task(consumer.stop())
    await asyncio.wait([stopping])
    assert not stopping.cancelled()
