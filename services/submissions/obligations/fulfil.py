"""What was done fulfils an obligation, and is late or not by the day that holds. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from services.contracts.campaign.obligation_plan import Option
from services.contracts.events import (
    DeadlineMoved,
    ObligationFulfilled,
    ObligationReopened,
)
from services.submissions.obligations.completion import completion
from services.submissions.obligations.condition import exempted
from services.submissions.obligations.miss import miss
from services.submissions.obligations.obligation import (
    Fulfilment,
    Obligation,
    Step,
    UnknownOptionError,
)
from services.submissions.obligations.submission import Submission


def fulfil(
    obligation: Obligation, submission: Submission, before: Sequence[Submission] = ()
) -> Step:
    """The unit did what it owed, in time or late.

    `before`: what was sent earlier, where one act is not enough (`ObligationPlan.counts_acts`). As
    long as it is not enough with this one either, nothing changes.

    When the deadline has passed and the deadline clock has not published the miss yet, the miss is
    published too, before the fulfilment: both are facts. The first submission fulfils; what comes
    later, by this option or another one, changes nothing, nor does a submission for an obligation
    that is waived or not owed. Raises UnknownOptionError when this kind of submission fulfils no
    option.
    """
    if obligation.status in ("waived", "not-owed"):
        return obligation, ()
    if (exempt := exempted(obligation, submission)) is not None:
        return exempt, ()
    if obligation.fulfilment:
        return obligation, ()
    fulfilment = fulfilment_by(obligation, submission, before)
    if fulfilment is None:
        return obligation, ()
    obligation, missed = miss(obligation, fulfilment.fulfilled_at, simulated=submission.simulated)
    fulfilled, facts = fulfilled_by(obligation, fulfilment)
    return fulfilled, (*missed, *facts)


def replace_submission(obligation: Obligation, submission: Submission) -> Step:
    """What fulfilled it was taken back, and another submission takes its place.

    Raises UnknownOptionError. An obligation that is not fulfilled remains as it is.
    """
    if obligation.status != "fulfilled":
        return obligation, ()
    fulfilment = fulfilment_by(obligation, submission, ())
    return (obligation, ()) if fulfilment is None else fulfilled_by(obligation, fulfilment)


def carry_fulfilment(obligation: Obligation, left: Obligation, done: Fulfilment) -> Step:
    """What a predecessor did fulfils the obligation of the unit that took over from it.

    As in `fulfil`: what was done when its time was over was missed before, and both are facts. It
    is late by the deadline that holds now. The option by which it was done stays known, also where
    later documents took it out.
    """
    options = obligation.planned.options
    if all(option.id != done.option for option in options):
        planned = obligation.planned.model_copy(
            update={"options": (*options, left.option(done.option))}
        )
        obligation = replace(obligation, planned=planned)
    days_late = obligation.option(done.option).days_late(done.counted_day)
    obligation, missed = miss(obligation, done.fulfilled_at, simulated=done.simulated)
    fulfilled, facts = fulfilled_by(obligation, replace(done, days_late=days_late))
    return fulfilled, (*missed, *facts)


def fulfilment_by(
    obligation: Obligation, submission: Submission, before: Sequence[Submission]
) -> Fulfilment | None:
    """By this one, with those that came before it; None: it is not enough yet.

    Raises UnknownOptionError.
    """
    option, zone = submission.option_of(obligation.planned), obligation.zone
    if option is None:
        detail = submission.form or submission.report or submission.figure or ""
        raise UnknownOptionError(f"{submission.by} {detail}".strip())
    if not obligation.planned.counts_acts:
        return fulfilment_of(submission, option, submission.counted_day(option, zone))
    for each in obligation.planned.options:
        if submission.goes(each):
            acts = (*before, submission)
            found = completion(each, acts, obligation.unit, obligation.kind, zone)
            if found.counted_day is not None:
                return fulfilment_of(submission, each, found.counted_day)
    return None


def fulfilment_of(submission: Submission, option: Option, counted: date) -> Fulfilment:
    """By an act, with the day that counts."""
    return Fulfilment(
        option=option.id,
        by=submission.by,
        by_id=submission.by_id,
        counted_day=counted,
        fulfilled_at=submission.known_at,
        days_late=option.days_late(counted),
        simulated=submission.simulated,
    )


def fulfilled_by(obligation: Obligation, fulfilment: Fulfilment) -> Step:
    """The obligation with that fulfilment, and the fact."""
    new = replace(
        obligation, status="fulfilled", version=obligation.version + 1, fulfilment=fulfilment
    )
    fact = ObligationFulfilled(
        campaign=new.campaign,
        unit=new.unit,
        simulated=fulfilment.simulated,
        obligation=new.id,
        version=new.version,
        deadline_version=new.deadline_version,
        option=fulfilment.option,
        by=fulfilment.by,
        by_id=fulfilment.by_id,
        counted_day=fulfilment.counted_day,
        last_day=new.option(fulfilment.option).until,
        days_late=fulfilment.days_late,
        fulfilled_at=fulfilment.fulfilled_at,
    )
    return new, (fact,)


def judged_again(obligation: Obligation, opened: DeadlineMoved | ObligationReopened) -> Step:
    """Under the day that holds now; what was done is late or not by that one."""
    done = obligation.fulfilment
    if done is None:
        return obligation, (opened,)
    days = obligation.option(done.option).days_late(done.counted_day)
    fulfilled, facts = fulfilled_by(obligation, replace(done, days_late=days))
    return fulfilled, (opened, *facts)
