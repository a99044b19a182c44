"""Who may keep which subscriptions, by the unit trees of the campaigns. Pure.

| role | subscribes to | sees and keeps |
|---|---|---|
| unit | its own unit | its own |
| district | its own unit and those below it | its own and those of the units below it |
| board | any unit | all |
| ops | nothing | states of all, without address and note |

What is below a unit is one thing in one campaign and another in the next. A subscription to one
campaign goes by the tree of that one. One to all campaigns may be made by whoever may in one of
them, since each event is held against its own campaign's tree (`matching.is_kept_rightly`); a unit
sees another's where it is above that one in every campaign that has it.

What is not the caller's is "not found": its id says nothing to a stranger.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends

from services.chassis.http import Caller, Principal
from services.contracts.campaign.rights import may_see_unit
from services.contracts.campaign.units import UnitTree
from services.notifications.context import Context


@dataclass(frozen=True, slots=True)
class VisibilityScope:
    """Which subscriptions a caller may see: of `owner` and of some units below it, or all."""

    owner: str | None
    """The unit that the caller acts for; None: everyone's, the Board's too."""
    below: Mapping[str | None, frozenset[str]] = field(default_factory=dict)
    """By campaign, None for all campaigns: units whose subscriptions to it the caller sees too."""
    may_read_targets: bool = True


def may_subscribe(caller: Principal, unit: str, trees: Iterable[UnitTree]) -> bool:
    """Whether the caller may subscribe to events of this unit and of all units below it, in one of
    these campaigns at least."""
    return any(
        may_see_unit(caller.roles, caller.unit, unit, tree) for tree in trees if unit in tree
    )


def owner_of(caller: Principal) -> str | None:
    """Which unit keeps what this caller makes; None: the Board."""
    return None if caller.has("board") else caller.acting_unit


def visibility_scope(caller: Principal, trees: Mapping[str, UnitTree]) -> VisibilityScope:
    """What the caller may see. `trees`: of all campaigns, by id."""
    if caller.has("board"):
        return VisibilityScope(None)
    if caller.has("ops"):
        return VisibilityScope(None, may_read_targets=False)
    own = caller.acting_unit
    if not caller.has("district"):
        return VisibilityScope(own)
    below: dict[str | None, frozenset[str]] = {
        campaign: frozenset(unit.code for unit in tree.subtree(own))
        for campaign, tree in trees.items()
        if own in tree
    }
    elsewhere = {
        code
        for code in frozenset().union(*below.values())
        for campaign, tree in trees.items()
        if code in tree and code not in below.get(campaign, ())
    }
    in_all = frozenset().union(*below.values()) - elsewhere
    return VisibilityScope(own, {**below, None: in_all})


async def _scope(caller: Caller, context: Context) -> VisibilityScope:
    trees = {}
    if caller.has("district"):
        trees = {campaign.id: campaign.units for campaign in await context.campaigns.all()}
    return visibility_scope(caller, trees)


Scope = Annotated[VisibilityScope, Depends(_scope)]
"""Parameter type of an endpoint: which subscriptions its caller may see."""
