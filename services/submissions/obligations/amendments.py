"""What an amendment of a campaign does to one obligation of one unit: one table for all cases.

Pure. An amendment is a later version of the plan and of the units, with a document and a reason. Of
each obligation that a unit has, it is asked what changed (`Change`), and the table says for each
state what follows (`TABLE`, an `Act`). docs/campaigns.md has the same table in words; a test holds
both together, and tries each cell.

Two principles are behind it. Nobody becomes late by an amendment: what was in time stays so, and a
deadline that is over neither begins nor moves backwards. And what was done stays done.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum

from services.contracts.campaign.deadlines import UNKNOWN_DAY, DueAfter
from services.contracts.campaign.obligation_plan import ObligationPlan
from services.contracts.events import ObligationFact
from services.submissions.obligations.new_day import move, reopen
from services.submissions.obligations.obligation import Obligation, Status, Step
from services.submissions.obligations.release import waive


class Change(Enum):
    """What changed for a unit's obligation. In this order where several things did."""

    TAKEN_OUT = "the unit no longer owes it"
    PUT_BACK = "the unit owes it again, after an amendment had taken it out"
    EXEMPTED = "by its new condition the unit does not owe it"
    NOT_EXEMPTED = "by its new condition, or without one, the unit owes it"
    DAY_MOVED = "an option has another last day"
    LONGER = "its last option ends later: more grace, or an option more"
    OTHERWISE = "less grace, an option fewer, other forms or words"


class Act(Enum):
    """What follows."""

    STAYS = "stays as it is"
    FOLLOWS = "has the new terms, without an event"
    RELEASED = "released, as by a waiver"
    RELEASED_IF_LATE = "stays if it was done in time, else released"
    NOT_OWED = "not owed, without an event"
    OPEN = "open, without an event, unless its time is over"
    MOVED = "its deadline moves, as by a document that moves it"
    OPEN_AGAIN = "open again, unless its new time is over too"


_Row = Mapping[Status, Act]

TABLE: Mapping[Change, _Row] = {
    Change.TAKEN_OUT: {
        "open": Act.RELEASED,
        "missed": Act.RELEASED,
        "fulfilled": Act.RELEASED_IF_LATE,
        "waived": Act.STAYS,
        "not-owed": Act.STAYS,
    },
    Change.PUT_BACK: {
        "open": Act.STAYS,
        "missed": Act.STAYS,
        "fulfilled": Act.STAYS,
        "waived": Act.OPEN_AGAIN,
        "not-owed": Act.STAYS,
    },
    Change.EXEMPTED: {
        "open": Act.NOT_OWED,
        "missed": Act.RELEASED,
        "fulfilled": Act.RELEASED_IF_LATE,
        "waived": Act.STAYS,
        "not-owed": Act.STAYS,
    },
    Change.NOT_EXEMPTED: {
        "open": Act.STAYS,
        "missed": Act.STAYS,
        "fulfilled": Act.STAYS,
        "waived": Act.STAYS,
        "not-owed": Act.OPEN,
    },
    Change.DAY_MOVED: {
        "open": Act.MOVED,
        "missed": Act.MOVED,
        "fulfilled": Act.MOVED,
        "waived": Act.FOLLOWS,
        "not-owed": Act.FOLLOWS,
    },
    Change.LONGER: {
        "open": Act.FOLLOWS,
        "missed": Act.OPEN_AGAIN,
        "fulfilled": Act.FOLLOWS,
        "waived": Act.FOLLOWS,
        "not-owed": Act.FOLLOWS,
    },
    Change.OTHERWISE: {
        "open": Act.FOLLOWS,
        "missed": Act.FOLLOWS,
        "fulfilled": Act.FOLLOWS,
        "waived": Act.FOLLOWS,
        "not-owed": Act.FOLLOWS,
    },
}
"""Every status for every change. Who was released by a waiver of the Board is never `PUT_BACK`."""


@dataclass(frozen=True, slots=True)
class Notice:
    """By what, and when, a campaign is amended."""

    version: int
    """Of the campaign, from now on."""
    document: str
    reason: str
    at: datetime
    """Aware, in the campaign's zone."""
    account: str | None = None
    """Who entered it; None: it is followed from the topic, which names no account."""


