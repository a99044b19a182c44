"""Broker and database go away and come back, while facts are accepted, relayed and consumed."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import pytest

from infra.local.kafka import KafkaBroker
from infra.local.postgres import PostgresCluster
from services.chassis.observability.registry import LOOP_FAILURES, REPEATED
from services.chassis.relay.relay import Relay
from services.chassis.retry import is_transient
from services.chassis.storage.outbox import republish
from tests.delivery.harness import World, ids_of, running, until
from tests.delivery.probe_service import UNITS
from tests.support.facts import essay

pytestmark = pytest.mark.broken


@asynccontextmanager
async def writing(world: World) -> AsyncIterator[set[UUID]]:
    """Accept facts without pause; a refusal of the database is told to nobody and tried again."""
    accepted: set[UUID] = set()
    stop = asyncio.Event()

    async def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            try:
                accepted.update(await world.publish(essay(UNITS[number % len(UNITS)])))
            except Exception as error:
                if not is_transient(error):
                    raise
                await asyncio.sleep(0.02)
            await asyncio.sleep(0.002)

    task = asyncio.create_task(write())
    try:
        yield accepted
    finally:
        stop.set()
        await task


async def _settled(world: World, accepted: set[UUID]) -> Counter[UUID]:
    """Wait until it adds up: accepted ⊆ log ⊆ topic ⊆ effects, each effect once."""
    await until(world.relayed, seconds=60)
    log = await world.logged()
    await until(lambda: world.took(len(log)), seconds=60)
    on_topic, effects = Counter(ids_of(await world.on_topic())), await world.effects()
    assert len(effects) == len(set(effects)), "an effect happened twice"
    assert accepted <= log == set(on_topic) == set(effects)
    return on_topic


async def _more(accepted: set[UUID], count: int = 30) -> None:
    """Wait until some more were accepted."""
    wanted = len(accepted) + count

    async def reached() -> bool:
        return len(accepted) >= wanted

    await until(reached)


async def test_a_broker_killed_while_writing_loses_nothing(
    kafka_world: World, kafka: KafkaBroker
) -> None:
    world = kafka_world
    async with running(world.relay(), world.consumer()):
        async with writing(world) as accepted:
            await _more(accepted)
            kafka.kill()
            await _more(accepted)
            await asyncio.to_thread(kafka.start)
            await _more(accepted)
        on_topic = await _settled(world, accepted)
    if not world.metrics.value(
        LOOP_FAILURES, loop="relay"
    ):  # back before a send had to be given up
        assert set(on_topic.values()) == {1}, "the same producer went on: not even a double"


async def test_a_broker_away_for_longer_than_a_send_may_take_loses_nothing(
    kafka_world: World, kafka: KafkaBroker
) -> None:
    world = kafka_world
    relay = world.relay(send_timeout_s=1.0)
    async with running(relay):
        async with writing(world) as accepted:
            await _more(accepted)
            kafka.kill()
            await until(lambda: _in_trouble(relay))
            await _more(accepted)
            held = await world.outbox()
            await asyncio.to_thread(kafka.start)
        assert held > 0
        await until(world.relayed, seconds=60)
        assert relay.degraded() is None
    async with running(world.consumer()):
        await _settled(world, accepted)  # doubles are allowed here, in the topic


async def test_a_broker_that_hangs_is_reported_before_a_send_is_given_up(
    kafka_world: World, kafka: KafkaBroker
) -> None:
    world = kafka_world
    relay = world.relay(send_timeout_s=120)
    async with running(relay):
        async with writing(world) as accepted:
            await _more(accepted)
            await until(world.relayed)
            assert relay.degraded() is None
            os.kill(kafka.pid, signal.SIGSTOP)
            try:
                await until(lambda: _in_trouble(relay), seconds=60)
                assert "no acknowledgement for" in str(relay.degraded())
            finally:
                os.kill(kafka.pid, signal.SIGCONT)
        await until(world.relayed, seconds=60)
        assert relay.degraded() is None
    async with running(world.consumer()):
        await _settled(world, accepted)


async def _in_trouble(relay: Relay) -> bool:
    return relay.degraded() is not None


@pytest.mark.parametrize("way", ["restart", "kill"])
async def test_a_database_away_while_relaying_and_consuming_loses_nothing(
    kafka_world: World, postgres: PostgresCluster, way: str
) -> None:
    world = kafka_world
    async with running(world.relay(), world.consumer()):
        async with writing(world) as accepted:
            await _more(accepted)
            await asyncio.to_thread(postgres.kill if way == "kill" else postgres.stop)
            await asyncio.sleep(0.3)
            await asyncio.to_thread(postgres.start)
            await _more(accepted)
        await _settled(world, accepted)
        assert await world.on_topic(world.dead_letter_topic) == []


async def test_a_topic_that_was_lost_is_published_once_more_and_effects_stay_single(
    kafka_world: World,
) -> None:
    world = kafka_world
    published = set(await world.publish(*(essay(unit) for unit in UNITS)))
    async with running(world.relay(), world.consumer()):
        await until(lambda: world.took(len(published)))
    await world.delete_topic()
    await until(lambda: _gone(world))
    await world.create_topics()
    async with world.database.transaction() as tx:
        assert await republish(tx) == len(published)
    # A new group, as after a loss of the broker's disk: it reads from the beginning.
    consumer = world.consumer(settings=world.settings(group_id="after-the-loss"))
    async with running(world.relay(), consumer):
        await until(lambda: _repeated(world, len(published)))
        on_topic = await _settled(world, published)
    assert set(on_topic.values()) == {1}


async def _repeated(world: World, count: int) -> bool:
    return (world.metrics.value(REPEATED, topic=world.topic) or 0) >= count


async def _gone(world: World) -> bool:
    try:
        async with asyncio.timeout(2):
            return not await world.on_topic()
    except Exception:
        return True
