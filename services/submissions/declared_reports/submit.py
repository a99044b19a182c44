"""A unit sends a report of a kind that the plan declares: once, and again when it was returned.

A refusal rolls everything back. Locks are taken as everywhere, obligations first; the unique row of
a unit, kind and period makes two reports at once one report and one refusal.
"""

from datetime import date, datetime

from services.chassis.problems import FAULTY, Faults, Refusal
from services.chassis.storage.database import Transaction
from services.contracts.campaign.report_kinds import REPORT_SUBMITTED, ReportKind
from services.contracts.events import ReportSubmitted
from services.contracts.wording import day_en, day_vi
from services.submissions.context import CampaignContext, Receipt
from services.submissions.declared_reports import queries
from services.submissions.declared_reports.answers import read_answers
from services.submissions.declared_reports.kinds import receiver_of
from services.submissions.declared_reports.rules import (
    check_period,
    check_sent_by,
    day_of_act,
)
from services.submissions.declared_reports.schemas import DeclaredReportAccepted, ReportIn
from services.submissions.models import DeclaredReport, PersonalAnswers, ReportVersion
from services.submissions.obligations import queries as obligation_queries
from services.submissions.obligations.counting import EVER, ActChanged
from services.submissions.obligations.fulfil import fulfil, replace_submission
from services.submissions.obligations.known_days import set_known_days
from services.submissions.obligations.late_acts import pass_on_late
from services.submissions.obligations.obligation import Obligation
from services.submissions.obligations.schemas import ObligationOut
from services.submissions.obligations.settle import settle_and_publish
from services.submissions.obligations.spans import check_begun
from services.submissions.obligations.stored_submissions import submission_of
from services.submissions.problems import SECOND_REPORT


async def submit_report(
    tx: Transaction, context: CampaignContext, kind: ReportKind, body: ReportIn, receipt: Receipt
) -> tuple[int, DeclaredReportAccepted]:
    """Keep a report, as its first version or, where that was returned, as the next. Raises
    Refusal."""
    faults = Faults()
    unit = context.check_sender(faults, body, body.unit, receipt)
    if unit is not None:
        check_sent_by(faults, kind, unit, context.campaign.units, receipt.day)
    check_period(faults, context.plan, kind, body.period)
    public, personal = read_answers(faults, kind, body.answers)
    acted_on = day_of_act(faults, context.plan, kind, public, receipt.day)
    if unit is not None:
        _check_begun(faults, context, kind, body, receipt.day, acted_on=acted_on)
    faults.refuse_as(FAULTY)
    assert unit is not None  # noqa: S101  # or there is a fault
    owed = await _lock_owed(tx, context, kind, body)
    receiver = receiver_of(kind, unit, context.campaign.units, receipt.day)
    sent = DeclaredReport(
        report_id=receipt.command_id,
        campaign=context.id,
        unit=body.unit,
        kind=kind.id,
        period=body.period or "",
        version=1,
        receiver=receiver,
        returned=False,
        counted_at=receipt.at,
        acted_on=acted_on,
        reported_at=receipt.at,
        simulated=body.simulated,
    )
    report = await _stored(tx, context, sent)
    tx.session.add(
        ReportVersion(
            report_id=report.report_id,
            version=report.version,
            receiver=receiver,
            answers=public,
            reported_at=receipt.at,
            simulated=body.simulated,
        )
    )
    await tx.session.flush()
    if personal:
        tx.session.add(
            PersonalAnswers(report_id=report.report_id, version=report.version, answers=personal)
        )
    counted_at = report.counted_at.astimezone(context.zone)
    await tx.publish(
        ReportSubmitted(
            campaign=context.id,
            unit=body.unit,
            simulated=body.simulated,
            version=report.version,
            report_id=report.report_id,
            kind=kind.id,
            period=body.period,
            receiver=receiver,
            answers=public,
            counted_day=counted_at.date(),
            acted_on=acted_on,
            reported_at=receipt.at,
        )
    )
    done = await _fulfil(tx, context, owed, report, at=receipt.at, counted_at=counted_at)
    return 201, DeclaredReportAccepted(
        report_id=report.report_id,
        unit=body.unit,
        kind=kind.id,
        title=kind.title,
        period=body.period,
        version=report.version,
        receiver=receiver,
        counted_day=counted_at.date(),
        acted_on=acted_on,
        reported_at=receipt.at,
        obligations=[ObligationOut.of(each) for each in done],
    )


