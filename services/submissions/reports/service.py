"""Reports of conference, contest and ceremony: each once a unit, fulfilling all that asks for it.

A refusal rolls everything back. The row locks on what the unit owes make two reports at once one
report and one refusal.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

from sqlmodel import select

from services.chassis.problems import FAULTY, Faults, Refusal
from services.chassis.storage.database import Transaction
from services.contracts.campaign.obligation_plan import ObligationPlan, Option
from services.contracts.campaign.units import Unit
from services.contracts.events import CeremonyReported, ConferenceReported, ContestReported
from services.contracts.wording import day_en, day_vi
from services.submissions.context import CampaignContext, Receipt
from services.submissions.models import CeremonyReport, ConferenceReport, ContestReport
from services.submissions.obligations import queries as obligation_queries
from services.submissions.obligations.fulfil import fulfil
from services.submissions.obligations.known_days import set_known_days
from services.submissions.obligations.late_acts import pass_on_late
from services.submissions.obligations.obligation import Obligation
from services.submissions.obligations.schemas import ObligationOut
from services.submissions.obligations.settle import settle_and_publish
from services.submissions.obligations.spans import check_begun, not_counted
from services.submissions.obligations.submission import Submission
from services.submissions.problems import SECOND_REPORT
from services.submissions.reports.below import summary_of
from services.submissions.reports.rules import (
    check_form,
    check_happened,
    check_prizes,
    check_receiver,
    plans_of_report,
)
from services.submissions.reports.schemas import (
    CeremonyIn,
    ConferenceIn,
    ContestIn,
    ReportAccepted,
)

Report = TypeVar("Report", ConferenceReport, ContestReport, CeremonyReport)


async def report_conference(
    tx: Transaction, context: CampaignContext, body: ConferenceIn, receipt: Receipt
) -> tuple[int, ReportAccepted]:
    """Keep a unit's report of its conference, held or written.

    It carries the sum of the units that report to it, at this moment. Raises Refusal.
    """
    faults = Faults()
    unit = context.check_sender(faults, body, body.unit, receipt)
    document = body.city_document
    planned: list[tuple[ObligationPlan, Option]] = []
    if unit is not None:
        planned = plans_of_report(
            faults, context.campaign, unit, "conference-reported", body.form, day=receipt.day
        )
        if body.receiver is not None:
            check_receiver(faults, context.campaign, unit, body.receiver)
    check_form(faults, body.form, body.held_on, document, [option for _, option in planned])
    check_begun(faults, planned, receipt.day, body.held_on, pointer="/held_on")
    check_happened(faults, context.campaign, body.held_on, receipt.day, "/held_on")
    if document and document.date > receipt.day:
        check_happened(faults, context.campaign, document.date, receipt.day, "/city_document/date")
    owed, unit = await _lock(tx, context, faults, unit, [each for each, _ in planned])
    await _refuse_second(tx, context, ConferenceReport, unit)

    report_id = receipt.command_id
    receiver = unit.parent or unit.code
    communes = await summary_of(tx, context, unit.code, receipt.day)
    tx.session.add(
        ConferenceReport(
            report_id=report_id,
            campaign=context.plan.campaign,
            unit=unit.code,
            form=body.form,
            held_on=body.held_on,
            receiver=receiver,
            document_number=document.number if document else None,
            document_date=document.date if document else None,
            communes=communes.model_dump() if communes else None,
            reported_at=receipt.at,
            simulated=body.simulated,
        )
    )
    await tx.publish(
        ConferenceReported(
            campaign=context.plan.campaign,
            unit=unit.code,
            simulated=body.simulated,
            report_id=report_id,
            form=body.form,
            held_on=body.held_on,
            receiver=receiver,
            communes=communes,
            reported_at=receipt.at,
        )
    )
    submission = Submission(
        "conference-reported",
        report_id,
        receipt.at,
        form=body.form,
        acted_on=body.held_on,
        simulated=body.simulated,
    )
    accepted = await _fulfil(tx, context, owed, submission)
    return 201, accepted.model_copy(update={"receiver": receiver, "communes": communes})


async def report_contest(
    tx: Transaction, context: CampaignContext, body: ContestIn, receipt: Receipt
) -> tuple[int, ReportAccepted]:
    """Keep a unit's report that evaluates its contest. Raises Refusal."""
    faults = Faults()
    unit = context.check_sender(faults, body, body.unit, receipt)
    planned = _planned(faults, context, unit, receipt, "contest-reported")
    check_prizes(faults, body.entries, body.prizes)
    owed, unit = await _lock(tx, context, faults, unit, planned)
    await _refuse_second(tx, context, ContestReport, unit)

    report_id = receipt.command_id
    tx.session.add(
        ContestReport(
            report_id=report_id,
            campaign=context.plan.campaign,
            unit=unit.code,
            entries=body.entries,
            prizes=body.prizes,
            reported_at=receipt.at,
            simulated=body.simulated,
        )
    )
    await tx.publish(
        ContestReported(
            campaign=context.plan.campaign,
            unit=unit.code,
            simulated=body.simulated,
            report_id=report_id,
            entries=body.entries,
            prizes=body.prizes,
            reported_at=receipt.at,
        )
    )
    submission = Submission("contest-reported", report_id, receipt.at, simulated=body.simulated)
    return 201, await _fulfil(tx, context, owed, submission)


