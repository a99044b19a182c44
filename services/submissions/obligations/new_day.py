"""A document gives an obligation another last day, or more time. Pure."""

from dataclasses import replace
from datetime import date, datetime

from services.contracts.campaign.deadlines import Deadline
from services.contracts.events import (
    DeadlineMoved,
)
from services.submissions.obligations.fulfil import judged_again
from services.submissions.obligations.obligation import (
    Obligation,
    Step,
)


def move(
    obligation: Obligation,
    option_id: str,
    last_day: date,
    *,
    deadline_version: int,
    document: str,
    reason: str,
    now: datetime,
    simulated: bool = False,
) -> Step:
    """A later document gives one option another last day, under its own deadline version.

    Fulfilled: lateness is computed under the new day and published. Missed: open, and when the new
    day is over too, `miss` publishes that for the new version. Waived or not owed: the deadline
    follows without a fact, because essays are still measured by it and what is not owed may yet be
    owed; so it does where the day is the unit's already. Raises UnknownOptionError.
    """
    old = obligation.option(option_id)
    planned = obligation.planned.with_deadlines({option_id: Deadline(date=last_day, included=True)})
    moved = replace(obligation, planned=planned, deadline_version=deadline_version)
    if obligation.status in ("waived", "not-owed") or old.last_day == last_day:
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
        previous_last_day=old.last_day,
        last_day=last_day,
        document=document,
        reason=reason,
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
        previous_last_day=last.last_day,
        last_day=last.last_day,
        document=document,
        reason=reason,
        moved_at=now,
    )
    return judged_again(new, fact)
