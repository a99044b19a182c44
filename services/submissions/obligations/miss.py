"""Time passes: an obligation that is still open is missed, once. Pure."""

from dataclasses import replace
from datetime import datetime

from services.contracts.events import (
    DeadlineMissed,
)
from services.submissions.obligations.obligation import (
    Obligation,
    Step,
)


def miss(obligation: Obligation, now: datetime, *, simulated: bool = False) -> Step:
    """Time has passed: an open obligation whose last option has ended is missed, once.

    Returns the obligation unchanged, without a fact, when it is not open, not yet time, when its
    last day is not known yet, or not whether it is owed.
    """
    missed_at = obligation.missed_at
    if obligation.status != "open" or missed_at is None or now < missed_at:
        return obligation, ()
    if obligation.is_undecided:
        return obligation, ()
    new = replace(obligation, status="missed", version=obligation.version + 1)
    fact = DeadlineMissed(
        campaign=new.campaign,
        unit=new.unit,
        simulated=simulated,
        obligation=new.id,
        version=new.version,
        deadline_version=new.deadline_version,
        last_day=new.planned.last_option.until,
        missed_at=missed_at,
    )
    return new, (fact,)
