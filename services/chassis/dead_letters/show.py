"""A dead letter as it is displayed: without what may name a person, and safe to print."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import msgspec

from services.chassis.broker.header_names import raw
from services.chassis.dead_letters.letter import OriginalMessage
from services.chassis.dead_letters.printable import printable, printable_within
from services.contracts.personal import WITHHELD, showable

_SHOWN = ("ce_", "content-type")
"""Headers that are ours or CloudEvents': others may hold anything and are only counted."""
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of a message."""

    key: str | None
    headers: dict[str, str | None]
    bytes: int | None
    """Length of the value; None: it has none."""
    sha256: str | None
    """Of the value: the same message somewhere else has the same."""
    data: Any
    """The value, where it is JSON of a type that the contract knows."""


def shown(message: OriginalMessage) -> Shown:
    """What may be shown of it. Never raises: it is about messages that nobody could read."""
    headers: dict[str, str | None] = {}
    for name, value in message.headers:
        if name.startswith(_SHOWN):
            headers[_text(raw(name))] = None if value is None else _text(value)
        else:
            headers[_text(raw(name))] = WITHHELD
    value = message.value
    return Shown(
        key=None if message.key is None else _text(message.key),
        headers=headers,
        bytes=None if value is None else len(value),
        sha256=None if value is None else sha256(value).hexdigest(),
        data=None if value is None else _data(headers.get("ce_type") or "", value),
    )


def _text(raw: bytes) -> str:
    text = raw[:_LONGEST].decode(errors="backslashreplace")
    return printable(text) + ("…" if len(raw) > _LONGEST else "")


def _data(ce_type: str, value: bytes) -> Any:
    try:
        parsed = msgspec.json.decode(value)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return WITHHELD
    return printable_within(showable(ce_type, parsed))
