"""On what condition something is owed. Pure.

Two forms. “No essay by a day” is decided by the first essay that comes in time, and taken back with
it while the day runs. Any other condition (`when`) is decided once, at the end of its day, by the
deadline clock (`decide.py`): before that the obligation is open, may be fulfilled, and can't be
missed; then `held` says how it was decided, for good.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from services.contracts.campaign.deadlines import local_day, start_of
from services.contracts.campaign.measuring import Measure, measures_in, parts_of
from services.contracts.campaign.obligation_plan import ObligationPlan
from services.contracts.campaign.plan import Plan
from services.submissions.obligations.obligation import (
    Obligation,
)
from services.submissions.obligations.submission import Submission


def exempted(obligation: Obligation, submission: Submission) -> Obligation | None:
    """The obligation where this was sent in time to owe nothing; None: it was not."""
    condition = obligation.planned.only_if
    if not condition or condition.no_essays_by is None:
        return None
    if local_day(submission.received_at, obligation.zone) > condition.no_essays_by:
        return None
    # After a fulfilment that is late knowledge, and changes none.
    return replace(obligation, status="not-owed") if obligation.status == "open" else obligation


def reinstate(obligation: Obligation, now: datetime) -> Obligation:
    """The essay that made nothing owed was taken back while the condition's day still ran."""
    condition = obligation.planned.only_if
    if obligation.status != "not-owed" or condition is None or condition.no_essays_by is None:
        return obligation
    still_runs = local_day(now, obligation.zone) <= condition.no_essays_by
    return replace(obligation, status="open") if still_runs else obligation


def decided(obligation: Obligation, *, held: bool) -> Obligation:
    """After the end of the condition's day: owed, or not. What was done before stays done."""
    owed = held or obligation.status != "open"
    return replace(obligation, held=held, status=obligation.status if owed else "not-owed")


def decided_at(planned: ObligationPlan, plan: Plan) -> datetime | None:
    """The end of the day of its `when`; None: it has none."""
    condition = planned.only_if
    if condition is None or condition.when is None:
        return None
    return start_of(condition.day + timedelta(days=1), plan.zone)


def is_decided(planned: ObligationPlan, plan: Plan, at: datetime) -> bool:
    """Whether it has a `when`, and the day of that is over."""
    end = decided_at(planned, plan)
    return end is not None and at >= end


def measures_of(planned: ObligationPlan, plan: Plan) -> Mapping[str, Measure]:
    """What its `when` reads, and what that is made of, by name."""
    condition = planned.only_if
    if condition is None or condition.when is None:
        return {}
    found: dict[str, Measure] = {}
    left = [name for _, name in measures_in(condition.when)]
    for name in left:  # grows while it is walked
        if name not in found:
            found[name] = plan.measures[name]
            left.extend(part for _, part in parts_of(plan.measures[name]))
    return found


def condition_of(planned: ObligationPlan, plan: Plan) -> object:
    """All that it is decided by, titles aside: where this differs it is decided anew."""
    measures = {
        name: measure.model_copy(update={"title": None})
        for name, measure in measures_of(planned, plan).items()
    }
    return planned.only_if, measures
