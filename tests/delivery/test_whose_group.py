"""Promise: a group that has read what the database never had is refused before it reads on, so that
no fact is passed over without a word; a new group, a second replica and an order are none such."""

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from infra.local.kafka import KafkaBroker
from services.chassis.broker.group_answers import described, positions_of
from services.chassis.broker.topic_admin import admin_client, places_of
from services.chassis.consuming.consumer import EventConsumer
from services.chassis.consuming.deduplicate import missing_in_inbox
from services.chassis.consuming.own_positions import WrongGroupError
from tests.delivery.harness import World, produce, running, until
from tests.delivery.probe_service import group_of
from tests.delivery.test_replay import consumed, replay
from tests.support.facts import essay


def reader(world: World, **changes: Any) -> EventConsumer:
    """A consumer that looks whose group it is, as those of the services do."""
    return world.consumer(missing=missing_in_inbox, **changes)


async def refused(world: World, **changes: Any) -> WrongGroupError:
    """What the look at the group raises."""
    with pytest.raises(WrongGroupError) as refusal:
        await reader(world, **changes).require_own_group()
    return refusal.value


async def lacks(world: World, tables: Iterable[str] = ("inbox", "effects")) -> None:
    """As after a backup that was restored, or in a database that is new."""
    for table in tables:
        await world.sql(f"DELETE FROM {table}")  # noqa: S608 - a constant


async def test_an_empty_database_behind_a_group_that_has_read_is_refused_with_the_remedy(
    world: World,
) -> None:
    await consumed(world, 30)
    await lacks(world)
    refusal = await refused(world)
    group = group_of(world.prefix)
    assert f"chạy `thidua replay {group} --to-beginning` rồi khởi động lại" in refusal.vi
    assert f"run `thidua replay {group} --to-beginning`, then start again" in refusal.en
    assert f"{world.topic}:" in refusal.en
    done = await replay(world, "--to-beginning")
    assert done.exit_code == 0, done.output
    async with running(reader(world)):
        await until(lambda: world.took(30))
    assert len(await world.effects()) == 30


async def test_a_database_that_lacks_the_last_fact_alone_is_refused(world: World) -> None:
    await consumed(world, 30)
    await reader(world).require_own_group()
    last = await world.publish(essay("Q001"))
    async with running(world.relay(), world.consumer()):
        await until(lambda: world.took(31))
        await asyncio.sleep(0.2)  # the last acknowledgement
    await reader(world).require_own_group()
    await world.sql("DELETE FROM inbox WHERE event_id = $1", last[0])
    await refused(world)


async def test_a_new_group_and_one_that_goes_back_are_none_such(world: World) -> None:
    await world.publish(*(essay(f"Q{n % 20:03}") for n in range(30)))
    async with running(world.relay()):
        await until(world.relayed)
    await reader(world).require_own_group()
    async with running(reader(world)):
        await until(lambda: world.took(30))
        await asyncio.sleep(0.2)
    assert (await replay(world, "--to-beginning")).exit_code == 0
    await reader(world).require_own_group()


async def test_what_is_in_the_dead_letters_or_is_no_event_is_not_lacking(world: World) -> None:
    await world.publish(*(essay("NOWHERE") for _ in range(3)))
    async with running(world.relay(), world.consumer()):
        await until(world.relayed)
        for partition in range(3):
            await produce(world.bootstrap, world.topic, [(b"k", [], b"x")], partition=partition)

        async def set_aside() -> bool:
            return bool(await world.value("SELECT count(*) = 6 FROM dead_letters"))

        await until(set_aside)
        await asyncio.sleep(0.2)
    await reader(world).require_own_group()
    await world.publish(essay("NOWHERE"))
    async with running(world.relay(), world.consumer()):

        async def one_more() -> bool:
            return bool(await world.value("SELECT count(*) = 7 FROM dead_letters"))

        await until(one_more)
        await asyncio.sleep(0.2)
    await reader(world).require_own_group()
    await lacks(world, ["dead_letters"])
    await refused(world)


