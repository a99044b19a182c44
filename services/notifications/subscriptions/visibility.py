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
from datetime import date, datetime
from typing import Annotated

from fastapi import Depends

from services.chassis.http import Caller, CurrentChassis, Principal
from services.contracts.campaign.rights import acts_for, may_see_unit
from services.notifications.campaign import NotificationsCampaign
from services.notifications.context import Context


@dataclass(frozen=True, slots=True)
class VisibilityScope:
    """Which subscriptions a caller may see: of `owner` and of some units below it, or all."""

    owner: str | None
    """The unit that the caller acts for; None: everyone's, the Board's too."""
    below: Mapping[str | None, frozenset[str]] = field(default_factory=dict)
    """By campaign, None for all campaigns: units whose subscriptions to it the caller sees too."""
    may_read_targets: bool = True


def may_subscribe(
    caller: Principal, unit: str, campaigns: Iterable[NotificationsCampaign], now: datetime
) -> bool:
    """Whether the caller may subscribe to events of this unit and of all units below it, in one of
    these campaigns at least."""
    return any(
        may_see_unit(caller.roles, caller.unit, unit, one.units, one.day(now))
        for one in campaigns
        if unit in one.units
    )


def owner_of(caller: Principal) -> str | None:
    """Which unit keeps what this caller makes; None: the Board."""
    return None if caller.has("board") else caller.acting_unit


def visibility_scope(
    caller: Principal, campaigns: Iterable[NotificationsCampaign], now: datetime
) -> VisibilityScope:
    """What the caller may see now: also what units that ended left to these. `campaigns`: all."""
    looked = _Looked(caller, now)
    for one in campaigns if looked.by_trees else ():
        looked.add(one)
    return looked.scope()


class _Looked:
    """A scope as campaigns are looked at one after the other: nothing of one is kept but codes."""

    def __init__(self, caller: Principal, now: datetime) -> None:
        self._caller = caller
        self._now = now
        self._below: dict[str | None, frozenset[str]] = {}
        self._elsewhere: set[str] = set()
        """Codes of units that are, in some campaign, not below the caller's."""
        self.by_trees = not caller.has("board", "ops")
        """Whether campaigns have to be looked at."""

    def add(self, one: NotificationsCampaign) -> None:
        """One of all campaigns."""
        own, below = self._caller.acting_unit, frozenset[str]()
        if own in one.units:
            with_those_below = self._caller.has("district")
            below = _left_to(own, one, one.day(self._now), with_those_below=with_those_below)
            self._below[one.id] = below
        self._elsewhere |= {unit.code for unit in one.units if unit.code not in below}

    def scope(self) -> VisibilityScope:
        """After all campaigns."""
        if not self.by_trees:
            return VisibilityScope(None, may_read_targets=self._caller.has("board"))
        in_all = frozenset().union(*self._below.values()) - self._elsewhere
        return VisibilityScope(self._caller.acting_unit, {**self._below, None: in_all})


def _left_to(
    own: str, campaign: NotificationsCampaign, day: date, *, with_those_below: bool
) -> frozenset[str]:
    """The unit that acts for this one, those below it, and the units that ended and left to them
    what they were."""
    tree = campaign.units
    acting, now = acts_for(own, tree, day) or own, tree.on(day)
    seen = [acting]
    if with_those_below and acting in now:
        seen = [unit.code for unit in now.subtree(acting)]
    return frozenset(
        code
        for unit in seen
        for code in (unit, *(gone.code for gone in tree.predecessors(unit, day)))
    )


async def _scope(caller: Caller, chassis: CurrentChassis, context: Context) -> VisibilityScope:
    looked = _Looked(caller, chassis.clock.now())
    if looked.by_trees:
        async for campaign in context.campaigns.each():
            looked.add(campaign)
    return looked.scope()


Scope = Annotated[VisibilityScope, Depends(_scope)]
"""Parameter type of an endpoint: which subscriptions its caller may see."""
