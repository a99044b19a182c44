"""What essays do for obligations: the first one fulfils (D5), a withdrawn one is replaced."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from services.chassis.storage.database import Transaction
from services.contracts.campaign.deadlines import start_of
from services.contracts.campaign.obligation_plan import ObligationPlan
from services.contracts.events import ObligationFact
from services.submissions.context import CampaignContext, Receipt
from services.submissions.models import Essay
from services.submissions.obligations import queries as obligation_queries
from services.submissions.obligations.condition import exempted, reinstate
from services.submissions.obligations.counting import ActChanged
from services.submissions.obligations.fulfil import fulfil, replace_submission
from services.submissions.obligations.late_acts import pass_on_late
from services.submissions.obligations.obligation import FULFILLABLE, Obligation, Step
from services.submissions.obligations.queries import Key
from services.submissions.obligations.release import owe_again
from services.submissions.obligations.settle import settle, settle_and_publish
from services.submissions.obligations.submission import Submission

ESSAY: Final = "essay-submitted"


async def fulfil_by_essays(
    tx: Transaction, submissions: Sequence[tuple[CampaignContext, str, Submission]]
) -> list[tuple[list[Obligation], list[ObligationFact]]]:
    """Let entries of units, each in its campaign, fulfil what they can, in their order.

    Returns for each what its unit owes or owed of essays, by which it is late, and the facts. The
    obligations stay locked, so that a moved deadline waits until the entries are stored. Those that
    count acts are not asked here but by `counted`, when the entries are stored.
    """
    contexts = {context.id: context for context, _, _ in submissions}
    plans = {
        (context.id, unit, done.contest): _fulfilled_by_essays(context, unit, done.contest)
        for context, unit, done in submissions
    }
    keys = [
        (campaign, unit, planned.id)
        for (campaign, unit, _), found in plans.items()
        for planned in found
    ]
    obligations = await obligation_queries.lock_for_essays(tx, contexts, keys)
    changed: dict[Key, Obligation] = {}
    done: list[tuple[list[Obligation], list[ObligationFact]]] = []
    for context, unit, submission in submissions:
        owed: list[Obligation] = []
        facts: list[ObligationFact] = []
        for planned in plans[context.id, unit, submission.contest]:
            key = context.id, unit, planned.id
            obligation = obligations.get(key)
            if obligation is None:
                continue
            if obligation.status in FULFILLABLE:
                new, made = _after_essay(obligation, submission)
                if new is not obligation:
                    obligation = obligations[key] = changed[key] = new
                facts += made
            owed.append(obligation)
        done.append((owed, facts))
    if changed:
        await obligation_queries.save(tx, list(changed.values()))
    for context, unit, submission in submissions:
        names = [name for campaign, code, name in changed if (campaign, code) == (context.id, unit)]
        await pass_on_late(tx, context, unit, names, submission.received_at)
    return done


async def counted(
    tx: Transaction,
    entries: Sequence[tuple[CampaignContext, str, Submission, Sequence[Obligation]]],
) -> list[list[ObligationFact]]:
    """What these entries, which are stored and whose obligations are locked, make of those that
    count acts; of each unit and campaign with its last entry."""
    last = {(context.id, unit): at for at, (context, unit, _, _) in enumerate(entries)}
    newest: dict[tuple[str, str], dict[str, Obligation]] = defaultdict(dict)
    for context, unit, _, owed in entries:
        newest[context.id, unit] |= {each.id: each for each in owed}
    found: list[list[ObligationFact]] = []
    for at, (context, unit, submission, _) in enumerate(entries):
        counting = [
            each
            for each in newest[context.id, unit].values()
            if each.planned.counts_acts and each.status in FULFILLABLE
        ]
        if not counting or last[context.id, unit] != at:
            found.append([])
            continue
        after, facts = await settle(tx, context, counting, submission.received_at)
        names = [each.id for each in after]
        await pass_on_late(tx, context, unit, names, submission.received_at)
        found.append(facts)
    return found


def _after_essay(obligation: Obligation, submission: Submission) -> Step:
    if obligation.planned.counts_acts:
        return exempted(obligation, submission) or obligation, ()
    return fulfil(obligation, submission)


async def lock_essay_obligations(
    tx: Transaction, context: CampaignContext, unit: str, contest: str
) -> list[Obligation]:
    """What essays of a contest fulfil for this unit, locked."""
    found = _fulfilled_by_essays(context, unit, contest)
    keys = [(context.id, unit, planned.id) for planned in found]
    if not keys:
        return []
    return await obligation_queries.lock_many(tx, {context.id: context}, keys)


async def without_essay(
    tx: Transaction,
    context: CampaignContext,
    obligation: Obligation,
    essay: Essay,
    receipt: Receipt,
    *,
    day: date,
    reason: str,
    simulated: bool,
) -> None:
    """One locked obligation after an entry was withdrawn; `day`: of whose tree the act is.

    Had that entry fulfilled it, the oldest that was not withdrawn takes its place. Where there is
    none it is owed again (docs/decisions/0052-withdrawn-essays.md).
    """
    condition = obligation.planned.only_if
    fulfilment, essay_id = obligation.fulfilment, essay.essay_id
    units = context.with_predecessors(obligation.unit, day)
    if obligation.planned.counts_acts and obligation.status != "not-owed":
        changed = ActChanged(
            essay.submitted_at,
            "essay-withdrawn",
            reason,
            simulated=simulated,
            was=submission_of(essay, context.zone),
        )
        await settle_and_publish(tx, context, [obligation], receipt.at, changed)
        return
    if obligation.status == "fulfilled" and fulfilment and fulfilment.by_id == essay_id:
        after = condition.no_essays_by if condition else None
        other = await _oldest_active(tx, context, units, after=after)
        if other is None:
            new, facts = owe_again(
                obligation,
                "essay-withdrawn",
                deadline_version=obligation.deadline_version + 1,
                document=None,
                reason=reason,
                now=receipt.at,
                simulated=simulated,
            )
            await obligation_queries.save(tx, [new])
            await obligation_queries.set_timers(tx, [new], context.plan.approaching_days)
            await tx.publish_all(facts)
            return
        received_at = other.submitted_at.astimezone(context.zone)
        submission = Submission(
            ESSAY,
            other.essay_id,
            received_at,
            acted_on=other.acted_on,
            contest=other.contest,
            simulated=other.simulated,
        )
        new, facts = replace_submission(obligation, submission)
        await obligation_queries.save(tx, [new])
        await tx.publish_all(facts)
        return
    if fulfilment and fulfilment.by_id == essay_id:  # released: it is not owed by that entry
        await obligation_queries.save(tx, [replace(obligation, fulfilment=None)])
        return
    new = reinstate(obligation, receipt.at)
    contests = obligation.planned.essay_contests
    if new is not obligation and await _oldest_active(tx, context, units, contests) is None:
        await obligation_queries.save(tx, [new])


def submission_of(essay: Essay, zone: ZoneInfo) -> Submission:
    """An entry as what an obligation that counts may take."""
    return Submission(
        ESSAY,
        essay.essay_id,
        essay.submitted_at.astimezone(zone),
        acted_on=essay.acted_on,
        contest=essay.contest,
        form=essay.form,
        simulated=essay.simulated,
        mark=essay.mark,
        judged_at=essay.judged_at,
    )


def _fulfilled_by_essays(
    context: CampaignContext, unit: str, contest: str | None
) -> list[ObligationPlan]:
    """What essays of a contest may fulfil for the unit: which of it there is, the rows say."""
    units = context.campaign.units
    return [
        planned
        for planned in context.plan.obligations
        if planned.takes_essays_of(contest) and units.is_ever_meant(planned, unit)
    ]


async def _oldest_active(
    tx: Transaction,
    context: CampaignContext,
    units: Sequence[str],
    contests: Sequence[str] | None = None,
    *,
    after: date | None = None,
) -> Essay | None:
    """The first essay of some units that counts, of some contests (None: any), received after the
    end of a local day."""
    asked = select(Essay).where(
        Essay.campaign == context.plan.campaign,
        col(Essay.unit).in_(units),
        col(Essay.withdrawn_at).is_(None),
    )
    if after is not None:
        since = start_of(after + timedelta(days=1), context.zone)
        asked = asked.where(Essay.submitted_at >= since)
    if contests is not None:
        asked = asked.where(col(Essay.contest).in_(contests))
    asked = asked.order_by(col(Essay.submitted_at), col(Essay.essay_id)).limit(1)
    return (await tx.session.exec(asked)).first()
