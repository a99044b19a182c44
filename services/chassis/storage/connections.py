"""Connections to one database: made by SQLAlchemy, kept by us between transactions.

A connection stays checked out of SQLAlchemy's pool for as long as it is well. Only one on which a
session worked is returned, so that SQLAlchemy puts it in order.

Why not the pool's own check-out: it costs 0.2 ms of processor a transaction, more than BEGIN, a
statement and COMMIT together (0.15 ms). At ten times the deadline evening of Hanoi, with bursts of
50 essays a second, that is 1 % of a core, and nobody would miss it; the intake of one process at
its limit would be a third lower (`make bench ARGS=intake` in turn on two busy cores: 1.02 of the
bare route with this file, 0.67 without).
"""

import asyncio
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

CONNECT_TIMEOUT = 10
"""Longest wait for a connection that is being made, or for one of those in use. Seconds."""


@dataclass(frozen=True, slots=True)
class Connection:
    """One connection, seen from both sides."""

    sqlalchemy: AsyncConnection
    raw: Any
    """asyncpg's."""


class Connections:
    """At most `size` connections of an engine whose pool has as many."""

    def __init__(self, engine: AsyncEngine, size: int) -> None:
        self._engine = engine
        self._free = asyncio.Semaphore(size)
        self._idle: list[Connection] = []

    async def take(self) -> Connection:
        """The one used last, else a new one. What the driver raises comes out as the driver's.

        Raises TimeoutError when all stay in use.
        """
        if self._free.locked():
            async with asyncio.timeout(CONNECT_TIMEOUT):
                await self._free.acquire()
        else:
            await self._free.acquire()
        try:
            return self._idle.pop() if self._idle else await self._connect()
        except BaseException:
            self._free.release()
            raise

    def keep(self, connection: Connection) -> None:
        """Give back one that is as it was taken."""
        self._idle.append(connection)
        self._free.release()

    async def put_back(self, connection: Connection) -> None:
        """Give back one on which a session worked."""
        try:
            await connection.sqlalchemy.close()
        finally:
            self._free.release()

    async def drop(self, connection: Connection, error: BaseException | None = None) -> None:
        """Give up one that died, or whose state is in doubt."""
        try:
            await connection.sqlalchemy.invalidate(error)
            await connection.sqlalchemy.close()
        finally:
            self._free.release()

    async def close(self) -> None:
        """Close those that nobody uses."""
        while self._idle:
            await self._idle.pop().sqlalchemy.close()
        await self._engine.dispose()

    async def _connect(self) -> Connection:
        try:
            sqlalchemy = await self._engine.connect()
        except DBAPIError as error:
            cause = error.orig.__cause__ if error.orig is not None else None
            if cause is None:
                raise
            raise cause from error
        try:
            pooled = await sqlalchemy.get_raw_connection()
        except BaseException:
            await sqlalchemy.invalidate()
            await sqlalchemy.close()
            raise
        return Connection(sqlalchemy, pooled.driver_connection)
