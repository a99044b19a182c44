"""Conditions are decided: once each, at the end of the day, by what had been received by then.

Which are due is asked of the plan, and `obligations.held` has what was decided, so a clock that was
down decides the same as one that was not: whatever came after the end of the day does not count.
The campaign's row is locked alone, so nobody sends meanwhile; and as for a miss, `grace_seconds`
after the day (docs/decisions/0096-owed-on-a-condition.md).

SQL by hand: facts out of the log, by topic and campaign.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from services.campaigns.registry import CampaignRegistry
from services.chassis.storage.database import Database, Transaction
from services.chassis.storage.outbox import decode_headers
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.measuring import DaysLateMeasure, FactMeasure, Measure
from services.contracts.campaign.obligation_plan import ObligationPlan
from services.contracts.envelope import Event, decode
from services.contracts.events import FACTS, DeadlineMissed, UnitFact
from services.contracts.topics import topic_of
from services.measuring.fact import known, row_of
from services.measuring.measures import values_of
from services.measuring.records import STATUS_EVENTS, KnownFact
from services.measuring.taken_over import with_taken_over
from services.measuring.tally import Tallier
from services.measuring.values import holds
from services.submissions.context import CampaignContext
from services.submissions.obligations import queries
from services.submissions.obligations.condition import decided, decided_at, measures_of
from services.submissions.obligations.obligation import Obligation
from services.submissions.obligations.reassess_essays import by_unit, essays_judged_again
from services.submissions.obligations.stored_submissions import exempt_units
from services.submissions.obligations.timers import MISS

log = structlog.get_logger(__name__)

_EVENTS = {fact.event: fact for fact in FACTS if issubclass(fact, UnitFact)}


def due_conditions(
    context: CampaignContext, moment: datetime
) -> dict[datetime, list[ObligationPlan]]:
    """What is to be decided by a moment, by the end of its day, in the order of time."""
    due: dict[datetime, list[ObligationPlan]] = {}
    for planned in context.plan.obligations:
        at = decided_at(planned, context.plan)
        if at is not None and at <= moment:
            due.setdefault(at, []).append(planned)
    return dict(sorted(due.items()))


async def undecided(
    tx: Transaction, context: CampaignContext, planned: Iterable[ObligationPlan]
) -> list[ObligationPlan]:
    """Of these the ones that are not decided for some unit."""
    named = {each.id: each for each in planned}
    rows = await tx.fetch(
        """
        SELECT DISTINCT obligation FROM obligations
         WHERE campaign = $1 AND obligation = ANY($2::text[]) AND held IS NULL
        """,
        context.id,
        list(named),
    )
    return [named[row["obligation"]] for row in rows]


async def is_missing(tx: Transaction, context: CampaignContext, end: datetime) -> bool:
    """Whether somebody is to be called late for what was over by then: a condition may ask that."""
    return bool(
        await tx.fetchval(
            "SELECT EXISTS (SELECT FROM timers"
            " WHERE campaign = $1 AND distance = $2 AND due_at <= $3)",
            context.id,
            MISS,
            end,
        )
    )


async def decide(
    database: Database,
    campaigns: CampaignRegistry[CampaignContext],
    context: CampaignContext,
    planned: Iterable[ObligationPlan],
    end: datetime,
) -> int:
    """Decide what ends at one moment, for every unit that owes it; for how many it was false.

    Raises the driver's errors, and CampaignChangedError.
    """
    async with database.transaction() as tx:
        await campaigns.require_current_alone(tx, context)
        named = {each.id: each for each in planned}
        rows = await queries.lock_all_of(tx, context, list(named))
        open_rows = [row for row in rows if row.is_undecided]
        held = {
            name: await held_for(
                tx, context.campaign, each, end, {row.unit for row in open_rows if row.id == name}
            )
            for name, each in named.items()
        }
        day = context.day(end - timedelta(microseconds=1))
        gone = {row.unit for row in open_rows if context.campaign.units.ended(row.unit, day)}
        changed = [
            replace(row, held=held[row.id][row.unit])  # passed on before, and left as it was
            if row.unit in gone
            else decided(row, held=held[row.id][row.unit])
            for row in open_rows
        ]
        await queries.save(tx, changed)
        owed = [row for row in changed if row.status == "open" and row.unit not in gone]
        await queries.set_timers(tx, owed, context.plan.approaching_days)
        if any(row.planned.takes_essays_of(None) for row in owed):
            await _judge_essays(tx, context, {row.unit for row in owed})
    freed = sum(row.held is False for row in changed)
    log.info(
        "conditions decided",
        campaign=context.id,
        obligations=sorted(named),
        units=len(changed),
        freed=freed,
    )
    return freed


async def _judge_essays(tx: Transaction, context: CampaignContext, units: set[str]) -> None:
    """By what they owe now their essays may be less late; none is later."""
    rows = by_unit(await queries.lock_units(tx, context, sorted(units)))
    ends = context.contest_end
    await tx.publish_all(
        await essays_judged_again(tx, context.plan, rows, ends=ends, only_earlier=True)
    )


async def whom_it_frees(
    tx: Transaction,
    campaign: Campaign,
    planned: ObligationPlan,
    *,
    same: Iterable[Obligation],
    units: Collection[str],
    at: datetime,
) -> Collection[str]:
    """Of these units the ones that don't owe it by the condition that an amended plan has.

    `same`: rows that had this very condition before: what was decided for them stays.
    """
    end = decided_at(planned, campaign.plan)
    if end is None:
        return await exempt_units(tx, campaign.plan.campaign, planned, campaign.plan.zone)
    if at < end:
        return frozenset()
    held = {row.unit: row.held for row in same if row.held is not None}
    if left := {*units} - held.keys():
        held |= await held_for(tx, campaign, planned, end, left)
    return {unit for unit, holds_there in held.items() if not holds_there}


async def held_for(
    tx: Transaction,
    campaign: Campaign,
    planned: ObligationPlan,
    end: datetime,
    units: Collection[str],
) -> dict[str, bool]:
    """Whether the condition held for each of these units at the end of its day.

    Of what the unit did, and those whose place it had taken by then, as for points.
    """
    condition, plan = planned.only_if, campaign.plan
    if condition is None or condition.when is None:
        return dict.fromkeys(units, True)
    measures = measures_of(planned, plan)
    facts = await facts_received(tx, plan.campaign, measures, end)
    tallier = Tallier(measures, plan.zone)
    tallies = tallier.tallies(facts)
    day = condition.day
    found = {}
    for unit in units:
        tally = with_taken_over(tallier, campaign.units, day, unit, tallies)
        found[unit] = holds(condition.when, values_of(measures, measures, tally))
    return found


async def facts_received(
    tx: Transaction, campaign: str, measures: Mapping[str, Measure], end: datetime
) -> list[KnownFact]:
    """The facts that these measures count, received before a moment, out of the log of what was
    published. A miss of the day that ends is known at its end."""
    events = _events_of(measures)
    prefix = tx.topic_prefix
    rows = await tx.fetch(
        """
        SELECT key, headers, value FROM event_log
         WHERE topic = ANY($1::text[])
           AND convert_from(value, 'UTF8')::jsonb ->> 'campaign' = $2
         ORDER BY seq
        """,
        [topic_of(prefix, _EVENTS[event]) for event in sorted(events)],
        campaign,
    )
    found = []
    for row in rows:
        event = decode(row["key"], decode_headers(row["headers"]), row["value"])
        if not isinstance(event, Event):
            raise TypeError(f"the log has what is no event: {event.reason}")
        at_the_end = isinstance(event.data, DeadlineMissed) and event.time == end
        if event.time < end or at_the_end:
            found.append(known(row_of(event)))
    return found


def _events_of(measures: Mapping[str, Measure]) -> set[str]:
    events: set[str] = set()
    for measure in measures.values():
        if isinstance(measure, DaysLateMeasure):
            events |= STATUS_EVENTS
        elif isinstance(measure, FactMeasure):
            events |= {measure.of, measure.unless or measure.of}
    return events
