"""The deadline clock: publishes reminders and misses when their time has come.

When that is, `timers.py` computes. One clock serves all campaigns, the longest due first, each
timer by its own campaign's plan and days. Any number of replicas run it. Timers are rows; a replica
claims some (`FOR UPDATE SKIP LOCKED`), locks their obligations and looks at each. Claim, state and
facts are one transaction: a miss is published exactly once, after any downtime. Before them goes
what is owed on a condition (`decide.py`), and what units owed that are no more (`pass_on.py`).

The lock on the obligation orders a miss against a report that is being stored: whichever comes
second sees the other. A report that arrived in time and commits after the miss still counts as in
time, by its arrival (docs/decisions/0053-deadline-clock.md).

SQL by hand: a claim of timers that nobody else has locked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from services.campaigns.registry import (
    CampaignChangedError,
    CampaignRegistry,
    UnknownCampaignError,
)
from services.chassis.clock import Clock
from services.chassis.loops.loop import AT_ONCE, Loop
from services.chassis.observability.metrics import Metrics
from services.chassis.storage.database import Database, Transaction
from services.contracts.campaign.obligation_plan import ObligationPlan
from services.contracts.events import ObligationFact
from services.submissions.context import CampaignContext
from services.submissions.metrics import DEADLINE_FACTS, TIMERS_OVERDUE_SECONDS
from services.submissions.obligations import queries
from services.submissions.obligations.decide import (
    decide,
    due_conditions,
    is_missing,
    undecided,
)
from services.submissions.obligations.miss import miss
from services.submissions.obligations.pass_on import Done, pass_on_due
from services.submissions.obligations.reminders import remind
from services.submissions.obligations.timers import MISS

log = structlog.get_logger(__name__)

_SAFETY_S = 30.0
"""A look even when nothing woke it: another replica may have entered a moved deadline. Seconds."""

_SIMULATED_S = 1.0
"""The same under a simulated clock, which another replica may have moved. Seconds."""

_TAKEN_S = 1.0
"""Until the next look at timers that another replica is firing. Seconds."""

_MEASURE_EVERY_S = 5.0

_DUE = "due_at <= $1 AND (distance > $3 OR due_at <= $2)"
"""Now ($1), now without the grace ($2), the distance of a miss ($3)."""


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
        campaigns: CampaignRegistry[CampaignContext],
        metrics: Metrics,
        *,
        grace_seconds: float,
        batch: int,
        simulated: bool,
    ) -> None:
        """`simulated`: the clock is, so what it makes true is marked as simulated."""
        self._database = database
        self._clock = clock
        self._campaigns = campaigns
        self._unusable: list[str] = []
        """Campaigns with timers that are due, of which there is no plan that can be read."""
        self._passed_on: Done = {}
        self._decided: dict[str, tuple[int, int]] = {}
        """By campaign in which state of it, and of how many conditions, nothing was left to do."""
        self._measured: set[str] = set()
        """Campaigns of which the gauge is exposed."""
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
        try:
            if not await self.decide(now):
                return _TAKEN_S
            await self.pass_on(now)
            fired = await self.fire(now)
        except CampaignChangedError:
            return AT_ONCE  # it is read anew
        if fired.timers == self._batch:
            return AT_ONCE
        next_due = await self._next_due(but=self._unusable)
        if next_due is None or self._simulated:
            return None  # a simulated clock does not run: its moves wake the loop
        seconds = (next_due - now).total_seconds()
        if seconds <= 0:
            return _TAKEN_S  # another replica has claimed it, and has not committed yet
        # A little late rather than a little early, when the timer would not be due yet.
        return seconds + 0.01

    async def fire(self, now: datetime) -> Fired:
        """One transaction: claim timers that are due at `now`, publish what they mean.

        Raises the driver's errors, and CampaignChangedError; then nothing was published.
        """
        contexts = await self._contexts_due(now)
        if not contexts:
            return Fired(0, ())
        async with self._database.transaction() as tx:
            # Before the timers: an amendment holds its campaign, and then sets timers.
            await self._campaigns.require_all_current(tx, contexts.values())
            timers = await self._claim(tx, now, list(contexts))
            facts = await self._facts_due(tx, contexts, timers, now) if timers else ()
        for fact in facts:
            self._metrics.count(DEADLINE_FACTS, event=fact.event, campaign=fact.campaign)
        if facts:
            log.info("deadlines fired", timers=len(timers), facts=len(facts))
        return Fired(len(timers), facts)

    async def pass_on(self, now: datetime) -> int:
        """What units owed that are no more goes to who took over; of how many units. Raises as
        `fire`."""
        moment = now - self._grace
        return await pass_on_due(self._database, self._campaigns, moment, self._passed_on)

    async def decide(self, now: datetime) -> bool:
        """Decide the conditions whose days are over, in the order of time; whether none is left.

        Each after all that was to happen by the end of its day: successions and misses. Raises as
        `fire`.
        """
        moment = now - self._grace
        for context in await self._campaigns.all():
            due = due_conditions(context, moment)
            of = context.generation, len(due)
            if not due or self._decided.get(context.id) == of:
                continue
            if context.announced.withdrawn_at is None:
                for end, planned in due.items():
                    if not await self._decide(context, planned, end, now):
                        return False
            self._decided[context.id] = of
        return True

    async def _decide(
        self,
        context: CampaignContext,
        planned: Sequence[ObligationPlan],
        end: datetime,
        now: datetime,
    ) -> bool:
        async with self._database.transaction() as tx:
            left = await undecided(tx, context, planned)
        if not left:
            return True
        # Who is no more from the next day on still has its own condition decided.
        until = end - timedelta(microseconds=1)
        await pass_on_due(self._database, self._campaigns, until, self._passed_on)
        while await self._is_missing(context, end):
            if not (await self.fire(now)).timers:
                return False  # another replica has claimed them, and has not committed yet
        await decide(self._database, self._campaigns, context, left, end)
        return True

    async def _is_missing(self, context: CampaignContext, end: datetime) -> bool:
        async with self._database.transaction() as tx:
            return await is_missing(tx, context, end)

    async def measure(self) -> None:
        """Set the gauge of what is overdue: by a loop of its own, since it watches the other."""
        now = self._clock.now()
        oldest = await self._oldest_overdue(now)
        self._measured |= self._campaigns.known() | oldest.keys()
        for campaign in self._measured:
            overdue_s = (now - oldest.get(campaign, now)).total_seconds()
            self._metrics.set(TIMERS_OVERDUE_SECONDS, overdue_s, campaign=campaign)

    async def _contexts_due(self, now: datetime) -> dict[str, CampaignContext]:
        """The campaigns of the batch that is due, by id.

        Timers of a campaign that can't be read wait until it can, and hold up no others.
        """
        self._unusable = []
        while due := await self._campaigns_due(now):
            contexts = {}
            for campaign in due:
                try:
                    contexts[campaign] = await self._campaigns.of(campaign)
                except UnknownCampaignError:
                    self._unusable.append(campaign)
            if contexts:
                return contexts
        return {}

    async def _campaigns_due(self, now: datetime) -> list[str]:
        async with self._database.transaction() as tx:
            rows = await tx.fetch(
                f"""
                SELECT DISTINCT campaign FROM (
                    SELECT campaign FROM timers
                     WHERE {_DUE} AND campaign <> ALL($5::text[]) ORDER BY due_at LIMIT $4
                ) AS due ORDER BY campaign
                """,  # noqa: S608 - our own constant
                now,
                now - self._grace,
                MISS,
                self._batch,
                self._unusable,
            )
        return [row["campaign"] for row in rows]

    async def _claim(self, tx: Transaction, now: datetime, campaigns: list[str]) -> list[Any]:
        """Take timers out, the longest due first; nobody else gets the same ones."""
        rows = await tx.fetch(
            f"""
            WITH due AS MATERIALIZED (
                SELECT campaign, unit, obligation, deadline_version, option, distance FROM timers
                 WHERE {_DUE} AND campaign = ANY($5::text[])
                 ORDER BY due_at LIMIT $4 FOR UPDATE SKIP LOCKED
            )
            DELETE FROM timers AS t USING due
             WHERE (t.campaign, t.unit, t.obligation, t.deadline_version, t.option, t.distance)
                 = (due.campaign, due.unit, due.obligation, due.deadline_version, due.option,
                    due.distance)
            RETURNING t.campaign, t.unit, t.obligation, t.deadline_version, t.option, t.distance,
                      t.due_at
            """,  # noqa: S608 - our own constant
            now,
            now - self._grace,
            MISS,
            self._batch,
            campaigns,
        )
        return sorted(rows, key=lambda row: row["due_at"])

    async def _facts_due(
        self,
        tx: Transaction,
        contexts: Mapping[str, CampaignContext],
        timers: Sequence[Any],
        now: datetime,
    ) -> tuple[ObligationFact, ...]:
        """Lock the obligations behind the timers, save what is missed; reminders and misses."""
        keys = [(timer["campaign"], timer["unit"], timer["obligation"]) for timer in timers]
        owed = await queries.lock_many(tx, contexts, keys)
        locked = {queries.key_of(each): each for each in owed}
        changed = {}
        facts: list[ObligationFact] = []
        for timer, key in zip(timers, keys, strict=True):
            context, obligation = contexts[timer["campaign"]], locked.get(key)
            local = now.astimezone(context.zone)
            units = context.campaign.units
            if obligation is None or units.ended(obligation.unit, local.date()) is not None:
                continue  # it is passed on, with what was missed before: see `pass_on.py`
            if timer["deadline_version"] != obligation.deadline_version:
                continue  # the deadline was moved since
            if timer["distance"] == MISS:
                new, missed = miss(obligation, local, simulated=self._simulated)
                facts += missed
                if new is not obligation:
                    locked[key] = changed[key] = new
            elif reminder := remind(
                obligation,
                timer["option"],
                timer["distance"],
                context.plan.approaching_days,
                local,
                simulated=self._simulated,
            ):
                facts.append(reminder)
        if changed:
            await queries.save(tx, list(changed.values()))
        await tx.publish_all(facts)
        return tuple(facts)

    async def _oldest_overdue(self, now: datetime) -> dict[str, datetime]:
        """By campaign, when the oldest timer was due that is overdue now, the grace included. Reads
        these alone, of which there are none while all is well."""
        async with self._database.transaction() as tx:
            rows = await tx.fetch(
                f"""
                SELECT campaign,
                       min(CASE WHEN distance = $3 THEN due_at + $4 ELSE due_at END) AS due_at
                  FROM timers WHERE {_DUE} GROUP BY campaign
                """,  # noqa: S608 - our own constant
                now,
                now - self._grace,
                MISS,
                self._grace,
            )
        return {row["campaign"]: row["due_at"] for row in rows}

    async def _next_due(self, *, but: Sequence[str]) -> datetime | None:
        """When the next timer is due, the grace included; of all campaigns `but` some."""
        async with self._database.transaction() as tx:
            next_due: datetime | None = await tx.fetchval(
                """
                SELECT least(
                    (SELECT min(due_at) FROM timers
                      WHERE distance > $2 AND campaign <> ALL($3::text[])),
                    (SELECT min(due_at) + $1 FROM timers
                      WHERE distance = $2 AND campaign <> ALL($3::text[])))
                """,
                self._grace,
                MISS,
                list(but),
            )
        return next_due
