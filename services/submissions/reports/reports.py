"""Reports of conference, contest and ceremony: each once a unit, each fulfilling what it can.

Callers hand in an open transaction and get the answer; a refusal rolls everything back. The row
lock on the obligation makes two reports at once one report and one refusal.
"""

from dataclasses import replace
from typing import cast
from uuid import UUID

from services.chassis.problems import FAULTY, Faults, Refusal
from services.chassis.storage.database import Transaction
from services.contracts.campaign.plan import ObligationPlan
from services.contracts.campaign.units import Unit
from services.contracts.events import CeremonyReported, ConferenceReported, ContestReported
from services.submissions.desk.answers import ObligationOut, ReportTaken
from services.submissions.desk.commands import CeremonyIn, ConferenceIn, ContestIn
from services.submissions.desk.desk import Desk, Receipt
from services.submissions.desk.refusals import SECOND_REPORT
from services.submissions.desk.standing import vn
from services.submissions.models import CeremonyReport, ConferenceReport, ContestReport
from services.submissions.obligations import obligation as obligations
from services.submissions.obligations.obligation import Deed, Owed
from services.submissions.reports.communes import summary_of
from services.submissions.reports.rules import (
    check_form,
    check_happened,
    check_receiver,
    duty_of_report,
)


async def report_conference(
    tx: Transaction, desk: Desk, body: ConferenceIn, receipt: Receipt
) -> tuple[int, ReportTaken]:
    """Keep a unit's report of its conference, held or written.

    A district's carries the sum of its communes at this moment. Raises Refusal.
    """
    faults = Faults()
    unit = desk.check_sender(faults, body, body.unit, receipt)
    notice = body.city_notice
    duty, option = None, None
    if unit is not None:
        if found := duty_of_report(faults, desk.campaign, unit, "conference-reported", body.form):
            duty, option = found
        if body.receiver is not None:
            check_receiver(faults, desk.campaign, unit, body.receiver)
    check_form(faults, body.form, body.held_on, notice, option)
    check_happened(faults, desk.campaign, body.held_on, receipt.day, "/held_on")
    if notice and notice.date > receipt.day:
        check_happened(faults, desk.campaign, notice.date, receipt.day, "/city_notice/date")
    state = await _lock(tx, desk, faults, unit, duty)
    await _refuse_second(tx, "conference_reports", state)

    report_id = desk.new_id(receipt)
    receiver = unit.parent if unit and unit.parent else state.unit
    communes = await summary_of(tx, desk, state.unit, receipt.day)
    tx.session.add(
        ConferenceReport(
            report_id=report_id,
            campaign=desk.plan.campaign,
            unit=state.unit,
            form=body.form,
            held_on=body.held_on,
            receiver=receiver,
            notice_number=notice.number if notice else None,
            notice_date=notice.date if notice else None,
            communes=communes.model_dump() if communes else None,
            reported_at=receipt.at,
            simulated=body.simulated,
        )
    )
    await tx.publish(
        ConferenceReported(
            campaign=desk.plan.campaign,
            unit=state.unit,
            simulated=body.simulated,
            report_id=report_id,
            form=body.form,
            held_on=body.held_on,
            receiver=receiver,
            communes=communes,
            reported_at=receipt.at,
        )
    )
    deed = Deed("conference-reported", report_id, receipt.at, simulated=body.simulated)
    taken = await _fulfil(tx, desk, state, replace(deed, form=body.form, held_on=body.held_on))
    return 201, taken.model_copy(update={"receiver": receiver, "communes": communes})


async def report_contest(
    tx: Transaction, desk: Desk, body: ContestIn, receipt: Receipt
) -> tuple[int, ReportTaken]:
    """Keep a unit's report that evaluates its contest. Raises Refusal."""
    faults = Faults()
    unit = desk.check_sender(faults, body, body.unit, receipt)
    duty = _duty(faults, desk, unit, "contest-reported")
    if body.prizes > body.entries:
        faults.add(
            "/prizes",
            f"Số giải ({body.prizes}) nhiều hơn số bài ({body.entries}); kiểm tra lại.",
            f"More prizes ({body.prizes}) than entries ({body.entries}): check both.",
            rule="reports.prizes",
        )
    state = await _lock(tx, desk, faults, unit, duty)
    await _refuse_second(tx, "contest_reports", state)

    report_id = desk.new_id(receipt)
    tx.session.add(
        ContestReport(
            report_id=report_id,
            campaign=desk.plan.campaign,
            unit=state.unit,
            entries=body.entries,
            prizes=body.prizes,
            reported_at=receipt.at,
            simulated=body.simulated,
        )
    )
    await tx.publish(
        ContestReported(
            campaign=desk.plan.campaign,
            unit=state.unit,
            simulated=body.simulated,
            report_id=report_id,
            entries=body.entries,
            prizes=body.prizes,
            reported_at=receipt.at,
        )
    )
    deed = Deed("contest-reported", report_id, receipt.at, simulated=body.simulated)
    return 201, await _fulfil(tx, desk, state, deed)


