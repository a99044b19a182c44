"""The database of one service and the one shape in which it is written: a transaction.

    async with database.transaction() as tx:
        tx.session.add(essay)                       # ordinary state, SQLModel
        await tx.execute("UPDATE ... $1", code)     # set-based statements, asyncpg
        await tx.publish(EssaySubmitted(...))       # what it publishes

All three are one transaction on one connection: it is there as a whole or not at all.
"""

import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from services.chassis.crash import AFTER_COMMIT, crash_point
from services.chassis.observability import trace
from services.chassis.storage import outbox
from services.chassis.storage.outbox import Outgoing
from services.chassis.storage.turns import Turns
from services.contracts.envelope import Fact

CONNECT_TIMEOUT = 10
"""Longest wait for a connection that is being made. Seconds."""

STATEMENT_TIMEOUT = 60  # seconds; a statement of ours that takes longer is stuck

# What BEGIN raises on a connection whose server went away meanwhile. The last comes from the driver
# when the server's farewell came between two uses of a connection.
_NEVER_BEGUN = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)


class Transaction:
    """One open transaction. Made by `Database.transaction`, which also ends it."""

    def __init__(self, database: "Database", connection: AsyncConnection, raw: Any) -> None:
        """`raw` is asyncpg's connection, the one that `connection` has."""
        self._database = database
        self._connection = connection
        self._raw = raw
        self._session: AsyncSession | None = None
        self._outgoing: list[Outgoing] = []
        self._callbacks: list[Callable[[], None]] = []

    @property
    def session(self) -> AsyncSession:
        """SQLModel session in this transaction; its own commit only flushes."""
        if self._session is None:
            self._session = AsyncSession(bind=self._connection, expire_on_commit=False)
        return self._session

    async def fetch(self, sql: str, *args: object) -> list[Any]:
        """Rows (asyncpg records) of a statement with `$1` parameters.

        Flush the session first when the statement reads what the session has yet to write.
        """
        rows: list[Any] = await self._raw.fetch(sql, *args)
        return rows

    async def fetchrow(self, sql: str, *args: object) -> Any | None:
        """The first row, or None."""
        return await self._raw.fetchrow(sql, *args)

    async def fetchval(self, sql: str, *args: object) -> Any:
        """First column of the first row, or None."""
        return await self._raw.fetchval(sql, *args)

    async def execute(self, sql: str, *args: object) -> str:
        """Run a statement with `$1` parameters; the command tag, e.g. `UPDATE 3`."""
        tag: str = await self._raw.execute(sql, *args)
        return tag

    async def executemany(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run a statement once a row. For many rows prefer one statement over `unnest`."""
        await self._raw.executemany(sql, rows)

    @property
    def topic_prefix(self) -> str:
        """What the topics begin with to which this database's facts go."""
        return self._database.topic_prefix

    @property
    def raw(self) -> Any:
        """The asyncpg connection, for COPY and cursors."""
        return self._raw

    async def publish(self, fact: Fact, *, cause: str | None = None) -> UUID:
        """Publish a fact when this transaction commits; its event id.

        Written to the log and the outbox in one statement just before the commit, however many
        facts there are. `cause` is the traceparent of what made it so, where that is not the
        current trace: in a batch, the event's. Raises FactTooLargeError.
        """
        caused = trace.parse(cause)
        outgoing = Outgoing.of_fact(
            fact,
            topic_prefix=self._database.topic_prefix,
            source=self._database.source,
            traceparent=caused.child().traceparent if caused else trace.traceparent(),
        )
        self._outgoing.append(outgoing)
        return outgoing.event_id

    async def publish_all(self, facts: Iterable[Fact]) -> list[UUID]:
        """Publish several facts, in this order; their event ids."""
        return [await self.publish(fact) for fact in facts]

    def send(self, outgoing: Outgoing) -> None:
        """Put a ready-made message (a dead letter) into the outbox at commit."""
        self._outgoing.append(outgoing)

    def on_commit(self, callback: Callable[[], None]) -> None:
        """Call back once this is durable, and never if it is rolled back. Must not raise."""
        self._callbacks.append(callback)

    @contextlib.asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """A part that may fail alone: an exception undoes it, its facts included, and goes on up.

        Catch it outside; the transaction can go on.
        """
        outgoing, called = len(self._outgoing), len(self._callbacks)
        try:
            async with self.session.begin_nested():
                # SQLAlchemy sets the savepoint when the session first needs the connection; a raw
                # statement would come before it.
                await self.session.connection()
                yield
        except BaseException:
            del self._outgoing[outgoing:], self._callbacks[called:]
            raise

    async def _finish(self) -> None:
        if self._session is not None:
            await self._session.commit()  # a flush: the connection is in our transaction
        if self._outgoing:
            await outbox.write(self._raw, self._outgoing)

    def _committed(self) -> None:
        if self._outgoing:
            crash_point(AFTER_COMMIT)
        for callback in self._callbacks:
            callback()


class Database:
    """Connections to one service's database.

    The driver's own transactions are used; for SQLAlchemy the connections are in autocommit, so
    that a transaction costs BEGIN and COMMIT and no third round trip to make SQLAlchemy begin.
    """

    def __init__(
        self,
        url: str,
        pool_size: int = 10,
        *,
        source: str,
        topic_prefix: str = "thidua",
    ) -> None:
        """`url` is postgresql://…, `source` the service's name, as in CloudEvents `source`.

        No connection is made before the first transaction.
        """
        self.url = url
        self.source = source
        self.topic_prefix = topic_prefix
        self._pool_size = pool_size
        self._turns = Turns(pool_size)
        self._engine = create_async_engine(
            url.replace("postgresql://", "postgresql+asyncpg://", 1),
            isolation_level="AUTOCOMMIT",
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=CONNECT_TIMEOUT,  # never reached: there are as many turns
            pool_use_lifo=True,
            pool_reset_on_return=None,  # what comes back is in no transaction: see `transaction`
            json_serializer=_to_json,
            json_deserializer=msgspec.json.decode,
            hide_parameters=True,  # errors are logged, and values may be personal
            connect_args={
                "timeout": CONNECT_TIMEOUT,
                "command_timeout": STATEMENT_TIMEOUT,
                "server_settings": {
                    "application_name": source,
                    "jit": "off",  # our statements are short: compiling them costs more
                    # A process that hangs inside a transaction must not hold its locks for ever.
                    "idle_in_transaction_session_timeout": "60s",
                },
            },
        )

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Open a transaction; commit at the end of the block, roll back on any exception.

        Raises what the block raises, and the driver's errors (see `retry.is_transient`): then
        nothing happened, except when the connection broke during COMMIT, when nobody knows. So
        effects carry ids.
        """
        async with self._turns.turn():
            connection, raw, transaction = await self._begin()
            tx = Transaction(self, connection, raw)
            try:
                try:
                    yield tx
                    await tx._finish()
                except BaseException:
                    if not raw.is_closed():
                        with contextlib.suppress(asyncpg.PostgresError, *_NEVER_BEGUN):
                            await transaction.rollback()
                    raise
                await transaction.commit()
            finally:
                # Never reused inside a transaction, for instance after a cancelled rollback.
                if raw.is_closed() or raw.is_in_transaction():
                    await _drop(connection)
                else:
                    await connection.close()
        tx._committed()

    async def close(self) -> None:
        """Close the connections that nobody uses."""
        await self._engine.dispose()

    async def _begin(self) -> tuple[AsyncConnection, Any, Any]:
        """A connection, asyncpg's behind it, and a transaction begun on that.

        After a restart of the database the pool is full of dead connections: as long as nothing
        was done on one, trying the next is safe.
        """
        for left in reversed(range(self._pool_size + 1)):
            connection = await self._engine.connect()
            try:
                raw: Any = (await connection.get_raw_connection()).driver_connection
                transaction = raw.transaction()
                await transaction.start()
            except BaseException as error:
                await _drop(connection, error)
                if not left or not isinstance(error, _NEVER_BEGUN):
                    raise
            else:
                return connection, raw, transaction
        raise AssertionError("unreachable")


def _to_json(value: object) -> str:
    return msgspec.json.encode(value).decode()


async def _drop(connection: AsyncConnection, error: BaseException | None = None) -> None:
    """Give up a connection that died, or whose state is in doubt: the pool makes a new one."""
    try:
        await connection.invalidate(error)
    finally:
        await connection.close()
