"""Nobody takes silence for health: what waits for a group is seen, whoever is to read it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.coordinator.protocol import ConsumerProtocolMemberAssignment
from aiokafka.errors import KafkaConnectionError
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.broker.group_view import GroupView, Member, member_of
from services.chassis.broker.topic_admin import admin_client, places_of
from services.chassis.consuming import progress as progress_module
from services.chassis.consuming import subscription
from services.chassis.consuming.progress import GroupProgress
from services.chassis.observability.metrics import Metrics
from services.chassis.observability.registry import (
    CHASSIS_METRICS,
    CONSUMER_FOREIGN_MEMBERS,
    CONSUMER_LAG,
    CONSUMER_RECOVERIES,
    CONSUMER_WAITING_SECONDS,
)
from services.chassis.storage import outbox
from services.chassis.storage.database import Database
from tests.delivery.harness import PARTITIONS, World, running, until
from tests.delivery.probe_service import UNITS, consumer_of, group_of, settings_of
from tests.support.facts import essay

PLACES = [TopicPartition("t", number) for number in range(3)]


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.chassis.consuming.consumer._LOOK_EVERY_S", 0.3)
    monkeypatch.setattr(progress_module, "WORTH_A_WORD_S", 1.0)


@pytest.mark.parametrize("hanging", ["start", "stop"])
async def test_a_consumer_whose_way_into_its_group_hangs_is_not_alive(
    monkeypatch: pytest.MonkeyPatch, hanging: str
) -> None:
    async def never(*_: object, **__: object) -> None:
        await asyncio.Event().wait()

    async def refuses() -> None:
        raise KafkaConnectionError("no broker")

    async def stops() -> None:
        return None

    def hanging_broker(*settings: Any) -> Any:
        broker: Any = subscription.create_broker(*settings)
        broker.start, broker.stop = refuses, stops
        setattr(broker, hanging, never)
        return broker

    monkeypatch.setattr("services.chassis.consuming.consumer.create_broker", hanging_broker)
    monkeypatch.setattr("services.chassis.consuming.consumer._STALLED_S", 0.1)
    settings = settings_of("postgresql://nowhere", "nowhere:1", "t", drain_timeout_s=0.1)
    database = Database(settings.database_url, source="probe")
    consumer = consumer_of(settings, database, Metrics(CHASSIS_METRICS))
    task = asyncio.create_task(consumer.run())
    try:
        await until(lambda: _hangs(consumer))
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _hangs(consumer: Any) -> bool:
    return (consumer.stalled() or "").startswith("no progress for")


@asynccontextmanager
async def foreign_member(world: World) -> AsyncIterator[AIOKafkaConsumer]:
    """Somebody who uses our group by mistake, and never commits."""
    consumer = AIOKafkaConsumer(
        world.topic,
        bootstrap_servers=world.bootstrap,
        group_id=group_of(world.prefix),
        enable_auto_commit=False,
        client_id="notebook",
        partition_assignment_strategy=(RangePartitionAssignor,),
    )
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()


async def test_a_foreign_member_that_never_commits_is_named_and_its_lag_shown(
    kafka_world: World,
) -> None:
    world, consumer = kafka_world, kafka_world.consumer()
    async with running(world.relay(), consumer):
        await until(lambda: _well(consumer))
        async with foreign_member(world) as thief:
            await until(lambda: _has_some(thief))
            await world.publish(*(essay(unit) for unit in UNITS))
            await until(lambda: _trouble(consumer, "no replica of this service: notebook"))
            await until(lambda: _trouble(consumer, "events wait on"))
            assert world.metrics.value(CONSUMER_FOREIGN_MEMBERS) == 1
            assert (world.metrics.value(CONSUMER_WAITING_SECONDS) or 0) > 0
            shown = [_lag(world, number) for number in range(PARTITIONS)]
            assert None not in shown  # also of those that it lost
            assert sum(lag or 0 for lag in shown) > 0
        await until(lambda: world.took(len(UNITS)))
        await until(lambda: _well(consumer))
        assert [_lag(world, number) for number in range(PARTITIONS)] == [0.0] * PARTITIONS


async def test_of_two_with_one_instance_id_one_works_and_the_other_says_why_not(
    kafka_world: World,
) -> None:
    world = kafka_world
    settings = world.settings(group_instance_id="same", session_timeout_ms=6000)
    both = [world.consumer(settings=settings) for _ in range(2)]
    tasks = [asyncio.create_task(one.run()) for one in both]
    try:
        async with running(world.relay()):
            await until(lambda: _one_yields(both), seconds=60)
            await world.publish(*(essay(unit) for unit in UNITS))
            await until(lambda: world.took(len(UNITS)))
            (idle,) = [one for one in both if "group_instance_id" in (one.degraded() or "")]
            (works,) = [one for one in both if one is not idle]
            await until(lambda: _well(works))
            assert idle.stalled() is None
            assert (
                1 <= (world.metrics.value(CONSUMER_RECOVERIES, reason="same-instance-id") or 0) <= 4
            )
            await works.stop()
            await until(lambda: _well(idle), seconds=60)  # the other is gone: it takes its place
    finally:
        await asyncio.gather(*(one.stop() for one in both))
        await asyncio.gather(*tasks)


async def test_a_topic_deleted_and_made_anew_is_read_from_its_beginning_soon(
    kafka_world: World,
) -> None:
    world, consumer = kafka_world, kafka_world.consumer()
    async with running(world.relay(), consumer):
        await world.publish(*(essay(unit) for unit in UNITS))
        await until(lambda: world.took(len(UNITS)))
        await until(lambda: _well(consumer))
        await world.delete_topic()
        await until(lambda: _trouble(consumer, "no such topic"))
        await world.create_topics(world.topic)
        published = await world.publish(*(essay(unit) for unit in UNITS))
        async with world.database.transaction() as tx:
            await outbox.republish(tx, topics=[world.topic])
        await until(lambda: world.took(2 * len(UNITS)), seconds=60)
        assert set(published) <= set(await world.effects())
        assert len(await world.effects()) == 2 * len(UNITS)
        await until(lambda: _well(consumer), seconds=60)


async def test_a_group_that_was_stopped_reads_a_topic_made_anew_from_its_beginning_however_full(
    kafka_world: World,
) -> None:
    """The broker forgets with a topic what was committed of it (docs/decisions/0036)."""
    world = kafka_world
    async with running(world.relay(), world.consumer()):
        await world.publish(*(essay(unit) for unit in UNITS))
        await until(lambda: world.took(len(UNITS)))
    await world.delete_topic()
    await until(lambda: _is_gone(world))
    await world.create_topics(world.topic)
    for _ in range(3):  # beyond the old end of every partition
        await world.publish(*(essay(unit) for unit in UNITS))
    async with running(world.relay()):
        await until(world.relayed)
    async with running(world.consumer()):
        await until(lambda: world.took(4 * len(UNITS)))
    assert len(await world.effects()) == 4 * len(UNITS)


async def test_partitions_that_nobody_has_are_joined_for(
    kafka_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the only member's place in the group went: it asks for its topics anew."""
    world = kafka_world
    monkeypatch.setattr(subscription, "RangePartitionAssignor", _Nothing)
    consumer = world.consumer()
    async with running(world.relay(), consumer):
        await until(lambda: _joined(consumer))
        monkeypatch.setattr(subscription, "RangePartitionAssignor", RangePartitionAssignor)
        await world.publish(essay("Q001"))
        await until(lambda: world.took(1))
    assert world.metrics.value(CONSUMER_RECOVERIES, reason="unowned") == 1


