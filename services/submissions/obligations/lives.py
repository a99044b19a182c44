"""What a unit owes, told once more from its own acts: where a succession is taken back.

Pure. While units go on, each act changes the obligation that there is. When an amendment takes a
merger back or names another successor, what came from the others goes, and what the unit did itself
stays; so its obligation is made anew out of what it sent, what it was released from, and whom it
still takes over from with what these sent, in the order of time, under the terms that hold now
(`Life.replayed`). Then `brought_to` says which facts lead from what was published to that.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from services.contracts.campaign.deadlines import start_of
from services.submissions.obligations.amendments import Notice
from services.submissions.obligations.condition import decided
from services.submissions.obligations.counting import fulfil_in_order
from services.submissions.obligations.fulfil import carry_fulfilment, fulfil
from services.submissions.obligations.miss import miss
from services.submissions.obligations.new_day import reopen
from services.submissions.obligations.obligation import FULFILLABLE, Obligation, Step
from services.submissions.obligations.release import waive
from services.submissions.obligations.submission import Submission
from services.submissions.obligations.successions import passed_on


@dataclass(frozen=True, slots=True)
class Release:
    """The Board released a unit."""

    at: datetime
    document: str
    reason: str


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What a unit took over of one obligation on a day."""

    day: date
    best: Obligation | None
    """None: nobody left it."""
    release: Release | None
    """By which the best one was released, where it was."""
    begins: bool
    """Whether the unit begins with the day."""
    exempt: bool = False
    """Whether one that ended had sent what makes nothing owed (`no_essays_by`)."""


@dataclass(frozen=True, slots=True)
class Life:
    """One obligation of one unit, and all that happened to it."""

    blank: Obligation
    """Open under the terms of now, or not owed by its condition `no_essays_by`."""
    owed: bool
    """Whether the plan asks it of the unit itself."""
    acts: Sequence[Submission]
    """What the unit itself sent."""
    release: Release | None
    taken: Sequence[TakenOver]
    together: Callable[[datetime], Sequence[Submission]]
    """What counts for the unit at a moment: what it sent until then, and those that it had taken
    over from."""
    until: datetime
    """Now, or the end of the unit."""
    decided_at: datetime | None = None
    """When its condition was decided, to what `blank.held` says; None: it has none with a `when`,
    or is not decided."""

    def replayed(self) -> Obligation | None:
        """As it is after all of it; None: the unit does not owe it."""
        moments: list[tuple[datetime, int, Submission | Release | TakenOver | None]] = [
            *((act.known_at, 0, act) for act in self.acts),
            *((start_of(one.day, self.blank.zone), 1, one) for one in self.taken),
        ]
        if self.decided_at is not None:
            moments.append((self.decided_at, -1, None))
        if self.release is not None:
            moments.append((self.release.at, 2, self.release))
        state = self.blank if self.owed else None
        for at, _, what in sorted(moments, key=lambda one: one[:2]):
            if state is not None:
                state = miss(state, at)[0]
            if what is not None:
                state = self._after(state, what)
            elif state is not None:
                state = decided(state, held=self.blank.held is not False)
        state = state and miss(state, self.until)[0]
        if state is None or state.status not in FULFILLABLE or not state.planned.counts_acts:
            return state
        # By a mark that came when the unit had taken over already.
        return fulfil_in_order(state, self.together(self.until))[0]

    def _after(
        self, state: Obligation | None, what: Submission | Release | TakenOver
    ) -> Obligation | None:
        if isinstance(what, TakenOver):
            return self._taken_over(state, what)
        if state is None or state.status in ("waived", "not-owed"):
            return state
        if isinstance(what, Submission):
            if state.planned.counts_acts:
                return fulfil_in_order(state, self.together(what.known_at))[0]
            return fulfil(state, what)[0]
        return waive(state, document=what.document, reason=what.reason, now=what.at)[0]

    def _taken_over(self, state: Obligation | None, what: TakenOver) -> Obligation | None:
        """As `pass_on.py` does it on the day: what they left, then what was sent."""
        now = start_of(what.day, self.blank.zone)
        if what.best is not None:
            document, reason = (
                (what.release.document, what.release.reason) if what.release else ("", "")
            )
            step = passed_on(
                what.best,
                state,
                replace(self.blank, status="open"),
                begins=what.begins,
                document=document,
                reason=reason,
                now=now,
            )
            state = step[0] if step else state
        if state is None or state.status not in FULFILLABLE:
            return state
        if what.exempt and state.status == "open":
            return replace(state, status="not-owed")
        return fulfil_in_order(state, self.together(now))[0]


def brought_to(stored: Obligation, target: Obligation | None, notice: Notice) -> Step:
    """The stored obligation as it is to be, and the facts about what changes.

    What is open once more is so by the amendment's document, like a deadline that moved; nobody
    misses one version of a deadline twice.
    """
    if target is None or target.status == "not-owed":
        return _not_owed(stored, target, notice)
    now = replace(
        stored,
        planned=target.planned,
        deadline_version=target.deadline_version,
        fulfilment=None,
        held=target.held,
    )
    if (stored.status, _deed(stored)) == (target.status, _deed(target)):
        return replace(now, fulfilment=target.fulfilment), ()
    if target.status == "waived":
        owed = replace(now, status="open", fulfilment=stored.fulfilment)
        return waive(owed, document=notice.document, reason=notice.reason, now=notice.at)
    if target.fulfilment is not None:
        return carry_fulfilment(now, target, target.fulfilment)
    step: Step = replace(now, status="open"), ()
    if stored.status not in ("open", "not-owed"):
        step = reopen(now, document=notice.document, reason=notice.reason, now=notice.at)
    missed, misses = miss(step[0], notice.at)
    return missed, (*step[1], *misses)


def _not_owed(stored: Obligation, target: Obligation | None, notice: Notice) -> Step:
    if stored.status in ("waived", "not-owed"):
        return stored, ()
    if stored.status == "open" and target is not None:
        return replace(stored, status="not-owed", held=target.held), ()
    return waive(stored, document=notice.document, reason=notice.reason, now=notice.at)


def _deed(obligation: Obligation) -> object:
    done = obligation.fulfilment
    return done and (done.by_id, done.days_late)
