"""What an act means for the obligations that count acts: asked after it is stored.

Obligations of which the first act is enough are not asked here, and cost no query by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Final

from services.chassis.storage.database import Transaction
from services.contracts.events import ObligationFact
from services.submissions.context import CampaignContext
from services.submissions.obligations import queries
from services.submissions.obligations.completion import Completion, completion
from services.submissions.obligations.counting import counted_again, fulfil_in_order
from services.submissions.obligations.late_acts import pass_on_late
from services.submissions.obligations.obligation import FULFILLABLE, Obligation, Reopening, Step
from services.submissions.obligations.release import owe_again
from services.submissions.obligations.stored_submissions import acts_of

EVER: Final = datetime.min.replace(tzinfo=UTC)
"""Of something that changed: whenever it was received."""


@dataclass(frozen=True, slots=True)
class LessThere:
    """Something that counted was taken back, or is worth less."""

    came_at: datetime
    """When it had been received."""
    cause: Reopening
    reason: str
    document: str | None = None
    simulated: bool = False
    keeps_day: bool = False
    """Of a figure that is corrected: the day on which it was enough still counts."""


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
    taken: LessThere | None = None,
) -> tuple[list[Obligation], list[ObligationFact]]:
    """These locked obligations as all that is stored now makes them, saved, and the facts.

    `taken`: what was taken back or changed; what was fulfilled before that came stays so. Where
    what is left is no longer enough it is owed again (docs/decisions/0090-how-much-is-owed.md).
    """
    if not owed:
        return [], []
    await tx.session.flush()
    day = context.day(at)
    after: list[Obligation] = []
    facts: list[ObligationFact] = []
    for obligation in owed:
        new, done = obligation, obligation.fulfilment
        asked = obligation.status in FULFILLABLE
        again = done is not None and taken is not None and taken.came_at <= done.fulfilled_at
        if asked or again:
            units = context.with_predecessors(obligation.unit, day)
            acts = await acts_of(tx, context, obligation.planned, units)
            step = fulfil_in_order(obligation, acts) if asked else counted_again(obligation, acts)
            if obligation.status == "waived":
                # Released: it stays so, and what is not enough was not done.
                gone = counted_again(replace(obligation, status="fulfilled"), acts) is None
                step = replace(obligation, fulfilment=None) if gone else obligation, ()
            elif step is None and taken is not None:
                step = _owed_again(obligation, taken, at)
                await queries.set_timers(tx, [step[0]], context.plan.approaching_days)
            elif taken is not None and taken.keeps_day and not asked:
                step = obligation, ()
            if step is not None:
                new, made = step
                facts += made
        if new is not obligation:
            await queries.save(tx, [new])
        after.append(new)
    return after, facts


def _owed_again(obligation: Obligation, taken: LessThere, at: datetime) -> Step:
    return owe_again(
        obligation,
        taken.cause,
        deadline_version=obligation.deadline_version + 1,
        document=taken.document,
        reason=taken.reason,
        now=at,
        simulated=taken.simulated,
    )


async def settle_and_publish(
    tx: Transaction,
    context: CampaignContext,
    owed: Sequence[Obligation],
    at: datetime,
    taken: LessThere | None = None,
) -> list[Obligation]:
    """The same, with the facts published, for who took over too."""
    after, facts = await settle(tx, context, owed, at, taken)
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
    acts = await acts_of(tx, context, planned, units)
    return [
        completion(option, acts, obligation.unit, obligation.kind, obligation.zone)
        for option in planned.options
    ]
