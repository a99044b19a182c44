"""The condition of what is owed only where nothing was sent by a day. Pure."""

from dataclasses import replace
from datetime import datetime

from services.contracts.campaign.deadlines import local_day
from services.submissions.obligations.obligation import (
    Obligation,
)
from services.submissions.obligations.submission import Submission


def exempted(obligation: Obligation, submission: Submission) -> Obligation | None:
    """The obligation where this was sent in time to owe nothing; None: it was not."""
    condition = obligation.planned.only_if
    if not condition or (
        local_day(submission.received_at, obligation.zone) > condition.no_essays_by
    ):
        return None
    # After a fulfilment that is late knowledge, and changes none.
    return replace(obligation, status="not-owed") if obligation.status == "open" else obligation


def reinstate(obligation: Obligation, now: datetime) -> Obligation:
    """The essay that made nothing owed was taken back while the condition's day still ran."""
    condition = obligation.planned.only_if
    if obligation.status != "not-owed" or condition is None:
        return obligation
    still_runs = local_day(now, obligation.zone) <= condition.no_essays_by
    return replace(obligation, status="open") if still_runs else obligation
