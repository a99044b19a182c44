"""One obligation of one unit as a value: what it is now, and what each act makes of it.

Pure: the verbs `fulfil`, `miss`, `move`, `waive` take a state and return the next one with the
facts to say. Late is not never: a missed obligation can still be fulfilled, and both count. Every
fact that changes the status raises `version` by one, so that the highest version says how the
obligation stands whatever the order of arrival.

Source of the rules: Notice 251/BTĐ-NV2 of 5 June 2020, and docs/decisions/0050 to 0053.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from services.contracts.campaign.deadlines import Deadline, local_day
from services.contracts.campaign.plan import Form, ObligationPlan, Option
from services.contracts.events import (
    DeadlineApproaching,
    DeadlineMissed,
    DeadlineMoved,
    ObligationFact,
    ObligationFulfilled,
    ObligationWaived,
)

Status: TypeAlias = Literal["open", "fulfilled", "missed", "waived", "not-owed"]
"""`not-owed`: the condition that would have made it owed did not come true (D5)."""
FULFILLABLE: tuple[Status, ...] = ("open", "missed")
Cause: TypeAlias = Literal[
    "essay-submitted", "conference-reported", "contest-reported", "ceremony-reported"
]
"""The event that can fulfil an obligation."""


class AlreadyFulfilledError(Exception):
    """A second report of one kind: the first stands (docs/submissions.md)."""


class AlreadyWaivedError(Exception):
    """The unit was released from this obligation before."""


class SameDeadlineError(Exception):
    """A move to the day that the deadline of a unit that owes it has already."""


class UnknownOptionError(Exception):
    """The obligation has no such alternative, or none that this kind of report fulfils."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What a unit did about an obligation: a report or an essay, stored or about to be."""

    by: Cause
    by_id: UUID
    received_at: datetime
    """Arrival of the request, aware: a slow commit makes nobody late."""
    form: Form | None = None
    held_on: date | None = None
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Fulfilment:
    """By what an obligation was fulfilled: enough to say it again under another deadline."""

    option: str
    by: Cause
    by_id: UUID
    counted_day: date
    fulfilled_at: datetime
    days_late: int
    simulated: bool


@dataclass(frozen=True, slots=True)
class Owed:
    """State of one (unit, obligation)."""

    campaign: str
    unit: str
    duty: ObligationPlan
    """What the plan asks, with the deadlines it has now: later notices are in it."""
    zone: ZoneInfo
    status: Status = "open"
    version: int = 1
    deadline_version: int = 1
    fulfilment: Fulfilment | None = None

    @property
    def id(self) -> str:
        """Id of the obligation, e.g. D6."""
        return self.duty.id

    @property
    def missed_at(self) -> datetime:
        """The instant from which it is missed, if it is still open then."""
        return self.duty.missed_at(self.zone)

    def option(self, option_id: str) -> Option:
        """The option of that id. Raises UnknownOptionError."""
        try:
            return self.duty.option(option_id)
        except KeyError:
            raise UnknownOptionError(option_id) from None


Step: TypeAlias = tuple[Owed, tuple[ObligationFact, ...]]
"""The next state, and the facts that say how it came about."""


def fulfil(state: Owed, deed: Deed) -> Step:
    """The unit did what it owed, in time or late.

    A deed that arrives when the deadline has passed and the deadline clock has not yet said so says
    the miss too, first: both are facts, whichever of the two looks at the obligation sooner. A
    waived or not owed obligation takes the deed without a word. Raises AlreadyFulfilledError for a
    second deed, UnknownOptionError when no option is fulfilled by a deed of this kind.
    """
    if state.status in ("waived", "not-owed"):
        return state, ()
    condition = state.duty.only_if
    if condition and local_day(deed.received_at, state.zone) <= condition.no_essays_by:
        # Sent in time to owe nothing. After a fulfilment that is late knowledge, and changes none.
        return (replace(state, status="not-owed") if state.status == "open" else state), ()
    if state.fulfilment:
        raise AlreadyFulfilledError(state.id)
    fulfilment = _fulfilment(state, deed)
    state, missed = miss(state, deed.received_at, simulated=deed.simulated)
    done, said = _say_fulfilled(state, fulfilment)
    return done, (*missed, *said)


def fulfil_by_another(state: Owed, deed: Deed) -> Step:
    """What fulfilled it was taken back, and another deed stands in its place.

    Raises UnknownOptionError. A state without a fulfilment stays as it is.
    """
    if state.status != "fulfilled":
        return state, ()
    return _say_fulfilled(state, _fulfilment(state, deed))


def owe_after_all(state: Owed, now: datetime) -> Owed:
    """The essay that made nothing owed was taken back while the condition's day still ran."""
    condition = state.duty.only_if
    if state.status != "not-owed" or condition is None:
        return state
    still = local_day(now, state.zone) <= condition.no_essays_by
    return replace(state, status="open") if still else state


def miss(state: Owed, now: datetime, *, simulated: bool = False) -> Step:
    """Time has passed: an open obligation whose last option has ended is missed, once.

    Returns the state unchanged, without a fact, when it is not open or not yet time.
    """
    if state.status != "open" or now < state.missed_at:
        return state, ()
    new = replace(state, status="missed", version=state.version + 1)
    fact = DeadlineMissed(
        campaign=new.campaign,
        unit=new.unit,
        simulated=simulated,
        obligation=new.id,
        version=new.version,
        deadline_version=new.deadline_version,
        last_good_day=new.duty.last_option.last_good_day,
        missed_at=new.missed_at,
    )
    return new, (fact,)


