"""The Board releases units from one obligation: one, some, or all of a level or kind; or it takes
that back. Before the obligation was missed or afterwards (docs/decisions/0087).

The campaign is held alone, as for moves (`move_deadline.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.chassis.problems import FAULTY, Fault, Faults, Refusal
from services.chassis.storage.database import Transaction
from services.contracts.campaign.audience import Audience
from services.contracts.campaign.obligation_plan import ObligationPlan
from services.contracts.events import ObligationFact
from services.submissions.context import CampaignContext, Receipt
from services.submissions.obligations import queries
from services.submissions.obligations.counting import fulfil_in_order
from services.submissions.obligations.known_days import set_known_days
from services.submissions.obligations.late_acts import pass_on_late
from services.submissions.obligations.move_rules import check_scope, order_taken_back
from services.submissions.obligations.obligation import FULFILLABLE, AlreadyWaivedError, Obligation
from services.submissions.obligations.passed_on import Waivers, frozen_units, waivers_of
from services.submissions.obligations.release import owe_again, waive
from services.submissions.obligations.schemas import (
    ObligationOut,
    UnitChange,
    UnitReleased,
    WaiverAccepted,
    WaiverIn,
)
from services.submissions.obligations.stored_submissions import acts_of, exempt_units
from services.submissions.orders.order import Order, Orders
from services.submissions.orders.queries import add_order, deadline_versions, orders_of
from services.submissions.problems import ALREADY_WAIVED


async def waive_obligation(
    tx: Transaction, context: CampaignContext, body: WaiverIn, receipt: Receipt
) -> tuple[int, UnitReleased | WaiverAccepted]:
    """Release units from one obligation, or take back what released them. Raises Refusal."""
    orders = await orders_of(tx, context.id, context.campaign.units)
    planned, order = _order_of(context, orders, body, receipt)
    if order.takes_back is not None:
        version = (await deadline_versions(tx, context.id)).get(planned.id, 1) + 1
        order = replace(order, deadline_version=version)
    locked = await queries.lock_all_of(tx, context, [planned.id])
    frozen = await frozen_units(tx, context, receipt.day)
    # One that is named exists on the day of receipt, though it may be passed on meanwhile.
    rows = [row for row in locked if row.unit == body.unit or row.unit not in frozen]
    _check_owing(body, planned, rows, context)
    await add_order(tx, context.id, order)
    units = [row.unit for row in rows]
    work = _Waiving(
        tx,
        context,
        order,
        before=await waivers_of(tx, context, units, orders),
        after=await waivers_of(tx, context, units, orders.and_then(order)),
    )
    changed = [(row, new) for row in rows if (new := await work.now(row)) is not row]
    if not changed:
        raise Refusal(ALREADY_WAIVED)
    await queries.save(tx, [new for _, new in changed])
    await queries.set_timers(
        tx, (new for _, new in changed if new.status == "open"), context.plan.approaching_days
    )
    await tx.publish_all(work.facts)
    for _, new in changed:
        await pass_on_late(tx, context, new.unit, [planned.id], receipt.at)
    stored = [new for _, new in changed]
    known = await set_known_days(tx, context, stored, receipt.at, simulated=order.simulated)
    await tx.publish_all(known)
    if body.unit is not None and body.takes_back is None:
        ((_, released),) = changed
        out = ObligationOut.of(released)
        return 201, UnitReleased(**out.model_dump(), order_id=order.id)
    return 201, WaiverAccepted(
        order_id=order.id,
        obligation=planned.id,
        takes_back=order.takes_back,
        units=len(changed),
        changes=[_change(was, new) for was, new in changed],
    )


def _order_of(
    context: CampaignContext, orders: Orders, body: WaiverIn, receipt: Receipt
) -> tuple[ObligationPlan, Order]:
    """What the body orders, and about which obligation. Raises Refusal."""
    faults, plan = Faults(), context.plan
    if body.unit is not None:
        context.check_sender(faults, body, body.unit, receipt)
    else:
        context.check_body(faults, body, receipt)
    one, more = body.unit is not None, body.scope is not None or body.takes_back is not None
    if one == more:
        faults.add(
            "/unit",
            "Ghi đúng một trong hai: một đơn vị hoặc phạm vi nhiều đơn vị; để thu hồi, ghi mã văn"
            " bản được thu hồi.",
            "Name unit (one) or scope (several); takes_back to take a waiver back.",
            rule="orders.scope",
        )
    check_scope(faults, body.scope, context.campaign.units)
    obligation = body.obligation
    if body.takes_back is not None:
        meant = order_taken_back(faults, orders, body.takes_back, "waive")
        obligation = meant.obligation if meant else None
    faults.refuse_as(FAULTY)
    planned = next((each for each in plan.obligations if each.id == obligation), None)
    if planned is None:
        vi = "; ".join(f"{each.title.vi} ({each.id})" for each in plan.obligations)
        en = "; ".join(f"{each.title.en} ({each.id})" for each in plan.obligations)
        named = obligation or ""
        fault = Fault(
            "/obligation",
            f"Không tìm thấy nội dung phải thực hiện có mã “{named}”. Các nội dung: {vi}.",
            f"The plan has no obligation “{named}”; it has: {en}.",
            rule="obligations.known",
        )
        raise Refusal(FAULTY, [fault])
    scope = body.scope.scope() if body.scope else None
    if body.unit is not None:
        scope = Audience(units=(body.unit,))
    return planned, Order(
        id=receipt.command_id,
        number=len(orders.orders) + 1,
        act="take-back" if body.takes_back else "waive",
        document=body.document,
        reason=body.reason,
        at=receipt.at,
        account=receipt.account,
        scope=scope,
        obligation=planned.id,
        takes_back=body.takes_back,
        simulated=body.simulated,
    )


def _check_owing(
    body: WaiverIn, planned: ObligationPlan, rows: Sequence[Obligation], context: CampaignContext
) -> None:
    """Units that are named owe it. Raises Refusal."""
    owing = {row.unit for row in rows}
    named = {"/unit": body.unit} if body.unit else {}
    for place, code in enumerate(body.scope.units if body.scope else ()):
        named[f"/scope/units/{place}"] = code
    faults = Faults()
    for pointer, code in named.items():
        if code in owing:
            continue
        unit = context.campaign.units[code]
        theirs = context.plan.obligations_of(unit)
        vi = "; ".join(f"{each.title.vi} ({each.id})" for each in theirs) or "không có"
        en = "; ".join(f"{each.title.en} ({each.id})" for each in theirs) or "nothing"
        faults.add(
            "/obligation" if body.unit else pointer,
            f"{unit.name} không phải thực hiện “{planned.title.vi}” ({planned.id}). Các nội dung"
            f" của đơn vị: {vi}.",
            f"{unit.name} does not owe “{planned.title.en}” ({planned.id}); it owes: {en}.",
            rule="obligations.known",
        )
    faults.refuse_as(FAULTY)


@dataclass(slots=True)
class _Waiving:
    """One order under way, and the facts about what it changes."""

    tx: Transaction
    context: CampaignContext
    order: Order
    before: Waivers
    after: Waivers
    facts: list[ObligationFact]

    def __init__(
        self,
        tx: Transaction,
        context: CampaignContext,
        order: Order,
        *,
        before: Waivers,
        after: Waivers,
    ) -> None:
        """`before` and `after`: who is released, without the order and with it."""
        self.tx, self.context, self.order = tx, context, order
        self.before, self.after = before, after
        self.facts = []

    async def now(self, row: Obligation) -> Obligation:
        """The row as it is by the order."""
        key = row.unit, row.id
        if row.status == "waived":
            again = key in self.before and key not in self.after
            return await self._owed_again(row) if again else row
        waiver = self.after.get(key)
        # One of several that went into a unit releases nobody: see `successions.py`.
        return self._released(row) if waiver and waiver.unit == row.unit else row

    def _released(self, row: Obligation) -> Obligation:
        order = self.order
        try:
            new, facts = waive(
                row,
                document=order.document,
                reason=order.reason,
                now=order.at,
                simulated=order.simulated,
            )
        except AlreadyWaivedError:
            return row
        self.facts += facts
        return new

    async def _owed_again(self, row: Obligation) -> Obligation:
        """By what was sent meanwhile it may be fulfilled, or not owed, at once."""
        order, context = self.order, self.context
        condition = row.planned.only_if
        if condition is not None and row.fulfilment is None:
            exempt = await exempt_units(self.tx, context.id, row.planned, context.zone)
            if row.held is False or row.unit in exempt:
                return replace(row, status="not-owed")
        new, facts = owe_again(
            row,
            "waiver-taken-back",
            deadline_version=order.deadline_version or row.deadline_version,
            document=order.document,
            reason=order.reason,
            now=order.at,
            simulated=order.simulated,
        )
        self.facts += facts
        if new.status in FULFILLABLE:
            units, day = [row.unit], context.day(order.at)
            if new.planned.counts_acts:
                units = context.with_predecessors(row.unit, day)
            acts = await acts_of(self.tx, context, new.planned, units, day)
            new, facts = fulfil_in_order(new, acts)
            self.facts += facts
        return new


def _change(was: Obligation, now: Obligation) -> UnitChange:
    before, after = was.fulfilment, now.fulfilment
    return UnitChange(
        unit=now.unit,
        last_day_before=was.planned.last_option.last_day,
        last_day=now.planned.last_option.last_day,
        status_before=was.status,
        status=now.status,
        days_late_before=before.days_late if before else None,
        days_late=after.days_late if after else None,
    )
