"""Whatever a stranger writes, compressed as he likes: it stops nothing, and memory is bounded."""

import struct
import tracemalloc
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import cramjam
import pytest
from aiokafka import TopicPartition
from aiokafka.consumer.fetcher import READ_UNCOMMITTED, PartitionRecords
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.memory_records import MemoryRecords
from aiokafka.record.util import calc_crc32c
from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis.broker.fetched_records import (
    MOST_AT_ONCE,
    MOST_DECOMPRESSED,
    FetchedRecords,
    UnreadableBatch,
)
from services.chassis.broker.topic_reader import open_reader
from services.chassis.consuming.classify import DamagedBatchError, classify_batch
from services.chassis.dead_letters import queries
from services.chassis.dead_letters.letter import OriginalMessage, parted
from services.chassis.dead_letters.service import DeadLetterService
from services.chassis.observability.registry import DEAD_LETTERS, DEAD_LETTERS_UNPUBLISHED
from services.chassis.retry import is_transient
from services.contracts.envelope import encode
from tests.delivery.harness import World, produce_batch, running, until
from tests.support.facts import essay

CODECS = {"plain": 0, "gzip": 1, "snappy": 2, "lz4": 3, "zstd": 4}
HEADER = 61
"""Bytes before the records of a batch."""

Message = tuple[bytes | None, Sequence[tuple[str, bytes | None]], bytes | None]
MESSAGES: list[Message] = [
    (b"Q001", [("a", b"1"), ("b", None)], b"{}"),
    (None, [], b"x" * 5000),
    (b"", [], None),
]


def batch_of(messages: Sequence[Message], codec: int = 0, *, first: int = 0) -> bytes:
    """As a producer would write it, in one batch whose first offset is `first`."""
    builder = DefaultRecordBatchBuilder(2, codec, 0, -1, -1, 0, 1 << 30)
    for number, (key, headers, value) in enumerate(messages):
        assert builder.append(number, 1_600_000_000_000, key, value, list(headers))
    return struct.pack(">q", first) + bytes(builder.build())[8:]


def with_payload(batch: bytes, payload: bytes, *, codec: int) -> bytes:
    """The batch with other compressed bytes, and the checksum that belongs to them."""
    body = struct.pack(">h", codec) + batch[23:HEADER] + payload
    start = batch[:8] + struct.pack(">i", len(body) + 9) + batch[12:17]
    return start + struct.pack(">I", calc_crc32c(body)) + body


def read(fetched: bytes) -> list[Any]:
    """All records of one fetch, as aiokafka's fetcher gives them out."""
    place, records = TopicPartition("t", 0), FetchedRecords(fetched)
    if not records.has_next():
        return []
    return list(PartitionRecords(place, records, [], 0, None, None, True, READ_UNCOMMITTED))


def content(records: Sequence[Any]) -> list[Any]:
    return [(r.offset, r.timestamp, r.key, r.value, list(r.headers)) for r in records]


@pytest.mark.parametrize("codec", CODECS.values(), ids=CODECS)
def test_every_codec_is_read_as_the_client_reads_it(codec: int) -> None:
    fetched = b"".join(batch_of(MESSAGES, codec, first=3 * n) for n in range(3))
    theirs, expected = MemoryRecords(fetched), []
    while theirs.has_next():
        expected += list(theirs.next_batch())
    assert content(read(fetched + fetched[:40])) == content(expected)  # the last one is cut off
    assert [record.offset for record in read(fetched)] == list(range(9))


@pytest.mark.parametrize("codec", [*list(CODECS.values())[1:], 5], ids=[*list(CODECS)[1:], "none"])
def test_a_batch_that_does_not_decompress_is_one_record_and_those_behind_it_come(
    codec: int,
) -> None:
    broken = with_payload(batch_of(MESSAGES), b"\x82SNAPPY\x00 or what", codec=codec)
    found = read(broken + batch_of(MESSAGES, first=3))
    assert [record.offset for record in found] == [2, 3, 4, 5]
    value = found[0].value
    assert isinstance(value, UnreadableBatch)
    assert not value.damaged
    assert value == broken
    assert value.reason.startswith("the batch of offsets 0 to 2 can't be read: ")


