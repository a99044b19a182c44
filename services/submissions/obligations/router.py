"""HTTP: what a unit owes; what the Board decides about it: a deadline moves, a unit is released."""

from typing import Annotated

from fastapi import Depends, Query, Response

from services.campaigns.ended import ended_out
from services.chassis.http import CurrentChassis, Router, access, context_of
from services.chassis.problems import NOT_FOUND
from services.chassis.storage.database import Transaction
from services.submissions.command import Command
from services.submissions.context import Context
from services.submissions.obligations import queries
from services.submissions.obligations.deadline_clock import DeadlineClock
from services.submissions.obligations.move_deadline import move_deadline
from services.submissions.obligations.read_orders import read_orders
from services.submissions.obligations.schemas import (
    DeadlineMoveIn,
    MoveAccepted,
    ObligationOut,
    Obligations,
    UnitReleased,
    WaiverAccepted,
    WaiverIn,
)
from services.submissions.obligations.settle import progress_of
from services.submissions.obligations.waive import waive_obligation
from services.submissions.orders.schemas import OrdersOut
from services.submissions.paging import UnitAsked
from services.submissions.problems import ALREADY_WAIVED, SAME_DEADLINE

Preview = Annotated[
    bool, Query(description="true: what it would do, and for whom, with nothing done.")
]

router = Router(prefix="/v1/campaigns/{campaign}", tags=["obligations"])


@router.get("/obligations", openapi_extra=access("unit", "district", "board", refuses=[NOT_FOUND]))
async def obligations(unit: UnitAsked, chassis: CurrentChassis, context: Context) -> Obligations:
    """Everything that a unit owes, with its status."""
    async with chassis.database.transaction() as tx:
        found = await queries.of_units(tx, context, [unit.code])
        progress = {each.id: await progress_of(tx, context, each, unit.day) for each in found}
    ended = ended_out(context.campaign.units, unit.code, unit.day)
    return Obligations(
        unit=unit.code,
        ended=ended,
        # Who is no more owes nothing; what it had done or missed stays.
        obligations=[
            ObligationOut.of(each, progress[each.id])
            for each in found
            if ended is None or each.status != "open"
        ],
    )


@router.post(
    "/deadline-moves",
    status_code=201,
    responses={200: {"model": MoveAccepted, "description": "With preview=true."}},
    response_model=MoveAccepted,
    openapi_extra=access("board", refuses=[NOT_FOUND, SAME_DEADLINE]),
)
async def move(
    body: DeadlineMoveIn,
    command: Command,
    deadlines: Annotated[DeadlineClock, Depends(context_of(DeadlineClock))],
    *,
    preview: Preview = False,
) -> Response:
    """Enter a document that moves a day, for all who owe it or for some, or takes a move back."""

    async def effect(tx: Transaction) -> tuple[int, MoveAccepted]:
        tx.on_commit(deadlines.loop.wake)
        return await move_deadline(tx, command.context, body, command.receipt)

    return await (command.preview(effect) if preview else command.alone(effect))


@router.get("/orders", openapi_extra=access("board", refuses=[NOT_FOUND]))
async def orders(chassis: CurrentChassis, context: Context) -> OrdersOut:
    """What the Board moved, released and took back: when, by which document, and for whom."""
    async with chassis.database.transaction() as tx:
        return await read_orders(tx, context)


@router.post(
    "/waivers",
    status_code=201,
    response_model=UnitReleased | WaiverAccepted,
    responses={200: {"model": UnitReleased | WaiverAccepted, "description": "With preview=true."}},
    openapi_extra=access("board", refuses=[NOT_FOUND, ALREADY_WAIVED]),
)
async def waive(
    body: WaiverIn,
    command: Command,
    deadlines: Annotated[DeadlineClock, Depends(context_of(DeadlineClock))],
    *,
    preview: Preview = False,
) -> Response:
    """Release one unit, or several, from one obligation, or take that back."""

    async def effect(tx: Transaction) -> tuple[int, UnitReleased | WaiverAccepted]:
        tx.on_commit(deadlines.loop.wake)
        return await waive_obligation(tx, command.context, body, command.receipt)

    return await (command.preview(effect) if preview else command.alone(effect))
