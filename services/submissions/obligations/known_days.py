"""Last days that depend on what a unit does become known, or unknown again: in its transaction.

A function of what is stored: whichever act came first, the last one of a command calls this, when
everything else about the unit is saved. Plans without such days are not asked.
"""

from collections.abc import Iterable
from datetime import date, datetime

from services.chassis.storage.database import Transaction
from services.contracts.campaign.deadlines import DueAfter
from services.contracts.campaign.obligation_plan import ObligationPlan
from services.contracts.events import EssaySubmitted, ObligationFact
from services.contracts.wording import day_vi
from services.submissions.context import CampaignContext
from services.submissions.obligations import queries
from services.submissions.obligations.awaited import happened_on
from services.submissions.obligations.new_day import move
from services.submissions.obligations.obligation import Obligation
from services.submissions.obligations.reassess_essays import (
    by_unit,
    essays_judged_again,
    fulfilled_by_essays,
)
from services.submissions.orders.order import Orders
from services.submissions.orders.queries import orders_of


async def set_known_days(
    tx: Transaction,
    context: CampaignContext,
    stored: Iterable[Obligation],
    at: datetime,
    *,
    simulated: bool = False,
    taken_over_on: date | None = None,
) -> list[ObligationFact | EssaySubmitted]:
    """Give last days to what awaits these obligations, as they are stored by now; the facts.

    `taken_over_on`: they were passed on by a succession of that local day. Then a day that the unit
    has stays, and one that becomes known is counted from the succession at the earliest, and is
    none that is over: nobody becomes late by a merger.
    """
    awaited = {(each.unit, each.id) for each in stored if each.id in context.awaiting}
    if not awaited:
        return []
    plans = {planned.id: planned for planned in context.plan.obligations if planned.awaits}
    # No more than was locked together with these, or two commands could wait for each other.
    depending = {(unit, each) for unit, name in awaited for each in context.awaiting[name]}
    keys = [(context.id, *key) for key in awaited | depending]
    locked = await queries.lock_many(tx, {context.id: context}, keys)
    rows = {(row.unit, row.id): row for row in locked}
    orders = await orders_of(tx, context.id, context.campaign.units)
    done = {key: rows[key] for key in awaited if key in rows}
    work = _KnownDays(context, orders, done, at, simulated=simulated, taken_over_on=taken_over_on)
    changed = []
    for (_, name), row in rows.items():
        if name in plans and (new := work.after(row, plans[name])) is not row:
            changed.append(new)
    await queries.save(tx, changed)
    await queries.set_timers(tx, changed, context.plan.approaching_days)
    return [*work.facts, *await _essays(tx, context, changed)]


class _KnownDays:
    """What units did of obligations on which days depend, the orders about these days, and the
    facts about what changes."""

    def __init__(
        self,
        context: CampaignContext,
        orders: Orders,
        done: dict[tuple[str, str], Obligation],
        at: datetime,
        *,
        simulated: bool,
        taken_over_on: date | None,
    ) -> None:
        self._context, self._orders, self._done, self._at = context, orders, done, at
        self._simulated, self._taken_over_on = simulated, taken_over_on
        self.facts: list[ObligationFact] = []

    def after(self, row: Obligation, planned: ObligationPlan) -> Obligation:
        """The row with its last days as they are known now, each that changes under a deadline
        version of its own."""
        has = {option.id for option in row.planned.options}
        for option in self._orders.planned(planned, row.unit).options:
            due = option.due
            if not isinstance(due, DueAfter) or (row.unit, due.after) not in self._done:
                continue
            if option.id in has and not self._is_fixed(row, option.id):
                row = self._with_day(row, option.id, due)
        return row

    def _with_day(self, row: Obligation, option: str, due: DueAfter) -> Obligation:
        was = row.option(option).last_day
        if self._taken_over_on is not None and was is not None:
            return row
        awaited = self._done[row.unit, due.after]
        done = awaited.fulfilment
        happened, plan = happened_on(awaited), self._context.plan
        day = None if happened is None else self._day(row, due, happened)
        if day == was:
            return row
        title, since = plan.obligation(due.after).title.vi, ""
        asked = row.planned.only_if
        if asked is not None and happened is not None and happened < asked.day:
            since = f", tính từ ngày xét điều kiện {day_vi(asked.day)}"
        row, made = move(
            row,
            option,
            due if day is None else day,
            deadline_version=row.deadline_version + 1,
            document=f"{plan.document.number}, {day_vi(plan.document.date)}",
            reason=f"“{title}” chưa được ghi nhận hoàn thành"
            if happened is None
            else f"Trong vòng {due.days} ngày sau khi hoàn thành “{title}” ({day_vi(happened)})"
            f"{since}",
            now=self._at,
            simulated=done.simulated if done else self._simulated,
            after=due.after,
            happened_on=happened,
        )
        self.facts += made
        return row

    def _day(self, row: Obligation, due: DueAfter, happened: date) -> date:
        closes, today = self._context.plan.closes, self._context.day(self._at)
        taken_over_on = self._taken_over_on
        if taken_over_on is None:
            return row.planned.deadline_after(due, happened, closes).last_day
        day = row.planned.deadline_after(due, max(happened, taken_over_on), closes).last_day
        return day if day >= today else due.deadline(today, closes).last_day

    def _is_fixed(self, row: Obligation, option: str) -> bool:
        """Whether a document about a unit from which this one took over gave it its day."""
        was = row.option(option).last_day
        for code in self._context.with_predecessors(row.unit, self._context.day(self._at))[1:]:
            moved = self._orders.deadlines(row.id, code).get(option)
            if moved is not None and moved.last_day == was:
                return True
        return False


async def _essays(
    tx: Transaction, context: CampaignContext, changed: Iterable[Obligation]
) -> list[EssaySubmitted]:
    """Essays that are late, or no longer, by a day that became known."""
    units = {row.unit for row in changed if row.planned.takes_essays_of(None)}
    if not units:
        return []
    names = fulfilled_by_essays(context.plan)
    keys = [(context.id, unit, name) for unit in units for name in names]
    owed = by_unit(await queries.lock_many(tx, {context.id: context}, keys))
    return await essays_judged_again(tx, context.plan, owed, ends=context.contest_end)
