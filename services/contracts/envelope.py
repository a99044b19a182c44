"""The envelope: a fact as a CloudEvents 1.0 message on Kafka, binary mode, and back.

Attributes are Kafka headers named `ce_<attribute>`, `content-type` is the data content type, the
value is the data as JSON and the key is `partitionkey` (CloudEvents Kafka protocol binding, and its
extensions Partitioning and Distributed Tracing). Written by hand because every event passes here;
the `cloudevents` package is the judge in the conformance tests
(docs/decisions/0010-envelope-by-hand.md).
"""

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, NamedTuple
from uuid import UUID

import msgspec
from msgspec import Meta
from pydantic import ValidationError

from services.contracts.events import BY_TYPE, Fact
from services.contracts.events.base import TYPE_PREFIX

__all__ = ["Event", "Fact", "Invalid", "InvalidReason", "Message", "decode", "encode", "uuid7"]

CONTENT_TYPE = "application/json"

InvalidReason = Literal[
    "tombstone",  # no value: facts are never deleted, so nobody of ours writes one
    "null-header",
    "not-utf8",
    "missing-attribute",
    "bad-attribute",
    "unknown-type",
    "future-version",  # an event we know, of a major version we don't
    "bad-json",
    "bad-data",
]


class Event(msgspec.Struct, frozen=True):
    """A decoded message whose attributes and data agree with each other and with the contract.

    A struct, not a dataclass: made for every event, in a tenth of the time.
    """

    id: UUID
    type: str
    source: str
    subject: str
    """The aggregate that the fact is about."""
    time: datetime
    """When it happened, in the domain's time."""
    recordedtime: datetime
    """Wall-clock time at which its row was written to the outbox: the basis of every latency."""
    partitionkey: str
    traceparent: str | None
    """W3C trace context of the cause; None where it is absent or malformed."""
    dataschema: str
    data: Fact


@dataclass(frozen=True, slots=True)
class Invalid:
    """A message that is not an event of ours, and why; it belongs in the dead letters."""

    reason: InvalidReason
    detail: str
    """For people; never a value out of the data, which may be personal."""


@dataclass(frozen=True, slots=True)
class Message:
    """What goes on the wire."""

    key: bytes
    headers: list[tuple[str, bytes]]
    value: bytes


class _Attributes(msgspec.Struct, frozen=True, rename={"content_type": "content-type"}):
    """The headers that are read, by their names on the wire; all others are ignored."""

    ce_specversion: Literal["1.0"]
    ce_id: UUID
    ce_type: str
    ce_source: Annotated[str, Meta(min_length=1)]
    ce_subject: Annotated[str, Meta(min_length=1)]
    ce_time: Annotated[datetime, Meta(tz=True)]
    ce_recordedtime: Annotated[datetime, Meta(tz=True)]
    ce_partitionkey: Annotated[str, Meta(min_length=1)]
    ce_dataschema: Annotated[str, Meta(min_length=1)]
    ce_traceparent: str | None = None
    content_type: str = CONTENT_TYPE


_FIELDS = msgspec.structs.fields(_Attributes)
_READ = frozenset(field.encode_name for field in _FIELDS)
_REQUIRED = [field.encode_name for field in _FIELDS if field.required]


class _Kind(NamedTuple):
    """What is the same for all events of one type, computed once."""

    fact: type[Fact]
    read: Callable[..., Fact]
    constant_headers: tuple[tuple[str, bytes], ...]


def _kind(fact: type[Fact]) -> _Kind:
    return _Kind(
        fact,
        fact.__pydantic_validator__.validate_json,
        (
            ("ce_specversion", b"1.0"),
            ("ce_type", fact.ce_type().encode()),
            ("ce_dataschema", fact.dataschema().encode()),
            ("content-type", CONTENT_TYPE.encode()),
        ),
    )


