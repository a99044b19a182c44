"""From the topic to the effect: each event once, whatever comes twice, fails or moves."""

import asyncio
from collections.abc import Sequence
from typing import Any

import asyncpg
from faststream import AckPolicy

from services.chassis.consuming.records import Records
from services.chassis.consuming.subscription import Membership, create_broker, subscribe
from services.chassis.observability.registry import (
    APPLIED,
    BATCH_RETRIES,
    CONSUMER_LAG,
    CONSUMER_STOPPED,
    REPEATED,
)
from services.chassis.storage.database import Transaction
from services.contracts.envelope import Event, encode
from services.contracts.events import EssayWithdrawn
from services.contracts.topics import topic_of
from tests.delivery import probe_service
from tests.delivery.harness import PARTITIONS, World, ids_of, produce, running, until
from tests.delivery.probe_service import UNITS
from tests.support.facts import essay


async def test_what_was_published_before_the_group_was_there_has_its_effect(world: World) -> None:
    published = await world.publish(*(essay(unit) for unit in UNITS))
    async with running(world.relay()):
        await until(world.relayed)
    async with running(world.consumer()):
        await until(lambda: world.took(len(published)))
    assert sorted(await world.effects()) == sorted(published)
    assert world.metrics.value(APPLIED, topic=world.topic) == len(published)


async def test_the_same_event_again_has_no_second_effect(world: World) -> None:
    published = await world.publish(*(essay(unit) for unit in UNITS))
    async with running(world.relay(), world.consumer()):
        await until(lambda: world.took(len(published)))
        copies = [(r.key, r.headers, r.value) for r in await world.on_topic()]
        await produce(world.bootstrap, world.topic, copies + copies, partition=1)
        last = await world.publish(essay("Q000"))
        await until(lambda: _repeated(world, 2 * len(published)))
        await until(lambda: world.took(len(published) + 1))
    assert sorted(await world.effects()) == sorted((*published, *last))


async def _repeated(world: World, count: int) -> bool:
    return (world.metrics.value(REPEATED, topic=world.topic) or 0) >= count


async def test_a_group_goes_on_where_it_stopped(world: World) -> None:
    async with running(world.relay()):
        await world.publish(*(essay(unit) for unit in UNITS))
        async with running(world.consumer()):
            await until(lambda: world.took(len(UNITS)))
        await world.publish(essay("Q001"))
        async with running(world.consumer()):
            await until(lambda: world.took(len(UNITS) + 1))
    assert world.metrics.value(REPEATED, topic=world.topic) is None


async def test_a_database_that_fails_in_passing_is_tried_again_and_no_letter_is_dead(
    world: World,
) -> None:
    attempts = 0

    async def dies_twice(tx: Transaction, events: Sequence[Event]) -> None:
        nonlocal attempts
        attempts += 1
        await probe_service.effect(tx, events)
        if attempts <= 2:
            await tx.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    published = await world.publish(essay("Q001"), essay("Q002"))
    async with running(world.relay(), world.consumer(effect=dies_twice)):
        await until(lambda: world.took(len(published)))
    assert sorted(await world.effects()) == sorted(published)
    assert world.metrics.value(BATCH_RETRIES) == 2
    assert await world.on_topic(world.dead_letter_topic) == []


async def test_when_retries_are_exhausted_kafka_delivers_again_and_nothing_is_skipped(
    world: World,
) -> None:
    attempts = 0

    async def dies_often(tx: Transaction, events: Sequence[Event]) -> None:
        nonlocal attempts
        attempts += 1
        if attempts <= 7:
            raise asyncpg.DeadlockDetectedError("deadlock detected")
        await probe_service.effect(tx, events)

    published = await world.publish(*(essay(unit) for unit in UNITS))
    settings = world.settings(retry_attempts=1, retry_base_ms=5)
    async with running(world.relay()):
        await until(world.relayed)
    async with running(world.consumer(settings=settings, effect=dies_often)):
        await until(lambda: world.took(len(published)))
    assert sorted(await world.effects()) == sorted(published)
    assert await world.on_topic(world.dead_letter_topic) == []


async def test_effect_and_what_it_says_are_one_transaction(world: World) -> None:
    async def answers(tx: Transaction, events: Sequence[Event]) -> None:
        await probe_service.effect(tx, events)
        for event in events:
            if getattr(event.data, "words", 0) == 1:
                await tx.publish(essay("Q000", 2), cause=event.traceparent)

    published = await world.publish(essay("Q001"))
    async with running(world.relay(), world.consumer(effect=answers)):
        await until(lambda: world.took(2))
        await until(world.relayed)
    on_topic = ids_of(await world.on_topic())
    assert len(on_topic) == 2
    assert set(published) < set(on_topic) == set(await world.effects())


