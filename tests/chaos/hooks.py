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
_AWAY = 16
"""Quarters of a second for which it stays off, so that something comes meanwhile."""


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
    surely_off: list[tuple[str, Span]] = field(default_factory=list)
    """Subscriptions, from when they were seen to be off until they were asked to be on."""
    resumed: list[tuple[str, Span]] = field(default_factory=list)
    """Subscriptions that were switched on again: when it was asked for, and when it was sure."""
    _off_since: dict[str, datetime] = field(default_factory=dict)

    async def vanish(self, path: str) -> bool:
        """Be gone until the subscription is off, and for a while; False if it stayed on."""
        off = await self.off(path)
        for _ in range(_AWAY):
            await asyncio.sleep(0.25)
            self.gate.open_to(self.gate.limit + MORE_COMMANDS)
        await self.on(path)
        return off

    async def off(self, path: str) -> bool:
        """Say 410 until the subscription is off; False if it was still on after half a minute."""
        subscription, token = self.subscriptions[path]
        began = datetime.now(UTC)
        self.receiver.gone.add(path)
        off = False
        for _ in range(_OFF_WITHIN):
            if off := await self._state(subscription, token) == "disabled":
                self._off_since[path] = datetime.now(UTC)
                break
            await asyncio.sleep(0.25)
            self.gate.open_to(self.gate.limit + MORE_COMMANDS)
        self.receiver.gone.discard(path)
        self.gone.append((subscription, (began, datetime.now(UTC) + LATE)))
        return off

    async def on(self, path: str) -> None:
        """Switch it on again, until it stays so: a 410 that is written down late is one more."""
        subscription, token = self.subscriptions[path]
        if since := self._off_since.pop(path, None):
            self.surely_off.append((subscription, (since, datetime.now(UTC))))
        for attempt in range(10):
            await self.resume(subscription, token, key=f"gone-{len(self.gone)}-{attempt}")
            await asyncio.sleep(LATE.total_seconds() / 2)
            if await self._state(subscription, token) == "active":
                break

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
