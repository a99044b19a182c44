"""Dead letters: a message that can never be processed is set aside whole, with what is known of it.

They go through the outbox in the transaction of their batch, so the batch can be acknowledged
without losing them. Key, value and headers are the original's, byte by byte; only in the name of a
header a byte that is not UTF-8 stands as text, `\\xff`. Headers `dl_…` say why and where it stood.
`thidua dead-letters` lists them and tries them again (docs/operating.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Protocol
from uuid import UUID, uuid5

from services.chassis.broker.header_names import readable
from services.chassis.storage.outbox import Headers, Outgoing

_NAMESPACE = UUID("0b7f3f0a-6c0e-5d0e-9a51-3f5f0c6f7d11")
_OWN = "dl_"
_DETAIL_BYTES = 1000


class Record(Protocol):
    """What is read of aiokafka's ConsumerRecord."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a message can never be processed."""

    cause: str
    """One machine word: of the envelope (`bad-json`, …), of the judge (`unknown-unit`, …), or
    `apply-failed`."""
    detail: str
    """For people; without values out of the message."""


def dead_letter(record: Record, fault: Fault, *, topic: str, attempt: int) -> Outgoing:
    """The message for the dead-letter topic. `attempt` counts the batch's tries, from 1.

    Its id follows from where the message stood and what it was, so that a batch delivered again
    makes no second one. The place alone would not do: a topic made anew counts from 0 again.
    """
    now = datetime.now(UTC)
    identity = _identity(record, topic)
    own = (
        ("dl_id", str(identity)),
        ("dl_cause", fault.cause),
        ("dl_detail", fault.detail.encode()[:_DETAIL_BYTES].decode(errors="ignore")),
        ("dl_topic", record.topic),
        ("dl_partition", str(record.partition)),
        ("dl_offset", str(record.offset)),
        ("dl_attempt", str(attempt)),
        ("dl_time", now.isoformat()),
    )
    headers = [(readable(name), value) for name, value in original(record.headers)]
    headers += [(name, value.encode()) for name, value in own]
    key = record.key
    if key is None and record.value is None:
        key = b""  # the client refuses a message of nothing
    return Outgoing(identity, topic, key, headers, record.value, now)


def event_id_of(headers: Headers) -> UUID | None:
    """The event's id as its header has it; None where that is no UUID."""
    for name, value in headers:
        if name == "ce_id" and value is not None:
            try:
                return UUID(value.decode())
            except ValueError:
                return None
    return None


def original(headers: Headers) -> list[tuple[str, bytes | None]]:
    """The headers of the message that was set aside, without those that say so."""
    return [(name, value) for name, value in headers if not name.startswith(_OWN)]


def _identity(record: Record, topic: str) -> UUID:
    content = sha256()
    for part in (record.key, record.value, *(value for _, value in record.headers)):
        content.update(b"-" if part is None else b"%d:" % len(part) + part)
    place = f"{topic}/{record.topic}/{record.partition}/{record.offset}/{record.timestamp}"
    return uuid5(_NAMESPACE, f"{place}/{content.hexdigest()}")
