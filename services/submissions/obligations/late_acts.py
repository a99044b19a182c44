"""Acts of a unit on its last day that are stored when what it owed was passed on already.

What counts is the arrival of a request, as everywhere: such an act is the unit's own, and then goes
on to who took over by the same table. Asked on that one day only, so that an essay of any other day
costs nothing by it.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from services.chassis.storage.database import Transaction
from services.submissions.context import CampaignContext, Receipt
from services.submissions.models import PassedOn
from services.submissions.obligations import queries
from services.submissions.obligations.pass_on import PassingOn

_ONE_DAY = timedelta(days=1)


async def pass_on_late(
    tx: Transaction,
    context: CampaignContext,
    unit: str,
    obligations: Sequence[str],
    at: datetime,
) -> None:
    """Publish what follows of an act for who took over, if what the unit owed was passed on.

    `at`: the moment of its arrival. The unit's own rows are saved before.
    """
    if not obligations or not ends_today(context, unit, context.day(at)):
        return
    work = PassingOn(tx, context, at)
    while (passed := await tx.session.get(PassedOn, (context.id, unit))) and passed.successor:
        locked = await queries.lock_units(tx, context, [unit, passed.successor])
        of = {(each.unit, each.id): each for each in locked if each.id in obligations}
        await work.give(
            passed.successor,
            [unit],
            {name: [of[unit, name]] for name in obligations if (unit, name) in of},
            {name: each for (code, name), each in of.items() if code == passed.successor},
            begins=False,
            day=passed.day,
        )
        unit = passed.successor
    await tx.publish_all(work.facts)


async def day_of_act(
    tx: Transaction, context: CampaignContext, unit: str, receipt: Receipt
) -> date:
    """The local day of whose tree an act is about: that of its receipt or, where the unit's
    obligations were passed on before it is stored, the one of its end."""
    if ends_today(context, unit, receipt.day):
        passed = await tx.session.get(PassedOn, (context.id, unit))
        if passed is not None:
            return passed.day
    return receipt.day


def ends_today(context: CampaignContext, unit: str, day: date) -> bool:
    """Whether the unit exists on that local day for the last time."""
    known = context.campaign.units.get(unit)
    return known is not None and known.ends != date.max and known.ends - _ONE_DAY == day
