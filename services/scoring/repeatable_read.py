"""A read-only transaction that sees one state of the database, whatever is committed meanwhile."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.chassis.storage.database import Database, Transaction


@asynccontextmanager
async def repeatable_read(database: Database) -> AsyncIterator[Transaction]:
    """Such a transaction."""
    async with database.transaction() as tx:
        await tx.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield tx
