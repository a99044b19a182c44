"""Records that no Kafka client writes and every broker takes: header names that are not UTF-8."""

from collections.abc import Iterable, Sequence

from aiokafka import AIOKafkaProducer
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy

BAD_NAME = b"tr\xe4ce\xff"
"""Latin-1, and a byte that no UTF-8 has."""

Strange = tuple[bytes | None, Sequence[tuple[str | bytes, bytes | None]], bytes | None]
"""Key, headers with names that may be bytes, value."""


class _Bytes(str):
    """A name that encodes itself as it likes. aiokafka's builder in C would not take it."""

    __slots__ = ("wire",)

    def __new__(cls, wire: bytes) -> "_Bytes":
        name = super().__new__(cls, wire.decode("latin-1"))
        name.wire = wire
        return name

    def encode(self, encoding: str = "", errors: str = "") -> bytes:  # noqa: ARG002 - as str's
        return self.wire


async def produce_strangely(
    bootstrap: str,
    topic: str,
    messages: Iterable[Strange],
    *,
    partition: int = 0,
    gzip: bool = False,
) -> int:
    """Write messages as one batch of records, as a broken programme would; the first's offset."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")
    await producer.start()
    try:
        batch = producer.create_batch()
        batch._builder = _DefaultRecordBatchBuilderPy(2, int(gzip), 0, -1, -1, 0, 1 << 20)
        for key, headers, value in messages:
            named = [(_Bytes(n) if isinstance(n, bytes) else n, v) for n, v in headers]
            assert batch.append(timestamp=None, key=key, value=value, headers=named)
        sent = await (await producer.send_batch(batch, topic, partition=partition))
        return int(sent.offset)
    finally:
        await producer.stop()
