"""What the Board decides: a deadline moves for all who owe it, one unit is released.

Callers hand in an open transaction and get the answer; a refusal rolls everything back.
"""

from datetime import date
from typing import Any

from services.chassis.problems import FAULTY, Fault, Faults, Refusal
from services.chassis.storage.database import Transaction
from services.contracts.campaign.deadlines import Deadline, local_day
from services.contracts.campaign.plan import ObligationPlan
from services.contracts.events import EssaySubmitted, ObligationFact
from services.contracts.events.essays import ExemplarName
from services.submissions.desk.answers import MoveTaken, ObligationOut, plain
from services.submissions.desk.commands import DeadlineMoveIn, WaiverIn
from services.submissions.desk.desk import Desk, Receipt
from services.submissions.desk.refusals import ALREADY_WAIVED, SAME_DEADLINE
from services.submissions.desk.standing import vn
from services.submissions.essays.rules import lateness
from services.submissions.models import DeadlineMove, Waiver
from services.submissions.obligations import obligation as obligations
from services.submissions.obligations.moves import duty_as_moved
from services.submissions.obligations.obligation import Owed


async def move_deadline(
    tx: Transaction, desk: Desk, body: DeadlineMoveIn, receipt: Receipt
) -> tuple[int, MoveTaken]:
    """Give one option another last good day, for every unit that owes it. Raises Refusal.

    One transaction for all of them: no unit is judged by one day and its neighbour by another. The
    move is the same as before only if the notices so far say that day, not because a unit has it.
    """
    faults = Faults()
    desk.check_body(faults, body, receipt)
    duty = _duty_of_option(faults, desk, body.option)
    day = _day_within(faults, desk, body)
    if duty is None or day is None or faults.found:
        raise Refusal(FAULTY, faults.found)

    states = await desk.obligations.lock_all_of(tx, duty.id)
    before = (await duty_as_moved(tx, desk.plan, duty)).option(body.option).last_good_day
    if day == before:
        raise Refusal(SAME_DEADLINE)
    if day < before and day < receipt.day:
        fault = Fault(
            "/date",
            f"Rút ngắn hạn về một ngày đã qua ({vn(day)}) sẽ làm trễ việc đã làm đúng hạn;"
            f" hãy chọn từ {vn(receipt.day)}.",
            f"A deadline is not shortened to a day that is over ({day}): what was in time would"
            f" become late; choose {receipt.day} or later.",
            rule="deadlines.backwards",
        )
        raise Refusal(FAULTY, [fault])

    moved, said = _move_all(states, body, day, receipt)
    await desk.obligations.save(tx, moved)
    await desk.obligations.set_timers(tx, moved, desk.plan.approaching_days)
    move_id = desk.new_id(receipt)
    tx.session.add(
        DeadlineMove(
            move_id=move_id,
            campaign=desk.plan.campaign,
            obligation=duty.id,
            option=body.option,
            previous_last_good_day=before,
            last_good_day=day,
            notice=body.notice,
            reason=body.reason,
            moved_at=receipt.at,
            simulated=body.simulated,
        )
    )
    await tx.publish_all(said)
    again = await _judge_essays_again(tx, desk, moved) if duty is desk.plan.catch_up else 0
    return 201, MoveTaken(
        move_id=move_id,
        obligation=duty.id,
        option=body.option,
        previous_last_good_day=before,
        last_good_day=day,
        units=len({fact.unit for fact in said}),
        essays_judged_again=again,
    )


async def waive_obligation(
    tx: Transaction, desk: Desk, body: WaiverIn, receipt: Receipt
) -> tuple[int, ObligationOut]:
    """Release one unit from one obligation; nothing fires for it any more. Raises Refusal."""
    faults = Faults()
    unit = desk.check_sender(faults, body, body.unit, receipt)
    if unit is None or faults.found:
        raise Refusal(FAULTY, faults.found)
    state = await desk.obligations.lock(tx, body.unit, body.obligation)
    if state is None:
        owed = ", ".join(duty.id for duty in desk.plan.obligations_of(unit)) or "-"
        fault = Fault(
            "/obligation",
            f"{unit.name} không có nghĩa vụ {body.obligation}; đơn vị có: {owed}.",
            f"{unit.name} does not owe {body.obligation}; it owes: {owed}.",
            rule="obligations.known",
        )
        raise Refusal(FAULTY, [fault])
    try:
        new, facts = obligations.waive(
            state,
            notice=body.notice,
            reason=body.reason,
            now=receipt.at,
            simulated=body.simulated,
        )
    except obligations.AlreadyWaivedError:
        raise Refusal(ALREADY_WAIVED) from None
    await desk.obligations.save(tx, [new])
    tx.session.add(
        Waiver(
            campaign=desk.plan.campaign,
            unit=body.unit,
            obligation=body.obligation,
            notice=body.notice,
            reason=body.reason,
            waived_at=receipt.at,
            simulated=body.simulated,
        )
    )
    await tx.publish_all(facts)
    return 201, ObligationOut.of(new)


