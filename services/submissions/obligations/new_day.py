"""A document, or what the unit itself did, gives an obligation another last day. Pure."""

from dataclasses import replace
from datetime import date, datetime

from services.contracts.campaign.deadlines import UNKNOWN_DAY, Deadline, DueAfter
from services.contracts.events import DeadlineMoved
from services.submissions.obligations.fulfil import judged_again
from services.submissions.obligations.obligation import Obligation, Step


def move(
    obligation: Obligation,
    option_id: str,
    due: date | DueAfter,
    *,
    deadline_version: int,
    document: str,
    reason: str,
    now: datetime,
    simulated: bool = False,
    after: str | None = None,
    happened_on: date | None = None,
) -> Step:
    """One option gets another last day (`due`), under its own deadline version.

    By a later document; or, where `after` is the obligation of the unit on which the day depends,
    since that was fulfilled (`happened_on`), or no longer is. A `due` that has no day yet is none.

    Fulfilled: lateness is computed under the new day and published. Missed: open, and when the new
    day is over too, `miss` publishes that for the new version. Waived or not owed: the deadline
    follows without a fact, because essays are still measured by it and what is not owed may yet be
    owed; so it does where the day is the unit's already. Raises UnknownOptionError.
    """
    old = obligation.option(option_id)
    to = due if isinstance(due, DueAfter) else Deadline(date=due, included=True)
    planned = obligation.planned.with_deadlines({option_id: to})
    moved = replace(obligation, planned=planned, deadline_version=deadline_version)
    if obligation.status in ("waived", "not-owed") or old.last_day == to.last_day:
        return moved, ()
    new = replace(
        moved,
        status="open" if obligation.status == "missed" else obligation.status,
        version=obligation.version + 1,
    )
    fact = DeadlineMoved(
        campaign=new.campaign,
        unit=new.unit,
        simulated=simulated,
        obligation=new.id,
        version=new.version,
        deadline_version=new.deadline_version,
        option=option_id,
        previous_last_day=old.until,
        last_day=to.last_day or UNKNOWN_DAY,
        document=document,
        reason=reason,
        after=after,
        happened_on=happened_on,
        moved_at=now,
    )
    return judged_again(new, fact)


def reopen(obligation: Obligation, *, document: str, reason: str, now: datetime) -> Step:
    """An amendment gives more time to what was missed, or asks again what one had taken out.

    What was done counts, in time or late. The fact is that of a deadline that moved, with the day
    that holds.
    """
    last = obligation.planned.last_option
    new = replace(obligation, status="open", version=obligation.version + 1)
    fact = DeadlineMoved(
        campaign=new.campaign,
        unit=new.unit,
        obligation=new.id,
        version=new.version,
        deadline_version=new.deadline_version,
        option=last.id,
        previous_last_day=last.until,
        last_day=last.until,
        document=document,
        reason=reason,
        moved_at=now,
    )
    return judged_again(new, fact)
