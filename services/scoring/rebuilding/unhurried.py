"""Transactions that nobody waits for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.chassis.storage.database import Database, Transaction


@asynccontextmanager
async def unhurried(database: Database) -> AsyncIterator[Transaction]:
    """A transaction whose commit does not wait for the disk.

    A crash of PostgreSQL undoes it as a whole, with all that came after it. For what a rebuild does
    again when it goes on: the note that something is done is made by a transaction that waits, and
    then all before it is on the disk too.
    """
    async with database.transaction() as tx:
        await tx.execute("SET LOCAL synchronous_commit = off")
        yield tx
