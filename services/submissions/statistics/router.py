"""HTTP: the statistics of a day, for the Board."""

from typing import Annotated

from fastapi import Depends, Query

from services.chassis.http import CurrentChassis, Router, access, context_of
from services.chassis.http.fields import Day
from services.chassis.problems import FAULTY, NOT_FOUND, Fault, Refusal
from services.contracts.wording import day_en, day_vi
from services.submissions.context import Context
from services.submissions.settings import SubmissionsSettings
from services.submissions.statistics.paragraph import paragraph_of
from services.submissions.statistics.queries import statistics_at
from services.submissions.statistics.schemas import StatisticsOut

router = Router(prefix="/v1/campaigns/{campaign}", tags=["statistics"])


@router.get("/statistics", openapi_extra=access("board", refuses=[NOT_FOUND]))
async def statistics(
    chassis: CurrentChassis,
    context: Context,
    settings: Annotated[SubmissionsSettings, Depends(context_of(SubmissionsSettings))],
    as_of: Annotated[Day | None, Query(description="Local day; absent: today.")] = None,
) -> StatisticsOut:
    """The contest at the end of a day, and the notice's paragraph about it."""
    today = context.day(chassis.clock.now())
    if as_of and as_of > today:
        fault = Fault(
            "",
            f"Ngày {day_vi(as_of)} chưa đến. Chọn đến ngày {day_vi(today)}.",
            f"{day_en(as_of)} is in the future: choose {day_en(today)} or earlier.",
            parameter="query:as_of",
        )
        raise Refusal(FAULTY, [fault])
    async with chassis.database.transaction() as tx:
        found = await statistics_at(tx, context, as_of or today, settings.ahead_units)
    return StatisticsOut(**found.model_dump(), paragraph=paragraph_of(found, context.campaign))
