"""When a deadline fires: the instants of an obligation's reminders and of its miss.

A miss is due at 00:00, local time, of the day after last_day + reporting_grace_days of the option
that ends last, and is looked at grace_seconds later (SUBMISSIONS_GRACE_SECONDS, 60). A reminder of
distance n is due at 00:00 of the day n - 1 days before last_day: of distance 1 on the last day.

Pure. A timer is a hint and decides nothing: when it is due, the deadline clock asks the obligation
itself (`remind`, `miss`), so a timer that is stale does no harm.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.contracts.campaign.deadlines import start_of
from services.contracts.campaign.obligation_plan import Option
from services.submissions.obligations.obligation import Obligation

MISS = 0
"""Distance of the timer that looks for a miss; a reminder's distance is at least one day."""


@dataclass(frozen=True, slots=True)
class Due:
    """Look at this obligation at this instant."""

    unit: str
    obligation: str
    deadline_version: int
    option: str
    distance: int
    """Days before the end of the last day, today included; 0 is the miss."""
    due_at: datetime


def timers_of(obligation: Obligation, distances: Iterable[int]) -> list[Due]:
    """All timers of one obligation under the deadlines it has now."""

    def timer(option: Option, distance: int, due_at: datetime) -> Due:
        unit, version = obligation.unit, obligation.deadline_version
        return Due(unit, obligation.id, version, option.id, distance, due_at)

    planned = obligation.planned
    missed_at = obligation.missed_at
    found = [] if missed_at is None else [timer(planned.last_option, MISS, missed_at)]
    for option in planned.options:
        if option.last_day is None:
            continue
        for distance in sorted(set(distances), reverse=True):
            day = option.last_day - timedelta(days=distance - 1)
            if planned.only_if and day <= planned.only_if.day:
                continue  # not yet known to be owed
            found.append(timer(option, distance, start_of(day, obligation.zone)))
    return found
