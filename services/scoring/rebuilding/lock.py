"""One rebuild at a time in a database, by a lock that its own connection holds.

SQL by hand: sessions are in PostgreSQL's catalogue, in no table of ours.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from services.chassis.language import speak
from services.scoring.rebuilding.errors import RebuildError, restarted

_LOCK = 0x72_6562_7569_6C64  # "rebuild"; migrations have another number
_OTHERS_END_S = 15.0


class Lock:
    """What keeps other rebuilds out, from before the first change until the end."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def require(self) -> None:
        """Raises RebuildError where the connection was lost: another rebuild may be at work by now.

        To be asked last in the transaction that makes the database whole.
        """
        try:
            await self._connection.execute("SELECT 1")
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise restarted() from error


@asynccontextmanager
async def locked(connection: asyncpg.Connection) -> AsyncIterator[Lock]:
    """This connection's database is one rebuild's. Raises RebuildError where it is another's."""
    if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):
        raise RebuildError(
            speak(
                "Một lần dựng lại khác đang chạy trong cơ sở dữ liệu này: chờ hoàn thành, hoặc dừng"
                " lần đó",
                "another rebuild is at work in this database: wait until it has ended, or end it",
            )
        )
    await _alone(connection)
    # Nothing is sent on this connection for as long as facts are read.
    await connection.execute("SET idle_session_timeout = 0")
    yield Lock(connection)


async def _alone(connection: asyncpg.Connection) -> None:
    """PostgreSQL may still run the last statement of a rebuild that was killed: it must not commit
    into a database that is made anew, where the facts before it are missing."""
    deadline = time.monotonic() + _OTHERS_END_S
    while await connection.fetchval(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND application_name = 'scoring rebuild' AND pid <> pg_backend_pid()"
    ):
        if time.monotonic() > deadline:
            raise RebuildError(
                speak(
                    "Câu lệnh cuối của lần dựng lại đã dừng vẫn đang chạy trong cơ sở dữ liệu này:"
                    " thử lại sau một phút",
                    "the last statement of a rebuild that was ended still runs in this database:"
                    " try again in a minute",
                )
            )
        await asyncio.sleep(0.1)