async def test_what_somebody_ordered_to_pass_over_is_not_asked_for(world: World) -> None:
    await consumed(world, 30)
    await world.publish(*(essay("Q001") for _ in range(9)))
    async with running(world.relay()):
        await until(world.relayed)
    assert (await replay(world, "--to-end", "--skip-unread")).exit_code == 0
    await reader(world).require_own_group()
    # And of a database that lacks what its group has read: nothing moves, and it is declared.
    await lacks(world)
    assert (await replay(world, "--to-end", "--skip-unread")).exit_code == 0
    async with running(reader(world), world.relay()):
        await world.publish(*(essay(f"Q{n % 20:03}") for n in range(60)))
        await until(lambda: world.took(60))
        await asyncio.sleep(0.2)
    await reader(world).require_own_group()
    await lacks(world)
    await refused(world)


async def test_a_second_replica_is_let_in_while_the_first_is_at_work(world: World) -> None:
    async with running(world.relay(), reader(world)):
        for _ in range(5):
            await world.publish(*(essay(f"Q{n % 20:03}") for n in range(60)))
            await reader(world).require_own_group()
        await until(lambda: world.took(300))


async def test_a_group_at_work_for_another_topic_prefix_is_refused(world: World) -> None:
    other = World(world.database_url, world.bootstrap, f"{world.prefix}-b")
    await other.create_topics()
    shared = other.settings(group_id=group_of(world.prefix))
    try:
        async with running(theirs := other.consumer(settings=shared)):

            async def joined() -> bool:
                return theirs.degraded() is None

            await until(joined)
            refusal = await refused(world)
    finally:
        await other.database.close()
    assert f"({other.prefix}., tiến trình " in refusal.vi
    assert "Đặt PROBE_GROUP_ID" in refusal.vi
    assert "Set PROBE_GROUP_ID" in refusal.en
    await reader(world).require_own_group()


async def test_a_coordinator_that_has_just_started_and_knows_no_group_yet_is_asked_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await consumed(world, 30)
    await lacks(world)
    asked = AIOKafkaAdminClient.list_consumer_group_offsets
    answers = 0

    async def loading(admin: AIOKafkaAdminClient, *args: Any, **named: Any) -> Any:
        """What aiokafka makes of COORDINATOR_LOAD_IN_PROGRESS: no error, and nothing."""
        nonlocal answers
        answers += 1
        return {} if answers <= 2 else await asked(admin, *args, **named)

    monkeypatch.setattr(AIOKafkaAdminClient, "list_consumer_group_offsets", loading)
    at_work = asyncio.create_task(reader(world).run())
    try:
        with pytest.raises(WrongGroupError):
            async with asyncio.timeout(60):
                await at_work
    finally:
        at_work.cancel()
    assert answers == 3
    assert await world.effects() == []


async def test_the_broker_answers_for_each_partition_that_it_is_asked_for(world: World) -> None:
    """What `positions_of` is built on, of a group that never was."""
    async with admin_client(world.settings()) as admin:
        places = set((await places_of(admin, [world.topic]))[world.topic])
        found = await admin.list_consumer_group_offsets("never-was", partitions=list(places))
        assert {place: at.offset for place, at in found.items()} == dict.fromkeys(places, -1)
        assert await positions_of(admin, "never-was", places) == {}
        assert await described(admin, "never-was") == ("Dead", [])


@pytest.mark.broken
async def test_a_broker_that_is_away_is_waited_for_and_the_group_is_looked_at_then(
    kafka_world: World, kafka: KafkaBroker
) -> None:
    await consumed(kafka_world, 30)
    await lacks(kafka_world)
    kafka.stop()
    consumer = reader(kafka_world)
    at_work = asyncio.create_task(consumer.run())
    try:

        async def tried() -> bool:
            return consumer.degraded() is not None

        await until(tried)
        await asyncio.sleep(1)
        assert not at_work.done(), "it waits"
        await asyncio.to_thread(kafka.start)
        with pytest.raises(WrongGroupError):
            async with asyncio.timeout(120):
                await at_work
    finally:
        at_work.cancel()
    assert await kafka_world.effects() == []
