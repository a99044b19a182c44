"""What the broker sends for a fetch, read so that no batch of records can stop a consumer.

aiokafka raises at a batch that it can't read: a header name that is not UTF-8, a codec that is
missing, broken or unknown compression. Its `getmany` then raises for ever, and loses what it had
read of other partitions in the same call. It also decompresses without a limit. Nothing that a
consumer is configured with changes that, so `read_every_batch` puts the class below in place of
aiokafka's `MemoryRecords`; tests/delivery/test_unreadable_batches.py notices when upstream changes.

A batch is read by aiokafka's parser in C. What that one refuses is read here, in Python; a name's
bytes that are not UTF-8 become lone surrogates (PEP 383). What is still unreadable comes as one
record in the place of the batch's last one, whose value is an `UnreadableBatch`: classification
decides about it as about every other record.
"""

import contextlib
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import cramjam
from aiokafka.consumer import fetcher
from aiokafka.record.default_records import DefaultRecordBatch
from aiokafka.record.legacy_records import LegacyRecordBatch
from aiokafka.record.util import decode_varint

from services.chassis.broker.header_names import from_raw

MOST_DECOMPRESSED = 4 * 1024 * 1024
"""Bytes of one batch after decompression: four times what brokers and producers take by default as
one message. A few kB of zeros become hundreds of megabytes otherwise."""

MOST_AT_ONCE = 8 * 1024 * 1024
"""Bytes, after decompression, that one partition gives in one fetch; the next fetch goes on."""

_START = struct.Struct(">qi")  # base offset, length of what follows
_MAGIC = 16  # position of the format's version, in all versions
_HEADER = struct.Struct(">qiibIhiqqqhii")
"""Of a batch of version 2 (https://kafka.apache.org/documentation/#recordbatch)."""
_CODEC, _APPEND_TIME, _CONTROL = 0x07, 0x08, 0x20


class UnreadableBatch(bytes):
    """A batch of records as it was fetched, in the place of a record's value."""

    reason: str
    """For people; without values out of the batch."""
    damaged: bool
    """Its checksum or length is wrong: fetching it once more may give the true one."""

    def __new__(cls, fetched: bytes, reason: str, *, damaged: bool = False) -> Self:
        """`fetched` is kept whole."""
        batch = super().__new__(cls, fetched)
        batch.reason, batch.damaged = reason, damaged
        return batch


def read_every_batch() -> None:
    """Let every consumer of this process read so. Safe to call more than once."""
    fetcher.MemoryRecords = FetchedRecords


class FetchedRecords:
    """One partition's part of a fetch, batch by batch: what aiokafka's fetcher asks of it."""

    def __init__(self, fetched: bytes) -> None:
        self._fetched = fetched
        self._position = 0
        self._decompressed = 0
        self._next = self._cut()
        if self._next is None and fetched:
            # The broker sends at least one batch whole; aiokafka would pass over its records.
            self._next = fetched

    def size_in_bytes(self) -> int:
        """Of the whole part."""
        return len(self._fetched)

    def has_next(self) -> bool:
        """False also when enough was given for one fetch: the fetcher asks for the rest."""
        return self._next is not None and self._decompressed < MOST_AT_ONCE

    def next_batch(self) -> Any:
        """The next batch; None after the last."""
        fetched, self._next = self._next, None
        if fetched is None:
            return None
        self._next = self._cut()
        if len(fetched) > _MAGIC and fetched[_MAGIC] < 2:  # noqa: PLR2004 - written before 2017
            return LegacyRecordBatch(fetched, fetched[_MAGIC])
        batch = _Batch(fetched)
        self._decompressed += batch.size
        return batch

    def _cut(self) -> bytes | None:
        rest = len(self._fetched) - self._position
        if rest < _START.size:
            return None
        _, length = _START.unpack_from(self._fetched, self._position)
        end = self._position + _START.size + length
        if length < 0 or end > len(self._fetched):
            return None  # cut off by the size of the fetch
        batch = self._fetched[self._position : end]
        self._position = end
        return batch


class _Head(NamedTuple):
    base_offset: int
    length: int
    leader_epoch: int
    magic: int
    crc: int
    attributes: int
    last_offset_delta: int
    first_timestamp: int
    max_timestamp: int
    producer_id: int
    producer_epoch: int
    base_sequence: int
    records: int


@dataclass(slots=True)
class _Record:
    offset: int
    timestamp: int
    timestamp_type: int
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]]
    checksum: None = None