def move(
    state: Owed,
    option_id: str,
    last_good_day: date,
    *,
    notice: str,
    reason: str,
    now: datetime,
    simulated: bool = False,
) -> Step:
    """A later notice gives one option another last good day; the deadline gets its next version.

    Fulfilled: lateness is judged again under the new day, and said again. Missed: open again; when
    the new day is over too, `miss` says so for the new version. Waived or not owed: the deadline
    follows without a fact, because essays are still measured by it and what is not owed may yet be
    owed again. Raises UnknownOptionError, and SameDeadlineError for a unit that owes it.
    """
    old = state.option(option_id)
    duty = state.duty.with_deadlines({option_id: Deadline(date=last_good_day, included=True)})
    if state.status in ("waived", "not-owed"):
        return replace(state, duty=duty, deadline_version=state.deadline_version + 1), ()
    if old.last_good_day == last_good_day:
        raise SameDeadlineError(option_id)
    new = replace(
        state,
        duty=duty,
        status="open" if state.status == "missed" else state.status,
        version=state.version + 1,
        deadline_version=state.deadline_version + 1,
    )
    moved = DeadlineMoved(
        campaign=new.campaign,
        unit=new.unit,
        simulated=simulated,
        obligation=new.id,
        version=new.version,
        deadline_version=new.deadline_version,
        way=option_id,
        previous_last_good_day=old.last_good_day,
        last_good_day=last_good_day,
        notice=notice,
        reason=reason,
        moved_at=now,
    )
    if new.fulfilment is None:
        return new, (moved,)
    done = new.fulfilment
    judged_again = replace(done, days_late=new.option(done.option).days_late(done.counted_day))
    again, said = _say_fulfilled(new, judged_again)
    return again, (moved, *said)


def waive(state: Owed, *, notice: str, reason: str, now: datetime, simulated: bool = False) -> Step:
    """The Board releases the unit; nothing fires any more, and what was late counts no more.

    Raises AlreadyWaivedError; so does an obligation that the unit does not owe.
    """
    if state.status in ("waived", "not-owed"):
        raise AlreadyWaivedError(state.id)
    new = replace(state, status="waived", version=state.version + 1)
    fact = ObligationWaived(
        campaign=new.campaign,
        unit=new.unit,
        simulated=simulated,
        obligation=new.id,
        version=new.version,
        deadline_version=new.deadline_version,
        notice=notice,
        reason=reason,
        waived_at=now,
    )
    return new, (fact,)


def remind(
    state: Owed,
    option_id: str,
    distance: int,
    distances: tuple[int, ...],
    now: datetime,
    *,
    simulated: bool = False,
) -> DeadlineApproaching | None:
    """The reminder `distance` days before an option's end, or None when it would mean nothing now.

    A day counts from its start, today included: distance 1 is the last good day itself. None when
    the obligation is not open, the option's last good day is over, the distance is not yet reached,
    or a nearer distance is reached too (after a downtime only the nearest one speaks).
    """
    if state.status != "open":
        return None
    option = state.option(option_id)
    days_left = (option.last_good_day - local_day(now, state.zone)).days + 1
    reached = [each for each in distances if each >= days_left]
    if days_left < 1 or not reached or min(reached) != distance:
        return None
    return DeadlineApproaching(
        campaign=state.campaign,
        unit=state.unit,
        simulated=simulated,
        obligation=state.id,
        version=state.version,
        deadline_version=state.deadline_version,
        way=option.id,
        last_good_day=option.last_good_day,
        days_left=days_left,
        noticed_at=now,
    )


def _fulfilment(state: Owed, deed: Deed) -> Fulfilment:
    option = state.duty.option_for(deed.by, deed.form)
    if option is None:
        raise UnknownOptionError(f"{deed.by} {deed.form or ''}".strip())
    counted = local_day(deed.received_at, state.zone)
    if option.counted_by == "held-on" and deed.held_on is not None:
        counted = deed.held_on
    return Fulfilment(
        option=option.id,
        by=deed.by,
        by_id=deed.by_id,
        counted_day=counted,
        fulfilled_at=deed.received_at,
        days_late=option.days_late(counted),
        simulated=deed.simulated,
    )


def _say_fulfilled(state: Owed, fulfilment: Fulfilment) -> Step:
    new = replace(state, status="fulfilled", version=state.version + 1, fulfilment=fulfilment)
    fact = ObligationFulfilled(
        campaign=new.campaign,
        unit=new.unit,
        simulated=fulfilment.simulated,
        obligation=new.id,
        version=new.version,
        deadline_version=new.deadline_version,
        way=fulfilment.option,
        by=fulfilment.by,
        by_id=fulfilment.by_id,
        counted_day=fulfilment.counted_day,
        last_good_day=new.option(fulfilment.option).last_good_day,
        days_late=fulfilment.days_late,
        fulfilled_at=fulfilment.fulfilled_at,
    )
    return new, (fact,)