async def report_ceremony(
    tx: Transaction, desk: Desk, body: CeremonyIn, receipt: Receipt
) -> tuple[int, ReportTaken]:
    """Keep a unit's report of its closing and award ceremony. Raises Refusal."""
    faults = Faults()
    unit = desk.check_sender(faults, body, body.unit, receipt)
    duty = _duty(faults, desk, unit, "ceremony-reported")
    check_happened(faults, desk.campaign, body.held_on, receipt.day, "/held_on")
    state = await _lock(tx, desk, faults, unit, duty)
    await _refuse_second(tx, "ceremony_reports", state)

    report_id = desk.new_id(receipt)
    tx.session.add(
        CeremonyReport(
            report_id=report_id,
            campaign=desk.plan.campaign,
            unit=state.unit,
            held_on=body.held_on,
            joined_with=body.joined_with,
            reported_at=receipt.at,
            simulated=body.simulated,
        )
    )
    await tx.publish(
        CeremonyReported(
            campaign=desk.plan.campaign,
            unit=state.unit,
            simulated=body.simulated,
            report_id=report_id,
            held_on=body.held_on,
            joined_with=body.joined_with,
            reported_at=receipt.at,
        )
    )
    deed = Deed("ceremony-reported", report_id, receipt.at, simulated=body.simulated)
    return 201, await _fulfil(tx, desk, state, replace(deed, held_on=body.held_on))


def _duty(faults: Faults, desk: Desk, unit: Unit | None, event: str) -> ObligationPlan | None:
    found = duty_of_report(faults, desk.campaign, unit, event) if unit else None
    return found[0] if found else None


async def _lock(
    tx: Transaction, desk: Desk, faults: Faults, unit: Unit | None, duty: ObligationPlan | None
) -> Owed:
    """The unit's obligation, locked, when nothing else was wrong. Raises Refusal."""
    if unit and duty and not faults.found:
        if state := await desk.obligations.lock(tx, unit.code, duty.id):
            return state
        faults.add(
            "/unit",
            f"{unit.name} không có nghĩa vụ {duty.id} trong đợt này; liên hệ Ban TĐKT.",
            f"{unit.name} does not owe {duty.id} in this campaign: turn to the Board.",
            rule="reports.owed",
        )
    raise Refusal(FAULTY, faults.found)


async def _refuse_second(tx: Transaction, table: str, state: Owed) -> None:
    """A unit reports once; the lock on its obligation is held. Raises Refusal (409)."""
    first = await tx.fetchrow(
        f"SELECT report_id, reported_at FROM {table} WHERE campaign = $1 AND unit = $2",  # noqa: S608
        state.campaign,
        state.unit,
    )
    if first is None:
        return
    report_id = cast(UUID, first["report_id"])
    day = first["reported_at"].astimezone(state.zone).date()
    raise Refusal(
        SECOND_REPORT,
        detail=(
            f"Báo cáo {report_id} của {state.unit} đã được nhận ngày {vn(day)} và có hiệu lực;"
            " nếu nội dung sai, hãy báo Ban TĐKT bằng văn bản.",
            f"Report {report_id} of {state.unit} was received on {day} and stands; if its content"
            " is wrong, tell the Board in writing.",
        ),
    )


async def _fulfil(tx: Transaction, desk: Desk, state: Owed, deed: Deed) -> ReportTaken:
    new, facts = obligations.fulfil(state, deed)
    if new is not state:
        await desk.obligations.save(tx, [new])
    await tx.publish_all(facts)
    return ReportTaken(
        report_id=deed.by_id,
        unit=new.unit,
        reported_at=deed.received_at,
        obligation=ObligationOut.of(new),
    )
