"""Obligations that count acts: by all that was sent, and again when some of it changed. Pure.

docs/decisions/0090-how-much-is-owed.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from services.contracts.campaign.obligation_plan import Option
from services.contracts.events import ObligationFact
from services.submissions.obligations.completion import as_counted, completion, fulfils_part
from services.submissions.obligations.fulfil import fulfil, fulfilled_by, fulfilment_of
from services.submissions.obligations.miss import miss
from services.submissions.obligations.obligation import (
    FULFILLABLE,
    Fulfilment,
    Obligation,
    Reopening,
    Step,
)
from services.submissions.obligations.release import owe_again
from services.submissions.obligations.submission import Submission

EVER: Final = datetime.min.replace(tzinfo=UTC)
"""Of something that changed: whenever it was received."""


@dataclass(frozen=True, slots=True)
class ActChanged:
    """An act was taken back, came back, or is worth more or less than before."""

    came_at: datetime
    """When it had been received."""
    cause: Reopening
    reason: str
    document: str | None = None
    simulated: bool = False
    was: Submission | None = None
    """None: it was not there."""
    now: Submission | None = None
    """None: it is no more."""
    replaces_others: bool = False
    """Of a figure: those of units before may have counted, and do not any more."""

    def takes_from(self, obligation: Obligation) -> bool:
        """Whether it counted for some part of the obligation, and does not any more."""
        was, now = self.was, self.now
        unit, kind = obligation.unit, obligation.kind
        return self.replaces_others or any(
            was is not None
            and fulfils_part(was, part, unit, kind)
            and not (now is not None and fulfils_part(now, part, unit, kind))
            for option in obligation.planned.options
            for part in option.parts
        )


def is_concerned(obligation: Obligation, changed: ActChanged | None) -> bool:
    """Whether what is there may make another one of it. What was fulfilled before the act that
    changed came stays so."""
    done = obligation.fulfilment
    return obligation.status in FULFILLABLE or (
        done is not None and changed is not None and changed.came_at <= done.fulfilled_at
    )


def settled(
    obligation: Obligation,
    submissions: Sequence[Submission],
    at: datetime,
    changed: ActChanged | None = None,
) -> Step:
    """The obligation as all that is there now makes it.

    `submissions`: in the order in which it came; `at`: now. Where something was taken away, what is
    left is counted, and if that is no longer enough it is owed again. Else what was done stays
    done, whatever a later version of the plan asks, and by what is worth more now it is only ever
    earlier.
    """
    if not is_concerned(obligation, changed):
        return obligation, ()
    if obligation.status in FULFILLABLE:
        return fulfil_in_order(obligation, submissions)
    assert changed is not None  # noqa: S101  # or it is not concerned
    taken = changed.takes_from(obligation)
    if obligation.status == "waived":
        # Released: it stays so, and what is not enough was not done.
        gone = counted_again(replace(obligation, status="fulfilled"), submissions) is None
        return (replace(obligation, fulfilment=None) if taken and gone else obligation), ()
    step = counted_again(obligation, submissions)
    if not taken:
        return step if step and _is_earlier(step[0], obligation) else (obligation, ())
    return step or owe_again(
        obligation,
        changed.cause,
        deadline_version=obligation.deadline_version + 1,
        document=changed.document,
        reason=changed.reason,
        now=at,
        simulated=changed.simulated,
    )


def fulfil_in_order(obligation: Obligation, submissions: Sequence[Submission]) -> Step:
    """By all that was sent, in the order in which it came, as far as it takes."""
    if obligation.planned.counts_acts:
        found = _first_enough(obligation, submissions)
        if found is None or obligation.status not in FULFILLABLE:
            return obligation, ()
        obligation, missed = miss(obligation, found.fulfilled_at, simulated=found.simulated)
        fulfilled, done = fulfilled_by(obligation, found)
        return fulfilled, (*missed, *done)
    facts: list[ObligationFact] = []
    for submission in submissions:
        if obligation.status not in FULFILLABLE:
            break
        obligation, made = fulfil(obligation, submission)
        facts += made
    return obligation, tuple(facts)


def counted_again(obligation: Obligation, submissions: Sequence[Submission]) -> Step | None:
    """A fulfilled obligation that counts acts, after one of them changed or was taken back.

    `submissions`: what there is now. None: it is no longer enough.
    """
    done = obligation.fulfilment
    if obligation.status != "fulfilled" or done is None:
        return obligation, ()
    found = _first_enough(obligation, submissions, first=done.option)
    if found is None:
        return None
    there = any(act.by_id == done.by_id for act in submissions)
    if there and (found.option, found.counted_day) == (done.option, done.counted_day):
        return obligation, ()
    return fulfilled_by(obligation, found)


def _is_earlier(obligation: Obligation, before: Obligation) -> bool:
    done, was = obligation.fulfilment, before.fulfilment
    if done is None or was is None:
        return False
    return (done.days_late, done.counted_day) < (was.days_late, was.counted_day)


def _first_enough(
    obligation: Obligation, submissions: Sequence[Submission], *, first: str | None = None
) -> Fulfilment | None:
    """By the option of which enough was received first, of several the one named `first`.

    Of an essay the receipt is asked, also where its mark came later: so nobody is late by the order
    in which a jury marks.
    """
    found: list[tuple[datetime, bool, Fulfilment]] = []
    for option in obligation.planned.options:
        acts = _enough(obligation, option, submissions)
        if acts:
            by = _fulfilment(obligation, option, acts)
            found.append((acts[-1].received_at, option.id != first, by))
    return min(found, key=lambda one: one[:2])[2] if found else None


def _enough(
    obligation: Obligation, option: Option, submissions: Sequence[Submission]
) -> Sequence[Submission]:
    """What was received first of it that makes the option complete, in this order; nothing, where
    all of it does not."""
    unit, kind, zone = obligation.unit, obligation.kind, obligation.zone
    acts = as_counted(option, submissions, unit, kind, zone)
    if completion(option, acts, unit, kind, zone).counted_day is None:
        return ()
    for many in range(1, len(acts)):
        if completion(option, acts[:many], unit, kind, zone).counted_day is not None:
            return acts[:many]
    return acts


def _fulfilment(obligation: Obligation, option: Option, acts: Sequence[Submission]) -> Fulfilment:
    """By the one of them with whose arrival, or mark, everything was there."""
    unit, kind, zone = obligation.unit, obligation.kind, obligation.zone
    known = sorted(acts, key=lambda act: (act.known_at, act.received_at, act.by_id))
    by = next(
        act
        for many, act in enumerate(known, 1)
        if completion(option, known[:many], unit, kind, zone).counted_day is not None
    )
    counted_day = completion(option, acts, unit, kind, zone).counted_day
    assert counted_day is not None  # noqa: S101  # they are enough
    return fulfilment_of(by, option, counted_day)