class _Batch:
    """A batch of version 2: what aiokafka's `PartitionRecords` asks of it."""

    def __init__(self, fetched: bytes) -> None:
        self._fetched = fetched
        self._readable: Any = None
        """The same batch without compression, for aiokafka's parser."""
        self._payload: bytes | memoryview = b""
        self._fault: str | None = None
        self._damaged = False
        if len(fetched) < _HEADER.size:
            self._head = _Head(_START.unpack_from(fetched.ljust(12, b"\0"))[0], *[0] * 12)
            self._fault, self._damaged = "it is cut off", True
        else:
            self._head = _Head(*_HEADER.unpack_from(fetched))
            self._open()
        self.size = len(self._payload)
        self.base_offset = self._head.base_offset
        self.next_offset = self.base_offset + max(0, self._head.last_offset_delta) + 1
        self.is_control_batch = not self._fault and bool(self._head.attributes & _CONTROL)

    def validate_crc(self) -> bool:
        """Looked at already; a wrong one is an UnreadableBatch."""
        return True

    def __iter__(self) -> Iterator[Any]:
        """The records; where some can't be read, an UnreadableBatch behind those that can.

        A second reading begins with the first record: aiokafka passes over what it had.
        """
        if self._fault is None:
            with contextlib.suppress(Exception):
                yield from self._readable
                return
            try:
                yield from self._leniently()
            except Exception as error:
                self._fault = f"{type(error).__name__} in its {self._head.records} records"
            else:
                return
        yield self._unreadable(self._fault)

    def _open(self) -> None:
        """Checksum and decompression."""
        if _START.size + self._head.length != len(self._fetched):
            self._fault, self._damaged = "it is cut off", True
            return
        self._readable = DefaultRecordBatch(self._fetched)
        self._payload = memoryview(self._fetched)[_HEADER.size :]
        if not self._readable.validate_crc():
            self._fault, self._damaged = "its checksum is wrong", True
        elif codec := self._head.attributes & _CODEC:
            try:
                self._decompress(codec)
            except Exception as error:  # whatever a codec raises at bytes that a stranger chose
                name = _NAMES.get(codec, f"codec {codec}")
                self._fault = (
                    f"{name} does not decompress to at most {MOST_DECOMPRESSED} bytes"
                    f" ({type(error).__name__})"
                )

    def _decompress(self, codec: int) -> None:
        self._payload = _CODECS[codec](bytes(self._payload))
        head = self._head._replace(
            attributes=self._head.attributes & ~_CODEC,
            length=_HEADER.size - _START.size + len(self._payload),
        )
        self._readable = DefaultRecordBatch(_HEADER.pack(*head) + self._payload)

    def _leniently(self) -> Iterator[_Record]:
        data, position = bytes(self._payload), 0
        for _ in range(self._head.records):
            record, position = self._record_at(data, position)
            yield record

    def _record_at(self, data: bytes, position: int) -> tuple[_Record, int]:
        """One record, as the format has it, and where the next one begins."""
        head = self._head
        length, position = decode_varint(data, position)
        end = position + length
        _, position = decode_varint(data, position)  # attributes, unused
        delta, position = decode_varint(data, position)
        offset, position = decode_varint(data, position)
        key, position = _text(data, position, end)
        value, position = _text(data, position, end)
        count, position = decode_varint(data, position)
        headers = []
        for _ in range(count):
            name, position = _text(data, position, end)
            inside, position = _text(data, position, end)
            headers.append((from_raw(name or b""), inside))
        if position != end:
            raise ValueError("the length of a record is wrong")
        by_broker = bool(head.attributes & _APPEND_TIME)
        at = head.max_timestamp if by_broker else head.first_timestamp + delta
        record = _Record(head.base_offset + offset, at, int(by_broker), key, value, headers)
        return record, position

    def _unreadable(self, fault: str) -> _Record:
        last = self.next_offset - 1
        reason = f"the batch of offsets {self.base_offset} to {last} can't be read: {fault}"
        value = UnreadableBatch(self._fetched, reason, damaged=self._damaged)
        return _Record(last, self._head.max_timestamp, 0, None, value, [])


def _text(data: bytes, position: int, end: int) -> tuple[bytes | None, int]:
    """Bytes with their length before them; a negative one means null."""
    length, position = decode_varint(data, position)
    if length < 0:
        return None, position
    if position + length > end:
        raise ValueError("a part of a record is longer than the record")
    return bytes(data[position : position + length]), position + length


# ---- decompression, never beyond the limit


def _gzip(data: bytes) -> bytes:
    found = b""
    while data:
        member = zlib.decompressobj(wbits=31)
        found += member.decompress(data, MOST_DECOMPRESSED + 1 - len(found))
        if len(found) > MOST_DECOMPRESSED or not member.eof:
            raise ValueError("too large, or cut off")
        data = member.unused_data
    return found


def _snappy(data: bytes) -> bytes:
    if not data.startswith(b"\x82SNAPPY\x00"):
        return _snappy_block(data, MOST_DECOMPRESSED)
    found, position = b"", 16  # the Java client's framing: a header, then blocks with their lengths
    while position < len(data):
        (length,) = struct.unpack_from(">i", data, position)
        position += 4
        if length < 0 or position + length > len(data):
            raise ValueError("cut off")
        block = data[position : position + length]
        found += _snappy_block(block, MOST_DECOMPRESSED - len(found))
        position += length
    return found


def _snappy_block(data: bytes, most: int) -> bytes:
    if cramjam.snappy.decompress_raw_len(data) > most:
        raise ValueError("too large")
    return bytes(cramjam.snappy.decompress_raw(data))


def _lz4(data: bytes) -> bytes:
    return _into(cramjam.lz4.decompress_into, data)


def _zstd(data: bytes) -> bytes:
    return _into(cramjam.zstd.decompress_into, data)


def _into(decompress: Callable[[bytes, bytearray], int], data: bytes) -> bytes:
    room = bytearray(MOST_DECOMPRESSED)
    return bytes(memoryview(room)[: decompress(data, room)])


_NAMES = {1: "gzip", 2: "snappy", 3: "lz4", 4: "zstd"}
_CODECS = {1: _gzip, 2: _snappy, 3: _lz4, 4: _zstd}