def bomb(codec: int, size: int) -> bytes:
    """One record of so many blanks."""
    plain = batch_of([(b"Q001", [], b" " * size)])[HEADER:]
    if codec == CODECS["gzip"]:
        packer = zlib.compressobj(wbits=31)
        packed = packer.compress(plain) + packer.flush()
    else:
        module = {2: cramjam.snappy.compress_raw, 3: cramjam.lz4.compress, 4: cramjam.zstd.compress}
        packed = bytes(module[codec](plain))
    return with_payload(batch_of([(b"Q001", [], b"")]), packed, codec=codec)


@pytest.mark.parametrize("codec", list(CODECS.values())[1:], ids=list(CODECS)[1:])
def test_memory_is_bounded_whatever_is_compressed(codec: int) -> None:
    fetched = bomb(codec, 100_000_000)
    tracemalloc.start()
    try:
        (record,) = read(fetched)
        assert isinstance(record.value, UnreadableBatch)
        assert tracemalloc.get_traced_memory()[1] < 4 * MOST_DECOMPRESSED + 2 * len(fetched)
    finally:
        tracemalloc.stop()


def test_one_fetch_gives_a_bounded_part_and_the_next_one_the_rest() -> None:
    size = MOST_DECOMPRESSED - 1000
    fetched = b"".join(
        with_payload(
            batch_of([(b"Q001", [], b"")], first=number),
            bytes(cramjam.zstd.compress(batch_of([(b"Q001", [], b" " * size)])[HEADER:])),
            codec=4,
        )
        for number in range(9)
    )
    found = read(fetched)
    assert sum(len(record.value) for record in found) < MOST_AT_ONCE + MOST_DECOMPRESSED
    assert [record.offset for record in found] == list(range(len(found)))


@pytest.mark.parametrize("where", [8, 18, 30, 70], ids=["length", "checksum", "header", "records"])
async def test_a_damaged_batch_is_never_passed_over(where: int) -> None:
    batch = bytearray(batch_of(MESSAGES))
    batch[where] ^= 0x40
    (record,) = read(bytes(batch))
    assert isinstance(record.value, UnreadableBatch)
    assert record.value.damaged
    letter = OriginalMessage("t", 0, record.offset, 0, None, record.value, [])
    with pytest.raises(
        DamagedBatchError, match=r"t:0: the batch of offsets .* checksum|cut off"
    ) as e:
        await classify_batch([letter], lambda _: None)
    assert not is_transient(e.value)  # so the consumer stops, and says why


_BYTES = st.binary(max_size=300)


@settings(max_examples=300, deadline=None)
@given(_BYTES, st.integers(0, 7), st.integers(-2, 3), _BYTES)
def test_no_bytes_make_it_raise(payload: bytes, codec: int, batches: int, tail: bytes) -> None:
    """Payloads that no codec made, compressed ones that hold no records, and plain nonsense."""
    inner = {0: payload, 1: zlib.compress(payload, wbits=31)}.get(
        codec, bytes(cramjam.zstd.compress(payload)) if codec == CODECS["zstd"] else payload
    )
    one = with_payload(batch_of(MESSAGES), inner, codec=codec)
    fetched = one * max(0, batches) + tail
    found = read(fetched)
    assert len(found) <= 3 * len(fetched)
    for record in found:
        assert isinstance(record.value, bytes | None)
        assert record.key is None or isinstance(record.key, bytes)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 4), st.integers(0, 200), st.integers(0, 255))
def test_a_changed_byte_inside_is_a_record_less_and_nothing_worse(
    codec: int, place: int, byte: int
) -> None:
    whole = batch_of(MESSAGES, codec)
    payload = bytearray(whole[HEADER:])
    payload[place % len(payload)] = byte
    changed = with_payload(whole, bytes(payload), codec=codec)
    behind = batch_of(MESSAGES, first=3)
    assert content(read(changed + behind))[-3:] == content(read(behind))


# ---- on a broker


def good(unit: str) -> tuple[Any, Message]:
    event_id, message = encode(essay(unit), source="probe", now=datetime.now(UTC))
    return event_id, (message.key, message.headers, message.value)


