"""The watermark of a service: every fact that it recorded up to a moment is on its topics.

An internal record on a topic of its own, keyed by service; the newest one counts. It is no event:
nobody stores it, and a log without any is complete. Whoever has to know that nothing is on its way
any more reads it (docs/decisions/0068-a-publication-names-its-watermark.md).
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec


class Watermark(msgspec.Struct, frozen=True):
    """How far the facts of one service have been published."""

    service: str
    through: datetime
    """Every fact recorded up to here (wall clock) lies below `ends`. Later ones may, too."""
    ends: Mapping[str, tuple[int, ...]]
    """By versioned event name, e.g. `essay-submitted.v1`: the end offset of each partition."""


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Watermark).decode


def watermark_topic(prefix: str) -> str:
    """Where watermarks are published."""
    return f"{prefix}.published-through"


def encode_watermark(watermark: Watermark) -> tuple[bytes, bytes]:
    """Key and value of its record."""
    return watermark.service.encode(), _encode(watermark)


def decode_watermark(value: bytes | None) -> Watermark | None:
    """What a record says; None for a record that is no watermark."""
    try:
        return _decode(value or b"")
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