def _check_begun(
    faults: Faults,
    context: CampaignContext,
    kind: ReportKind,
    body: ReportIn,
    day: date,
    *,
    acted_on: date | None,
) -> None:
    """Something that it may fulfil has begun, or nothing asks for it."""
    units = context.campaign.units
    asked = [
        (planned, option)
        for planned in context.plan.obligations
        if planned.is_by(REPORT_SUBMITTED) and units.is_ever_meant(planned, body.unit, day)
        for option in planned.options
        if option.accepts(REPORT_SUBMITTED, report=kind.id, period=body.period)
    ]
    pointer = f"/answers/{kind.day_of_act}"
    check_begun(faults, asked, day, acted_on, pointer=pointer)


async def _lock_owed(
    tx: Transaction, context: CampaignContext, kind: ReportKind, body: ReportIn
) -> list[Obligation]:
    """What the unit owes that the plan lets this report fulfil."""
    keys = [
        (context.id, body.unit, planned.id)
        for planned in context.plan.obligations
        if planned.option_for(REPORT_SUBMITTED, report=kind.id, period=body.period)
    ]
    return await obligation_queries.lock_many(tx, {context.id: context}, keys) if keys else []


async def _stored(
    tx: Transaction, context: CampaignContext, sent: DeclaredReport
) -> DeclaredReport:
    """The row of the report in its new version, locked; `sent`: as its first version. Raises
    Refusal (409) for a second one."""
    if await queries.claim(tx, sent):
        return sent
    report = await queries.lock_of(tx, context.id, sent.unit, sent.kind, sent.period)
    if not report.returned:
        day = report.reported_at.astimezone(context.zone).date()
        board = context.plan.board
        raise Refusal(
            SECOND_REPORT,
            detail=(
                f"Đơn vị đã gửi báo cáo này ngày {day_vi(day)}; báo cáo đã được ghi nhận. Nếu cần"
                f" sửa nội dung, đề nghị {board.vi} trả lại báo cáo.",
                f"The unit sent this report on {day_en(day)}, and it counts. If its content is"
                f" wrong, ask the {board.en} to return it.",
            ),
        )
    report.version += 1
    report.returned = False
    report.receiver = sent.receiver
    report.reported_at = sent.reported_at
    report.acted_on = sent.acted_on
    report.simulated = sent.simulated
    if context.plan.returned.counts == "last":
        report.counted_at = sent.reported_at
    tx.session.add(report)
    return report


async def _fulfil(
    tx: Transaction,
    context: CampaignContext,
    owed: list[Obligation],
    report: DeclaredReport,
    *,
    at: datetime,
    counted_at: datetime,
) -> list[Obligation]:
    """What the report makes of what is owed; sent again it counts by the day that the plan says."""
    submission = submission_of(report, counted_at)
    done: list[Obligation] = []
    counting = [each for each in owed if each.planned.counts_acts]
    changed = ActChanged(EVER, "report-returned", "", simulated=report.simulated, now=submission)
    done += await settle_and_publish(tx, context, counting, at, changed)
    for obligation in owed:
        if obligation.planned.counts_acts:
            continue
        by = obligation.fulfilment
        again = by is not None and by.by_id == report.report_id and by.fulfilled_at != counted_at
        step = replace_submission if again else fulfil
        new, facts = step(obligation, submission)
        if new is not obligation:
            await obligation_queries.save(tx, [new])
        await tx.publish_all(facts)
        done.append(new)
    await pass_on_late(tx, context, report.unit, [each.id for each in done], at)
    if known := await set_known_days(tx, context, done, at, simulated=report.simulated):
        await tx.publish_all(known)
        keys = [obligation_queries.key_of(each) for each in done]
        found = await obligation_queries.of_keys(tx, {context.id: context}, keys)
        done = [found[key] for key in keys]
    return done
