"""The Board moves a day, for all, for some units, or takes such a move back.

The campaign is held alone (`require_current_alone`): nobody sends, moves, waives or fires
meanwhile, and no unit is judged by one day and its neighbour by another. A preview is the same
transaction, rolled back.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.campaigns.take import renew
from services.chassis.problems import FAULTY, Faults, Refusal
from services.chassis.storage.database import Transaction
from services.contracts.campaign.contest import Contest
from services.contracts.campaign.deadlines import UNKNOWN_DAY, Deadline, DueAfter
from services.contracts.campaign.obligation_plan import ObligationPlan
from services.contracts.events import EssaySubmitted, ObligationFact
from services.submissions.context import CampaignContext, Receipt
from services.submissions.obligations import queries
from services.submissions.obligations.awaited import happened_on
from services.submissions.obligations.counting import fulfil_in_order
from services.submissions.obligations.known_days import set_known_days
from services.submissions.obligations.move_rules import (
    check_after_condition,
    check_after_first_day,
    check_not_backwards,
    check_scope,
    check_target,
    day_within,
    order_taken_back,
    plan_of_option,
)
from services.submissions.obligations.new_day import move
from services.submissions.obligations.obligation import Obligation
from services.submissions.obligations.passed_on import frozen_units
from services.submissions.obligations.reassess_essays import (
    by_unit,
    essays_judged_again,
    fulfilled_by_essays,
)
from services.submissions.obligations.schemas import DeadlineMoveIn, MoveAccepted, UnitChange
from services.submissions.obligations.stored_submissions import acts_by_holder
from services.submissions.obligations.submission import Submission
from services.submissions.orders.order import Order, Orders
from services.submissions.orders.queries import add_order, deadline_versions, orders_of
from services.submissions.problems import SAME_DEADLINE


async def move_deadline(
    tx: Transaction, context: CampaignContext, body: DeadlineMoveIn, receipt: Receipt
) -> tuple[int, MoveAccepted]:
    """Give an option, or the contest, another last day, for whom the order concerns. Raises
    Refusal.

    The move is the same as before only if the documents so far have that day, not because a unit
    has it.
    """
    orders = await orders_of(tx, context.id, context.campaign.units)
    order, planned = _order_of(context, orders, body, receipt)
    if planned is not None:
        version = (await deadline_versions(tx, context.id)).get(planned.id, 1) + 1
        order = replace(order, deadline_version=version)
    work = _Move(tx, context, orders, order, receipt)
    if planned is not None:
        return 201, await work.of_option(planned)
    contest = context.plan.contest(order.contest or "")
    assert contest is not None  # noqa: S101  # or there is a fault
    return 201, await work.of_contest(contest)


def _order_of(
    context: CampaignContext, orders: Orders, body: DeadlineMoveIn, receipt: Receipt
) -> tuple[Order, ObligationPlan | None]:
    """What the body orders, and about which obligation; None: the end of a contest."""
    faults, plan = Faults(), context.plan
    context.check_body(faults, body, receipt)
    check_target(faults, plan, body)
    check_scope(faults, body.scope, context.campaign.units)
    day = day_within(faults, plan, body)
    option, contest, planned = body.option, body.contest, None
    if body.takes_back is not None:
        meant = order_taken_back(faults, orders, body.takes_back, "move")
        while meant is not None and meant.takes_back is not None:
            meant = orders.of_id(meant.takes_back)
        option, contest = (meant.option, meant.contest) if meant else (None, None)
    if option is not None:
        planned = plan_of_option(faults, plan, option)
        if planned is not None and day is not None:
            check_after_first_day(faults, planned.option(option), day)
            check_after_condition(faults, planned, day)
    faults.refuse_as(FAULTY)
    order = Order(
        id=receipt.command_id,
        number=len(orders.orders) + 1,
        act="take-back" if body.takes_back else "move",
        document=body.document,
        reason=body.reason,
        at=receipt.at,
        account=receipt.account,
        scope=body.scope.scope() if body.scope else None,
        obligation=planned.id if planned else None,
        contest=contest,
        option=option,
        last_day=day,
        takes_back=body.takes_back,
        simulated=body.simulated,
    )
    return order, planned


@dataclass(slots=True)
class _Move:
    """One order under way."""

    tx: Transaction
    context: CampaignContext
    before: Orders
    order: Order
    receipt: Receipt

    @property
    def after(self) -> Orders:
        """The orders from now on."""
        return self.before.and_then(self.order)

    async def of_option(self, planned: ObligationPlan) -> MoveAccepted:
        """Move it for every unit whose terms change."""
        option = str(self.order.option)
        before, after = self.before, self.after
        late_by = fulfilled_by_essays(self.context.plan) if planned.takes_essays_of(None) else []
        locked = await queries.lock_all_of(self.tx, self.context, [planned.id, *late_by])
        rows = [row for row in locked if row.id == planned.id and _has(row, option)]
        frozen = await frozen_units(self.tx, self.context, self.receipt.day)
        awaited = await queries.lock_all_of(self.tx, self.context, sorted(planned.awaits))
        done = {(row.unit, row.id): row for row in awaited}
        dues = {
            row.unit: self._dues(row, planned, option, done)
            for row in rows
            if after.concerns(self.order, row.unit)
        }
        days = {
            unit: (was.last_day or UNKNOWN_DAY, due.last_day or UNKNOWN_DAY)
            for unit, (was, due) in dues.items()
        }
        general = (
            before.planned(planned).option(option).until,
            after.planned(planned).option(option).until,
        )
        self._check(days, general)
        more = await self._acts_of_more_days(planned, option)
        moved: list[tuple[Obligation, Obligation]] = []
        facts: list[ObligationFact] = []
        essays_by: dict[tuple[str, str], Obligation] = {}
        """By whose days essays are late."""
        for row in locked:
            new, made = row, tuple[ObligationFact, ...]()
            if row.id == planned.id and row.unit in days:
                new, made = self._moved(row, option, dues[row.unit][1])
                if row.unit in more:
                    new, done_by = fulfil_in_order(new, more[row.unit])
                    made = (*made, *done_by)
            if row.unit in frozen:  # it owes nothing; its essays are late by what holds now
                new = replace(new, planned=after.planned(new.planned, new.unit))
            elif new is not row:
                moved.append((row, new))
                facts += made
            if new.planned.takes_essays_of(None):
                essays_by[new.unit, new.id] = new
        await queries.save(self.tx, [new for _, new in moved])
        await queries.set_timers(
            self.tx, (new for _, new in moved), self.context.plan.approaching_days
        )
        await self._keep(general)
        await self.tx.publish_all(facts)
        if more:  # done by the new day, so that days after it become known
            known = await set_known_days(
                self.tx,
                self.context,
                [new for _, new in moved],
                self.receipt.at,
                simulated=self.order.simulated,
            )
            await self.tx.publish_all(known)
        judged: list[EssaySubmitted] = []
        if late_by:
            owed = by_unit(essays_by.values())
            judged = await self._judged(owed)
        return self._accepted(
            days,
            judged,
            units=len({fact.unit for fact in facts}),
            changes=[
                _change(was, now, option)
                for was, now in moved
                if was.option(option).last_day != now.option(option).last_day
            ],
        )

    async def _acts_of_more_days(
        self, planned: ObligationPlan, option: str
    ) -> Mapping[str, Sequence[Submission]]:
        """What was done, by unit, where a later day lets more of it count than before."""
        if planned.option(option).late_until is None:
            return {}
        day = self.receipt.day
        return await acts_by_holder(self.tx, self.context.campaign, planned, day)

    async def of_contest(self, contest: Contest) -> MoveAccepted:
        """Move the end of a contest: no obligation, but by it essays are late."""
        plan, tree = self.context.plan, self.context.campaign.units
        before, after = self.before, self.after
        codes = [unit.code for unit in tree if after.concerns(self.order, unit.code)]
        days = {
            code: (before.contest_end(contest, code), after.contest_end(contest, code))
            for code in codes
        }
        general = before.contest_end(contest), after.contest_end(contest)
        self._check(days, general)
        await self._keep(general)
        late_by = fulfilled_by_essays(plan)
        locked = await queries.lock_all_of(self.tx, self.context, late_by)
        owed = by_unit(replace(row, planned=after.planned(row.planned, row.unit)) for row in locked)
        judged = await self._judged({code: owed.get(code, ()) for code in codes})
        await renew(self.tx, self.context.id)
        changed = [code for code, (was, day) in days.items() if was != day]
        changes = [
            UnitChange(unit=code, last_day_before=days[code][0], last_day=days[code][1])
            for code in changed
            if tree[code].level in contest.levels
        ]
        return self._accepted(days, judged, units=len(changes), changes=changes)

    def _dues(
        self,
        row: Obligation,
        planned: ObligationPlan,
        option: str,
        done: Mapping[tuple[str, str], Obligation],
    ) -> tuple[Deadline | DueAfter, Deadline | DueAfter]:
        """Of a unit without the order and with it. Where its own acts decide the day, and did
        before, it keeps the one that it has."""
        was = self.before.planned(planned, row.unit).option(option).due
        due: Deadline | DueAfter = self.after.planned(planned, row.unit).option(option).due
        if isinstance(was, DueAfter):
            has = row.option(option).due
            return has, has if isinstance(due, DueAfter) else due
        if isinstance(due, DueAfter):
            happened = happened_on(done.get((row.unit, due.after)))
            if happened is not None:
                due = planned.deadline_after(due, happened, self.context.plan.closes)
        return was, due

    def _moved(
        self, row: Obligation, option: str, due: Deadline | DueAfter
    ) -> tuple[Obligation, tuple[ObligationFact, ...]]:
        order = self.order
        return move(
            row,
            option,
            due if isinstance(due, DueAfter) else due.last_day,
            deadline_version=order.deadline_version or row.deadline_version,
            document=order.document,
            reason=order.reason,
            now=self.receipt.at,
            simulated=order.simulated,
        )

    def _check(self, days: Mapping[str, tuple[date, date]], general: tuple[date, date]) -> None:
        """It changes something, and nothing into the past. Raises Refusal."""
        for_all = self.after.concerns(self.order, None)
        changes = [*days.values(), *([general] if for_all else [])]
        if all(was == day for was, day in changes):
            raise Refusal(SAME_DEADLINE)
        faults = Faults()
        same = for_all and set(days.values()) <= {general}
        check_not_backwards(
            faults,
            [("", *general)] if same else [(unit, *pair) for unit, pair in sorted(days.items())],
            self.receipt.day,
            pointer="/takes_back" if self.order.takes_back else "/date",
            general=same,
        )
        faults.refuse_as(FAULTY)

    async def _keep(self, general: tuple[date, date]) -> None:
        was = _known(general[0]) if self.after.concerns(self.order, None) else None
        await add_order(self.tx, self.context.id, replace(self.order, previous_last_day=was))

    async def _judged(self, owed: Mapping[str, Sequence[Obligation]]) -> list[EssaySubmitted]:
        judged = await essays_judged_again(
            self.tx, self.context.plan, owed, ends=self.after.contest_end
        )
        await self.tx.publish_all(judged)
        return judged

    def _accepted(
        self,
        days: Mapping[str, tuple[date, date]],
        judged: Sequence[EssaySubmitted],
        *,
        units: int,
        changes: Sequence[UnitChange],
    ) -> MoveAccepted:
        order = self.order
        was, now = (
            _only(pair[0] for pair in days.values()),
            _only(pair[1] for pair in days.values()),
        )
        return MoveAccepted(
            move_id=order.id,
            obligation=order.obligation,
            option=order.option,
            contest=order.contest,
            takes_back=order.takes_back,
            previous_last_day=_known(was),
            last_day=_known(now),
            units=units,
            essays_reassessed=len(judged),
            changes=list(changes),
        )


def _has(row: Obligation, option: str) -> bool:
    """An amendment may have left a row without it."""
    return any(each.id == option for each in row.planned.options)


def _known(day: date | None) -> date | None:
    return None if day == UNKNOWN_DAY else day


def _only(days: Iterable[date]) -> date | None:
    """The day that all have; None where they have several."""
    found = set(days)
    return found.pop() if len(found) == 1 else None


def _change(was: Obligation, now: Obligation, option: str) -> UnitChange:
    before, after = was.fulfilment, now.fulfilment
    return UnitChange(
        unit=now.unit,
        last_day_before=was.option(option).last_day,
        last_day=now.option(option).last_day,
        status_before=was.status,
        status=now.status,
        days_late_before=before.days_late if before else None,
        days_late=after.days_late if after else None,
    )
