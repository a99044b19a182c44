"""The doorbell of the relays: one NOTIFY after a commit, on a connection of its own.

Inside the transaction NOTIFY would be simpler, but PostgreSQL then commits such transactions one
after the other (they hold one lock over the flush of their WAL): measured, 640 instead of 1,430
commits a second from ten connections (docs/decisions/0031-notify-after-commit.md). A ring that is
lost with its process costs latency only: every relay also looks by itself.
"""

import asyncio
import contextlib
from typing import Any

import asyncpg
import structlog

from services.chassis.outbox import CHANNEL

_log = structlog.get_logger(__name__)


class Doorbell:
    """Rings for whoever listens on the outbox's channel; many rings at once are one."""

    def __init__(self, url: str, name: str) -> None:
        self._url = url
        self._name = name
        self._connection: Any = None
        self._asked = False
        self._ringing: asyncio.Task[None] | None = None

    def ring(self) -> None:
        """Wake the relays soon; returns at once and never raises."""
        self._asked = True
        if self._ringing is None or self._ringing.done():
            self._ringing = asyncio.get_running_loop().create_task(self._ring())

    async def close(self) -> None:
        """Ring what was asked for and give the connection back."""
        if self._ringing is not None:
            await self._ringing
        if self._connection is not None:
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await self._connection.close(timeout=2)
            self._connection = None

    async def _ring(self) -> None:
        while self._asked:
            self._asked = False
            try:
                if self._connection is None or self._connection.is_closed():
                    self._connection = await self._connect()
                await self._connection.execute(f"NOTIFY {CHANNEL}")
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                _log.info("relay-not-rung", error=repr(error))

    async def _connect(self) -> Any:
        return await asyncpg.connect(
            self._url,
            timeout=10,
            command_timeout=10,
            server_settings={
                "application_name": f"{self._name} doorbell",
                # Nothing is written, so there is nothing to wait for on the disk.
                "synchronous_commit": "off",
            },
        )
