"""What is recorded of units that are no more: which passed on what they owed, and to whom."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from sqlmodel import col, select

from services.chassis.storage.database import Transaction
from services.submissions.context import CampaignContext
from services.submissions.models import PassedOn, Waiver
from services.submissions.obligations.obligation import Obligation


async def frozen_units(tx: Transaction, context: CampaignContext, day: date) -> set[str]:
    """Units of which no obligation changes any more: they are no more on that local day, or what
    they owed was passed on."""
    rows = await tx.session.exec(select(PassedOn.unit).where(PassedOn.campaign == context.id))
    return {*rows, *context.ended_by(day)}


async def waivers_of(
    tx: Transaction, context: CampaignContext, units: Iterable[str]
) -> dict[tuple[str, str], Waiver]:
    """By unit and obligation the Board's waiver, or that of one from which the unit took over."""
    taken = select(PassedOn).where(
        PassedOn.campaign == context.id, col(PassedOn.successor).is_not(None)
    )
    before: dict[str, list[str]] = defaultdict(list)
    for row in await tx.session.exec(taken):
        before[row.successor or ""].append(row.unit)
    released = await tx.session.exec(select(Waiver).where(Waiver.campaign == context.id))
    by_unit: dict[str, list[Waiver]] = defaultdict(list)
    for waiver in released:
        by_unit[waiver.unit].append(waiver)
    found: dict[tuple[str, str], Waiver] = {}
    for unit in units:
        chain = [unit]
        for code in chain:  # grows while it is walked
            chain.extend(before[code])
            for waiver in by_unit[code]:
                found.setdefault((unit, waiver.obligation), waiver)
    return found


def released_by(
    waivers: Mapping[tuple[str, str], Waiver], obligations: Iterable[Obligation]
) -> list[Obligation]:
    """Those that count: one that an amendment took out was released by nobody, and is as if never
    owed."""
    return [
        each for each in obligations if each.status != "waived" or (each.unit, each.id) in waivers
    ]
