"""Units end, and what they owed goes to who took over: once, on the day, after any downtime.

Which units that are is asked of the campaign's tree at every look, and `passed_on` has those of
which it is done; so a merger of a day that is past, announced by an amendment, is found too. The
campaign's row is locked alone (`require_current_alone`): nobody sends, moves, waives or fires
meanwhile. Like a miss it comes `grace_seconds` after the day begins, so that what was on its way at
midnight counts for the unit that sent it (docs/decisions/0057-what-a-unit-leaves.md).

Successions are taken in the order of their days, so that a chain passes on what it was passed.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import groupby

import structlog
from sqlalchemy import delete
from sqlmodel import col, select

from services.campaigns.registry import CampaignRegistry
from services.chassis.storage.database import Database, Transaction
from services.contracts.campaign.deadlines import start_of
from services.contracts.events import Fact
from services.submissions.context import CampaignContext
from services.submissions.models import PassedOn, Timer
from services.submissions.obligations import queries
from services.submissions.obligations.awaited import with_days_of
from services.submissions.obligations.counting import fulfil_in_order
from services.submissions.obligations.known_days import set_known_days
from services.submissions.obligations.miss import miss
from services.submissions.obligations.obligation import FULFILLABLE, Obligation
from services.submissions.obligations.passed_on import released_by, waivers_of
from services.submissions.obligations.reassess_essays import essays_judged_again
from services.submissions.obligations.stored_submissions import acts_of, exempt_units
from services.submissions.obligations.successions import best_left, passed_on
from services.submissions.orders.order import Orders
from services.submissions.orders.queries import deadline_versions, orders_of

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
            work = PassingOn(tx, context, now.astimezone(context.zone))
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
class PassingOn:
    """The successions of one campaign in one transaction, and the facts about what they change."""

    tx: Transaction
    context: CampaignContext
    now: datetime
    facts: list[Fact] = field(default_factory=list)
    _orders: Orders | None = None
    _versions: Mapping[str, int] = field(default_factory=dict)

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
            begins = await self._begins(successor, day)
            await self.give(successor, codes, left, own, begins=begins, day=day)
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

    async def give(
        self,
        successor: str,
        codes: Sequence[str],
        left: Mapping[str, Sequence[Obligation]],
        own: Mapping[str, Obligation],
        *,
        begins: bool,
        day: date,
    ) -> None:
        """What units left by obligation goes to who takes over on that day, whose own is `own`."""
        waivers = await waivers_of(self.tx, self.context, [*codes, successor])
        changed: dict[str, Obligation] = {}
        for name, obligations in sorted(left.items()):
            best = best_left(released_by(waivers, obligations))
            if best is None:
                continue
            waiver = waivers.get((best.unit, name))
            mine = own.get(name)
            # Released by nobody: an amendment took it out, so that it is as if never owed.
            owed = mine if mine and released_by(waivers, [mine]) else None
            step = passed_on(
                best,
                owed,
                await self._blank(successor, best, mine),
                begins=begins,
                document=waiver.order.document if waiver else "",
                reason=waiver.order.reason if waiver else "",
                now=self.now,
            )
            if step is not None:
                changed[name], facts = step
                self.facts += facts
        fresh = [each for name, each in changed.items() if name not in own]
        await queries.add(self.tx, fresh, self.context.plan.approaching_days)
        await queries.save(self.tx, list(changed.values()))
        await self._by_what_was_sent(codes, {**own, **changed})
        if any(each.planned.takes_essays_of(None) for each in changed.values()):
            await self._judge_essays(successor)
        self.facts += await set_known_days(
            self.tx, self.context, [*own.values(), *changed.values()], self.now, taken_over_on=day
        )

    async def _judge_essays(self, unit: str) -> None:
        """By what the unit owes now its own essays may be less late; by a merger none is later."""
        owed = await queries.lock_units(self.tx, self.context, [unit])
        self.facts += await essays_judged_again(
            self.tx,
            self.context.plan,
            {unit: owed},
            ends=self.context.contest_end,
            only_earlier=True,
        )

    async def _by_what_was_sent(self, codes: Sequence[str], owed: Mapping[str, Obligation]) -> None:
        """What units sent that did not owe it: their level was not asked."""
        for _, obligation in sorted(owed.items()):
            if obligation.status not in FULFILLABLE:
                continue
            condition = obligation.planned.only_if
            if condition and condition.no_essays_by is not None and obligation.status == "open":
                exempt = await exempt_units(
                    self.tx, self.context.id, obligation.planned, self.context.zone
                )
                if not exempt.isdisjoint(codes):
                    await queries.save(self.tx, [replace(obligation, status="not-owed")])
                    continue
            counted, day = [*codes], self.context.day(self.now)
            if obligation.planned.counts_acts:  # its own, and theirs from whom it took over
                counted += self.context.with_predecessors(obligation.unit, day)
            submissions = await acts_of(self.tx, self.context, obligation.planned, counted, day)
            fulfilled, facts = fulfil_in_order(obligation, submissions)
            if fulfilled is not obligation:
                self.facts += facts
                await queries.save(self.tx, [fulfilled])

    async def _as_it_was(self, obligation: Obligation, day: date) -> Obligation:
        """What was missed before the day, and not yet published: nothing depends on how long the
        service was down."""
        ends = start_of(day, self.context.zone)
        if (missed_at := obligation.missed_at) is None or missed_at >= ends:
            return obligation
        missed, facts = miss(obligation, ends)
        if facts:
            self.facts += facts
            await queries.save(self.tx, [missed])
        return missed

    async def _blank(self, unit: str, best: Obligation, mine: Obligation | None) -> Obligation:
        """The unit's obligation, open under the terms that hold now, as if it had none."""
        if self._orders is None:
            units = self.context.campaign.units
            self._orders = await orders_of(self.tx, self.context.id, units)
            self._versions = await deadline_versions(self.tx, self.context.id)
        # What was ordered about the unit that left it holds for who takes it over.
        planned, version = best.planned, best.deadline_version
        for each in self.context.plan.obligations:
            if each.id == best.id:
                planned = self._orders.planned(each, unit if mine else best.unit)
                planned = with_days_of(planned, mine or best)
                version = self._versions.get(each.id, 1)
        return Obligation(
            self.context.id,
            unit,
            planned,
            self.context.zone,
            version=mine.version if mine else 1,
            deadline_version=version,
            held=mine.held if mine else best.held,
            kind=queries.kind_of(self.context.campaign, unit),
        )

    async def _end(self, codes: Sequence[str]) -> None:
        """Nobody is called late for a unit that is no more: without timers its rows stay as they
        are, and are read as what it had done, missed or still owed."""
        await self.tx.session.exec(
            delete(Timer).where(col(Timer.campaign) == self.context.id, col(Timer.unit).in_(codes))
        )

    async def _begins(self, successor: str, day: date) -> bool:
        """Whether the successor begins with the day, and has taken over from nobody before."""
        if self.context.campaign.units.exists(successor, day - _ONE_DAY):
            return False
        asked = select(PassedOn.unit).where(
            PassedOn.campaign == self.context.id, PassedOn.successor == successor
        )
        return (await self.tx.session.exec(asked)).first() is None
