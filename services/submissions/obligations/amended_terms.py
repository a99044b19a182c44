"""What an amendment changes of an obligation's terms: its days, for all units and for single ones.

Pure. A day that only a document moved stays, unless the plan's own day is another one now.
"""

from collections.abc import Sequence
from datetime import date
from typing import TypeAlias

from services.contracts.campaign.deadlines import Deadline, DueAfter
from services.contracts.campaign.obligation_plan import ObligationPlan
from services.contracts.campaign.plan import Plan
from services.submissions.obligations.amendment_rules import with_kept_days
from services.submissions.obligations.amendments import Terms
from services.submissions.obligations.awaited import Happened, with_known_days

Move: TypeAlias = tuple[str, date, date]
"""An option that has another last day: the former and the new one, UNKNOWN_DAY for none yet."""


def planned_in(plan: Plan, name: str) -> ObligationPlan | None:
    """The obligation as a plan has it; None: it has none."""
    return next((planned for planned in plan.obligations if planned.id == name), None)


def terms_for_all(target: ObligationPlan, moves: Sequence[Move], version: int) -> Terms:
    """As they are for units about which the Board gave no orders of their own. `version`: of the
    deadline before the amendment."""
    return Terms(target, dues(target, moves), version, version + len(moves))


def planned_for_unit(
    before: ObligationPlan | None,
    held: ObligationPlan | None,
    after: ObligationPlan,
    today: date,
    *,
    happened: Happened,
    closes: date,
) -> tuple[ObligationPlan, list[Move]]:
    """Of a unit that has days of its own, which `held` has: they stay, but where the plan's own day
    is another one now, and that does not take away what is over for it. The obligation, and which
    days moved."""
    target = with_kept_days(before, held, after) if before and held else after
    target = with_known_days(target, happened, closes)
    was = _days(held)
    late = {
        option.id: Deadline(date=was[option.id], included=True)
        for option in target.options
        if option.until < min(was.get(option.id, date.min), today)
    }
    target = target.with_deadlines(late)
    return target, moves_between(held, target)


def dues(target: ObligationPlan, moves: Sequence[Move]) -> tuple[tuple[str, date | DueAfter], ...]:
    """Of each option that moved its last day, or after what it comes."""
    found: list[tuple[str, date | DueAfter]] = []
    for option, was, day in moves:
        due = target.option(option).due
        if was != day:
            found.append((option, due if isinstance(due, DueAfter) else day))
    return tuple(found)


def moves_between(held: ObligationPlan | None, target: ObligationPlan) -> list[Move]:
    """Options of both that have another last day."""
    days = _days(held)
    return [
        (option.id, days[option.id], option.until)
        for option in target.options
        if days.get(option.id, option.until) != option.until
    ]


def _days(planned: ObligationPlan | None) -> dict[str, date]:
    return {option.id: option.until for option in planned.options} if planned else {}


def without_words(planned: ObligationPlan) -> object:
    """What counts of an obligation: everything but its words."""
    options = [
        (
            option.model_copy(update={"source": None, "due": None}),
            (option.first_day, option.last_day or option.due, option.late_until),
        )
        for option in planned.options
    ]
    return planned.only_if, options
