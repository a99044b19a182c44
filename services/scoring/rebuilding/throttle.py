"""Transactions that nobody waits for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.chassis.storage.database import Database, Transaction
from services.scoring.rebuilding.errors import RESTARTED, RebuildError


class Throttle:
    """Transactions, all on one connection, whose commit does not wait for the disk.

    A crash of PostgreSQL undoes the last of them as wholes. So none is made once the connection is
    lost: on another one a note that something is done would stand where what it speaks of is gone.
    The last note is made by a transaction that waits, and then all before it is on the disk too.
    """

    def __init__(self, database: Database) -> None:
        """`database` is used by nobody else."""
        self._database = database
        self._connection = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Like that of the database. Raises RebuildError when the connection was lost."""
        try:
            async with self._database.transaction() as tx:
                if self._connection is None:
                    self._connection = tx.raw
                if tx.raw is not self._connection:
                    raise RebuildError(RESTARTED)
                await tx.execute("SET LOCAL synchronous_commit = off")
                yield tx
        except Exception as error:
            if self._connection is not None and self._connection.is_closed():
                raise RebuildError(RESTARTED) from error
            raise
