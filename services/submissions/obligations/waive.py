"""The Board releases one unit from one obligation."""

from services.chassis.problems import FAULTY, Fault, Faults, Refusal
from services.chassis.storage.database import Transaction
from services.submissions.context import CampaignContext, Receipt
from services.submissions.obligations import obligation as obligations
from services.submissions.obligations import queries
from services.submissions.obligations.late_acts import pass_on_late
from services.submissions.obligations.schemas import ObligationOut, WaiverIn
from services.submissions.orders.order import Order, Scope
from services.submissions.orders.queries import add_order, orders_of
from services.submissions.problems import ALREADY_WAIVED


async def waive_obligation(
    tx: Transaction, context: CampaignContext, body: WaiverIn, receipt: Receipt
) -> tuple[int, ObligationOut]:
    """Release one unit from one obligation; nothing fires for it any more. Raises Refusal."""
    faults = Faults()
    unit = context.check_sender(faults, body, body.unit, receipt)
    if unit is None or faults.found:
        raise Refusal(FAULTY, faults.found)
    obligation = await queries.lock(tx, context, body.unit, body.obligation)
    if obligation is None:
        planned = context.plan.obligations_of(unit)
        vi = "; ".join(f"{each.title.vi} ({each.id})" for each in planned) or "không có"
        en = "; ".join(f"{each.title.en} ({each.id})" for each in planned) or "nothing"
        fault = Fault(
            "/obligation",
            f"{unit.name} không phải thực hiện nội dung này. Các nội dung của đơn vị: {vi}.",
            f"{unit.name} does not owe this; it owes: {en}.",
            rule="obligations.known",
        )
        raise Refusal(FAULTY, [fault])
    try:
        new, facts = obligations.waive(
            obligation,
            document=body.document,
            reason=body.reason,
            now=receipt.at,
            simulated=body.simulated,
        )
    except obligations.AlreadyWaivedError:
        raise Refusal(ALREADY_WAIVED) from None
    await queries.save(tx, [new])
    orders = await orders_of(tx, context.id, context.campaign.units)
    order = Order(
        id=receipt.command_id,
        number=len(orders.orders) + 1,
        act="waive",
        document=body.document,
        reason=body.reason,
        at=receipt.at,
        scope=Scope(units=frozenset([body.unit])),
        obligation=body.obligation,
        simulated=body.simulated,
    )
    await add_order(tx, context.id, order)
    await tx.publish_all(facts)
    await tx.session.flush()
    await pass_on_late(tx, context, body.unit, [body.obligation], receipt.at)
    return 201, ObligationOut.of(new)