def _day_within(faults: Faults, desk: Desk, body: DeadlineMoveIn) -> date | None:
    """The new last good day, or a fault and None.

    The day as written is looked at first: before the first day of the calendar there is none.
    """
    opens, closes = desk.plan.opens, desk.plan.closes
    if body.date >= opens:
        day = Deadline(date=body.date, included=body.included).last_good_day
        if opens <= day <= closes:
            return day
    faults.add(
        "/date",
        f"Hạn mới phải nằm trong đợt, từ {vn(opens)} đến {vn(closes)}.",
        f"The new day must lie within the campaign, {opens} to {closes}.",
        rule="deadlines.within",
    )
    return None


def _move_all(
    states: list[Owed], body: DeadlineMoveIn, day: date, receipt: Receipt
) -> tuple[list[Owed], list[ObligationFact]]:
    """Every state that changes, waived and not owed ones included, and the facts."""
    moved: list[Owed] = []
    said: list[ObligationFact] = []
    for state in states:
        try:
            new, facts = obligations.move(
                state,
                body.option,
                day,
                notice=body.notice,
                reason=body.reason,
                now=receipt.at,
                simulated=body.simulated,
            )
        except obligations.SameDeadlineError:
            continue  # this unit has that day already: nothing changes for it, and others move
        if new is not state:
            moved.append(new)
            said += facts
    return moved, said


def _duty_of_option(faults: Faults, desk: Desk, option: str) -> ObligationPlan | None:
    try:
        return desk.plan.obligation_of_option(option)
    except KeyError:
        options = ", ".join(each.id for duty in desk.plan.obligations for each in duty.options)
        faults.add(
            "/option",
            f"Kế hoạch không có hạn “{option}”; các hạn có thể dời: {options}.",
            f"The plan has no deadline “{option}”; those that can be moved: {options}.",
            rule="deadlines.known",
        )
        return None


async def _judge_essays_again(tx: Transaction, desk: Desk, moved: list[Owed]) -> int:
    """The lateness of essays that are measured by a deadline that has just moved (D5).

    The obligations are locked, and with them the essays of their units. How many changed.
    """
    catch_up = {state.unit: state for state in moved}
    rows = await tx.fetch(
        """
        SELECT essay_id, unit, version, title, form, exemplar_kind, exemplar_name, words, minutes,
               submitted_at, days_late, simulated
          FROM essays
         WHERE campaign = $1 AND unit = ANY($2::text[]) AND withdrawn_at IS NULL
         ORDER BY essay_id FOR UPDATE
        """,
        desk.plan.campaign,
        list(catch_up),
    )
    changed: list[EssaySubmitted] = []
    for row in rows:
        day = local_day(row["submitted_at"], desk.zone)
        _, days_late = lateness(desk.plan, catch_up[row["unit"]], day)
        if days_late != row["days_late"]:
            changed.append(_said_again(desk, row, days_late))
    await tx.execute(
        """
        UPDATE essays AS e SET version = new.version, late = new.days_late > 0,
                               days_late = new.days_late
          FROM unnest($1::uuid[], $2::int[], $3::int[]) AS new (essay_id, version, days_late)
         WHERE e.essay_id = new.essay_id
        """,
        [fact.essay_id for fact in changed],
        [fact.version for fact in changed],
        [fact.days_late for fact in changed],
    )
    await tx.publish_all(changed)
    return len(changed)


def _said_again(desk: Desk, row: Any, days_late: int) -> EssaySubmitted:
    return EssaySubmitted(
        campaign=desk.plan.campaign,
        unit=row["unit"],
        simulated=row["simulated"],
        version=row["version"] + 1,
        essay_id=row["essay_id"],
        title=row["title"],
        form=row["form"],
        exemplar=ExemplarName(kind=row["exemplar_kind"], name=row["exemplar_name"]),
        words=row["words"],
        minutes=plain(row["minutes"]),
        submitted_at=row["submitted_at"].astimezone(desk.zone),
        late=days_late > 0,
        days_late=days_late,
    )
