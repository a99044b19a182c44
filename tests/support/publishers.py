"""Which function published what, noted as it runs. The maps of events.py are held to it."""

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from types import CodeType, FrameType
from typing import Any
from uuid import UUID

import pytest

from services.chassis.storage.database import Transaction
from services.contracts.events import Fact

Publishers = dict[Callable[..., Any] | None, set[type[Fact]]]


def note_publishers(
    monkeypatch: pytest.MonkeyPatch, commands: Iterable[Callable[..., Any]]
) -> Publishers:
    """From now on: what each of these functions published, and under None what nobody of them did.

    It is the innermost of them on the stack of the call.
    """
    by_code: dict[CodeType, Callable[..., Any]] = {one.__code__: one for one in commands}
    seen: Publishers = defaultdict(set)
    publish = Transaction.publish

    async def noting(tx: Transaction, fact: Fact, *, cause: str | None = None) -> UUID:
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_code not in by_code:
            frame = frame.f_back
        seen[by_code[frame.f_code] if frame else None].add(type(fact))
        return await publish(tx, fact, cause=cause)

    monkeypatch.setattr(Transaction, "publish", noting)
    return seen
