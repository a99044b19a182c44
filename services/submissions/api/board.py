"""HTTP: what the Board decides, and the statistics that it reads."""

from collections.abc import Callable
from datetime import date
from typing import Annotated

from fastapi import Query, Response
from pydantic import Field

from services.chassis.base import Chassis
from services.chassis.http import Once, Router, access
from services.chassis.problems import FAULTY, Fault, Refusal
from services.chassis.storage.database import Transaction
from services.submissions.desk.answers import MoveTaken, ObligationOut
from services.submissions.desk.commands import DeadlineMoveIn, WaiverIn
from services.submissions.desk.desk import Desk
from services.submissions.desk.refusals import ALREADY_WAIVED, SAME_DEADLINE
from services.submissions.desk.standing import vn
from services.submissions.obligations import board
from services.submissions.statistics.paragraph import Paragraph, paragraph_of
from services.submissions.statistics.statistics import Statistics
from services.submissions.statistics.tallies import statistics_at


class StatisticsOut(Statistics):
    """The statistics of a day with the notice's paragraph."""

    paragraph: Paragraph = Field(description="As the notice of 2020 put it.")


def router(
    chassis: Chassis, desk: Desk, *, ahead_units: int, on_move: Callable[[], None]
) -> Router:
    """The routes; `on_move` is called when a deadline has moved for good."""
    api = Router(prefix="/v1", tags=["board"])
    clock, database = chassis.clock, chassis.database

    @api.post(
        "/deadline-moves",
        status_code=201,
        response_model=MoveTaken,
        openapi_extra=access("board", refuses=[SAME_DEADLINE]),
    )
    async def move(body: DeadlineMoveIn, once: Once) -> Response:
        """Enter a notice that moves a deadline, for all who owe it."""
        receipt = desk.receipt(clock.now())

        async def enter(tx: Transaction) -> tuple[int, MoveTaken]:
            tx.on_commit(on_move)
            return await board.move_deadline(tx, desk, body, receipt)

        return await once(enter)

    @api.post(
        "/waivers",
        status_code=201,
        response_model=ObligationOut,
        openapi_extra=access("board", refuses=[ALREADY_WAIVED]),
    )
    async def waive(body: WaiverIn, once: Once) -> Response:
        """Release one unit from one obligation."""
        receipt = desk.receipt(clock.now())
        return await once(lambda tx: board.waive_obligation(tx, desk, body, receipt))

    @api.get("/statistics", openapi_extra=access("board"))
    async def statistics(
        as_of: Annotated[date | None, Query(description="Local day; absent: today.")] = None,
    ) -> StatisticsOut:
        """How the contest stood at the end of a day, and the notice's paragraph about it."""
        today = desk.receipt(clock.now()).day
        if as_of and as_of > today:
            fault = Fault(
                "",
                f"Ngày {vn(as_of)} còn ở tương lai; hãy chọn đến {vn(today)}.",
                f"The day {as_of} lies in the future: choose {today} or earlier.",
                parameter="query:as_of",
            )
            raise Refusal(FAULTY, [fault])
        async with database.transaction() as tx:
            made = await statistics_at(tx, desk, as_of or today, ahead_units=ahead_units)
        return StatisticsOut(**made.model_dump(), paragraph=paragraph_of(made))

    return api
