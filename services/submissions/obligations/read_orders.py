"""All orders of a campaign, as they are read."""

from services.chassis.storage.database import Transaction
from services.contracts.campaign.deadlines import UNKNOWN_DAY
from services.submissions.context import CampaignContext
from services.submissions.obligations.owing import asked_of
from services.submissions.orders.order import Order, Orders
from services.submissions.orders.queries import orders_of
from services.submissions.orders.schemas import OrderOut, OrdersOut
from services.submissions.schemas import AudienceOut


async def read_orders(tx: Transaction, context: CampaignContext) -> OrdersOut:
    """Who is concerned by what, by which document, and what was taken back."""
    orders = await orders_of(tx, context.id, context.campaign.units)
    return OrdersOut(orders=[_out(order, orders, context) for order in orders.orders])


def _out(order: Order, orders: Orders, context: CampaignContext) -> OrderOut:
    plan = context.plan
    planned = next((each for each in plan.obligations if each.id == order.obligation), None)
    contest = plan.contest(order.contest or "")
    asked, title = [], None
    if planned is not None:
        asked, title = asked_of(context.campaign, planned), planned.title
    elif contest is not None:
        tree, title = context.campaign.units, contest.title
        asked = [unit.code for unit in tree if unit.level in contest.levels]
    return OrderOut(
        order_id=order.id,
        number=order.number,
        act=order.act,
        document=order.document,
        reason=order.reason,
        ordered_at=order.at.astimezone(context.zone),
        ordered_by=order.account,
        scope=None if order.scope is None else AudienceOut.of(order.scope),
        units=[code for code in asked if orders.concerns(order, code)],
        obligation=order.obligation,
        contest=order.contest,
        title=title,
        option=order.option,
        previous_last_day=order.previous_last_day,
        last_day=None if order.last_day == UNKNOWN_DAY else order.last_day,
        takes_back=order.takes_back,
        taken_back_by=[each.id for each in orders.orders if each.takes_back == order.id],
        deadline_version=order.deadline_version,
        simulated=order.simulated,
    )
