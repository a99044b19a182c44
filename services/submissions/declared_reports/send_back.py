"""The Board returns a report, by a document and for a reason; the unit may send it again."""

from uuid import UUID

from services.chassis.problems import FAULTY, NOT_FOUND, Faults, Refusal
from services.chassis.storage.database import Transaction
from services.contracts.events import ReportReturned
from services.contracts.wording import day_en, day_vi
from services.submissions.context import CampaignContext, Receipt
from services.submissions.declared_reports import queries
from services.submissions.declared_reports.schemas import ReportReturnedOut, ReturnIn
from services.submissions.models import ReportVersion
from services.submissions.problems import ALREADY_RETURNED


async def return_report(
    tx: Transaction,
    context: CampaignContext,
    body: ReturnIn,
    receipt: Receipt,
    *,
    kind: str,
    report_id: UUID,
) -> tuple[int, ReportReturnedOut]:
    """Return the newest version of a report. Raises Refusal.

    What the unit owes stays as it is: it did send a report.
    """
    faults = Faults()
    context.check_body(faults, body, receipt)
    faults.refuse_as(FAULTY)
    report = await queries.find(tx, context.id, kind, report_id, lock=True)
    if report is None:
        raise unknown_report()
    version = await tx.session.get(ReportVersion, (report_id, report.version))
    assert version is not None  # noqa: S101  # the foreign key of it
    if version.returned_at is not None:
        day = version.returned_at.astimezone(context.zone).date()
        raise Refusal(
            ALREADY_RETURNED,
            detail=(
                f"Báo cáo đã được trả lại ngày {day_vi(day)}; đơn vị chưa gửi lại.",
                f"The report was returned on {day_en(day)}, and was not sent again yet.",
            ),
        )
    version.returned_at = receipt.at
    version.return_document = body.document
    version.return_reason = body.reason
    report.returned = True
    tx.session.add_all([version, report])
    period = report.period or None
    await tx.publish(
        ReportReturned(
            campaign=context.id,
            unit=report.unit,
            simulated=body.simulated,
            version=report.version,
            report_id=report_id,
            kind=kind,
            period=period,
            document=body.document,
            reason=body.reason,
            returned_at=receipt.at,
        )
    )
    return 201, ReportReturnedOut(
        report_id=report_id,
        unit=report.unit,
        kind=kind,
        period=period,
        version=report.version,
        returned_at=receipt.at,
    )


def unknown_report() -> Refusal:
    """No report of that id, campaign and kind."""
    return Refusal(
        NOT_FOUND,
        detail=("Không tìm thấy báo cáo này.", "There is no such report."),
    )
