"""What is recorded of units that are no more: which passed on what they owed, and to whom."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from sqlmodel import col, select

from services.chassis.storage.database import Transaction
from services.submissions.context import CampaignContext
from services.submissions.models import PassedOn
from services.submissions.obligations.obligation import Obligation
from services.submissions.orders.order import Order, Orders
from services.submissions.orders.queries import orders_of


async def frozen_units(tx: Transaction, context: CampaignContext, day: date) -> set[str]:
    """Units of which no obligation changes any more: they are no more on that local day, or what
    they owed was passed on."""
    rows = await tx.session.exec(select(PassedOn.unit).where(PassedOn.campaign == context.id))
    return {*rows, *context.ended_by(day)}


class Waiver(NamedTuple):
    """By what a unit is released."""

    unit: str
    """It, or the one from which it took over."""
    order: Order


Waivers = Mapping[tuple[str, str], Waiver]
"""By unit and obligation."""


async def waivers_of(
    tx: Transaction, context: CampaignContext, units: Iterable[str], orders: Orders | None = None
) -> Waivers:
    """By unit and obligation the Board's waiver that holds, or that of one from which the unit took
    over. `orders`: by these, and not by all that are stored."""
    taken = select(PassedOn).where(
        PassedOn.campaign == context.id, col(PassedOn.successor).is_not(None)
    )
    before: dict[str, list[str]] = defaultdict(list)
    for row in await tx.session.exec(taken):
        before[row.successor or ""].append(row.unit)
    if orders is None:
        orders = await orders_of(tx, context.id, context.campaign.units)
    found: dict[tuple[str, str], Waiver] = {}
    for unit in units:
        chain = [unit]
        for code in chain:  # grows while it is walked
            chain.extend(before[code])
            for obligation, order in orders.releases(code).items():
                found.setdefault((unit, obligation), Waiver(code, order))
    return found


def released_by(waivers: Waivers, obligations: Iterable[Obligation]) -> list[Obligation]:
    """Those that count: one that an amendment took out was released by nobody, and is as if never
    owed."""
    return [
        each for each in obligations if each.status != "waived" or (each.unit, each.id) in waivers
    ]
