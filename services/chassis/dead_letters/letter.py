r"""A dead letter: a message that can never be processed, kept whole with what is known about it.

They go through the outbox in the transaction of their batch, so the batch can be acknowledged
without losing them. Key, value and headers are the original's, byte by byte, and headers `dl_…`
behind them have cause and place. The name of a header can't always be sent as it was: where
a byte of it is not UTF-8 it is written as text, `\xff`, and the bytes are the value of a header
`dl_name_<number>`, counted from 0. So `original` gives back what was read, and whoever tries it
again sees what was wrong. `thidua dead-letters` does (docs/operating.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Literal, Protocol
from uuid import UUID, uuid5

from services.chassis.broker.fetched_records import UnreadableBatch
from services.chassis.broker.header_names import from_raw, raw, readable
from services.chassis.dead_letters.printable import printable
from services.chassis.storage.outbox import Headers, Outgoing

_NAMESPACE = UUID("0b7f3f0a-6c0e-5d0e-9a51-3f5f0c6f7d11")
_FIRST = "dl_id"
"""Ours begin with it. A stranger's message may have some so called too: the last one is ours."""
_RAW_NAME = "dl_name_"
_UNREADABLE = "dl_unreadable"
"""Where the message is a whole batch of records as it was fetched: why it can't be read."""
_NAME_SHOWN = 100
"""Characters of such a name that are kept as text: escapes are longer than bytes, and there is room
for a message of the broker's limit and little more."""
_DETAIL_BYTES = 1000


Redone = Literal["applied", "repeated"]
"""How a redriven record ended well: its effect is new, was there, or is not ours."""


class Record(Protocol):
    """What is read of aiokafka's ConsumerRecord."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]


@dataclass(slots=True)
class OriginalMessage:
    """A message as it was when it was set aside: what a consumer reads of a record."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Headers


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a message can never be processed."""

    cause: str
    """One machine word: of the envelope (`bad-json`, …), of the service (`unknown-unit`, …), or
    `apply-failed`."""
    detail: str
    """For people; without values out of the message."""

    def __post_init__(self) -> None:
        """Both are printed, and stored as text: what can't be is its escape."""
        object.__setattr__(self, "cause", printable(self.cause))
        object.__setattr__(self, "detail", printable(self.detail))


def dead_letter(record: Record, failure: Failure, *, topic: str, attempt: int) -> Outgoing:
    """The message for the dead-letter topic. `attempt` counts the batch's tries, from 1.

    Its id follows from place and content of the message, so that a batch delivered once
    more makes no second one. The place alone would not do: a topic made anew counts from 0.
    """
    now = datetime.now(UTC)
    identity = _identity(record, topic)
    about = (
        (_FIRST, str(identity)),
        ("dl_cause", failure.cause),
        ("dl_detail", failure.detail.encode()[:_DETAIL_BYTES].decode(errors="ignore")),
        ("dl_topic", record.topic),
        ("dl_partition", str(record.partition)),
        ("dl_offset", str(record.offset)),
        ("dl_timestamp", str(record.timestamp)),
        ("dl_attempt", str(attempt)),
        ("dl_time", now.isoformat()),
    )
    own: list[tuple[str, bytes | None]] = [(name, value.encode()) for name, value in about]
    headers: list[tuple[str, bytes | None]] = []
    for number, (name, value) in enumerate(record.headers):
        text = readable(name)
        if text != name:
            own.append((f"{_RAW_NAME}{number}", raw(name)))
            text = text[:_NAME_SHOWN]
        headers.append((text, value))
    key = record.key
    if key is None and record.value is None:
        key = b""  # the client refuses a message of nothing
        own.append(("dl_null_key", None))
    if isinstance(record.value, UnreadableBatch):
        own.append((_UNREADABLE, record.value.reason.encode()))
    return Outgoing(identity, topic, key, headers + own, record.value, now)


def original(letter: Outgoing) -> OriginalMessage:
    """What `dead_letter` was given. Raises ValueError for a message that is no dead letter."""
    headers, own = parted(letter.headers)
    try:
        topic = _text(own, "dl_topic")
        partition, offset = int(_text(own, "dl_partition")), int(_text(own, "dl_offset"))
        # The first letters do not have it.
        at = own.get("dl_timestamp") or b"%d" % (letter.recorded_at.timestamp() * 1000)
        for name, value in own.items():
            if name.startswith(_RAW_NAME) and value is not None:
                number = int(name.removeprefix(_RAW_NAME))
                headers[number] = (from_raw(value), headers[number][1])
    except (KeyError, IndexError) as error:
        raise ValueError(f"not a dead letter: {error!r}") from None
    key = None if "dl_null_key" in own else letter.key
    value = letter.value
    if _UNREADABLE in own and value is not None:
        value = UnreadableBatch(value, _text(own, _UNREADABLE))
    return OriginalMessage(topic, partition, offset, int(at), key, value, headers)


def parted(
    headers: Headers,
) -> tuple[list[tuple[str, bytes | None]], dict[str, bytes | None]]:
    """The headers of a dead letter: those that the message had, and ours, by name."""
    names = [name for name, _ in headers]
    if _FIRST in names:
        ours = len(names) - 1 - names[::-1].index(_FIRST)
    else:  # the first letters do not have their id
        ours = next((n for n, name in enumerate(names) if name.startswith("dl_")), len(names))
    return list(headers[:ours]), dict(headers[ours:])


def event_id_of(headers: Headers) -> UUID | None:
    """The event's id as its header has it; None where that is no UUID.

    Of several the last, as where events are decoded.
    """
    value = dict(headers).get("ce_id")
    try:
        return None if value is None else UUID(value.decode())
    except ValueError:
        return None


def _text(own: dict[str, bytes | None], name: str) -> str:
    value = own[name]
    if value is None:
        raise ValueError(f"not a dead letter: {name} is null")
    return value.decode()


def _identity(record: Record, topic: str) -> UUID:
    content = sha256()
    for part in (record.key, record.value, *(value for _, value in record.headers)):
        content.update(b"-" if part is None else b"%d:" % len(part) + part)
    place = f"{topic}/{record.topic}/{record.partition}/{record.offset}/{record.timestamp}"
    return uuid5(_NAMESPACE, f"{place}/{content.hexdigest()}")
