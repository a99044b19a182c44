"""What a unit that takes over from others owes: one table for all cases.

Pure. When units end, their successor gets of each obligation the best of what they left (`LEFT`,
the best first), and the table says for each state of its own what follows (`TABLE`, an
`Inherited`). docs/campaigns.md has the same table in words; a test holds both together, and tries
each cell.

Two principles are behind it. What was done before counts for the successor, by its own facts, so
that nothing counts twice; and nobody becomes late by a merger: where the successor has an
obligation of its own, a miss of those before it changes nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from enum import Enum
from typing import Literal, TypeAlias

from services.submissions.obligations.fulfil import carry_fulfilment
from services.submissions.obligations.miss import miss
from services.submissions.obligations.obligation import Obligation, Status, Step
from services.submissions.obligations.release import waive

_NEVER = datetime.max.replace(tzinfo=UTC)

LEFT: tuple[Status, ...] = ("fulfilled", "not-owed", "open", "missed", "waived")
"""Of several obligations that units left, the first of these that there is: so one is waived only
where all were."""

Own: TypeAlias = Literal["none", "new", "open", "fulfilled", "missed", "waived", "not-owed"]
"""The successor's own: `none`, it never owed this; `new`, it is open, and the unit begins with the
day on which it takes over; else its status."""


class Inherited(Enum):
    """What follows for the successor."""

    STAYS = "stays as it is"
    FULFILLED = "fulfilled, as the least late of those who left it"
    IF_LESS_LATE = "fulfilled as they did, where that was less late"
    NOT_OWED = "not owed"
    WAIVED = "released, as they were"
    OPEN = "open, with their deadline"
    MISSED = "missed, as they did"


TABLE: Mapping[Status, Mapping[Own, Inherited]] = {
    "fulfilled": {
        "none": Inherited.FULFILLED,
        "new": Inherited.FULFILLED,
        "open": Inherited.FULFILLED,
        "fulfilled": Inherited.IF_LESS_LATE,
        "missed": Inherited.FULFILLED,
        "waived": Inherited.STAYS,
        "not-owed": Inherited.STAYS,
    },
    "not-owed": {
        "none": Inherited.NOT_OWED,
        "new": Inherited.NOT_OWED,
        "open": Inherited.NOT_OWED,
        "fulfilled": Inherited.STAYS,
        "missed": Inherited.STAYS,
        "waived": Inherited.STAYS,
        "not-owed": Inherited.STAYS,
    },
    "open": {
        "none": Inherited.OPEN,
        "new": Inherited.STAYS,
        "open": Inherited.STAYS,
        "fulfilled": Inherited.STAYS,
        "missed": Inherited.STAYS,
        "waived": Inherited.STAYS,
        "not-owed": Inherited.STAYS,
    },
    "missed": {
        "none": Inherited.MISSED,
        "new": Inherited.STAYS,
        "open": Inherited.STAYS,
        "fulfilled": Inherited.STAYS,
        "missed": Inherited.STAYS,
        "waived": Inherited.STAYS,
        "not-owed": Inherited.STAYS,
    },
    "waived": {
        "none": Inherited.WAIVED,
        "new": Inherited.WAIVED,
        "open": Inherited.STAYS,
        "fulfilled": Inherited.STAYS,
        "missed": Inherited.STAYS,
        "waived": Inherited.STAYS,
        "not-owed": Inherited.STAYS,
    },
}
"""What was left, then the successor's own."""


def best_left(left: Iterable[Obligation]) -> Obligation | None:
    """Of one obligation what the successor gets; None where nobody left it."""
    return min(left, key=_place, default=None)


def own_state(own: Obligation | None, *, begins: bool) -> Own:
    """The column of the table. `begins`: whether the unit begins with the day."""
    if own is None:
        return "none"
    return "new" if begins and own.status == "open" else own.status


def passed_on(
    best: Obligation,
    own: Obligation | None,
    blank: Obligation,
    *,
    begins: bool,
    document: str,
    reason: str,
    now: datetime,
) -> Step | None:
    """The successor's obligation after it took over, and the facts about it; None: nothing changes.

    `blank` is the successor's, open under the terms that hold now, where it never owed this.
    `document` and `reason` are those by which the best one was released, where it was.
    """
    act = TABLE[best.status][own_state(own, begins=begins)]
    if act is Inherited.STAYS:
        return None
    taken = own or blank
    if act in (Inherited.FULFILLED, Inherited.IF_LESS_LATE):
        done = best.fulfilment
        if done is None or (
            act is Inherited.IF_LESS_LATE
            and taken.fulfilment is not None
            and taken.fulfilment.days_late <= done.days_late
        ):
            return None
        return carry_fulfilment(taken, best, done)
    if act is Inherited.NOT_OWED:
        return replace(taken, status="not-owed", held=best.held), ()
    if act is Inherited.WAIVED:
        return waive(taken, document=document, reason=reason, now=now)
    return miss(taken, now) if act is Inherited.MISSED else (taken, ())


def _place(obligation: Obligation) -> tuple[int, int, datetime, str]:
    done = obligation.fulfilment
    late, at = (done.days_late, done.fulfilled_at) if done else (0, obligation.missed_at or _NEVER)
    return LEFT.index(obligation.status), late, at, obligation.unit
