"""The Board's orders, and the terms that a unit has by them.

Pure. An order is a document with a scope: all units, or an `Audience` of some.
A unit's terms are the plan's under the orders that concern it, in their order. What one order takes
back does not hold for the units that it concerns; taking that back makes it hold once more
(docs/decisions/0086-orders.md).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeAlias
from uuid import UUID

from services.contracts.campaign.audience import Audience
from services.contracts.campaign.contest import Contest
from services.contracts.campaign.deadlines import UNKNOWN_DAY, Deadline
from services.contracts.campaign.obligation_plan import ObligationPlan
from services.contracts.campaign.units import UnitTree

Act: TypeAlias = Literal["move", "amend", "waive", "take-back"]
"""`amend`: an amendment of the campaign gave an obligation other terms, for all."""


@dataclass(frozen=True, slots=True)
class Order:
    """One document of the Board."""

    id: UUID
    number: int
    """Its place among the campaign's orders."""
    act: Act
    document: str
    reason: str
    at: datetime
    account: str | None = None
    """Who entered it; None: an order of before this was kept."""
    scope: Audience | None = None
    """None: all units."""
    obligation: str | None = None
    """None: the end of a contest."""
    contest: str | None = None
    """Whose end it is about."""
    option: str | None = None
    last_day: date | None = None
    """Of a move, and of an amendment that moves a day."""
    previous_last_day: date | None = None
    takes_back: UUID | None = None
    deadline_version: int | None = None
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Orders:
    """The orders of a campaign, by number."""

    orders: Sequence[Order]
    units: UnitTree

    def of_id(self, order_id: UUID) -> Order | None:
        """The order of that id."""
        return next((order for order in self.orders if order.id == order_id), None)

    def and_then(self, order: Order) -> "Orders":
        """These, and one more."""
        return Orders((*self.orders, order), self.units)

    def concerns(self, order: Order, unit: str | None) -> bool:
        """Whether the order is about a unit; None: whether it is about all.

        What takes an order back concerns nobody whom that one did not.
        """
        if order.takes_back is not None:
            taken_back = self.of_id(order.takes_back)
            if taken_back is None or not self.concerns(taken_back, unit):
                return False
        if order.scope is None:
            return True
        known = self.units.get(unit) if unit is not None else None
        return known is not None and order.scope.includes(known)

    def in_force(
        self, unit: str | None, obligation: str | None, contest: str | None = None
    ) -> list[Order]:
        """What holds about an obligation, or the end of a contest, for a unit (None: for all), by
        number."""
        taken_back: set[UUID] = set()
        found = []
        for order in reversed(self.orders):
            if (order.obligation, order.contest) != (obligation, contest):
                continue
            if order.id in taken_back:
                continue
            if not self.concerns(order, unit):
                continue
            if order.takes_back is not None:
                taken_back.add(order.takes_back)
            else:
                found.append(order)
        return found[::-1]

    def deadlines(self, obligation: str, unit: str | None = None) -> dict[str, Deadline]:
        """The deadlines that documents moved, by option."""
        found: dict[str, Deadline] = {}
        for order in self.in_force(unit, obligation):
            if order.option is None or order.last_day is None:
                continue
            if order.last_day == UNKNOWN_DAY:  # an amendment lets it depend on what the unit does
                found.pop(order.option, None)
            else:
                found[order.option] = Deadline(date=order.last_day, included=True)
        return found

    def general(self, planned: Iterable[ObligationPlan]) -> dict[str, Deadline]:
        """The deadlines that documents moved for all, by option."""
        found: dict[str, Deadline] = {}
        for each in planned:
            found |= self.deadlines(each.id)
        return found

    def planned(self, planned: ObligationPlan, unit: str | None = None) -> ObligationPlan:
        """An obligation of the plan with the deadlines it has now, for a unit or for all."""
        if not any(order.obligation == planned.id for order in self.orders):
            return planned
        return planned.with_deadlines(self.deadlines(planned.id, unit))

    def is_special(self, obligation: str, unit: str) -> bool:
        """Whether an order that is not about all units gives this one other deadlines."""
        about = any(one.scope and one.obligation == obligation for one in self.orders)
        return about and self.deadlines(obligation, unit) != self.deadlines(obligation)

    def contest_end(self, contest: Contest, unit: str | None = None) -> date:
        """The last day of a contest, for a unit or for all."""
        in_force = self.in_force(unit, None, contest.id)
        days = [order.last_day for order in in_force if order.last_day]
        return days[-1] if days else contest.ends.last_day

    def release(self, unit: str, obligation: str) -> Order | None:
        """By what the Board released a unit from an obligation, where that holds: the first."""
        in_force = self.in_force(unit, obligation)
        return next((order for order in in_force if order.act == "waive"), None)

    def releases(self, unit: str) -> Mapping[str, Order]:
        """The same of all obligations, by obligation."""
        names = {order.obligation for order in self.orders if order.act == "waive"}
        found = {name: self.release(unit, name) for name in names if name is not None}
        return {name: order for name, order in found.items() if order is not None}
