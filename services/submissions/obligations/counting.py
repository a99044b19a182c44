"""Obligations that count acts: by all that was sent, and again when some of it changed. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from services.contracts.events import ObligationFact
from services.submissions.obligations.fulfil import fulfil, fulfilled_by, fulfilment_by
from services.submissions.obligations.obligation import FULFILLABLE, Obligation, Step
from services.submissions.obligations.submission import Submission


def fulfil_in_order(obligation: Obligation, submissions: Sequence[Submission]) -> Step:
    """The same by all that was sent, in the order in which it came, as far as it takes."""
    facts: list[ObligationFact] = []
    for at, submission in enumerate(submissions):
        if obligation.status not in FULFILLABLE:
            break
        obligation, made = fulfil(obligation, submission, submissions[:at])
        facts += made
    return obligation, tuple(facts)


def counted_again(obligation: Obligation, submissions: Sequence[Submission]) -> Step | None:
    """A fulfilled obligation that counts acts, after one of them changed or was taken back.

    `submissions`: what there is now, in the order in which it came. None: it is no longer enough.
    """
    done = obligation.fulfilment
    if obligation.status != "fulfilled" or done is None:
        return obligation, ()
    for at, submission in enumerate(submissions):
        found = fulfilment_by(obligation, submission, submissions[:at])
        if found is not None:
            same = replace(found, simulated=done.simulated) == done
            return (obligation, ()) if same else fulfilled_by(obligation, found)
    return None
