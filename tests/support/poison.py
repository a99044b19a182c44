"""Messages that no service can take, of every kind."""

from datetime import UTC, datetime
from uuid import UUID

from services.contracts.envelope import Message, encode
from tests.support.facts import essay

Poison = tuple[bytes | None, list[tuple[str, bytes | None]], bytes | None]


def good(unit: str = "Q001", words: int = 1) -> tuple[UUID, Message]:
    """A message that every service takes, and its id."""
    return encode(essay(unit, words), source="probe", now=datetime.now(UTC))


def changed(
    *, value: bytes | None = b"", key: bytes | None = b"", **headers: bytes | None
) -> Poison:
    """A good message with something changed; `value` and `key` stay when not given."""
    _, message = good()
    found = {**dict(message.headers), **headers}
    return (
        message.key if key == b"" else key,
        list(found.items()),
        message.value if value == b"" else value,
    )


def without(name: str) -> Poison:
    """A good message that lacks a header."""
    _, message = good()
    return message.key, [(n, v) for n, v in message.headers if n != name], message.value


def of_unit(unit: str, words: int = 1) -> Poison:
    """A good message about a unit, under its key."""
    _, message = good(unit, words)
    return message.key, list(message.headers), message.value


POISON: dict[str, tuple[str, Poison]] = {
    "a null header": ("null-header", changed(ce_id=None)),
    "a header that is not UTF-8": ("not-utf8", changed(ce_source=b"\xff\xfe")),
    "broken JSON": ("bad-json", changed(value=b'{"unit": "Q001"')),
    "JSON of the wrong shape": ("bad-data", changed(value=b"[1, 2, 3]")),
    "bytes that are no text": ("bad-json", changed(value=bytes(range(256)))),
    "an unknown type": ("unknown-type", changed(ce_type=b"vn.gov.hanoi.thidua.party-held.v1")),
    "a future version": ("future-version", changed(ce_type=b"vn.gov.hanoi.thidua.essay-judged.v9")),
    "a tombstone": ("tombstone", changed(value=None)),
    "nothing at all": ("tombstone", (None, [], None)),
    "no headers": ("missing-attribute", (b"Q001", [], b"{}")),
    "no id": ("missing-attribute", without("ce_id")),
    "a key of another unit": ("bad-attribute", changed(key=b"Q002")),
    "the wrong unit": ("unknown-unit", of_unit("X99999")),
    "headers that pose as a dead letter's": (
        "null-header",
        changed(ce_id=None, dl_cause=b"forged", dl_offset=b"77"),
    ),
}
"""By kind: its cause among the dead letters, and the message."""
