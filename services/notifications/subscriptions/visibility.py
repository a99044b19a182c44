"""Who may keep which subscriptions. Pure.

| role | subscribes to | sees and keeps |
|---|---|---|
| unit | its own unit | its own |
| district | itself and its communes | its own and those of its communes |
| board | any unit | all |
| ops | nothing | states of all, without address and note |

What is not the caller's is "not found": its id says nothing to a stranger.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Depends

from services.chassis.http import Caller, CurrentChassis, Principal
from services.contracts.campaign.rights import acts_for, may_see_unit
from services.contracts.campaign.units import UnitTree
from services.notifications.context import Context


@dataclass(frozen=True, slots=True)
class VisibilityScope:
    """Which subscriptions a caller may see: of `units`, or all."""

    units: tuple[str, ...] | None
    """Owning units; None: everyone's, the Board's too."""
    may_read_targets: bool = True


def may_subscribe(caller: Principal, unit: str, tree: UnitTree, day: date) -> bool:
    """Whether the caller may subscribe to events of this unit and of all units below it."""
    return may_see_unit(caller.roles, caller.unit, unit, tree, day)


def owner_of(caller: Principal) -> str | None:
    """Which unit keeps what this caller makes; None: the Board."""
    return None if caller.has("board") else caller.acting_unit


def visibility_scope(caller: Principal, tree: UnitTree, day: date) -> VisibilityScope:
    """What the caller may see on that local day: also what units that ended left to these."""
    if caller.has("board"):
        return VisibilityScope(None)
    if caller.has("ops"):
        return VisibilityScope(None, may_read_targets=False)
    own, now = acts_for(caller.acting_unit, tree, day) or caller.acting_unit, tree.on(day)
    below = (
        [unit.code for unit in now.subtree(own)] if caller.has("district") and own in now else []
    )
    codes = [
        code
        for unit in below or [own]
        for code in (unit, *(gone.code for gone in tree.predecessors(unit, day)))
    ]
    return VisibilityScope(tuple(codes))


def _scope(caller: Caller, chassis: CurrentChassis, context: Context) -> VisibilityScope:
    return visibility_scope(caller, context.units, context.day(chassis.clock.now()))


Scope = Annotated[VisibilityScope, Depends(_scope)]
"""Parameter type of an endpoint: which subscriptions its caller may see."""
