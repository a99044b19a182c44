"""What an amendment changes of an obligation's terms: its days, for all units and for single ones.

Pure. A day that only a document moved stays, unless the plan's own day is another one now.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TypeAlias

from services.contracts.campaign.deadlines import Deadline
from services.contracts.campaign.obligation_plan import ObligationPlan
from services.contracts.campaign.plan import Plan
from services.submissions.obligations.amendment_rules import with_kept_days
from services.submissions.obligations.amendments import Terms

Move: TypeAlias = tuple[str, date, date]
"""An option that has another last day: the former and the new one."""


def planned_in(plan: Plan, name: str) -> ObligationPlan | None:
    """The obligation as a plan has it; None: it has none."""
    return next((planned for planned in plan.obligations if planned.id == name), None)


def terms_for_all(target: ObligationPlan, moves: Sequence[Move], version: int) -> Terms:
    """As they are for units about which the Board gave no orders of their own. `version`: of the
    deadline before the amendment."""
    moved = tuple((option, day) for option, was, day in moves if was != day)
    return Terms(target, moved, version, version + len(moves))


def terms_of_unit(
    terms: Terms, before: ObligationPlan, held: ObligationPlan, after: ObligationPlan, today: date
) -> Terms:
    """Of a unit that has days of its own, which `held` has: they stay, but where the plan's own day
    is another one now, and that does not take away what is over for it."""
    target = with_kept_days(before, held, after)
    was = _days(held)
    late = {
        option.id: Deadline(date=was[option.id], included=True)
        for option in target.options
        if option.last_day < min(was.get(option.id, date.min), today)
    }
    target = target.with_deadlines(late)
    moves = tuple((option, day) for option, _, day in moves_between(held, target))
    return replace(terms, planned=target, moves=moves)


def moves_between(held: ObligationPlan | None, target: ObligationPlan) -> list[Move]:
    """Options of both that have another last day."""
    days = _days(held)
    return [
        (option.id, days[option.id], option.last_day)
        for option in target.options
        if days.get(option.id, option.last_day) != option.last_day
    ]


def _days(planned: ObligationPlan | None) -> dict[str, date]:
    return {option.id: option.last_day for option in planned.options} if planned else {}


def without_words(planned: ObligationPlan) -> object:
    """What counts of an obligation: everything but its words."""
    options = [
        (option.model_copy(update={"source": None, "due": None}), option.last_day)
        for option in planned.options
    ]
    return planned.only_if, options
