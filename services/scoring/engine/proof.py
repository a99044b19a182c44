"""Proof of which facts were counted: a hash of each, and one root over all of them.

Hashes are over what a fact says, so that a fact that was changed under its old id is found too.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

import msgspec

from services.measuring.records import KnownFact

_canonical = msgspec.json.Encoder(order="sorted").encode

HASH_CHARACTERS = 32
"""Of a fact's hash: 128 bits, enough against a second fact made to fit."""


def fact_hash(fact: KnownFact) -> str:
    """First half of the SHA-256 of event, unit and data, without names of people.

    Fields that are null or false are left out: a later release adds fields only with such a
    default, and hashes of older facts must not change by it.
    """
    content = {"event": fact.event, "unit": fact.unit, "data": _written(fact.fields)}
    return sha256(_canonical(content)).hexdigest()[:HASH_CHARACTERS]


def _written(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _written(value) if isinstance(value, Mapping) else value
        for name, value in fields.items()
        if value is not None and value is not False
    }


def hashes(facts: Iterable[KnownFact]) -> dict[str, str]:
    """The hash of each fact, by its id, in the order of ids."""
    return {fact.id: fact_hash(fact) for fact in sorted(facts, key=lambda fact: fact.id)}


def facts_root(hashed: Mapping[str, str]) -> str:
    """Root over facts: of the leaves `id:hash`, in the order of ids."""
    return merkle_root([f"{id_}:{hashed[id_]}".encode() for id_ in sorted(hashed)])


def units_root(roots: Mapping[str, str]) -> str:
    """Root over units: of the leaves `unit:root`, in the order of codes."""
    return merkle_root([f"{unit}:{roots[unit]}".encode() for unit in sorted(roots)])


def merkle_root(leaves: Sequence[bytes]) -> str:
    """Merkle tree hash of RFC 6962 §2.1 with SHA-256, hexadecimal."""
    return _tree(leaves).hex()


def _tree(leaves: Sequence[bytes]) -> bytes:
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    split = 1 << ((len(leaves) - 1).bit_length() - 1)  # the largest power of two below the count
    return sha256(b"\x01" + _tree(leaves[:split]) + _tree(leaves[split:])).digest()
