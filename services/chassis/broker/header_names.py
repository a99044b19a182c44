"""Records with a header whose name is not UTF-8: no client of Kafka writes one, every broker takes
one, and aiokafka's `getmany` raises at it, for ever.

Two classes of aiokafka's fetcher are put in place of its own. They read as before; only what can't
be read is read once more from the same bytes, by aiokafka's parser in Python, and the bytes of such
a name become lone surrogates (PEP 383), which no readable name has. What is done with such a
record is then decided where all records are judged.
"""

from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import MemoryRecords, _MemoryRecordsPy

_VERSION_2 = 2
"""Oldest format of Kafka's record batches that has headers."""


def read_any_header_name() -> None:
    """Let every consumer of this process read such records. Safe to call again."""
    # Not a class of our own to consume with: neither FastStream nor aiokafka lets one be given.
    fetcher.MemoryRecords = _FetchedRecords
    fetcher.PartitionRecords = _ReadableRecords


def readable(name: str) -> str:
    r"""A header's name as text that can be sent: bytes that were not UTF-8 as `\xff`."""
    return name.encode(errors="surrogateescape").decode(errors="backslashreplace")


class _FetchedRecords(MemoryRecords):  # type: ignore[misc]  # aiokafka has no types
    """One partition's part of a fetch; the same, and its bytes."""

    def __init__(self, fetched: bytes) -> None:
        super().__init__(fetched)
        self.fetched = fetched


class _ReadableRecords(fetcher.PartitionRecords):  # type: ignore[misc]
    """The records of such a part, one by one."""

    def __init__(
        self, tp: Any, records: Any, aborted_transactions: Any, fetch_offset: int, *options: Any
    ) -> None:
        self._again = (tp, aborted_transactions, options)
        super().__init__(tp, records, aborted_transactions, fetch_offset, *options)

    def __next__(self) -> Any:
        try:
            return super().__next__()
        except (UnicodeDecodeError, CorruptRecordException):  # the second: without C extensions
            if not isinstance(self._records, _FetchedRecords):
                raise
        # The iterator is spent. A new one goes on from the first record that was not given out.
        tp, aborted_transactions, options = self._again
        records, first = _LenientRecords(self._records.fetched), self.next_fetch_offset
        super().__init__(tp, records, aborted_transactions, first, *options)
        # At the end of a batch that was given out before, aiokafka takes the next one for new.
        while (record := super().__next__()).offset < first:
            pass
        return record


class _LenientRecords(_MemoryRecordsPy):  # type: ignore[misc]
    def next_batch(self) -> Any:
        batch = self._next_slice
        if batch is None or batch[self.MAGIC_OFFSET] < _VERSION_2:
            return super().next_batch()
        self._cache_next()
        return _LenientBatch(batch)


class _LenientBatch(_DefaultRecordBatchPy):  # type: ignore[misc]
    _buffer: bytearray

    def _maybe_uncompress(self) -> None:
        super()._maybe_uncompress()
        if not isinstance(self._buffer, _LenientBytes):
            self._buffer = _LenientBytes(self._buffer)


class _LenientBytes(bytearray):
    """The parser slices it, and decodes the slices that are names."""

    def __getitem__(self, place: Any) -> Any:
        found = super().__getitem__(place)
        return _LenientBytes(found) if isinstance(place, slice) else found

    def decode(self, encoding: str = "utf-8", errors: str = "surrogateescape") -> str:
        return super().decode(encoding, errors)
