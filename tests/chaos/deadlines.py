"""Which deadlines were missed in a run, from what units did and when the clock moved. Pure.

The obligations' own verbs are applied to the reports and essays on the topics in the order of their
arrival: neither the table of obligations nor the published misses are looked at.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.deadlines import local_day, start_of
from services.contracts.campaign.obligation_plan import ObligationPlan
from services.contracts.envelope import Event
from services.contracts.events import (
    CeremonyReported,
    ConferenceReported,
    ContestReported,
    DeadlineMissed,
    EssaySubmitted,
    EssayWithdrawn,
    ObligationFact,
)
from services.submissions.obligations.condition import reinstate
from services.submissions.obligations.fulfil import fulfil, replace_submission
from services.submissions.obligations.miss import miss
from services.submissions.obligations.new_day import move
from services.submissions.obligations.obligation import Obligation, Step
from services.submissions.obligations.owing import asked_of
from services.submissions.obligations.release import owe_again
from services.submissions.obligations.submission import Submission
from tests.chaos.evidence import Miss
from tests.chaos.schedule import MOVE


class Moved(NamedTuple):
    """The simulated clock was moved."""

    to: datetime
    asked_at: datetime
    """Wall clock: before this no replica can have known."""


@dataclass
class Submissions:
    """What units did about their obligations, by the facts on the topics."""

    by_unit: defaultdict[str, list[tuple[Submission, datetime]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """With the wall-clock time at which it was being stored."""
    withdrawn: dict[UUID, datetime] = field(default_factory=dict)
    """Essays that were taken back, and when."""

    def note(self, event: Event) -> None:
        """Take a fact, each once; those of other types are passed over."""
        fact = event.data
        match fact:
            case EssayWithdrawn():
                self.withdrawn[fact.essay_id] = fact.withdrawn_at
                return
            case EssaySubmitted():
                submission = Submission("essay-submitted", fact.essay_id, fact.submitted_at)
            case ConferenceReported():
                submission = Submission(
                    "conference-reported",
                    fact.report_id,
                    fact.reported_at,
                    form=fact.form,
                    acted_on=fact.held_on,
                )
            case ContestReported():
                submission = Submission("contest-reported", fact.report_id, fact.reported_at)
            case CeremonyReported():
                submission = Submission("ceremony-reported", fact.report_id, fact.reported_at)
            case _:
                return
        self.by_unit[fact.unit].append((submission, event.recordedtime))


class Misses(NamedTuple):
    """What must have been published, and what may have been published as well."""

    must: set[Miss]
    may: set[Miss]
    """The submission arrived in time and was stored when the clock had moved on (decision 0053)."""


def misses(campaign: Campaign, submissions: Submissions, calendar: Sequence[Moved]) -> Misses:
    """All that was missed when the clock had moved to its last day."""
    found = Misses(set(), set())
    for planned in campaign.plan.obligations:
        for unit in asked_of(campaign, planned):
            state = Obligation(campaign.plan.campaign, unit, planned, campaign.plan.zone)
            done = [one for one in submissions.by_unit[unit] if _is_about(planned, one[0])]
            found.must.update(
                _missed(state, [submission for submission, _ in done], submissions, calendar)
            )
            in_time = [
                submission
                for submission, stored_at in done
                if not _overtaken(submission, stored_at, calendar)
            ]
            found.may.update(_missed(state, in_time, submissions, calendar))
    return found


def _is_about(planned: ObligationPlan, submission: Submission) -> bool:
    return planned.option_for(submission.by, submission.form) is not None


def _overtaken(submission: Submission, stored_at: datetime, calendar: Sequence[Moved]) -> bool:
    """Whether the clock had begun to move on from its arrival when it was being stored."""
    return any(
        submission.received_at < moved.to and moved.asked_at <= stored_at for moved in calendar
    )


def _missed(
    state: Obligation,
    submissions: Iterable[Submission],
    known: Submissions,
    calendar: Sequence[Moved],
) -> Iterator[Miss]:
    published: list[ObligationFact] = []
    standing: dict[UUID, Submission] = {}
    for at, act in _in_order(state, submissions, known, calendar):
        facts: tuple[ObligationFact, ...] = ()
        match act:
            case Submission():
                standing[act.by_id] = act
                if state.status in ("open", "missed"):
                    state, facts = fulfil(state, replace(act, received_at=at))
            case UUID():
                standing.pop(act, None)
                state, facts = _taken_back(state, act, standing, at)
            case str():
                version = state.deadline_version + 1
                state, facts = move(
                    state, act, MOVE.to, deadline_version=version, document="-", reason="-", now=at
                )
            case None:
                state, facts = miss(state, at)
        published += facts
    return (
        (fact.unit, fact.obligation, fact.deadline_version)
        for fact in published
        if isinstance(fact, DeadlineMissed)
    )


def _taken_back(
    state: Obligation, essay: UUID, standing: Mapping[UUID, Submission], at: datetime
) -> Step:
    """Another essay takes its place, or it is owed again, and missed where its time is over."""
    if state.fulfilment is None or state.fulfilment.by_id != essay:
        return (state if standing else reinstate(state, at)), ()
    condition = state.planned.only_if
    for other in standing.values():
        if condition is None or local_day(other.received_at, state.zone) > condition.no_essays_by:
            return replace_submission(state, other)
    version = state.deadline_version + 1
    state, _ = owe_again(
        state,
        "essay-withdrawn",
        deadline_version=version,
        document=None,
        reason="-",
        now=at,
    )
    return miss(state, at)


_Act = Submission | UUID | str | None
"""A submission; an essay that was taken back; an option whose deadline moves; the time."""


def _in_order(
    state: Obligation,
    submissions: Iterable[Submission],
    known: Submissions,
    calendar: Sequence[Moved],
) -> list[tuple[datetime, _Act]]:
    """By time; what comes at one instant: submissions, then what takes them back, then the rest."""
    acts: list[tuple[datetime, int, _Act]] = []
    for submission in submissions:
        acts.append((submission.received_at, 1, submission))
        if submission.by_id in known.withdrawn:
            acts.append((known.withdrawn[submission.by_id], 2, submission.by_id))
    options = {option.id for option in state.planned.options}
    for moved in calendar:
        acts.append((moved.to, 0, None))
        if MOVE.option in options and moved.to >= start_of(MOVE.on, state.zone):
            acts.append((moved.to, 3, MOVE.option))
            options.clear()
    acts.sort(key=lambda act: act[:2])
    return [(at.astimezone(state.zone), act) for at, _, act in acts]


def day_of(moved: str) -> datetime:
    """The instant to which the calendar moves the clock on that day."""
    return datetime.fromisoformat(f"{moved}T08:00:00+07:00").astimezone(UTC)
