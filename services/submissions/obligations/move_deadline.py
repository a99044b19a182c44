"""The Board moves a deadline, for every unit that owes it.

Locks: the obligation's terms, then its rows by unit, then essays. Whoever adds units (`seed.py`)
takes the terms first too: a unit is added before the move and moves with it, or after and gets the
moved deadline.
"""

from dataclasses import replace
from datetime import date

from services.chassis.problems import FAULTY, Fault, Faults, Refusal
from services.chassis.storage.database import Transaction
from services.contracts.campaign.deadlines import Deadline
from services.contracts.campaign.plan import ObligationPlan
from services.contracts.events import EssaySubmitted, ObligationFact
from services.contracts.wording import day_en, day_vi
from services.submissions.context import CampaignContext, Receipt
from services.submissions.models import DeadlineMove
from services.submissions.obligations import obligation as obligations
from services.submissions.obligations import queries
from services.submissions.obligations.moved_deadlines import (
    deadline_versions,
    lock_terms,
    moved_deadlines,
)
from services.submissions.obligations.obligation import Obligation
from services.submissions.obligations.passed_on import frozen_units
from services.submissions.obligations.reassess_essays import (
    by_unit,
    essays_judged_again,
    fulfilled_by_essays,
)
from services.submissions.obligations.schemas import DeadlineMoveIn, MoveAccepted
from services.submissions.problems import SAME_DEADLINE


async def move_deadline(
    tx: Transaction, context: CampaignContext, body: DeadlineMoveIn, receipt: Receipt
) -> tuple[int, MoveAccepted]:
    """Give one option another last day, for every unit that owes it. Raises Refusal.

    One transaction for all of them: no unit is judged by one day and its neighbour by another. The
    move is the same as before only if the documents so far have that day, not because a unit has
    it.
    """
    faults = Faults()
    context.check_body(faults, body, receipt)
    planned = _plan_of_option(faults, context, body.option)
    day = _day_within(faults, context, body)
    if planned is None or day is None or faults.found:
        raise Refusal(FAULTY, faults.found)

    plan = context.plan
    await lock_terms(tx, plan, [planned.id])
    late_by = fulfilled_by_essays(plan) if planned.last_essay_day is not None else []
    locked = await queries.lock_all_of(tx, context, [planned.id, *late_by])
    days = await moved_deadlines(tx, plan)
    before = planned.with_deadlines(days).option(body.option).last_day
    _check_change(before, day, receipt)

    version = (await deadline_versions(tx, plan)).get(planned.id, 1) + 1
    frozen = await frozen_units(tx, context, receipt.day)
    moved: list[Obligation] = []

    def as_moved(ended: Obligation) -> Obligation:
        """As documents moved it since its unit was no more."""
        return replace(ended, planned=ended.planned.with_deadlines(days))

    essays_by: list[Obligation] = []
    """By whose days essays are late."""
    facts: list[ObligationFact] = []
    for obligation in locked:
        if obligation.id != planned.id:
            essays_by.append(as_moved(obligation) if obligation.unit in frozen else obligation)
            continue
        new, made = obligations.move(
            obligation,
            body.option,
            day,
            deadline_version=version,
            document=body.document,
            reason=body.reason,
            now=receipt.at,
            simulated=body.simulated,
        )
        if late_by:
            essays_by.append(new)  # also of a unit that is no more, and owes nothing
        if obligation.unit not in frozen:
            moved.append(new)
            facts += made
    await queries.save(tx, moved)
    await queries.set_timers(tx, moved, plan.approaching_days)
    move_id = receipt.command_id
    tx.session.add(
        DeadlineMove(
            move_id=move_id,
            campaign=plan.campaign,
            obligation=planned.id,
            option=body.option,
            previous_last_day=before,
            last_day=day,
            document=body.document,
            reason=body.reason,
            moved_at=receipt.at,
            simulated=body.simulated,
        )
    )
    await tx.publish_all(facts)
    judged: list[EssaySubmitted] = []
    if essays_by:
        judged = await essays_judged_again(tx, plan, by_unit(essays_by))
        await tx.publish_all(judged)
    return 201, MoveAccepted(
        move_id=move_id,
        obligation=planned.id,
        option=body.option,
        previous_last_day=before,
        last_day=day,
        units=len({fact.unit for fact in facts}),
        essays_reassessed=len(judged),
    )


def _check_change(before: date, day: date, receipt: Receipt) -> None:
    """The day is another one, and is not brought forward into the past. Raises Refusal."""
    if day == before:
        raise Refusal(SAME_DEADLINE)
    if day < before and day < receipt.day:
        fault = Fault(
            "/date",
            f"Không thể rút ngắn thời hạn về ngày đã qua ({day_vi(day)}), vì nội dung đã hoàn thành"
            f" đúng hạn sẽ bị tính là chậm. Chọn ngày từ {day_vi(receipt.day)} trở đi.",
            f"A deadline is not shortened to a day that is over ({day_en(day)}): what was in time"
            f" would become late; choose {day_en(receipt.day)} or later.",
            rule="deadlines.backwards",
        )
        raise Refusal(FAULTY, [fault])


def _day_within(faults: Faults, context: CampaignContext, body: DeadlineMoveIn) -> date | None:
    """The new last day, or a fault and None.

    The day as written is looked at first: before the first day of the calendar there is none.
    """
    opens, closes = context.plan.opens, context.plan.closes
    if body.date >= opens:
        day = Deadline(date=body.date, included=body.included).last_day
        if opens <= day <= closes:
            return day
    faults.add(
        "/date",
        f"Thời hạn mới phải trong đợt thi đua: từ ngày {day_vi(opens)} đến hết ngày"
        f" {day_vi(closes)}.",
        f"The new day must lie within the campaign, {day_en(opens)} to {day_en(closes)}.",
        rule="deadlines.within",
    )
    return None


def _plan_of_option(faults: Faults, context: CampaignContext, option: str) -> ObligationPlan | None:
    try:
        return context.plan.obligation_of_option(option)
    except KeyError:
        planned = context.plan.obligations
        vi = "; ".join(f"{each.title.vi} ({o.id})" for each in planned for o in each.options)
        en = "; ".join(f"{each.title.en} ({o.id})" for each in planned for o in each.options)
        faults.add(
            "/option",
            f"Không tìm thấy thời hạn có mã “{option}”. Các thời hạn điều chỉnh được: {vi}.",
            f"The plan has no deadline “{option}”; those that can be moved: {en}.",
            rule="deadlines.known",
        )
        return None
