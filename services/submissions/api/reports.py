"""HTTP: what a unit reports about its conference, its contest and its ceremony."""

from fastapi import Response

from services.chassis.base import Chassis
from services.chassis.http import Caller, Once, Router, access, require_unit
from services.submissions.desk.answers import ReportTaken
from services.submissions.desk.commands import CeremonyIn, ConferenceIn, ContestIn
from services.submissions.desk.desk import Desk
from services.submissions.desk.refusals import SECOND_REPORT
from services.submissions.reports import reports


def router(chassis: Chassis, desk: Desk) -> Router:
    """The routes. Each report is sent once a unit; 409 for a second one."""
    api = Router(prefix="/v1", tags=["reports"])
    clock = chassis.clock

    @api.post(
        "/conference-reports",
        status_code=201,
        response_model=ReportTaken,
        openapi_extra=access("unit", "district", refuses=[SECOND_REPORT]),
    )
    async def conference(body: ConferenceIn, caller: Caller, once: Once) -> Response:
        """Report the conference of advanced examples, held or assessed in writing.

        A commune reports to its district, a unit of the upper level to the city.
        """
        receipt = desk.receipt(clock.now())
        require_unit(caller, body.unit)
        return await once(lambda tx: reports.report_conference(tx, desk, body, receipt))

    @api.post(
        "/contest-reports",
        status_code=201,
        response_model=ReportTaken,
        openapi_extra=access("unit", "district", refuses=[SECOND_REPORT]),
    )
    async def contest(body: ContestIn, caller: Caller, once: Once) -> Response:
        """Report the evaluation of the unit's contest."""
        receipt = desk.receipt(clock.now())
        require_unit(caller, body.unit)
        return await once(lambda tx: reports.report_contest(tx, desk, body, receipt))

    @api.post(
        "/ceremony-reports",
        status_code=201,
        response_model=ReportTaken,
        openapi_extra=access("unit", "district", refuses=[SECOND_REPORT]),
    )
    async def ceremony(body: CeremonyIn, caller: Caller, once: Once) -> Response:
        """Report the closing and award ceremony; the day of the ceremony counts."""
        receipt = desk.receipt(clock.now())
        require_unit(caller, body.unit)
        return await once(lambda tx: reports.report_ceremony(tx, desk, body, receipt))

    return api
