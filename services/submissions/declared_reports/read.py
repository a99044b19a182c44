"""Declared reports, read: one with its versions, and those of a unit in pages."""

from collections.abc import Sequence
from datetime import date

from services.campaigns.ended import ended_out
from services.chassis.storage.database import Transaction
from services.contracts.wording import period_title
from services.submissions.context import CampaignContext
from services.submissions.declared_reports import queries
from services.submissions.declared_reports.kinds import title_of
from services.submissions.declared_reports.schemas import (
    DeclaredReportOut,
    ReportPage,
    ReportVersionOut,
    ReturnOut,
    WholeReportOut,
)
from services.submissions.models import DeclaredReport, PersonalAnswers, ReportVersion


async def whole_report(
    tx: Transaction, context: CampaignContext, report: DeclaredReport, *, private: bool
) -> WholeReportOut:
    """A report with its versions; what is personal only with `private`."""
    versions = await queries.versions_of(tx, report.report_id)
    personal = await queries.personal_of(tx, report.report_id) if private else {}
    return WholeReportOut(
        **_report_out(context, report).model_dump(),
        versions=[_version_out(context, one, personal.get(one.version)) for one in versions],
    )


async def page_of_reports(
    tx: Transaction,
    context: CampaignContext,
    unit: str,
    day: date,
    *,
    received: bool = False,
    kind: str | None,
    limit: int,
    after: str | None,
) -> ReportPage:
    """At most `limit` reports of a unit and of those that it took over by a local day; if
    `received`, those that were sent to them."""
    of_kind, period, of_unit = [*(after or "").split(":", 2), "", ""][:3]
    units = context.with_predecessors(unit, day)
    place = of_kind, period, of_unit
    rows = await queries.page_of(
        tx, context.id, units, received=received, kind=kind, after=place, limit=limit + 1
    )
    last = rows[limit - 1] if len(rows) > limit else None
    return ReportPage(
        unit=unit,
        ended=ended_out(context.campaign.units, unit, day),
        reports=_reports_out(context, rows[:limit]),
        next=f"{last.kind}:{last.period}:{last.unit}" if last else None,
    )


def _reports_out(
    context: CampaignContext, rows: Sequence[DeclaredReport]
) -> list[DeclaredReportOut]:
    return [_report_out(context, row) for row in rows]


def _report_out(context: CampaignContext, report: DeclaredReport) -> DeclaredReportOut:
    period = report.period or None
    return DeclaredReportOut(
        report_id=report.report_id,
        unit=report.unit,
        kind=report.kind,
        title=title_of(context.plan, report.kind),
        period=period,
        period_title=None if period is None else period_title(period),
        version=report.version,
        receiver=report.receiver,
        returned=report.returned,
        counted_day=report.counted_at.astimezone(context.zone).date(),
        acted_on=report.acted_on,
        reported_at=report.reported_at.astimezone(context.zone),
        simulated=report.simulated,
    )


def _version_out(
    context: CampaignContext, version: ReportVersion, personal: PersonalAnswers | None
) -> ReportVersionOut:
    returned = None
    if version.returned_at is not None:
        returned = ReturnOut(
            document=version.return_document or "",
            reason=version.return_reason or "",
            returned_at=version.returned_at.astimezone(context.zone),
        )
    return ReportVersionOut(
        version=version.version,
        receiver=version.receiver,
        answers=version.answers,
        personal=personal.answers if personal else None,
        reported_at=version.reported_at.astimezone(context.zone),
        returned=returned,
        simulated=version.simulated,
    )
