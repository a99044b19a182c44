"""What no client can read stops nothing either: a header whose name is not UTF-8."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.consumer import fetcher
from aiokafka.record.memory_records import MemoryRecords

from services.chassis.broker.topic_reader import open_reader
from services.chassis.dead_letters import queries
from services.chassis.dead_letters.letter import parted
from services.chassis.dead_letters.restore import restore
from services.chassis.dead_letters.service import DeadLetterService
from services.chassis.observability.registry import DEAD_LETTERS
from services.contracts.envelope import encode
from tests.delivery.harness import World, running, until
from tests.support.facts import essay
from tests.support.unreadable import BAD_NAME, Strange, produce_strangely


def good(unit: str) -> tuple[UUID, Strange]:
    event_id, message = encode(essay(unit), source="probe", now=datetime.now(UTC))
    return event_id, (message.key, message.headers, message.value)


def unreadable(unit: str) -> Strange:
    """In everything else it is as it should be."""
    key, headers, value = good(unit)[1]
    return key, [*headers, (BAD_NAME, b"\xff of a stranger"), ("plain", None)], value


@pytest.mark.parametrize("gzip", [False, True], ids=["plain", "gzip"])
async def test_records_around_one_that_no_client_can_read_have_their_effect_and_it_is_kept(
    kafka_world: World, *, gzip: bool
) -> None:
    world = kafka_world
    goods = [good(f"Q{number:03}") for number in range(7)]
    bad = [unreadable("Q008"), unreadable("Q009"), unreadable("Q010")]
    # First of the topic, two in a row inside a batch, good ones behind, another batch behind those.
    batch = [bad[0], goods[0][1], goods[1][1], bad[1], bad[2], goods[2][1], goods[3][1]]
    await produce_strangely(world.bootstrap, world.topic, batch, partition=1, gzip=gzip)
    behind = [one for _, one in goods[4:]]
    await produce_strangely(world.bootstrap, world.topic, behind, partition=1, gzip=gzip)

    consumer = world.consumer(settings=world.settings(batch_max_records=2))
    async with running(world.relay(), consumer):
        await until(lambda: world.took(len(goods)))
        await until(world.relayed)
        await until(lambda: _all_committed(world, 10))
    assert sorted(await world.effects()) == sorted(event_id for event_id, _ in goods)

    letters = {dict(one.headers)["dl_offset"]: one for one in await _letters(world)}
    assert sorted(letters) == [b"0", b"3", b"4"]
    for offset, (key, headers, value) in zip((b"0", b"3", b"4"), bad, strict=True):
        letter = letters[offset]
        assert (letter.key, letter.value) == (key, value)
        kept, own = parted(letter.headers)
        assert kept == [(r"tr\xe4ce\xff" if n == BAD_NAME else n, v) for n, v in headers]
        assert own["dl_cause"] == b"not-utf8"
        assert b"name of a header" in (own["dl_detail"] or b"")
    assert world.metrics.value(DEAD_LETTERS, topic=world.topic, cause="not-utf8") == 3


async def test_tried_again_it_is_refused_for_the_same_cause_as_every_reader_of_its_topic_does(
    kafka_world: World,
) -> None:
    world = kafka_world
    await produce_strangely(world.bootstrap, world.topic, [unreadable("Q008")])
    consumer = world.consumer()
    async with running(world.relay(), consumer):
        await until(lambda: _noted(world))
        await until(world.relayed)
    dead_letters = DeadLetterService([consumer], world.metrics)
    async with world.database.transaction() as tx:
        (letter,) = await queries.next_to_try(tx, cause="not-utf8", most=2)
        result = await dead_letters.redrive(tx, letter, by="ops-1")
    assert (result.outcome, result.cause, result.detail) == ("failed", letter.cause, letter.detail)
    assert await world.effects() == []

    # Where the database was lost, and the list comes back from the topic.
    await world.sql("DELETE FROM dead_letters")
    await world.sql("DELETE FROM event_log")
    async with (
        open_reader(world.settings(), [world.dead_letter_topic]) as reader,
        world.database.transaction() as tx,
    ):
        assert await restore(tx, reader.to_the_end()) == 1
    async with world.database.transaction() as tx:
        (restored,) = await queries.next_to_try(tx, cause="not-utf8", most=2)
        result = await dead_letters.redrive(tx, restored, by="ops-1")
    assert restored.id == letter.id
    assert (result.outcome, result.cause, result.detail) == ("failed", letter.cause, letter.detail)
    assert await world.effects() == []


async def test_records_of_batches_before_such_a_one_are_given_out_once(kafka_world: World) -> None:
    world = kafka_world
    batches = [[good(f"Q{number:03}")[1] for number in range(3)] for _ in range(3)]
    for batch in [*batches, [unreadable("Q008")], batches[0]]:
        await produce_strangely(world.bootstrap, world.topic, batch, partition=1)
    async with open_reader(world.settings(), [world.topic]) as reader:
        offsets = [record.offset async for batch in reader.to_the_end() for record in batch]
    assert offsets == list(range(13))


async def test_the_client_by_itself_still_can_not_read_them(
    kafka_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When this fails, `header_names` has nothing left to do."""
    world = kafka_world
    monkeypatch.setattr(fetcher, "MemoryRecords", MemoryRecords)
    await produce_strangely(world.bootstrap, world.topic, [unreadable("Q001")])
    consumer = AIOKafkaConsumer(bootstrap_servers=world.bootstrap)
    await consumer.start()
    try:
        place = TopicPartition(world.topic, 0)
        consumer.assign([place])
        consumer.seek(place, 0)
        with pytest.raises(UnicodeDecodeError):
            await consumer.getmany(timeout_ms=5000)
    finally:
        await consumer.stop()


async def _noted(world: World) -> bool:
    return bool(await world.value("SELECT count(*) FROM dead_letters"))


async def _letters(world: World) -> list[Any]:
    return await world.on_topic(world.dead_letter_topic)


async def _all_committed(world: World, end: int) -> bool:
    """The group stands behind everything: a restart reads none of it again."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=world.bootstrap,
        group_id=world.settings().group_id,
        enable_auto_commit=False,
    )
    await consumer.start()
    try:
        return bool(await consumer.committed(TopicPartition(world.topic, 1)) == end)
    finally:
        await consumer.stop()