class _Nothing(RangePartitionAssignor):  # type: ignore[misc]
    """An assignment as a member gets it that was given its partitions before a topic was there."""

    @classmethod
    def assign(cls, _cluster: Any, members: Any) -> dict[Any, Any]:
        return {one: ConsumerProtocolMemberAssignment(cls.version, [], b"") for one in members}


# ---- the same without a broker


def view(
    ends: dict[int, int], committed: dict[int, int], owned: dict[int, str], *, settled: bool = True
) -> GroupView:
    names = sorted(set(owned.values()))
    members = [
        Member(
            f"{name}-1", name, "h", name, frozenset(PLACES[n] for n in owned if owned[n] == name)
        )
        for name in names
    ]
    return GroupView(
        settled=settled,
        members=members,
        places=set(PLACES[: len(ends)]),
        ends={PLACES[n]: end for n, end in ends.items()},
        committed={PLACES[n]: offset for n, offset in committed.items()},
    )


def progress(now: list[float]) -> GroupProgress:
    return GroupProgress(Metrics(CHASSIS_METRICS), lambda one: one.process == "us", lambda: now[0])


def test_a_commit_ends_the_waiting_and_other_partitions_do_not() -> None:
    now = [0.0]
    seen = progress(now)
    us = dict.fromkeys(range(2), "us")
    for now[0], committed in ((0.0, 0), (10.0, 1), (20.0, 2)):
        assert seen.update(view({0: 5, 1: 5}, {0: committed, 1: 3}, us)) == set()
    assert seen.waits_s([PLACES[0]]) == 0
    assert seen.waits_s() == 20
    assert "2 events wait on 1 partitions" in (seen.trouble() or "")
    seen.forget()
    assert (seen.waits_s(), seen.trouble()) == (0, None)


