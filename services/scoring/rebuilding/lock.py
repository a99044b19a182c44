"""One rebuild at a time in a database, by a lock that its own connection holds."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from services.scoring.rebuilding.errors import RESTARTED, RebuildError

_LOCK = 0x72_6562_7569_6C64  # "rebuild"; migrations have another number
_OTHERS_END_S = 15.0


class Lock:
    """What keeps other rebuilds out, from before the first change until the end.

    The processes of the rebuild do not take it: they end with the one that has it.
    """

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def require(self) -> None:
        """Raises RebuildError where the connection was lost: another rebuild may be at work by now,
        and what was written without waiting for the disk may be gone.

        To be asked last in a transaction that says that something is whole.
        """
        try:
            await self._connection.execute("SELECT 1")
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise RebuildError(RESTARTED) from error


@asynccontextmanager
async def locked(connection: asyncpg.Connection) -> AsyncIterator[Lock]:
    """This connection's database is one rebuild's. Raises RebuildError where it is another's."""
    if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):
        raise RebuildError(
            "another rebuild is at work in this database: wait until it has ended, or end it"
        )
    await _alone(connection)
    # Nothing is said on this connection for as long as facts are read.
    await connection.execute("SET idle_session_timeout = 0")
    yield Lock(connection)


async def _alone(connection: asyncpg.Connection) -> None:
    """When a rebuild is killed its processes end with their next batch: not into what is made anew
    meanwhile, where it would stand without those before it."""
    deadline = time.monotonic() + _OTHERS_END_S
    while await connection.fetchval(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND application_name = 'scoring rebuild' AND pid <> pg_backend_pid()"
    ):
        if time.monotonic() > deadline:
            raise RebuildError(
                "processes of a rebuild that was ended are still at work in this database: come"
                " again in a minute"
            )
        await asyncio.sleep(0.1)
