"""Whether an essay is late: decided here, when it is submitted and when a day moves.

Pure. Lateness is no fault: a late essay is kept and marked late
(docs/decisions/0051-essays-late.md).
"""

from collections.abc import Iterable
from datetime import date

from services.contracts.campaign.deadlines import days_late
from services.submissions.obligations.obligation import Obligation


def lateness(ends: date, owed: Iterable[Obligation], received_on: date) -> tuple[date, int]:
    """The last day for an essay of a unit, and how many whole days late it is.

    An essay is never late by a day on which the unit still owes one in time: the last day is the
    contest's end (`ends`) or the latest day of the unit's own obligations that essays fulfil.
    `owed`: these obligations, each under the deadlines that it has. One from which the Board
    released the unit counts too, since a waiver takes nothing away; one that is not owed after all
    does not.
    """
    days = (each.planned.last_essay_day for each in owed if each.status != "not-owed")
    last = max([ends, *(day for day in days if day is not None)])
    return last, days_late(received_on, last)
