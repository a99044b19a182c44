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
from services.submissions.reports.below import aggregate_of
from services.submissions.reports.schemas import (
    CeremonyIn,
    CommunesOut,
    ConferenceIn,
    ConferencesBelowOut,
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

Code = Annotated[str, Path(max_length=32, description="Code of the unit.", examples=["Q009"])]


@router.post(
    "/conference-reports",
    status_code=201,
    response_model=ReportAccepted,
    openapi_extra=access("unit", "district", refuses=[NOT_FOUND, SECOND_REPORT]),
)
async def conference(body: ConferenceIn, caller: Caller, command: Command) -> Response:
    """Report the conference of advanced examples, held or assessed in writing.

    It goes to the unit that the campaign's tree has above the sender, and carries the sum of those
    below the sender.
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
    deprecated=True,
    openapi_extra=access("unit", "district", "board", refuses=[NOT_FOUND]),
)
async def conferences_below_formerly(
    code: Code, caller: Caller, chassis: CurrentChassis, context: Context
) -> CommunesOut:
    """The former name of `…/conferences-below`, from the years that had one level below."""
    found = await conferences_below(code, caller, chassis, context)
    return CommunesOut(communes=found.units, **found.model_dump(exclude={"units"}))


@router.get(
    "/units/{code}/conferences-below",
    openapi_extra=access("unit", "district", "board", refuses=[NOT_FOUND]),
)
async def conferences_below(
    code: Code, caller: Caller, chassis: CurrentChassis, context: Context
) -> ConferencesBelowOut:
    """The units that report to one: form, lateness, what is missing, and the sums.

    Its own conference report carries the sums of its moment.
    """
    day = context.day(chassis.clock.now())
    unit = readable_unit(caller, code, context.campaign.units, day)
    async with chassis.database.transaction() as tx:
        return await aggregate_of(tx, context, unit, day)