_KINDS: dict[str, _Kind] = {name: _kind(fact) for name, fact in BY_TYPE.items()}
_EVENT_NAMES = {fact.event for fact in BY_TYPE.values()}
_VERSIONED = re.compile(re.escape(TYPE_PREFIX) + r"([a-z0-9-]+)\.v([1-9][0-9]{0,8})")
_MEDIA_TYPE = re.compile(r"application/json[ \t]*(;.*)?", re.IGNORECASE | re.DOTALL)
# W3C Trace Context: version ff and all-zero ids are invalid.
_TRACEPARENT = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"
)
_NOT_UTF8 = re.compile("[\udc80-\udcff]")
_FAULTS_SHOWN = 5


def uuid7(now: datetime) -> UUID:
    """A UUID of version 7 (RFC 9562): millisecond of `now`, then 74 random bits.

    Ordered by time to the millisecond, so that the unique indexes of outbox and inbox grow at one
    end instead of everywhere.
    """
    random = int.from_bytes(os.urandom(10), "big")
    milliseconds = int(now.timestamp() * 1000)
    return UUID(
        int=(milliseconds << 80)
        | (0x7 << 76)
        | ((random >> 68) << 64)
        | (0b10 << 62)
        | (random & ((1 << 62) - 1))
    )


def encode(
    fact: Fact,
    *,
    source: str,
    now: datetime,
    traceparent: str | None = None,
    event_id: UUID | None = None,
) -> tuple[UUID, Message]:
    """Put a fact in its envelope.

    `source` is the publishing service, `now` the wall-clock time (aware) at which it is recorded.
    Returns the event's id (new, unless given) and the message. Raises ValueError for a naive `now`
    or an empty `source`, KeyError for a fact that is not in `FACTS`.
    """
    if now.tzinfo is None:
        raise ValueError("now must be an aware datetime")
    if not source:
        raise ValueError("source must name the service")
    kind = _KINDS[fact.ce_type()]
    if event_id is None:
        event_id = uuid7(now)
    key = fact.key.encode()
    headers: list[tuple[str, bytes]] = [
        ("ce_id", str(event_id).encode()),
        *kind.constant_headers,
        ("ce_source", source.encode()),
        ("ce_subject", fact.aggregate.encode()),
        ("ce_time", fact.moment.isoformat().encode()),
        ("ce_recordedtime", now.isoformat().encode()),
        ("ce_partitionkey", key),
    ]
    if traceparent is not None:
        headers.append(("ce_traceparent", traceparent.encode()))
    return event_id, Message(key, headers, fact.model_dump_json().encode())


def decode(
    key: bytes | None, headers: Sequence[tuple[str, bytes | None]], value: bytes | None
) -> Event | Invalid:
    """Read a message; never raises.

    Unknown headers and unknown fields of the data are ignored, so that newer publishers can be
    read. Attributes that repeat the data (subject, time, partition key) must agree with
    it: a consumer may trust either. Bytes of a header's name that are not UTF-8 come as lone
    surrogates (PEP 383), if the client can read them at all.
    """
    try:
        return _decode(key, headers, value)
    except _NotAnEventError as fault:
        return Invalid(fault.reason, fault.detail)
    except Exception as error:
        # Whatever a stranger wrote, an exception here would block its partition or lose the message
        # behind it. The type of the exception is enough; its text could hold personal data.
        return Invalid("bad-data", f"the decoder failed with {type(error).__name__}")


class _NotAnEventError(Exception):
    """Carries the reason out of the small parsers below; never leaves this module."""

    def __init__(self, reason: InvalidReason, detail: str) -> None:
        self.reason = reason
        self.detail = detail


