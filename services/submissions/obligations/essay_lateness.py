"""Whether an essay is late: decided here, when it is submitted and when a day moves.

Pure. Lateness is no fault: a late essay is kept and marked late
(docs/decisions/0051-essays-late.md).
"""

from collections.abc import Iterable
from datetime import date

from services.contracts.campaign.contest import Contest
from services.contracts.campaign.deadlines import days_late
from services.submissions.obligations.obligation import Obligation


def lateness(
    contest: Contest,
    ends: date,
    owed: Iterable[Obligation],
    received_on: date,
    acted_on: date | None = None,
) -> tuple[date, int]:
    """The last day for an essay of a unit, and how many whole days late it is.

    An essay is never late by a day on which the unit still owes one in time: the last day is the
    contest's end (`ends`, for the unit) or the latest day of the unit's own obligations that essays
    of the contest fulfil. `owed`: what the unit owes of essays, each under the deadlines that it
    has; what essays of other contests fulfil says nothing. One from which the Board released the
    unit counts too, since a waiver takes nothing away; one that is not owed after all does not, nor
    one of which that is not decided yet: then essays are judged again.
    """
    days = (
        each.planned.last_essay_day(contest.id)
        for each in owed
        if each.status != "not-owed" and not each.is_undecided
    )
    last = max([ends, *(day for day in days if day is not None)])
    return last, days_late(counted_day(contest, received_on, acted_on), last)


def counted_day(contest: Contest, received_on: date, acted_on: date | None) -> date:
    """The day that counts of an essay: of receipt or, where its contest counts so, of the act."""
    return counted_act_day(contest, acted_on) or received_on


def counted_act_day(contest: Contest, acted_on: date | None) -> date | None:
    """The day of the act where the contest counts by it, as facts have it; None: that of receipt
    counts."""
    return acted_on if contest.counted_by == "act" else None
