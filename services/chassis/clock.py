"""The clock that code is given: the system's, or one that operators set by hand on a test stack.

Domain code takes a `datetime`; loops and handlers take a `Clock`. Wall-clock measurements (latency,
timeouts) never ask it.

SQL by hand: a move is one statement, so that of two at the same time the later time stays;
the time is read before every request that is not public.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from services.chassis.service_settings import ServiceSettings
from services.chassis.storage.database import Database, Transaction


class Clock(Protocol):
    """What time it is in the domain."""

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        ...

    async def refresh(self) -> None:
        """Learn of moves made elsewhere. Each request and each tick of a loop does it first."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """See Clock."""
        return datetime.now(UTC)

    async def refresh(self) -> None:
        """Nothing to learn."""


class SimulatedClock:
    """A clock that does not run and is moved by hand; one row, so all replicas agree.

    Never in production: settings refuse it there.
    """

    def __init__(self, database: Database, start: datetime) -> None:
        self._database = database
        self._now = start.astimezone(UTC)
        self._on_move: list[Callable[[], None]] = []

    def on_move(self, callback: Callable[[], None]) -> None:
        """Call back when this process learns that the clock has moved, e.g. to wake a loop."""
        self._on_move.append(callback)

    def now(self) -> datetime:
        """The time as last refreshed."""
        return self._now

    async def refresh(self) -> None:
        """Read the row; before the first move there is none, and it is the start."""
        async with self._database.transaction() as tx:
            self._learn(await tx.fetch("SELECT now FROM simulated_clock"))

    async def move(self, tx: Transaction, to: datetime) -> datetime:
        """Set the time for all replicas once `tx` commits; returns the time it has now.

        It only goes forwards, since facts already carry the later time: an earlier `to` moves
        nothing, and the answer is later than `to`.
        """
        rows = await tx.fetch(
            """
            INSERT INTO simulated_clock AS clock (now) VALUES (greatest($1, $2::timestamptz))
            ON CONFLICT (id) DO UPDATE SET now = greatest(clock.now, excluded.now)
            RETURNING now
            """,
            to,
            self._now,
        )
        moment: datetime = rows[0]["now"]
        tx.on_commit(lambda: self._learn(rows))
        return moment.astimezone(UTC)

    def _learn(self, rows: list[dict[str, datetime]]) -> None:
        if not rows or (moment := rows[0]["now"].astimezone(UTC)) <= self._now:
            return  # read before another request learned of a later move
        self._now = moment
        for callback in self._on_move:
            callback()


def clock_of(settings: ServiceSettings, database: Database) -> Clock:
    """The clock that the settings ask for."""
    if settings.clock == "simulated":
        assert settings.simulated_start is not None  # noqa: S101 - settings without are refused
        return SimulatedClock(database, settings.simulated_start)
    return SystemClock()
