"""Obligations as entries of a calendar. Pure."""

from datetime import date, timedelta

from services.campaigns.ended import ended_out
from services.contracts.campaign.deadlines import DueAfter
from services.contracts.campaign.obligation_plan import ObligationPlan, Option
from services.contracts.campaign.plan import Plan
from services.contracts.wording import Bilingual
from services.submissions.calendar.schemas import (
    CalendarEntry,
    DueAfterOut,
    MovedBy,
    State,
    WaivedBy,
)
from services.submissions.context import CampaignContext
from services.submissions.obligations.obligation import Obligation
from services.submissions.obligations.schemas import OnlyIfOut
from services.submissions.orders.order import Order, Orders


def entry_of(
    context: CampaignContext,
    obligation: Obligation,
    option: Option,
    *,
    orders: Orders,
    release: Order | None,
    day: date,
) -> CalendarEntry:
    """One option of an obligation as it stands on a local day; `release`: what releases the
    unit from it, if anything does."""
    unit = context.campaign.units.get(obligation.unit)
    state = state_of(obligation, option)
    done = obligation.fulfilment if state == "fulfilled" else None
    moved = _moved_by(context, orders, obligation, option, day)
    released = release if state == "waived" else None
    return CalendarEntry(
        campaign=context.id,
        campaign_title=context.plan.title,
        unit=obligation.unit,
        unit_name=unit.name if unit is not None else obligation.unit,
        ended=ended_out(context.campaign.units, obligation.unit, day),
        obligation=obligation.id,
        option=option.id,
        contest=option.contest,
        title=obligation.planned.title,
        source=option.source or obligation.planned.source,
        first_day=first_day_of(context.plan, obligation.planned, option),
        counts_from=option.first_day,
        last_day=option.last_day,
        due_after=_due_after(context, option),
        state=state,
        condition=OnlyIfOut.of(obligation),
        version=obligation.version,
        deadline_version=obligation.deadline_version,
        counted_day=done.counted_day if done else None,
        fulfilled_at=done.fulfilled_at if done else None,
        days_late=done.days_late if done else None,
        moved=moved and _moved_out(moved, context),
        waived=released and _waived_out(released, context),
        simulated=any(
            one.simulated for one in (obligation.fulfilment, moved, released) if one is not None
        ),
    )


def _due_after(context: CampaignContext, option: Option) -> DueAfterOut | None:
    due = option.due
    if not isinstance(due, DueAfter):
        return None
    known = {planned.id: planned.title for planned in context.plan.obligations}
    title = known.get(due.after, Bilingual(due.after, due.after))
    return DueAfterOut(days=due.days, obligation=due.after, title=title)


def state_of(obligation: Obligation, option: Option) -> State:
    """How one option stands: what another one fulfilled need not be done by this one."""
    done = obligation.fulfilment
    if obligation.status == "fulfilled" and done is not None and done.option != option.id:
        return "fulfilled-otherwise"
    return obligation.status


def first_day_of(plan: Plan, planned: ObligationPlan, option: Option) -> date:
    """The first local day on which the option can be gone: the campaign's, the one after the day
    until which an essay frees from it, or the one from which on what is done counts."""
    day = planned.only_if.no_essays_by if planned.only_if else None
    freed = day + timedelta(days=1) if day else plan.opens
    return max(plan.opens, freed, option.first_day or plan.opens)


def _moved_by(
    context: CampaignContext, orders: Orders, obligation: Obligation, option: Option, day: date
) -> Order | None:
    """The latest order in force that gave the option the day that it has: about the unit, or about
    one that it took over; None: none but the campaign itself did."""
    for code in context.with_predecessors(obligation.unit, day):
        for order in reversed(orders.in_force(code, obligation.id)):
            if order.option == option.id and order.last_day is not None:
                if order.last_day == option.last_day:
                    return order
                break  # the day is another one's: a later one of this unit would hold
    return None


def _moved_out(order: Order, context: CampaignContext) -> MovedBy:
    return MovedBy(
        document=order.document,
        reason=order.reason,
        previous_last_day=order.previous_last_day,
        moved_at=order.at.astimezone(context.zone),
    )


def _waived_out(order: Order, context: CampaignContext) -> WaivedBy:
    return WaivedBy(
        document=order.document,
        reason=order.reason,
        waived_at=order.at.astimezone(context.zone),
    )
