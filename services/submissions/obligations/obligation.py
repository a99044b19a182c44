"""One obligation of one unit as a value, and what each act makes of it.

Pure: `fulfil`, `miss`, `move` and `waive` take an obligation and return the next one with the facts
to publish. A missed obligation can still be fulfilled, and both facts count. Every fact that
changes the status raises `version` by one, so that the highest version has the status, in whatever
order they arrive.

Source of the rules: Notice 251/BTĐ-NV2 of 5 June 2020, and docs/decisions/0050 to 0053.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from services.contracts.campaign.deadlines import Deadline, local_day
from services.contracts.campaign.obligation_plan import ObligationPlan, Option
from services.contracts.events import (
    DeadlineMissed,
    DeadlineMoved,
    ObligationFact,
    ObligationFulfilled,
    ObligationReopened,
    ObligationWaived,
)
from services.submissions.obligations.completion import completion
from services.submissions.obligations.submission import Cause, Submission

Status: TypeAlias = Literal["open", "fulfilled", "missed", "waived", "not-owed"]
"""`not-owed`: the condition that would have made it owed did not come true (D5)."""
FULFILLABLE: tuple[Status, ...] = ("open", "missed")


Reopening: TypeAlias = Literal[
    "waiver-taken-back", "report-returned", "essay-withdrawn", "essay-judged", "figure-corrected"
]
"""What opens again an obligation that was released or fulfilled."""


class AlreadyWaivedError(Exception):
    """The unit was released from this obligation before."""


class UnknownOptionError(Exception):
    """The obligation has no such option, or none that this kind of report fulfils."""


@dataclass(frozen=True, slots=True)
class Fulfilment:
    """By what an obligation was fulfilled: enough to publish it under another deadline too."""

    option: str
    by: Cause
    by_id: UUID
    counted_day: date
    fulfilled_at: datetime
    days_late: int
    simulated: bool


@dataclass(frozen=True, slots=True)
class Obligation:
    """State of one (unit, obligation)."""

    campaign: str
    unit: str
    planned: ObligationPlan
    """What the plan asks, with the deadlines it has now: later documents are in it."""
    zone: ZoneInfo
    status: Status = "open"
    version: int = 1
    deadline_version: int = 1
    """One for the announcement, one more for each document: the same for every unit."""
    fulfilment: Fulfilment | None = None
    kind: str = ""
    """What sort of unit it is, where the plan asks more of some kinds than of others."""

    @property
    def id(self) -> str:
        """Id of the obligation, e.g. D6."""
        return self.planned.id

    @property
    def missed_at(self) -> datetime:
        """The instant from which it is missed, if it is still open then."""
        return self.planned.missed_at(self.zone)

    def option(self, option_id: str) -> Option:
        """The option of that id. Raises UnknownOptionError."""
        try:
            return self.planned.option(option_id)
        except KeyError:
            raise UnknownOptionError(option_id) from None


Step: TypeAlias = tuple[Obligation, tuple[ObligationFact, ...]]
"""The next state, and the facts about how it came about."""


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


def exempted(obligation: Obligation, submission: Submission) -> Obligation | None:
    """The obligation where this was sent in time to owe nothing; None: it was not."""
    condition = obligation.planned.only_if
    if not condition or (
        local_day(submission.received_at, obligation.zone) > condition.no_essays_by
    ):
        return None
    # After a fulfilment that is late knowledge, and changes none.
    return replace(obligation, status="not-owed") if obligation.status == "open" else obligation


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


def reinstate(obligation: Obligation, now: datetime) -> Obligation:
    """The essay that made nothing owed was taken back while the condition's day still ran."""
    condition = obligation.planned.only_if
    if obligation.status != "not-owed" or condition is None:
        return obligation
    still_runs = local_day(now, obligation.zone) <= condition.no_essays_by
    return replace(obligation, status="open") if still_runs else obligation


def miss(obligation: Obligation, now: datetime, *, simulated: bool = False) -> Step:
    """Time has passed: an open obligation whose last option has ended is missed, once.

    Returns the obligation unchanged, without a fact, when it is not open or not yet time.
    """
    if obligation.status != "open" or now < obligation.missed_at:
        return obligation, ()
    new = replace(obligation, status="missed", version=obligation.version + 1)
    fact = DeadlineMissed(
        campaign=new.campaign,
        unit=new.unit,
        simulated=simulated,
        obligation=new.id,
        version=new.version,
        deadline_version=new.deadline_version,
        last_day=new.planned.last_option.last_day,
        missed_at=new.missed_at,
    )
    return new, (fact,)


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
    return _judged_again(new, fact)


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
    once. What was done before a waiver that is taken back counts once more.
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
        last_day=new.planned.last_option.last_day,
        document=document,
        reason=reason,
        reopened_at=now,
    )
    return _judged_again(new, fact)


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
    return _judged_again(new, fact)


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
        return _by(submission, option, submission.counted_day(option, zone))
    for each in obligation.planned.options:
        if submission.goes(each):
            acts = (*before, submission)
            found = completion(each, acts, obligation.unit, obligation.kind, zone)
            if found.counted_day is not None:
                return _by(submission, each, found.counted_day)
    return None


def _by(submission: Submission, option: Option, counted: date) -> Fulfilment:
    return Fulfilment(
        option=option.id,
        by=submission.by,
        by_id=submission.by_id,
        counted_day=counted,
        fulfilled_at=submission.known_at,
        days_late=option.days_late(counted),
        simulated=submission.simulated,
    )


def _judged_again(obligation: Obligation, opened: DeadlineMoved | ObligationReopened) -> Step:
    """Under the day that holds now; what was done is late or not by that one."""
    done = obligation.fulfilment
    if done is None:
        return obligation, (opened,)
    days = obligation.option(done.option).days_late(done.counted_day)
    fulfilled, facts = fulfilled_by(obligation, replace(done, days_late=days))
    return fulfilled, (opened, *facts)


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
        last_day=new.option(fulfilment.option).last_day,
        days_late=fulfilment.days_late,
        fulfilled_at=fulfilment.fulfilled_at,
    )
    return new, (fact,)