async def report_ceremony(
    tx: Transaction, context: CampaignContext, body: CeremonyIn, receipt: Receipt
) -> tuple[int, ReportAccepted]:
    """Keep a unit's report of its closing and award ceremony. Raises Refusal."""
    faults = Faults()
    unit = context.check_sender(faults, body, body.unit, receipt)
    planned = _planned(faults, context, unit, receipt, "ceremony-reported", held_on=body.held_on)
    check_happened(faults, context.campaign, body.held_on, receipt.day, "/held_on")
    owed, unit = await _lock(tx, context, faults, unit, planned)
    await _refuse_second(tx, context, CeremonyReport, unit)

    report_id = receipt.command_id
    tx.session.add(
        CeremonyReport(
            report_id=report_id,
            campaign=context.plan.campaign,
            unit=unit.code,
            held_on=body.held_on,
            joined_with=body.joined_with,
            reported_at=receipt.at,
            simulated=body.simulated,
        )
    )
    await tx.publish(
        CeremonyReported(
            campaign=context.plan.campaign,
            unit=unit.code,
            simulated=body.simulated,
            report_id=report_id,
            held_on=body.held_on,
            joined_with=body.joined_with,
            reported_at=receipt.at,
        )
    )
    submission = Submission("ceremony-reported", report_id, receipt.at, simulated=body.simulated)
    submission = replace(submission, acted_on=body.held_on)
    return 201, await _fulfil(tx, context, owed, submission)


def _planned(
    faults: Faults,
    context: CampaignContext,
    unit: Unit | None,
    receipt: Receipt,
    event: str,
    *,
    held_on: date | None = None,
) -> list[ObligationPlan]:
    if unit is None:
        return []
    found = plans_of_report(faults, context.campaign, unit, event, day=receipt.day)
    check_begun(faults, found, receipt.day, held_on, pointer="/held_on")
    return [planned for planned, _ in found]


async def _lock(
    tx: Transaction,
    context: CampaignContext,
    faults: Faults,
    unit: Unit | None,
    planned: Sequence[ObligationPlan],
) -> tuple[list[Obligation], Unit]:
    """What the unit owes of these, locked, in the plan's order, when nothing else was wrong. Raises
    Refusal."""
    if unit and planned and not faults.found:
        keys = [(context.id, unit.code, each.id) for each in planned]
        locked = await obligation_queries.lock_many(tx, {context.id: context}, keys)
        if locked:
            order = [each.id for each in planned]
            return sorted(locked, key=lambda each: order.index(each.id)), unit
        board, title = context.plan.board, planned[0].title
        faults.add(
            "/unit",
            f"{unit.name} không phải thực hiện nội dung “{title.vi}” trong đợt thi đua này."
            f" Liên hệ {board.vi}.",
            f"{unit.name} does not owe “{title.en}” in this campaign: turn to the {board.en}.",
            rule="reports.owed",
        )
    raise Refusal(FAULTY, faults.found)


async def _refuse_second(
    tx: Transaction,
    context: CampaignContext,
    report: type[Report],
    unit: Unit,
) -> None:
    """A unit reports once; the lock on what it owes is held. Raises Refusal (409)."""
    asked = select(report).where(report.campaign == context.id, report.unit == unit.code)
    first = (await tx.session.exec(asked)).first()
    if first is None:
        return
    day = first.reported_at.astimezone(context.zone).date()
    raise Refusal(
        SECOND_REPORT,
        detail=(
            f"{unit.name} đã gửi báo cáo này ngày {day_vi(day)}; báo cáo đã được ghi nhận. Nếu cần"
            f" sửa nội dung, đề nghị đơn vị có văn bản gửi {context.plan.board.vi}.",
            f"{unit.name} sent this report on {day_en(day)}, and it counts. If its content is"
            f" wrong, write to the {context.plan.board.en}.",
        ),
    )


async def _fulfil(
    tx: Transaction, context: CampaignContext, owed: Sequence[Obligation], submission: Submission
) -> ReportAccepted:
    """What the report makes of each obligation that asks for it."""
    at = submission.received_at
    after: list[Obligation] = []
    for obligation in owed:
        if obligation.planned.counts_acts:
            after += await settle_and_publish(tx, context, [obligation], at)
            continue
        new, facts = fulfil(obligation, submission)
        if new is not obligation:
            await obligation_queries.save(tx, [new])
        await tx.publish_all(facts)
        await pass_on_late(tx, context, new.unit, [new.id], at)
        after.append(new)
    if known := await set_known_days(tx, context, after, at):
        await tx.publish_all(known)
        keys = [obligation_queries.key_of(each) for each in after]
        found = await obligation_queries.of_keys(tx, {context.id: context}, keys)
        after = [found[key] for key in keys]
    listed = [ObligationOut.of(each) for each in after]
    return ReportAccepted(
        report_id=submission.by_id,
        unit=after[0].unit,
        reported_at=submission.received_at,
        obligation=listed[0],
        obligations=listed,
        not_counted=not_counted(after, submission, context.zone),
    )
