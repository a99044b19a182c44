"""HTTP: what a unit reports about its conference, its contest and its ceremony.

Each report is sent once a unit; 409 for a second one.
"""

from typing import Annotated

from fastapi import Path, Response

from services.chassis.http import Caller, CurrentChassis, Router, access
from services.chassis.problems import NOT_FOUND
from services.submissions.command import Command
from services.submissions.context import Context
from services.submissions.problems import SECOND_REPORT
from services.submissions.reports.communes import aggregate_of
from services.submissions.reports.schemas import (
    CeremonyIn,
    CommunesOut,
    ConferenceIn,
    ContestIn,
    ReportAccepted,
)
from services.submissions.reports.service import (
    report_ceremony,
    report_conference,
    report_contest,
)
from services.submissions.rights import readable_unit, require_sender

router = Router(prefix="/v1/campaigns/{campaign}", tags=["reports"])


@router.post(
    "/conference-reports",
    status_code=201,
    response_model=ReportAccepted,
    openapi_extra=access("unit", "district", refuses=[NOT_FOUND, SECOND_REPORT]),
)
async def conference(body: ConferenceIn, caller: Caller, command: Command) -> Response:
    """Report the conference of advanced examples, held or assessed in writing.

    A commune reports to its district, a unit of the upper level to the city.
    """
    context, receipt = command.context, command.receipt
    require_sender(caller, body.unit, context.campaign.units, receipt.day)
    return await command(lambda tx: report_conference(tx, context, body, receipt))


@router.post(
    "/contest-reports",
    status_code=201,
    response_model=ReportAccepted,
    openapi_extra=access("unit", "district", refuses=[NOT_FOUND, SECOND_REPORT]),
)
async def contest(body: ContestIn, caller: Caller, command: Command) -> Response:
    """Report the evaluation of the unit's contest."""
    context, receipt = command.context, command.receipt
    require_sender(caller, body.unit, context.campaign.units, receipt.day)
    return await command(lambda tx: report_contest(tx, context, body, receipt))


@router.post(
    "/ceremony-reports",
    status_code=201,
    response_model=ReportAccepted,
    openapi_extra=access("unit", "district", refuses=[NOT_FOUND, SECOND_REPORT]),
)
async def ceremony(body: CeremonyIn, caller: Caller, command: Command) -> Response:
    """Report the closing and award ceremony; the day of the ceremony counts."""
    context, receipt = command.context, command.receipt
    require_sender(caller, body.unit, context.campaign.units, receipt.day)
    return await command(lambda tx: report_ceremony(tx, context, body, receipt))


@router.get(
    "/units/{code}/communes",
    openapi_extra=access("unit", "district", "board", refuses=[NOT_FOUND]),
)
async def communes(
    code: Annotated[str, Path(max_length=32, examples=["Q009"])],
    caller: Caller,
    chassis: CurrentChassis,
    context: Context,
) -> CommunesOut:
    """A district's communes: form, lateness, what is missing, and the sums.

    Its own conference report carries the sums of its moment.
    """
    day = context.day(chassis.clock.now())
    unit = readable_unit(caller, code, context.campaign.units, day)
    async with chassis.database.transaction() as tx:
        return await aggregate_of(tx, context, unit, day)
