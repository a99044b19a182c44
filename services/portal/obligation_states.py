"""How an obligation stands on a day, as a page shows it: a tag, a day, and how urgent it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from services.contracts.reading import read_day

_SOON_DAYS = 7
"""So many days before the last one a page says that it is near."""

State = Literal["overdue", "soon", "open", "late", "done", "waived", "not-owed"]
_ORDER: tuple[State, ...] = ("overdue", "soon", "open", "late", "done", "waived", "not-owed")


@dataclass(frozen=True, slots=True)
class ShownObligation:
    """One obligation of a unit on a page."""

    obligation: Mapping[str, Any]
    """As submissions answers it."""
    state: State
    last_day: date | None
    """The last day in time, of the option that stays open longest; None: not known yet."""
    days: int | None
    """Until then, or since."""


def state_of(obligation: Mapping[str, Any], today: date) -> ShownObligation:
    """How it stands today."""
    days = obligation["last_days"].values()
    last = None if None in days else max(map(read_day, days), default=None)
    left = None if last is None else (last - today).days
    match obligation["status"]:
        case "fulfilled":
            late = obligation["days_late"] or 0
            return ShownObligation(obligation, "late" if late else "done", last, late)
        case "missed":
            return ShownObligation(obligation, "overdue", last, None if left is None else -left)
        case "waived" | "not-owed" as status:
            return ShownObligation(obligation, status, last, None)
    condition = obligation["condition"]
    undecided = condition is not None and condition["holds"] is None
    if left is None or left > _SOON_DAYS or undecided:  # nobody can have missed it
        return ShownObligation(obligation, "open", last, left)
    return ShownObligation(obligation, "overdue" if left < 0 else "soon", last, abs(left))


def by_urgency(shown: Iterable[ShownObligation]) -> list[ShownObligation]:
    """What is overdue first, then what is due first."""
    return sorted(shown, key=lambda one: (_ORDER.index(one.state), one.last_day or date.max))
