"""Whether an essay is late: decided here, when it is submitted and when a deadline moves.

Pure. Lateness is no fault: a late essay is kept and marked late
(docs/decisions/0051-essays-late.md).
"""

from datetime import date

from services.contracts.campaign.deadlines import days_late
from services.contracts.campaign.plan import Plan
from services.submissions.obligations.obligation import Obligation


def lateness(plan: Plan, catch_up: Obligation | None, received_on: date) -> tuple[date, int]:
    """The last day for an essay of a unit, and how many whole days late it is.

    That day is the contest's end (D4). `catch_up` is the unit's obligation to send first essays
    (D5), if it has one: the notice gave such a unit a later day, unless it owes nothing after all.
    """
    planned = catch_up.planned if catch_up and catch_up.status != "not-owed" else None
    last = plan.last_essay_day(planned)
    return last, days_late(received_on, last)