def _decode(
    key: bytes | None, headers: Sequence[tuple[str, bytes | None]], value: bytes | None
) -> Event:
    if not value:  # FastStream hands a tombstone on as b""
        raise _NotAnEventError("tombstone", "the message has no value")
    try:
        texts = {name: raw.decode() for name, raw in headers if name in _READ}  # type: ignore[union-attr]
    except (AttributeError, UnicodeDecodeError):
        raise _unreadable(headers) from None
    # Nearly always all headers are ours, and their names need no look.
    if len(texts) < len(headers) and any(_NOT_UTF8.search(name) for name, _ in headers):
        raise _NotAnEventError("not-utf8", "the name of a header is not UTF-8")
    kind = _KINDS.get(texts.get("ce_type", ""))
    if kind is None:
        raise _unknown_type(texts)
    try:
        attributes = msgspec.convert(texts, _Attributes)
    except msgspec.ValidationError as error:
        raise _bad_attributes(texts, str(error)) from None
    if attributes.content_type != CONTENT_TYPE and not _MEDIA_TYPE.fullmatch(
        attributes.content_type
    ):
        detail = f"content-type is {attributes.content_type[:64]!r}: data is JSON, in binary mode"
        raise _NotAnEventError("bad-attribute", detail)
    if key != attributes.ce_partitionkey.encode():
        raise _NotAnEventError("bad-attribute", "the Kafka key is not ce_partitionkey")
    try:
        # Strictly: what the JSON Schema calls a string must not come as a number.
        data = kind.read(value, strict=True)
    except ValidationError as error:
        raise _bad_data(error) from None
    if attributes.ce_partitionkey != data.key:
        raise _disagrees("ce_partitionkey", kind.fact.key_field)
    if attributes.ce_subject != data.aggregate:
        raise _disagrees("ce_subject", kind.fact.aggregate_field)
    if attributes.ce_time != data.moment:
        raise _disagrees("ce_time", kind.fact.moment_field)
    trace = attributes.ce_traceparent
    return Event(
        attributes.ce_id,
        attributes.ce_type,
        attributes.ce_source,
        attributes.ce_subject,
        attributes.ce_time,
        attributes.ce_recordedtime,
        attributes.ce_partitionkey,
        # For want of a well-formed trace no event is refused: W3C says to ignore it.
        trace if trace is not None and _TRACEPARENT.fullmatch(trace) else None,
        attributes.ce_dataschema,
        data,
    )


def _unreadable(headers: Sequence[tuple[str, bytes | None]]) -> _NotAnEventError:
    """Why the headers could not be read as text: found once more, slowly, to name the culprit."""
    for name, raw in headers:
        if name in _READ and raw is None:
            return _NotAnEventError("null-header", f"the header {name} is null")
        if name in _READ and raw is not None:
            try:
                raw.decode()
            except UnicodeDecodeError as error:
                detail = f"the header {name} is not UTF-8 at byte {error.start}"
                return _NotAnEventError("not-utf8", detail)
    return _NotAnEventError("not-utf8", "a header is neither text nor null")


def _unknown_type(texts: dict[str, str]) -> _NotAnEventError:
    if "ce_type" not in texts:
        return _NotAnEventError("missing-attribute", "there is no header ce_type")
    versioned = _VERSIONED.fullmatch(texts["ce_type"])
    if versioned and versioned[1] in _EVENT_NAMES:
        detail = f"{versioned[1]} of version {versioned[2]} is not known here: upgrade this service"
        return _NotAnEventError("future-version", detail)
    detail = f"no event type is called {texts['ce_type'][:128]!r}"
    return _NotAnEventError("unknown-type", detail)


def _bad_attributes(texts: dict[str, str], fault: str) -> _NotAnEventError:
    missing = [name for name in _REQUIRED if name not in texts]
    if missing:
        return _NotAnEventError("missing-attribute", f"there is no header {', '.join(missing)}")
    return _NotAnEventError("bad-attribute", fault)


def _bad_data(error: ValidationError) -> _NotAnEventError:
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    if faults[0]["type"] == "json_invalid":
        return _NotAnEventError("bad-json", faults[0]["msg"])
    shown = "; ".join(
        f"/{'/'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in faults[:_FAULTS_SHOWN]
    )
    more = f"; and {len(faults) - _FAULTS_SHOWN} more" if len(faults) > _FAULTS_SHOWN else ""
    return _NotAnEventError("bad-data", shown + more)


def _disagrees(attribute: str, field: str) -> _NotAnEventError:
    return _NotAnEventError("bad-attribute", f"{attribute} disagrees with {field} in the data")
