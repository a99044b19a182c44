"""What the essays ask the database: one entry, locked or read by right, and a unit's in pages."""

from datetime import date
from uuid import UUID

from sqlmodel import col, select, tuple_

from services.campaigns.ended import ended_out
from services.chassis.http.auth import Principal
from services.chassis.problems import NOT_FOUND, Refusal
from services.chassis.storage.database import Transaction
from services.submissions.context import CampaignContext
from services.submissions.essays.schemas import AuthorOut, EssayOut, EssayPage, essay_out
from services.submissions.models import Essay, EssayAuthor
from services.submissions.problems import ESSAY_WITHDRAWN
from services.submissions.rights import may_read_private, readable_unit


async def unit_of_essay(tx: Transaction, context: CampaignContext, essay_id: UUID) -> str:
    """The unit that sent it. Raises Refusal (404) for an unknown essay."""
    return (await essay_of(tx, context, essay_id)).unit


async def lock_active(tx: Transaction, essay_id: UUID) -> Essay:
    """The essay, locked, as it is now. Raises Refusal (409) for one that was withdrawn."""
    essay = await tx.session.get_one(Essay, essay_id, with_for_update=True, populate_existing=True)
    if essay.withdrawn_at is not None:
        raise Refusal(ESSAY_WITHDRAWN)
    return essay


async def read_essay(
    tx: Transaction, context: CampaignContext, essay_id: UUID, caller: Principal, day: date
) -> EssayOut:
    """One entry, by the rights of a local day. Private data are fetched only for who may read them.

    Raises Refusal: 404 for an unknown essay, 403 for another's.
    """
    essay = await essay_of(tx, context, essay_id)
    readable_unit(caller, essay.unit, context.campaign.units, day)
    private = None
    if may_read_private(caller, essay.unit, context.campaign.units, day):
        private = await tx.session.get(EssayAuthor, essay_id)
    author = AuthorOut.model_validate(private) if private else None
    return essay_out(context.plan, essay, author)


async def page_of_essays(
    tx: Transaction,
    context: CampaignContext,
    unit: str,
    day: date,
    *,
    contest: str | None,
    limit: int,
    after: UUID | None,
) -> EssayPage:
    """At most `limit` entries of a unit and of those that it took over by a local day, those after
    the entry `after`; of one contest (None: of all), without private data.

    An `after` that is no entry of this unit begins at the beginning.
    """
    place = col(Essay.submitted_at), col(Essay.essay_id)
    of_unit = select(Essay).where(
        Essay.campaign == context.plan.campaign,
        col(Essay.unit).in_(context.with_predecessors(unit, day)),
    )
    if contest is not None:
        of_unit = of_unit.where(Essay.contest == contest)
    asked = of_unit.order_by(*place).limit(limit + 1)
    if after is not None:
        last = (await tx.session.exec(of_unit.where(Essay.essay_id == after))).first()
        if last is not None:
            asked = asked.where(tuple_(*place) > tuple_(last.submitted_at, last.essay_id))
    rows = (await tx.session.exec(asked)).all()
    essays = [essay_out(context.plan, row) for row in rows[:limit]]
    more = len(rows) > limit
    return EssayPage(
        unit=unit,
        ended=ended_out(context.campaign.units, unit, day),
        essays=essays,
        next=essays[-1].essay_id if more else None,
    )


async def essay_of(tx: Transaction, context: CampaignContext, essay_id: UUID) -> Essay:
    """The essay of that id, not locked. Raises Refusal (404) for an unknown one."""
    essay = await tx.session.get(Essay, essay_id)
    if essay is None or essay.campaign != context.plan.campaign:
        raise Refusal(
            NOT_FOUND,
            detail=("Không tìm thấy bài dự thi này.", "There is no such essay."),
        )
    return essay
