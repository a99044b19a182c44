"""What an act means for the obligations that count acts: asked after it is stored.

Obligations of which the first act is enough are not asked here, and cost no query by it.
"""

from collections.abc import Sequence
from datetime import date, datetime

from services.chassis.storage.database import Transaction
from services.contracts.events import ObligationFact
from services.submissions.context import CampaignContext
from services.submissions.obligations import queries
from services.submissions.obligations.completion import Completion, completion
from services.submissions.obligations.counting import ActChanged, is_concerned, settled
from services.submissions.obligations.late_acts import pass_on_late
from services.submissions.obligations.obligation import Obligation
from services.submissions.obligations.stored_submissions import acts_of


async def lock_counting(
    tx: Transaction, context: CampaignContext, unit: str, event: str, day: date
) -> list[Obligation]:
    """What a unit, or who took over from it by a local day, owes and acts of that event count for;
    locked."""
    counting = [each for each in context.plan.obligations if each.counts_acts and each.is_by(event)]
    if not counting:
        return []
    holder = context.campaign.units.holder(unit, day)
    code = holder.code if holder else unit
    keys = [(context.id, code, planned.id) for planned in counting]
    return await queries.lock_many(tx, {context.id: context}, keys)


async def settle(
    tx: Transaction,
    context: CampaignContext,
    owed: Sequence[Obligation],
    at: datetime,
    changed: ActChanged | None = None,
) -> tuple[list[Obligation], list[ObligationFact]]:
    """These locked obligations as all that is stored now makes them, saved, and the facts.

    `changed`: what was taken back or is worth another.
    """
    if not owed:
        return [], []
    await tx.session.flush()
    day = context.day(at)
    after: list[Obligation] = []
    facts: list[ObligationFact] = []
    for obligation in owed:
        new = obligation
        if is_concerned(obligation, changed):
            units = context.with_predecessors(obligation.unit, day)
            acts = await acts_of(tx, context, obligation.planned, units, day)
            new, made = settled(obligation, acts, at, changed)
            facts += made
        if new is not obligation:
            await queries.save(tx, [new])
        if new.deadline_version != obligation.deadline_version:
            await queries.set_timers(tx, [new], context.plan.approaching_days)
        after.append(new)
    return after, facts


async def settle_and_publish(
    tx: Transaction,
    context: CampaignContext,
    owed: Sequence[Obligation],
    at: datetime,
    changed: ActChanged | None = None,
) -> list[Obligation]:
    """The same, with the facts published, for who took over too."""
    after, facts = await settle(tx, context, owed, at, changed)
    await tx.publish_all(facts)
    for obligation in after:
        await pass_on_late(tx, context, obligation.unit, [obligation.id], at)
    return after


async def progress_of(
    tx: Transaction, context: CampaignContext, obligation: Obligation, day: date
) -> list[Completion]:
    """How much of each option is there, where the obligation counts acts."""
    planned = obligation.planned
    if not planned.counts_acts:
        return []
    units = context.with_predecessors(obligation.unit, day)
    acts = await acts_of(tx, context, planned, units, day)
    return [
        completion(option, acts, obligation.unit, obligation.kind, obligation.zone)
        for option in planned.options
    ]