async def test_events_count_whatever_they_are_compressed_with(kafka_world: World) -> None:
    world, ids = kafka_world, []
    for number, codec in enumerate(CODECS.values()):
        some = [good(f"Q00{number}") for _ in range(3)]
        ids += [event_id for event_id, _ in some]
        batch = batch_of([message for _, message in some], codec)
        await produce_batch(world.bootstrap, world.topic, batch, partition=number % 3)
    async with running(world.consumer()):
        await until(lambda: world.took(len(ids)))
    assert sorted(await world.effects()) == sorted(ids)


async def test_a_batch_of_blanks_is_set_aside_as_it_was_fetched_and_all_around_it_counts(
    kafka_world: World,
) -> None:
    world, (first, one), (last, other) = kafka_world, good("Q001"), good("Q002")
    blanks = bomb(CODECS["gzip"], 50_000_000)
    await produce_batch(world.bootstrap, world.topic, batch_of([one]))
    await produce_batch(world.bootstrap, world.topic, blanks)
    poison = batch_of([(b"Q001", [], b"{") for _ in range(3)])
    await produce_batch(world.bootstrap, world.topic, poison)
    await produce_batch(world.bootstrap, world.topic, batch_of([other]))
    consumer = world.consumer()
    async with running(world.relay(), consumer):
        await until(lambda: world.took(2))
        await until(world.relayed)
        await until(lambda: _letters(world, 4))
    assert sorted(await world.effects()) == sorted([first, last])
    letters = await world.on_topic(world.dead_letter_topic)
    own = {parted(one.headers)[1]["dl_cause"]: one for one in letters}
    assert len(letters) == 4
    kept = own[b"unreadable-batch"]
    assert kept.value is not None
    assert kept.value[HEADER:] == blanks[HEADER:]  # the broker writes offsets into the head
    metric = {"topic": world.topic, "cause": "unreadable-batch"}
    assert world.metrics.value(DEAD_LETTERS, **metric) == 1

    # Tried again, it is refused for the same cause; readers of the topic pass it too.
    async with world.database.transaction() as tx:
        (letter,) = await queries.next_to_try(tx, cause="unreadable-batch", most=2)
        result = await DeadLetterService([consumer], world.metrics).redrive(tx, letter, by="ops-1")
    assert (result.outcome, result.cause) == ("failed", "unreadable-batch")
    async with open_reader(world.settings(), [world.topic]) as reader:
        offsets = [record.offset async for some in reader.to_the_end() for record in some]
    assert offsets == list(range(6))


async def test_a_dead_letter_too_large_for_the_broker_is_kept_here_and_holds_up_no_other(
    kafka_world: World,
) -> None:
    """A few kB on the topic, 3 MB once they are read: more than the topic of dead letters takes."""
    world, (last, other) = kafka_world, good("Q002")
    large = bomb(CODECS["gzip"], 3_000_000)
    poison = batch_of([(b"Q001", [], b"{") for _ in range(3)])
    for batch in (large, poison, batch_of([other])):
        await produce_batch(world.bootstrap, world.topic, batch)
    consumer, relay = world.consumer(), world.relay()
    dead_letters = DeadLetterService([consumer], world.metrics)
    async with running(relay, consumer):
        await until(lambda: world.took(1))
        await until(world.relayed)
        assert relay.degraded() is None
    assert await world.effects() == [last]
    assert len(await world.on_topic(world.dead_letter_topic)) == 3
    async with world.database.transaction() as tx:
        letters = {letter.offset: letter for letter in await queries.listed(tx, most=10)}
        message = await queries.message_of(tx, letters[0])
        result = await dead_letters.redrive(tx, letters[0], by="ops-1")
    assert [letters[offset].unpublished is None for offset in range(4)] == [False, *[True] * 3]
    assert "no message of that size" in (letters[0].unpublished or "")
    assert message is not None
    assert message.value == b" " * 3_000_000
    assert result.outcome == "failed"
    await dead_letters.measure(world.database)
    assert world.metrics.value(DEAD_LETTERS_UNPUBLISHED, group=consumer.group) == 1


async def _letters(world: World, count: int) -> bool:
    return len(await world.on_topic(world.dead_letter_topic)) >= count
