"""Last days that come some days after the unit fulfilled another obligation. Pure.

A row has the day once it is known, and null until then; so everything else sees days alone. By what
the unit does and takes back the day is set, and set again (`known_days.py`).
"""

from collections.abc import Callable, Iterable
from datetime import date

from services.contracts.campaign.deadlines import Deadline, DueAfter
from services.contracts.campaign.obligation_plan import ObligationPlan
from services.contracts.campaign.plan import Plan
from services.submissions.obligations.obligation import Obligation

Happened = Callable[[str], date | None]
"""The local day that counts of what fulfilled an obligation of a unit, by id; None: nothing did."""


def happened_on(obligation: Obligation | None) -> date | None:
    """The day that counts of what fulfilled it; None also where the unit is released from it."""
    released = obligation is None or obligation.status == "waived"
    done = None if obligation is None or released else obligation.fulfilment
    return None if done is None else done.counted_day


def with_known_days(planned: ObligationPlan, happened: Happened, closes: date) -> ObligationPlan:
    """The obligation with the last days that are known by what a unit did."""
    known: dict[str, Deadline | DueAfter] = {}
    for option in planned.options:
        if isinstance(option.due, DueAfter) and (day := happened(option.due.after)) is not None:
            known[option.id] = planned.deadline_after(option.due, day, closes)
    return planned.with_deadlines(known) if known else planned


def with_days_of(planned: ObligationPlan, row: Obligation | None) -> ObligationPlan:
    """The obligation with the last days that a unit's row has of those that depend on its acts."""
    if row is None or not planned.awaits:
        return planned
    own = {option.id: option.due for option in row.planned.options}
    return planned.with_deadlines(
        {
            option.id: own[option.id]
            for option in planned.options
            if isinstance(option.due, DueAfter) and option.id in own
        }
    )


def awaited_first(plan: Plan, names: Iterable[str]) -> list[str]:
    """Obligations by name, but those on which another depends before it."""
    awaits = {planned.id: planned.awaits for planned in plan.obligations}
    found: dict[str, None] = {}

    def add(name: str) -> None:
        if name not in found:
            for before in sorted(awaits.get(name, frozenset())):
                add(before)
            found[name] = None

    asked = set(names)
    for name in sorted(asked):
        add(name)
    return [name for name in found if name in asked]
