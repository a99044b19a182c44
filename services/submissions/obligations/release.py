"""A unit is released from an obligation, or owes it again. Pure."""

from dataclasses import replace
from datetime import datetime

from services.contracts.events import (
    ObligationReopened,
    ObligationWaived,
)
from services.submissions.obligations.fulfil import judged_again
from services.submissions.obligations.obligation import (
    AlreadyWaivedError,
    Obligation,
    Reopening,
    Step,
)


def waive(
    obligation: Obligation, *, document: str, reason: str, now: datetime, simulated: bool = False
) -> Step:
    """The Board releases the unit; nothing fires any more, and what was late counts no more.

    Raises AlreadyWaivedError, also for an obligation that the unit does not owe.
    """
    if obligation.status in ("waived", "not-owed"):
        raise AlreadyWaivedError(obligation.id)
    new = replace(obligation, status="waived", version=obligation.version + 1)
    fact = ObligationWaived(
        campaign=new.campaign,
        unit=new.unit,
        simulated=simulated,
        obligation=new.id,
        version=new.version,
        deadline_version=new.deadline_version,
        document=document,
        reason=reason,
        waived_at=now,
    )
    return new, (fact,)


def owe_again(
    obligation: Obligation,
    cause: Reopening,
    *,
    deadline_version: int,
    document: str | None,
    reason: str,
    now: datetime,
    simulated: bool = False,
) -> Step:
    """What released or fulfilled it is gone: open, with the deadline that it had.

    Under a deadline version of its own, so that where its time is over it is missed under that one,
    once. What was done before a waiver that is taken back counts once more. What was not owed by
    its condition, and done all the same, is not owed.
    """
    new = replace(
        obligation,
        status="open",
        version=obligation.version + 1,
        deadline_version=deadline_version,
        fulfilment=obligation.fulfilment if cause == "waiver-taken-back" else None,
    )
    fact = ObligationReopened(
        campaign=new.campaign,
        unit=new.unit,
        simulated=simulated,
        obligation=new.id,
        version=new.version,
        deadline_version=new.deadline_version,
        cause=cause,
        last_day=new.planned.last_option.until,
        document=document,
        reason=reason,
        reopened_at=now,
    )
    if obligation.held is False and new.fulfilment is None:
        return replace(new, status="not-owed"), (fact,)
    return judged_again(new, fact)
