"""HTTP: essays, sent and withdrawn by their unit, judged by the Board, read by right."""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.chassis.base import Chassis
from services.chassis.http import Caller, GroupCommit, Once, Router, access, require_unit
from services.chassis.observability import trace
from services.chassis.problems import NOT_FOUND
from services.chassis.storage.database import Transaction
from services.submissions.desk.answers import EssayChanged, EssayOut, EssayPage, EssayTaken
from services.submissions.desk.commands import EssayIn, JudgementIn, WithdrawalIn
from services.submissions.desk.desk import Desk
from services.submissions.desk.refusals import ESSAY_WITHDRAWN, LAST_ESSAY
from services.submissions.desk.rights import readable_unit
from services.submissions.essays import entries as essays
from services.submissions.essays.intake import Sent, check_essay, keep_essays
from services.submissions.essays.reads import page_of, read_essay
from services.submissions.metrics import ESSAYS


def router(chassis: Chassis, desk: Desk) -> Router:
    """The routes."""
    api = Router(prefix="/v1/essays", tags=["essays"])
    clock, database, metrics = chassis.clock, chassis.database, chassis.metrics

    async def keep(tx: Transaction, sent: Sequence[Sent]) -> list[tuple[int, EssayTaken]]:
        done = await keep_essays(tx, desk, sent)
        for late, essays_kept in Counter(taken.late for _, taken in done).items():
            tx.on_commit(partial(metrics.count, ESSAYS, essays_kept, late=str(late).lower()))
        return done

    together = GroupCommit(database, partial(check_essay, desk), keep)

    @api.post(
        "",
        status_code=201,
        response_model=EssayTaken,
        openapi_extra=access("unit", "district"),
    )
    async def submit(body: EssayIn, caller: Caller, once: Once) -> Response:
        """Send an entry of the contest; a late one is kept and marked late.

        422 names every rule of the contest that it breaks.
        """
        receipt = desk.receipt(clock.now())
        require_unit(caller, body.unit)
        return await once.with_others(together, Sent(body, receipt, trace.traceparent()))

    @api.post(
        "/{essay_id}/withdrawal",
        response_model=EssayChanged,
        openapi_extra=access("unit", "district", refuses=[NOT_FOUND, ESSAY_WITHDRAWN, LAST_ESSAY]),
    )
    async def withdraw(essay_id: UUID, body: WithdrawalIn, caller: Caller, once: Once) -> Response:
        """Take an entry back; it counts nowhere from then on. 409 when it was withdrawn before."""
        receipt = desk.receipt(clock.now())

        async def take(tx: Transaction) -> tuple[int, EssayChanged]:
            require_unit(caller, await essays.unit_of_essay(tx, desk, essay_id))
            return await essays.withdraw_essay(tx, desk, essay_id, body, receipt)

        return await once(take)

    @api.post(
        "/{essay_id}/judgement",
        response_model=EssayChanged,
        openapi_extra=access("board", refuses=[NOT_FOUND, ESSAY_WITHDRAWN]),
    )
    async def judge(essay_id: UUID, body: JudgementIn, once: Once) -> Response:
        """Enter the jury's mark; a later one replaces it. 409 for a withdrawn entry."""
        receipt = desk.receipt(clock.now())
        return await once(lambda tx: essays.judge_essay(tx, desk, essay_id, body, receipt))

    @api.get("/{essay_id}", openapi_extra=access("unit", "district", "board", refuses=[NOT_FOUND]))
    async def read(essay_id: UUID, caller: Caller) -> EssayOut:
        """One entry as it stands, with private data for its own unit and the Board."""
        async with database.transaction() as tx:
            return await read_essay(tx, desk, essay_id, caller)

    @api.get("", openapi_extra=access("unit", "district", "board", refuses=[NOT_FOUND]))
    async def page(
        unit: Annotated[str, Query(max_length=32, examples=["Q009"])],
        caller: Caller,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        after: Annotated[UUID | None, Query(description="`next` of the page before.")] = None,
    ) -> EssayPage:
        """The entries of a unit, the oldest first, withdrawn ones included."""
        readable = readable_unit(caller, unit, desk.campaign.units)
        async with database.transaction() as tx:
            return await page_of(tx, desk, readable.code, limit=limit, after=after)

    return api
