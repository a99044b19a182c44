"""When an obligation is to be looked at: its reminders and its miss, as instants.

Pure. A timer is a hint and decides nothing: when it is due, the obligation itself is asked
(`obligations.remind`, `obligations.miss`), so a timer that is stale does no harm.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.contracts.campaign.deadlines import start_of
from services.submissions.obligations.obligation import Owed

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
    """Days before the end of the last good day, today included; 0 is the miss."""
    due_at: datetime


def timers_of(state: Owed, distances: Iterable[int]) -> list[Due]:
    """All timers of one obligation under the deadlines it has now."""
    last = state.duty.last_option
    found = [
        Due(state.unit, state.id, state.deadline_version, last.id, MISS, state.missed_at),
    ]
    for option in state.duty.options:
        for distance in sorted(set(distances), reverse=True):
            day = option.last_good_day - timedelta(days=distance - 1)
            if state.duty.only_if and day <= state.duty.only_if.no_essays_by:
                continue  # not yet known to be owed
            due_at = start_of(day, state.zone)
            found.append(
                Due(state.unit, state.id, state.deadline_version, option.id, distance, due_at)
            )
    return found