@dataclass(frozen=True, slots=True)
class Terms:
    """One obligation as the amended plan has it, with the deadlines that hold now."""

    planned: ObligationPlan
    moves: tuple[tuple[str, date | DueAfter], ...]
    """Options that have another last day than before, with it; or after what it comes."""
    deadline_version: int
    """Before the amendment."""
    next_version: int
    """After it: one more for each move."""


def changes_of(
    obligation: Obligation,
    terms: Terms | None,
    *,
    owed: bool,
    exempt: bool,
    condition_changed: bool,
    by_waiver: bool,
) -> Iterator[Change]:
    """What an amendment changes for this obligation.

    `terms`: None where the plan no longer has it. `owed`: the unit is one of those whom the plan
    asks. `exempt`: its condition frees the unit. `by_waiver`: the Board released this unit.
    """
    if terms is None or not owed:
        yield Change.TAKEN_OUT
    elif obligation.status == "waived" and not by_waiver and not exempt:
        yield Change.PUT_BACK
    if condition_changed and owed:
        yield Change.EXEMPTED if exempt else Change.NOT_EXEMPTED
    if terms is None:
        return
    if terms.moves:
        yield Change.DAY_MOVED
    moved = obligation.planned.with_deadlines(
        {option.id: option.due for option in terms.planned.options}
    )
    ends, ended = (
        planned.last_option.last_reporting_day or UNKNOWN_DAY for planned in (terms.planned, moved)
    )
    yield Change.LONGER if ends > ended else Change.OTHERWISE


def amended(
    obligation: Obligation,
    change: Change,
    terms: Terms | None,
    notice: Notice,
) -> Step:
    """The obligation after one change, and the facts about it."""
    act = TABLE[change][obligation.status]
    if act is Act.RELEASED_IF_LATE:
        late = obligation.fulfilment is not None and obligation.fulfilment.days_late > 0
        act = Act.RELEASED if late else Act.STAYS
    step: Step = obligation, ()
    if act is Act.RELEASED:
        document, reason = notice.document, notice.reason
        step = waive(obligation, document=document, reason=reason, now=notice.at)
    elif act is Act.NOT_OWED:
        step = replace(obligation, status="not-owed"), ()
    elif terms is not None:
        if act is Act.OPEN and not terms.planned.is_over(notice.at, obligation.zone):
            step = replace(obligation, status="open"), ()
        elif act is Act.MOVED:
            step = _moved(obligation, terms, notice)
        elif act is Act.OPEN_AGAIN:
            step = _open_again(obligation, terms, notice)
        elif act is Act.FOLLOWS:
            step = _following(obligation, terms), ()
    return step


def _moved(obligation: Obligation, terms: Terms, notice: Notice) -> Step:
    """Each option that moves, under a deadline version of its own."""
    facts: list[ObligationFact] = []
    version = terms.deadline_version
    for option, day in terms.moves:
        version = min(version + 1, terms.next_version)
        if all(each.id != option for each in obligation.planned.options):
            continue  # it is new for this unit
        obligation, made = move(
            obligation,
            option,
            day,
            deadline_version=version,
            document=notice.document,
            reason=notice.reason,
            now=notice.at,
        )
        facts += made
    return obligation, tuple(facts)


def _open_again(obligation: Obligation, terms: Terms, notice: Notice) -> Step:
    following = _following(obligation, terms)
    over = following.planned.is_over(notice.at, following.zone)
    if over and following.fulfilment is None:
        return following, ()
    return reopen(following, document=notice.document, reason=notice.reason, now=notice.at)


def _following(obligation: Obligation, terms: Terms) -> Obligation:
    """Under the new terms. The option by which it was fulfilled stays known."""
    planned = terms.planned
    done = obligation.fulfilment
    if done and all(option.id != done.option for option in planned.options):
        options = (*planned.options, obligation.option(done.option))
        planned = planned.model_copy(update={"options": options})
    return replace(obligation, planned=planned, deadline_version=terms.next_version)
