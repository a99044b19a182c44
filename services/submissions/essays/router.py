"""HTTP: essays, sent and withdrawn by their unit, judged by the Board, read by right."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response

from services.chassis.http import (
    Caller,
    CurrentChassis,
    Router,
    access,
    context_of,
)
from services.chassis.problems import NOT_FOUND
from services.chassis.storage.database import Transaction
from services.submissions.command import Command
from services.submissions.context import Context
from services.submissions.essays.judge import judge_essay
from services.submissions.essays.queries import page_of_essays, read_essay, unit_of_essay
from services.submissions.essays.schemas import (
    EssayAccepted,
    EssayChanged,
    EssayIn,
    EssayOut,
    EssayPage,
    JudgementIn,
    WithdrawalIn,
)
from services.submissions.essays.submit import EssayIntake
from services.submissions.essays.withdraw import withdraw_essay
from services.submissions.paging import AfterId, PageSize, UnitAsked
from services.submissions.problems import ESSAY_WITHDRAWN
from services.submissions.rights import require_sender

router = Router(prefix="/v1/campaigns/{campaign}/essays", tags=["essays"])


@router.post(
    "",
    status_code=201,
    response_model=EssayAccepted,
    openapi_extra=access("unit", "district", refuses=[NOT_FOUND]),
)
async def submit(
    body: EssayIn,
    caller: Caller,
    command: Command,
    intake: Annotated[EssayIntake, Depends(context_of(EssayIntake))],
) -> Response:
    """Send an entry of the contest; a late one is kept and marked late.

    422 names every rule of the contest that it breaks.
    """
    units, day = command.context.campaign.units, command.receipt.day
    require_sender(caller, body.unit, units, day)
    received = intake.received(command.context, body, command.receipt)
    return await command.in_group(intake.group, received)


@router.post(
    "/{essay_id}/withdrawal",
    response_model=EssayChanged,
    openapi_extra=access("unit", "district", refuses=[NOT_FOUND, ESSAY_WITHDRAWN]),
)
async def withdraw(
    essay_id: UUID, body: WithdrawalIn, caller: Caller, command: Command
) -> Response:
    """Take an entry back; it counts nowhere from then on. 409 when it was withdrawn before."""
    context = command.context

    async def effect(tx: Transaction) -> tuple[int, EssayChanged]:
        unit = await unit_of_essay(tx, context, essay_id)
        require_sender(caller, unit, context.campaign.units, command.receipt.day)
        return await withdraw_essay(tx, context, essay_id, body, command.receipt)

    return await command(effect)


@router.post(
    "/{essay_id}/judgement",
    response_model=EssayChanged,
    openapi_extra=access("board", refuses=[NOT_FOUND, ESSAY_WITHDRAWN]),
)
async def judge(essay_id: UUID, body: JudgementIn, command: Command) -> Response:
    """Enter the jury's mark; a later one replaces it. 409 for a withdrawn entry."""
    context, receipt = command.context, command.receipt
    return await command(lambda tx: judge_essay(tx, context, essay_id, body, receipt))


@router.get("/{essay_id}", openapi_extra=access("unit", "district", "board", refuses=[NOT_FOUND]))
async def read(
    essay_id: UUID, caller: Caller, chassis: CurrentChassis, context: Context
) -> EssayOut:
    """One entry, with private data for its own unit and the Board."""
    day = context.day(chassis.clock.now())
    async with chassis.database.transaction() as tx:
        return await read_essay(tx, context, essay_id, caller, day)


@router.get("", openapi_extra=access("unit", "district", "board", refuses=[NOT_FOUND]))
async def page(
    *,
    unit: UnitAsked,
    chassis: CurrentChassis,
    context: Context,
    contest: Annotated[
        str | None, Query(max_length=63, description="Those of one contest, by its id.")
    ] = None,
    limit: PageSize = 100,
    after: AfterId = None,
) -> EssayPage:
    """The entries of a unit and of those that it took over, the oldest first, withdrawn ones
    included."""
    async with chassis.database.transaction() as tx:
        return await page_of_essays(
            tx, context, unit.code, unit.day, contest=contest, limit=limit, after=after
        )