async def test_partitions_that_move_to_a_second_member_bring_no_double_and_no_gap(
    world: World,
) -> None:
    async def slowly(tx: Transaction, events: Sequence[Event]) -> None:
        await probe_service.effect(tx, events)
        await asyncio.sleep(0.05)

    settings = world.settings(batch_max_records=20)
    published = set(await world.publish(*(essay(UNITS[n % 20], n + 1) for n in range(600))))
    first = world.consumer(settings=settings, effect=slowly)
    second = world.consumer(settings=settings, effect=slowly)
    async with running(world.relay(), first):
        await until(lambda: world.took(40))
        async with running(second):
            await until(lambda: world.took(300))
        await until(lambda: world.took(600))
    effects = await world.effects()
    assert len(effects) == 600
    assert set(effects) == published


async def test_lag_is_shown_and_goes_when_it_is_gone(world: World) -> None:
    consumer = world.consumer()
    published = await world.publish(*(essay(unit) for unit in UNITS))
    async with running(world.relay(), consumer):
        await until(lambda: world.took(len(published)))
        await until(lambda: _lag(world, 0))
        assert consumer.degraded() is None
        assert consumer.stalled() is None
        assert world.metrics.value(CONSUMER_STOPPED) == 0


async def _lag(world: World, count: int) -> bool:
    """So many events wait on each partition."""
    found = [
        world.metrics.value(CONSUMER_LAG, topic=world.topic, partition=str(n))
        for n in range(PARTITIONS)
    ]
    return found == [count] * PARTITIONS


async def test_a_failed_batch_is_delivered_again_by_default_and_topics_are_never_made(
    world: World,
) -> None:
    settings = world.settings()
    membership = Membership.of(settings, "probe", [world.topic])
    broker = create_broker(settings, membership.process)
    assert broker.config.ack_policy is AckPolicy.NACK_ON_ERROR

    async def handle(_: Records) -> None:
        return

    subscriber = subscribe(
        broker, settings, membership, [world.topic], handle, lost_commit=lambda: None
    )
    assert [each.ack_policy for each in broker.subscribers] == [AckPolicy.NACK_ON_ERROR]
    options: dict[str, Any] = subscriber._connection_args
    assert options["enable_auto_commit"] is False
    assert options["auto_offset_reset"] == "earliest"
    assert broker.config.broker_config.allow_auto_create_topics is False


async def test_an_event_of_next_year_with_a_new_field_is_read_by_todays_service(
    world: World,
) -> None:
    fact = essay("Q001")
    event_id, message = encode(fact, source="probe", now=fact.moment)
    value = message.value[:-1] + b',"carbon_kg":12}'
    headers = [*message.headers, ("ce_futureattribute", b"x")]
    async with running(world.consumer()):
        await produce(world.bootstrap, world.topic, [(message.key, headers, value)])
        await until(lambda: world.took(1))
    assert await world.effects() == [event_id]


async def test_a_static_member_that_comes_back_reads_also_the_topic_that_is_new_to_it(
    world: World,
) -> None:
    settings = world.settings(group_instance_id="probe-0")
    withdrawn = topic_of(world.prefix, EssayWithdrawn)
    await world.create_topics(withdrawn)
    await world.publish(essay("Q001"))
    async with world.database.transaction() as tx:
        await tx.publish(EssayWithdrawn.model_validate(EssayWithdrawn.sheet.example))
    async with running(world.relay(), world.consumer(settings=settings)):
        await until(lambda: world.took(1))
    release = world.consumer(settings=settings, topics=[world.topic, withdrawn])
    async with running(world.relay(), release):
        await until(lambda: world.took(2))


async def test_a_static_member_that_comes_back_takes_over_at_once(world: World) -> None:
    settings = world.settings(group_instance_id="probe-0")
    async with running(world.relay()):
        await world.publish(essay("Q001"))
        async with running(world.consumer(settings=settings)):
            await until(lambda: world.took(1))
        await world.publish(essay("Q002"))
        async with running(world.consumer(settings=settings)):
            await until(lambda: world.took(2), seconds=5)  # a session takes 10 s to end