def test_partitions_without_a_member_count_only_when_no_rebalance_is_under_way() -> None:
    seen = progress([0.0])
    for _ in range(5):
        seen.update(view({0: 0, 1: 0}, {0: 0, 1: 0}, {0: "us"}, settled=False))
        assert seen.unowned() == set()
    for _ in range(3):
        seen.update(view({0: 0, 1: 0}, {0: 0, 1: 0}, {0: "us"}))
    assert seen.unowned() == {PLACES[1]}


def test_a_log_made_anew_is_noticed_once() -> None:
    seen, us = progress([0.0]), {0: "us"}
    assert seen.update(view({0: 9}, {0: 9}, us)) == set()
    assert seen.update(view({0: 0}, {0: 9}, us)) == {PLACES[0]}
    assert seen.update(view({0: 0}, {0: 9}, us)) == set()
    assert seen.update(view({0: 4}, {0: 4}, us)) == set()
    assert seen.update(view({0: 2}, {0: 0}, us)) == {PLACES[0]}  # shorter than it was


@given(st.binary(max_size=80), st.binary(max_size=80), st.text(), st.text())
def test_whatever_a_member_says_of_itself_it_can_be_looked_at(
    metadata: bytes, assignment: bytes, client: str, host: str
) -> None:
    member = member_of("id", client, host, metadata, assignment)
    assert isinstance(member.places, frozenset)
    assert str(member).startswith(client)


async def _is_gone(world: World) -> bool:
    async with admin_client(world.settings()) as admin:
        return world.topic not in await places_of(admin)


async def _has_some(consumer: AIOKafkaConsumer) -> bool:
    return bool(consumer.assignment())


async def _joined(consumer: Any) -> bool:
    return consumer.degraded() != "not in its group yet"


async def _well(consumer: Any) -> bool:
    return consumer.degraded() is None


async def _trouble(consumer: Any, words: str) -> bool:
    return words in (consumer.degraded() or "")


async def _one_yields(consumers: Any) -> bool:
    return sum("group_instance_id" in (one.degraded() or "") for one in consumers) == 1


def _lag(world: World, partition: int) -> float | None:
    return world.metrics.value(CONSUMER_LAG, topic=world.topic, partition=str(partition))
