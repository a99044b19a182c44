"""The deadline clock: publishes reminders and misses when their time has come.

When that is, `timers.py` computes. Any number of replicas run the clock. Timers are rows; a replica
claims some (`FOR UPDATE SKIP LOCKED`), locks their obligations and looks at each. Claim, state and
facts are one transaction: a miss is published exactly once, after any downtime.

The lock on the obligation orders a miss against a report that is being stored: whichever comes
second sees the other. A report that arrived in time and commits after the miss still counts as in
time, by its arrival (docs/decisions/0053-deadline-clock.md).

SQL by hand: a claim of timers that nobody else has locked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from services.chassis.clock import Clock
from services.chassis.loops.loop import AT_ONCE, Loop
from services.chassis.observability.metrics import Metrics
from services.chassis.storage.database import Database, Transaction
from services.contracts.events import ObligationFact
from services.submissions.context import CampaignContext
from services.submissions.metrics import DEADLINE_FACTS, TIMERS_OVERDUE_SECONDS
from services.submissions.obligations import obligation as obligations
from services.submissions.obligations import queries
from services.submissions.obligations.timers import MISS

log = structlog.get_logger(__name__)

_SAFETY_S = 30.0
"""A look even when nothing woke it: another replica may have entered a moved deadline. Seconds."""

_SIMULATED_S = 1.0
"""The same under a simulated clock, which another replica may have moved. Seconds."""

_TAKEN_S = 1.0
"""Until the next look at timers that another replica is firing. Seconds."""

_MEASURE_EVERY_S = 5.0


@dataclass(frozen=True, slots=True)
class Fired:
    """What one transaction did."""

    timers: int
    """Timers that were claimed, with or without a fact."""
    facts: tuple[ObligationFact, ...]


class DeadlineClock:
    """Fires what is due. `loop` is what the service runs; its `wake` makes it tick at once."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        context: CampaignContext,
        metrics: Metrics,
        *,
        grace_seconds: float,
        batch: int,
        simulated: bool,
    ) -> None:
        """`simulated`: the clock is, so what it makes true is marked as simulated."""
        self._database = database
        self._clock = clock
        self._context = context
        self._metrics = metrics
        self._grace = timedelta(seconds=grace_seconds)
        self._batch = batch
        self._simulated = simulated
        every_s = _SIMULATED_S if simulated else _SAFETY_S
        self.loop = Loop("deadlines", self.tick, every_s=every_s)
        self.measuring = Loop("deadlines overdue", self.measure, every_s=_MEASURE_EVERY_S)

    async def tick(self) -> float | None:
        """Fire one batch of what is due; when to look again. Seconds."""
        now = self._clock.now()
        fired = await self.fire(now)
        if fired.timers == self._batch:
            return AT_ONCE
        next_due = await self._next_due()
        if next_due is None or self._simulated:
            return None  # a simulated clock does not run: its moves wake the loop
        seconds = (next_due - now).total_seconds()
        if seconds <= 0:
            return _TAKEN_S  # another replica has claimed it, and has not committed yet
        # A little late rather than a little early, when the timer would not be due yet.
        return seconds + 0.01

    async def fire(self, now: datetime) -> Fired:
        """One transaction: claim timers that are due at `now`, publish what they mean.

        Raises the driver's errors; then nothing was published.
        """
        async with self._database.transaction() as tx:
            timers = await self._claim(tx, now)
            facts = await self._facts_due(tx, timers, now) if timers else ()
        for fact in facts:
            self._metrics.count(DEADLINE_FACTS, event=fact.event)
        if facts:
            log.info("deadlines fired", timers=len(timers), facts=len(facts))
        return Fired(len(timers), facts)

    async def measure(self) -> None:
        """Set the gauge of what is overdue: by a loop of its own, since it watches the other."""
        next_due = await self._next_due()
        overdue = (self._clock.now() - next_due).total_seconds() if next_due else 0
        self._metrics.set(TIMERS_OVERDUE_SECONDS, max(0, overdue))

    async def _claim(self, tx: Transaction, now: datetime) -> list[Any]:
        """Take timers out, the longest due first; nobody else gets the same ones."""
        rows = await tx.fetch(
            """
            WITH due AS MATERIALIZED (
                SELECT campaign, unit, obligation, deadline_version, option, distance FROM timers
                 WHERE campaign = $1 AND due_at <= $2 AND (distance > $5 OR due_at <= $3)
                 ORDER BY due_at LIMIT $4 FOR UPDATE SKIP LOCKED
            )
            DELETE FROM timers AS t USING due
             WHERE (t.campaign, t.unit, t.obligation, t.deadline_version, t.option, t.distance)
                 = (due.campaign, due.unit, due.obligation, due.deadline_version, due.option,
                    due.distance)
            RETURNING t.unit, t.obligation, t.deadline_version, t.option, t.distance, t.due_at
            """,
            self._context.plan.campaign,
            now,
            now - self._grace,
            self._batch,
            MISS,
        )
        return sorted(rows, key=lambda row: row["due_at"])

    async def _facts_due(
        self, tx: Transaction, timers: Sequence[Any], now: datetime
    ) -> tuple[ObligationFact, ...]:
        """Lock the obligations behind the timers, save what is missed; reminders and misses."""
        keys = [(timer["unit"], timer["obligation"]) for timer in timers]
        owed = await queries.lock_many(tx, self._context, keys)
        locked = {(each.unit, each.id): each for each in owed}
        local = now.astimezone(self._context.zone)
        changed = {}
        facts: list[ObligationFact] = []
        for timer in timers:
            key = (timer["unit"], timer["obligation"])
            obligation = locked[key]
            if timer["deadline_version"] != obligation.deadline_version:
                continue  # the deadline was moved since
            if timer["distance"] == MISS:
                new, missed = obligations.miss(obligation, local, simulated=self._simulated)
                facts += missed
                if new is not obligation:
                    locked[key] = changed[key] = new
            elif reminder := obligations.remind(
                obligation,
                timer["option"],
                timer["distance"],
                self._context.plan.approaching_days,
                local,
                simulated=self._simulated,
            ):
                facts.append(reminder)
        if changed:
            await queries.save(tx, self._context, list(changed.values()))
        await tx.publish_all(facts)
        return tuple(facts)

    async def _next_due(self) -> datetime | None:
        async with self._database.transaction() as tx:
            next_due: datetime | None = await tx.fetchval(
                """
                SELECT least(
                    (SELECT min(due_at) FROM timers WHERE campaign = $1 AND distance > $3),
                    (SELECT min(due_at) + $2 FROM timers WHERE campaign = $1 AND distance = $3))
                """,
                self._context.plan.campaign,
                self._grace,
                MISS,
            )
        return next_due
