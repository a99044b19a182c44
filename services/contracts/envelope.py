"""The envelope: a fact as a CloudEvents 1.0 message on Kafka, binary mode, and back.

Attributes are Kafka headers named `ce_<attribute>`, `content-type` is the data content type, the
value is the data as JSON and the key is `partitionkey` (CloudEvents Kafka protocol binding, and its
extensions Partitioning and Distributed Tracing). Written by hand because every event passes here;
the `cloudevents` package is the judge in the conformance tests
(docs/decisions/0010-envelope-by-hand.md).
"""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from pydantic import ValidationError

from services.contracts.events import BY_TYPE, Fact
from services.contracts.events.base import TYPE_PREFIX

__all__ = ["Event", "Fact", "Invalid", "InvalidReason", "Message", "decode", "encode", "uuid7"]

CONTENT_TYPE = b"application/json"
SPEC_VERSION = b"1.0"

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


@dataclass(frozen=True, slots=True)
class Event:
    """A decoded message whose attributes and data agree with each other and with the contract."""

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


class _Kind(NamedTuple):
    """What is the same for all events of one type, computed once."""

    fact: type[Fact]
    ce_type: str
    dataschema: str
    constant_headers: tuple[tuple[str, bytes], ...]


def _kind(fact: type[Fact]) -> _Kind:
    return _Kind(
        fact,
        fact.ce_type(),
        fact.dataschema(),
        (
            ("ce_specversion", SPEC_VERSION),
            ("ce_type", fact.ce_type().encode()),
            ("ce_dataschema", fact.dataschema().encode()),
            ("content-type", CONTENT_TYPE),
        ),
    )


_KINDS: dict[type[Fact], _Kind] = {fact: _kind(fact) for fact in BY_TYPE.values()}
_KIND_OF_TYPE: dict[bytes, _Kind] = {name.encode(): _KINDS[fact] for name, fact in BY_TYPE.items()}
_EVENT_NAMES = {fact.event for fact in BY_TYPE.values()}
_VERSIONED = re.compile(re.escape(TYPE_PREFIX) + r"([a-z0-9-]+)\.v([1-9][0-9]{0,8})")
_MEDIA_TYPE = re.compile(rb"application/json[ \t]*(;.*)?", re.IGNORECASE | re.DOTALL)
# W3C Trace Context: version ff and all-zero ids are invalid.
_TRACEPARENT = re.compile(
    rb"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"
)
_RFC3339_DAY = 10  # "2020-05-28" has ten characters, then comes the T
_UUID_LENGTH = 36
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

    `source` is the service that says it, `now` the wall-clock time (aware) at which it is recorded.
    Returns the event's id (new, unless given) and the message. Raises ValueError for a naive `now`
    or an empty `source`, KeyError for a fact that is not in `FACTS`.
    """
    if now.tzinfo is None:
        raise ValueError("now must be an aware datetime")
    if not source:
        raise ValueError("source must name the service")
    kind = _KINDS[type(fact)]
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
    read. Attributes that repeat what the data says (subject, time, partition key) must agree with
    it: a consumer may trust either.
    """
    try:
        return _decode(key, headers, value)
    except _NotAnEventError as fault:
        return Invalid(fault.reason, fault.detail)
    except Exception as error:
        # Whatever a stranger wrote, an exception here would block its partition or lose the message
        # behind it. The type of the exception says enough; its text could hold personal data.
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
    found = dict(headers)
    type_ = _attribute(found, "ce_type")
    kind = _KIND_OF_TYPE.get(type_)
    if kind is None:
        raise _unknown(_text("ce_type", type_))
    if (version := _attribute(found, "ce_specversion")) != SPEC_VERSION:
        detail = f"ce_specversion is {_text('ce_specversion', version)[:16]!r}, not '1.0'"
        raise _NotAnEventError("bad-attribute", detail)
    if "content-type" in found:
        _check_media_type(_attribute(found, "content-type"))
    id_ = _uuid("ce_id", _attribute(found, "ce_id"))
    source = _text("ce_source", _attribute(found, "ce_source"))
    subject = _text("ce_subject", _attribute(found, "ce_subject"))
    time = _moment("ce_time", _attribute(found, "ce_time"))
    recordedtime = _moment("ce_recordedtime", _attribute(found, "ce_recordedtime"))
    partitionkey_bytes = _attribute(found, "ce_partitionkey")
    partitionkey = _text("ce_partitionkey", partitionkey_bytes)
    dataschema = _text("ce_dataschema", _attribute(found, "ce_dataschema"))
    if key != partitionkey_bytes:
        raise _NotAnEventError("bad-attribute", "the Kafka key is not ce_partitionkey")
    data = _data(kind.fact, value)
    if partitionkey != data.key:
        raise _disagrees("ce_partitionkey", kind.fact.key_field)
    if subject != data.aggregate:
        raise _disagrees("ce_subject", kind.fact.aggregate_field)
    if time != data.moment:
        raise _disagrees("ce_time", kind.fact.moment_field)
    return Event(
        id_,
        kind.ce_type,
        source,
        subject,
        time,
        recordedtime,
        partitionkey,
        _traceparent(found),
        dataschema,
        data,
    )


