"""HTTP: reports of the kinds that the plan declares, sent, read and returned."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Response

from services.chassis.http import Caller, CurrentChassis, Router, access
from services.chassis.problems import FORBIDDEN, NOT_FOUND, Refusal
from services.contracts.campaign.rights import acts_for, may_see_unit
from services.submissions.command import Command
from services.submissions.context import Context
from services.submissions.declared_reports import queries
from services.submissions.declared_reports.kinds import kind_of_path, kinds_of
from services.submissions.declared_reports.read import page_of_reports, whole_report
from services.submissions.declared_reports.schemas import (
    DeclaredReportAccepted,
    KindsOut,
    ReportIn,
    ReportPage,
    ReportReturnedOut,
    ReturnIn,
    WholeReportOut,
)
from services.submissions.declared_reports.send_back import return_report, unknown_report
from services.submissions.declared_reports.submit import submit_report
from services.submissions.paging import PartAsked, UnitAsked
from services.submissions.problems import ALREADY_RETURNED, SECOND_REPORT
from services.submissions.rights import may_read_private, readable_unit, require_sender

router = Router(prefix="/v1/campaigns/{campaign}", tags=["reports"])

Kind = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$", examples=["quarterly-summary"])]
KindAsked = Annotated[str | None, Query(max_length=63)]


@router.get(
    "/report-kinds",
    openapi_extra=access("unit", "district", "board", refuses=[NOT_FOUND]),
)
async def kinds(context: Context) -> KindsOut:
    """The kinds of report that the plan declares: who sends them, to whom, with what fields."""
    return kinds_of(context.plan)


@router.post(
    "/reports/{kind}",
    status_code=201,
    response_model=DeclaredReportAccepted,
    openapi_extra=access("unit", "district", refuses=[NOT_FOUND, SECOND_REPORT]),
)
async def submit(kind: Kind, body: ReportIn, caller: Caller, command: Command) -> Response:
    """Send a report of a kind; again only when it was returned.

    Answers about persons are kept apart, and never published.
    """
    context, receipt = command.context, command.receipt
    require_sender(caller, body.unit, context.campaign.units, receipt.day)
    declared = kind_of_path(context.plan, kind)
    return await command(lambda tx: submit_report(tx, context, declared, body, receipt))


@router.get("/reports", openapi_extra=access("unit", "district", "board", refuses=[NOT_FOUND]))
async def page(
    unit: UnitAsked,
    part: PartAsked,
    chassis: CurrentChassis,
    context: Context,
    kind: KindAsked = None,
) -> ReportPage:
    """The reports of a unit, by kind and period, without what they say."""
    async with chassis.database.transaction() as tx:
        return await page_of_reports(
            tx, context, unit.code, unit.day, kind=kind, limit=part.limit, after=part.after
        )


@router.get(
    "/units/{code}/received-reports",
    openapi_extra=access("unit", "district", "board", refuses=[NOT_FOUND]),
)
async def received(
    *,
    code: Annotated[str, Path(max_length=32, examples=["HN"])],
    caller: Caller,
    chassis: CurrentChassis,
    context: Context,
    part: PartAsked,
    kind: KindAsked = None,
) -> ReportPage:
    """The reports that others sent to a unit, by kind, period and sender, without what they say."""
    day = context.day(chassis.clock.now())
    unit = readable_unit(caller, code, context.campaign.units, day)
    async with chassis.database.transaction() as tx:
        return await page_of_reports(
            tx,
            context,
            unit.code,
            day,
            received=True,
            kind=kind,
            limit=part.limit,
            after=part.after,
        )


@router.get(
    "/reports/{kind}/{report_id}",
    openapi_extra=access("unit", "district", "board", refuses=[NOT_FOUND]),
)
async def one(
    kind: Kind, report_id: UUID, caller: Caller, chassis: CurrentChassis, context: Context
) -> WholeReportOut:
    """A report with all of its versions, for its unit, those above it, its receiver and the Board.

    Answers about persons are read by its unit and the Board alone.
    """
    tree, day = context.campaign.units, context.day(chassis.clock.now())
    async with chassis.database.transaction() as tx:
        report = await queries.find(tx, context.id, kind, report_id)
        if report is None:
            raise unknown_report()
        receives = acts_for(caller.unit, tree, day) == acts_for(report.receiver, tree, day)
        receives = receives and caller.has("unit", "district")
        if not receives and not may_see_unit(caller.roles, caller.unit, report.unit, tree, day):
            raise Refusal(
                FORBIDDEN,
                detail=(
                    "Tài khoản không có quyền xem báo cáo này.",
                    "The account may not read this report.",
                ),
            )
        private = may_read_private(caller, report.unit, tree, day)
        return await whole_report(tx, context, report, private=private)


@router.post(
    "/reports/{kind}/{report_id}/return",
    status_code=201,
    response_model=ReportReturnedOut,
    openapi_extra=access("board", refuses=[NOT_FOUND, ALREADY_RETURNED]),
)
async def give_back(kind: Kind, report_id: UUID, body: ReturnIn, command: Command) -> Response:
    """Return a report, by a document and for a reason; its unit may send it again."""
    context, receipt = command.context, command.receipt
    return await command(
        lambda tx: return_report(tx, context, body, receipt, kind=kind, report_id=report_id)
    )
