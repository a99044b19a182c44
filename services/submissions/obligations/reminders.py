"""The reminder before an option's end, as a fact. Pure."""

from datetime import datetime

from services.contracts.campaign.deadlines import local_day
from services.contracts.events import DeadlineApproaching
from services.submissions.obligations.obligation import Obligation


def remind(
    obligation: Obligation,
    option_id: str,
    distance: int,
    distances: tuple[int, ...],
    now: datetime,
    *,
    simulated: bool = False,
) -> DeadlineApproaching | None:
    """The reminder `distance` days before an option's end, or None when it would mean nothing now.

    A day counts from its start, today included: distance 1 is the last day itself. None when
    the obligation is not open or not yet known to be owed, the option's last day is over or not
    known yet, the distance is not yet reached, or a nearer distance is reached too (after a
    downtime only the nearest one is published).
    """
    if obligation.status != "open" or obligation.is_undecided:
        return None
    option = obligation.option(option_id)
    if option.last_day is None:
        return None
    days_left = (option.last_day - local_day(now, obligation.zone)).days + 1
    reached = [each for each in distances if each >= days_left]
    if days_left < 1 or not reached or min(reached) != distance:
        return None
    return DeadlineApproaching(
        campaign=obligation.campaign,
        unit=obligation.unit,
        simulated=simulated,
        obligation=obligation.id,
        version=obligation.version,
        deadline_version=obligation.deadline_version,
        option=option.id,
        last_day=option.last_day,
        days_left=days_left,
        noticed_at=now,
    )