def _attribute(found: dict[str, bytes | None], name: str) -> bytes:
    try:
        value = found[name]
    except KeyError:
        raise _NotAnEventError("missing-attribute", f"there is no header {name}") from None
    if value is None:
        raise _NotAnEventError("null-header", f"the header {name} is null")
    if not value:
        raise _NotAnEventError("bad-attribute", f"the header {name} is empty")
    return value


def _text(name: str, value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        detail = f"the header {name} is not UTF-8 at byte {error.start}"
        raise _NotAnEventError("not-utf8", detail) from None


def _uuid(name: str, value: bytes) -> UUID:
    text = _text(name, value)
    try:
        if len(text) == _UUID_LENGTH:
            return UUID(text)
    except ValueError:
        pass
    raise _NotAnEventError("bad-attribute", f"{name} is not a UUID")


def _moment(name: str, value: bytes) -> datetime:
    text = _text(name, value)
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None and text[_RFC3339_DAY] == "T":
            return moment
    except (ValueError, OverflowError):
        pass
    raise _NotAnEventError("bad-attribute", f"{name} is not an RFC 3339 time with its offset")


def _check_media_type(value: bytes) -> None:
    if value != CONTENT_TYPE and not _MEDIA_TYPE.fullmatch(value):
        shown = _text("content-type", value)[:64]
        detail = f"content-type is {shown!r}: data is application/json, in binary mode"
        raise _NotAnEventError("bad-attribute", detail)


def _traceparent(found: dict[str, bytes | None]) -> str | None:
    """The trace, where it is well-formed: for want of one no event is refused (W3C says ignore)."""
    value = found.get("ce_traceparent")
    return value.decode() if value and _TRACEPARENT.fullmatch(value) else None


def _unknown(type_: str) -> _NotAnEventError:
    versioned = _VERSIONED.fullmatch(type_)
    if versioned and versioned[1] in _EVENT_NAMES:
        detail = f"{versioned[1]} of version {versioned[2]} is not known here: upgrade this service"
        return _NotAnEventError("future-version", detail)
    return _NotAnEventError("unknown-type", f"no event type is called {type_[:128]!r}")


def _data(fact: type[Fact], value: bytes) -> Fact:
    """The data, read strictly: what the JSON Schema calls a string must not come as a number."""
    try:
        return fact.model_validate_json(value, strict=True)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
    if faults[0]["type"] == "json_invalid":
        raise _NotAnEventError("bad-json", faults[0]["msg"])
    shown = "; ".join(
        f"/{'/'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in faults[:_FAULTS_SHOWN]
    )
    more = f"; and {len(faults) - _FAULTS_SHOWN} more" if len(faults) > _FAULTS_SHOWN else ""
    raise _NotAnEventError("bad-data", shown + more)


def _disagrees(attribute: str, field: str) -> _NotAnEventError:
    return _NotAnEventError("bad-attribute", f"{attribute} disagrees with {field} in the data")
