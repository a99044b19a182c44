"""Subscriptions whose receiver says that it is gone, and that are switched on again."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx

from infra.local.stack import Stack
from tests.chaos.clients import Gate
from tests.chaos.evidence import Span
from tests.chaos.insist import insist
from tests.chaos.processes import MORE_COMMANDS
from tests.chaos.receiver import Receiver

LATE = timedelta(seconds=4)
"""A 410 is written down so long after it was said: the lease of the run, and a second."""
_OFF_WITHIN = 120
"""Quarters of a second: something must be said to the subscription by then."""


@dataclass
class Hooks:
    """The subscriptions of a run."""

    stack: Stack
    gate: Gate
    receiver: Receiver
    subscriptions: Mapping[str, tuple[str, str]]
    """By path of the hook: the subscription's id and a token that may resume it."""
    gone: list[tuple[str, Span]] = field(default_factory=list)
    """Subscriptions and when a 410 to them can have been written down."""
    resumed: list[tuple[str, Span]] = field(default_factory=list)
    """Subscriptions that were switched on again: when it was asked for, and when it was sure."""

    async def vanish(self, path: str) -> bool:
        """Say 410 until the subscription is off, then be there again; False if it stayed on."""
        subscription, token = self.subscriptions[path]
        began, number = datetime.now(UTC), len(self.gone)
        self.receiver.gone.add(path)
        off = False
        for _ in range(_OFF_WITHIN):
            if off := await self._state(subscription, token) == "disabled":
                break
            await asyncio.sleep(0.25)
            self.gate.open_to(self.gate.limit + MORE_COMMANDS)
        self.receiver.gone.discard(path)
        self.gone.append((subscription, (began, datetime.now(UTC) + LATE)))
        for again in range(10):
            await self.resume(subscription, token, key=f"gone-{number}-{again}")
            await asyncio.sleep(LATE.total_seconds() / 2)
            if await self._state(subscription, token) == "active":
                break
        return off

    async def resume(self, subscription: str, token: str, *, key: str) -> None:
        """Put back what failed, and switch on what is off."""
        asked = datetime.now(UTC)
        path = f"/v1/subscriptions/{subscription}/resumption"
        body = {"failed_too": True}
        await insist(self.stack, "notifications", path, body, token=token, key=key)
        self.resumed.append((subscription, (asked, datetime.now(UTC))))

    async def _state(self, subscription: str, token: str) -> str | None:
        """What notifications says of it; None where no replica answers."""
        headers = {"authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(timeout=5, trust_env=False, headers=headers) as client:
            for number in (0, 1):
                url = self.stack.url("notifications", number)
                with contextlib.suppress(httpx.TransportError):
                    answer = await client.get(f"{url}/v1/subscriptions/{subscription}")
                    if answer.is_success:
                        return str(answer.json()["state"])
        return None
