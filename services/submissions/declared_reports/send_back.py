"""The Board returns a report, by a document and for a reason; the unit may send it again."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from services.chassis.problems import FAULTY, NOT_FOUND, Faults, Refusal
from services.chassis.storage.database import Transaction
from services.contracts.campaign.report_kinds import REPORT_SUBMITTED
from services.contracts.events import ReportReturned
from services.contracts.wording import day_en, day_vi
from services.submissions.context import CampaignContext, Receipt
from services.submissions.declared_reports import queries
from services.submissions.declared_reports.schemas import ReportReturnedOut, ReturnIn
from services.submissions.models import ReportVersion
from services.submissions.obligations import queries as obligation_queries
from services.submissions.obligations.counting import EVER, ActChanged
from services.submissions.obligations.known_days import set_known_days
from services.submissions.obligations.obligation import Obligation
from services.submissions.obligations.release import owe_again
from services.submissions.obligations.settle import settle_and_publish
from services.submissions.obligations.stored_submissions import submission_of
from services.submissions.obligations.submission import Submission
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

    What it fulfilled is owed again, until the report is sent again; then it counts by the day that
    the plan says (`returned`).
    """
    faults = Faults()
    context.check_body(faults, body, receipt)
    faults.refuse_as(FAULTY)
    owed = await _fulfilled_by(tx, context, kind, report_id, receipt)
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
    was = submission_of(report, report.counted_at.astimezone(context.zone))
    await _owe_again(tx, context, owed, body, receipt, was=was)
    return 201, ReportReturnedOut(
        report_id=report_id,
        unit=report.unit,
        kind=kind,
        period=period,
        version=report.version,
        returned_at=receipt.at,
    )


async def _fulfilled_by(
    tx: Transaction, context: CampaignContext, kind: str, report_id: UUID, receipt: Receipt
) -> list[Obligation]:
    """What the report fulfilled for its unit or for who took over from it, locked."""
    report = await queries.find(tx, context.id, kind, report_id)
    if report is None:
        return []
    holder = context.campaign.units.holder(report.unit, receipt.day)
    locked = await obligation_queries.lock_units(
        tx, context, [holder.code if holder else report.unit]
    )
    return [
        row
        for row in locked
        if row.fulfilment
        and (
            row.fulfilment.by_id == report_id
            or (row.planned.counts_acts and row.planned.is_by(REPORT_SUBMITTED))
        )
    ]


async def _owe_again(
    tx: Transaction,
    context: CampaignContext,
    owed: Sequence[Obligation],
    body: ReturnIn,
    receipt: Receipt,
    *,
    was: Submission,
) -> None:
    changed = ActChanged(
        EVER,
        "report-returned",
        body.reason,
        document=body.document,
        simulated=body.simulated,
        was=was,
    )
    counting = [each for each in owed if each.planned.counts_acts]
    await settle_and_publish(tx, context, counting, receipt.at, changed)
    for obligation in owed:
        if obligation.planned.counts_acts:
            continue
        if obligation.status != "fulfilled":  # released: it stays so, and was not done
            await obligation_queries.save(tx, [replace(obligation, fulfilment=None)])
            continue
        new, facts = owe_again(
            obligation,
            "report-returned",
            deadline_version=obligation.deadline_version + 1,
            document=body.document,
            reason=body.reason,
            now=receipt.at,
            simulated=body.simulated,
        )
        await obligation_queries.save(tx, [new])
        await obligation_queries.set_timers(tx, [new], context.plan.approaching_days)
        await tx.publish_all(facts)
    await tx.publish_all(
        await set_known_days(tx, context, owed, receipt.at, simulated=body.simulated)
    )


def unknown_report() -> Refusal:
    """No report of that id, campaign and kind."""
    return Refusal(
        NOT_FOUND,
        detail=("Không tìm thấy báo cáo này.", "There is no such report."),
    )
