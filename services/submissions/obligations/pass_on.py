"""Units end, and what they owed goes to who took over: once, on the day, after any downtime.

Which units that are is asked of the campaign's tree at every look, and `passed_on` has those of
which it is done; so a merger of a day that is past, announced by an amendment, is found too. The
campaign's row is locked alone (`require_current_alone`): nobody sends, moves, waives or fires
meanwhile. Like a miss it comes `grace_seconds` after the day begins, so that what was on its way at
midnight counts for the unit that sent it (docs/decisions/0057-what-a-unit-leaves.md).

Successions are taken in the order of their days, so that a chain passes on what it was passed.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import groupby

import structlog
from sqlalchemy import delete
from sqlmodel import col, select

from services.campaigns.registry import CampaignRegistry
from services.chassis.storage.database import Database, Transaction
from services.contracts.campaign.deadlines import start_of
from services.contracts.events import ObligationFact
from services.submissions.context import CampaignContext
from services.submissions.models import ObligationRow, PassedOn, Timer, Waiver
from services.submissions.obligations import queries
from services.submissions.obligations.obligation import FULFILLABLE, Obligation, fulfil, miss
from services.submissions.obligations.stored_submissions import exempt_units, stored_submissions
from services.submissions.obligations.successions import best_left, passed_on

log = structlog.get_logger(__name__)

_ONE_DAY = timedelta(days=1)

Succession = tuple[date, str | None]
"""The day on which units are no more, and who takes over from them."""


Done = dict[str, tuple[int, date]]
"""By campaign in which state of it, and on which day, nothing was left to do."""


async def pass_on_due(
    database: Database, campaigns: CampaignRegistry[CampaignContext], now: datetime, done: Done
) -> int:
    """Pass on what is due in all campaigns, each in a transaction of its own; of how many units.

    `now` is the moment less the grace; `done` is brought up to date. Raises the driver's errors,
    and CampaignChangedError.
    """
    units = 0
    for context in await campaigns.all():
        day = min(context.day(now), context.plan.closes)
        if done.get(context.id) == (context.generation, day):
            continue
        ended = context.ended_by(day)
        withdrawn = context.announced.withdrawn_at is not None
        async with database.transaction() as tx:
            if not ended or withdrawn or not await _left(tx, context, ended):
                done[context.id] = context.generation, day
                continue
        async with database.transaction() as tx:
            await campaigns.require_current_alone(tx, context)
            left = await _left(tx, context, ended)
            work = _PassingOn(tx, context, now.astimezone(context.zone))
            for succession, codes in left:
                await work.take_over(succession, codes)
            await tx.publish_all(work.facts)
            units += sum(len(codes) for _, codes in left)
        log.info("obligations passed on", campaign=context.id, units=units, facts=len(work.facts))
    return units


async def _left(
    tx: Transaction, context: CampaignContext, ended: Sequence[str]
) -> list[tuple[Succession, list[str]]]:
    """Of units that are no more those of which it is not done, by day and by who took over."""
    rows = await tx.session.exec(select(PassedOn.unit).where(PassedOn.campaign == context.id))
    done = set(rows)
    left = [context.campaign.units[code] for code in ended if code not in done]
    left.sort(key=lambda unit: (unit.ends, unit.successor or "", unit.code))
    return [
        (succession, [unit.code for unit in units])
        for succession, units in groupby(left, key=lambda unit: (unit.ends, unit.successor))
    ]


@dataclass(slots=True)
class _PassingOn:
    """The successions of one campaign that are due."""

    tx: Transaction
    context: CampaignContext
    now: datetime
    facts: list[ObligationFact] = field(default_factory=list)

    async def take_over(self, succession: Succession, codes: Sequence[str]) -> None:
        """One succession: units that end on a day, and who takes over from all of them."""
        day, successor = succession
        units = [*codes, successor] if successor else codes
        locked = await queries.lock_units(self.tx, self.context, units)
        left: dict[str, list[Obligation]] = defaultdict(list)
        own: dict[str, Obligation] = {}
        for row in locked:
            obligation = await self._as_it_was(row, day)
            if obligation.unit == successor:
                own[obligation.id] = obligation
            else:
                left[obligation.id].append(obligation)
        if successor is not None:
            await self._give(successor, day, codes, left, own)
        await self._end(codes)
        for code in codes:
            self.tx.session.add(
                PassedOn(
                    campaign=self.context.id,
                    unit=code,
                    day=day,
                    successor=successor,
                    passed_at=self.now,
                )
            )
        await self.tx.session.flush()

    async def _as_it_was(self, obligation: Obligation, day: date) -> Obligation:
        """What was missed before the day, and not yet published: nothing depends on how long the
        service was down."""
        ends = start_of(day, self.context.zone)
        if obligation.missed_at >= ends:
            return obligation
        missed, facts = miss(obligation, ends)
        if facts:
            self.facts += facts
            await queries.save(self.tx, [missed])
        return missed

    async def _give(
        self,
        successor: str,
        day: date,
        codes: Sequence[str],
        left: dict[str, list[Obligation]],
        own: dict[str, Obligation],
    ) -> None:
        waivers = await self._waivers(codes)
        begins = await self._begins(successor, day)
        changed: dict[str, Obligation] = {}
        for name, obligations in sorted(left.items()):
            # One that an amendment took out, since its unit is to end, was released by nobody.
            counting = [
                each
                for each in obligations
                if each.status != "waived" or (each.unit, name) in waivers
            ]
            best = best_left(counting)
            if best is None:
                continue
            waiver = waivers.get((best.unit, name))
            step = passed_on(
                best,
                own.get(name),
                successor,
                begins=begins,
                document=waiver.document if waiver else "",
                reason=waiver.reason if waiver else "",
                now=self.now,
            )
            if step is None:
                continue
            changed[name], facts = step
            self.facts += facts
            if waiver is not None and changed[name].status == "waived":
                self._release_as(waiver, successor)
        fresh = [each for name, each in changed.items() if name not in own]
        await queries.add(self.tx, fresh, self.context.plan.approaching_days)
        await queries.save(self.tx, list(changed.values()))
        await self._by_what_was_sent(codes, own | changed)

    async def _by_what_was_sent(self, codes: Sequence[str], owed: dict[str, Obligation]) -> None:
        """What units sent that did not owe it, because they would be no more on the last day."""
        for _, obligation in sorted(owed.items()):
            if obligation.status not in FULFILLABLE:
                continue
            condition = obligation.planned.only_if
            if condition and obligation.status == "open":
                exempt = await exempt_units(
                    self.tx, self.context.id, condition.no_essays_by, self.context.zone
                )
                if not exempt.isdisjoint(codes):
                    await queries.save(self.tx, [replace(obligation, status="not-owed")])
                    continue
            sent = await stored_submissions(
                self.tx, self.context.id, obligation.planned, self.context.zone
            )
            submissions = sorted(
                (one for code in codes for one in sent.get(code, ())),
                key=lambda one: (one.received_at, one.by_id),
            )
            if submissions:
                fulfilled, facts = fulfil(obligation, submissions[0])
                self.facts += facts
                await queries.save(self.tx, [fulfilled])

    async def _end(self, codes: Sequence[str]) -> None:
        """Nobody is called late for a unit that is no more. What it had done or missed stays."""
        context = self.context.id
        await self.tx.session.exec(
            delete(Timer).where(col(Timer.campaign) == context, col(Timer.unit).in_(codes))
        )
        await self.tx.session.exec(
            delete(ObligationRow).where(
                col(ObligationRow.campaign) == context,
                col(ObligationRow.unit).in_(codes),
                col(ObligationRow.status) == "open",
            )
        )

    async def _waivers(self, codes: Iterable[str]) -> dict[tuple[str, str], Waiver]:
        asked = select(Waiver).where(
            Waiver.campaign == self.context.id, col(Waiver.unit).in_(list(codes))
        )
        rows = await self.tx.session.exec(asked)
        return {(row.unit, row.obligation): row for row in rows}

    async def _begins(self, successor: str, day: date) -> bool:
        """Whether the successor begins with the day, and has taken over from nobody before."""
        if self.context.campaign.units.exists(successor, day - _ONE_DAY):
            return False
        asked = select(PassedOn.unit).where(
            PassedOn.campaign == self.context.id, PassedOn.successor == successor
        )
        return (await self.tx.session.exec(asked)).first() is None

    def _release_as(self, waiver: Waiver, successor: str) -> None:
        self.tx.session.add(
            Waiver(
                **waiver.model_dump(exclude={"unit", "waived_at"}),
                unit=successor,
                waived_at=self.now,
            )
        )
