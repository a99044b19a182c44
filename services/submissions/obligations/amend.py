"""A campaign is amended: what its units owe becomes what the later version asks.

What follows for each obligation decides the table of `amendments.py`; here is found what changed.
The campaign's row is locked alone (`require_current_alone`), so nobody sends, moves, waives or
fires meanwhile.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

from services.chassis.storage.database import Transaction
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.deadlines import local_day
from services.contracts.campaign.obligation_plan import ObligationPlan
from services.contracts.campaign.plan import Plan
from services.contracts.events import EssaySubmitted, ObligationFact
from services.submissions.context import CampaignContext
from services.submissions.obligations import queries
from services.submissions.obligations.amended_terms import (
    Move,
    dues,
    moves_between,
    planned_for_unit,
    planned_in,
    terms_for_all,
    without_words,
)
from services.submissions.obligations.amendment_orders import AmendmentOrders
from services.submissions.obligations.amendment_rules import with_kept_days
from services.submissions.obligations.amendments import Notice, Terms, amended, changes_of
from services.submissions.obligations.awaited import (
    awaited_first,
    happened_on,
    with_days_of,
)
from services.submissions.obligations.condition import condition_of, is_decided
from services.submissions.obligations.counting import fulfil_in_order
from services.submissions.obligations.decide import whom_it_frees
from services.submissions.obligations.lives import brought_to
from services.submissions.obligations.obligation import Obligation
from services.submissions.obligations.owing import asked_of, owing_on
from services.submissions.obligations.plan_guard import keep_terms
from services.submissions.obligations.reassess_essays import (
    by_unit,
    essays_judged_again,
    fulfilled_by_essays,
)
from services.submissions.obligations.release import waive
from services.submissions.obligations.stored_submissions import (
    acts_by_holder,
    stored_submissions,
)
from services.submissions.obligations.taken_back import TakenBack, replayed, take_back
from services.submissions.orders.queries import deadline_versions, orders_of


@dataclass(slots=True)
class Amended:
    """What an amendment did to obligations and essays."""

    owed: int = 0
    """Obligations of units that are new."""
    released: int = 0
    """Obligations that units no longer have to fulfil."""
    moved: int = 0
    """Days that are others now, of options and of contests' ends."""
    facts: list[ObligationFact] = field(default_factory=list)
    essays: list[EssaySubmitted] = field(default_factory=list)
    """Entries that are less late than they were."""


async def amend_obligations(
    tx: Transaction, context: CampaignContext, campaign: Campaign, notice: Notice
) -> Amended:
    """Do it, but publish nothing. `context`: the campaign as it was before this version."""
    plan = campaign.plan
    work = _Amendment(
        tx,
        context.plan,
        campaign,
        notice,
        back=await take_back(tx, context, campaign, notice.at),
        kept=AmendmentOrders(
            context.id,
            await orders_of(tx, context.id, campaign.units),
            await deadline_versions(tx, context.id),
            notice,
        ),
    )
    await keep_terms(tx, plan)
    rows: dict[str, list[Obligation]] = {planned.id: [] for planned in plan.obligations}
    for row in await queries.lock_campaign(tx, context):
        rows.setdefault(row.id, []).append(row)
    states = work.states
    for name in awaited_first(plan, rows):
        states[name] = await work.obligation(name, rows[name])
    late_by = set(fulfilled_by_essays(plan))
    was = (context.plan.contests, set(fulfilled_by_essays(context.plan)))
    changed = (plan.contests, late_by) != was or not late_by.isdisjoint(work.changed)
    await work.kept.record(tx, context.plan, plan)
    work.done.moved = work.kept.moved
    if changed:
        owed = by_unit(row for name in sorted(late_by) for row in states[name].values())
        codes = {unit.code for tree in (context.campaign.units, campaign.units) for unit in tree}
        work.done.essays = await essays_judged_again(
            tx,
            plan,
            {code: owed.get(code, ()) for code in codes},
            ends=work.kept.orders.contest_end,
            only_earlier=True,
            before=context.plan,
        )
    return work.done


@dataclass(frozen=True, slots=True)
class _Case:
    """One obligation of the later plan."""

    terms: Terms
    by_unit: Mapping[str, Terms]
    """Of units about which the Board gave orders of their own, or whose own acts decide a day."""
    owing: Collection[str]
    """Units that owe it, their own condition aside."""
    asked: Collection[str]
    """Of these the ones that the plan asks themselves."""
    exempt: Collection[str]
    """Whom its condition frees."""
    is_decided: bool
    """Whether the day of its condition (`when`) is over."""
    condition_changed: bool
    touched: bool
    """Whether its terms are others, or somebody has to get its timers anew."""

    def held(self, unit: str) -> bool | None:
        """How its condition was decided for a unit; None: not yet, or it has none."""
        return unit not in self.exempt if self.is_decided else None

    def terms_of(self, unit: str) -> Terms:
        """As they are for a unit."""
        return self.by_unit.get(unit, self.terms)


class _Amendment:
    """One amendment under way."""

    def __init__(
        self,
        tx: Transaction,
        before: Plan,
        campaign: Campaign,
        notice: Notice,
        *,
        back: TakenBack,
        kept: AmendmentOrders,
    ) -> None:
        """`before`: the plan until now; `back`: successions that it takes back."""
        self.done = Amended()
        self.changed: set[str] = set()
        """Obligations of which something changed for some unit."""
        self.states: dict[str, dict[str, Obligation]] = {}
        """What was amended already, by obligation and unit."""
        self._tx = tx
        self._before = before
        self._campaign = campaign
        self._plan = campaign.plan
        self._notice = notice
        self._back = back
        self.kept = kept

    async def obligation(self, name: str, rows: Sequence[Obligation]) -> dict[str, Obligation]:
        """Amend one obligation for all units; by unit, how it is then.

        A unit that is no more owes nothing: of its row only the terms follow, by which its essays
        are late, and they are not stored.
        """
        case = await self._case(name, rows)
        before = {row.unit: row for row in rows}
        concerned = self._back.concerned if case else ()
        aside = {*self._back.frozen, *concerned}
        live = [row for row in rows if row.unit not in aside]
        states = {row.unit: self._row(row, case) for row in live}
        if case is not None:
            fresh = await self._add(case, states)
            if case.touched or fresh:
                await self._fulfil(case, states)
        changed = [row for unit, row in states.items() if before.get(unit) is not row]
        if case is not None and concerned:
            changed += await self._tell_again(case, before, states)
        await queries.save(self._tx, changed)
        if changed:
            self.changed.add(name)
        if case is not None and case.touched:
            await queries.set_timers(self._tx, states.values(), self._plan.approaching_days)
        ended = [row for row in rows if row.unit not in states]
        return states | {
            row.unit: replace(row, planned=case.terms_of(row.unit).planned) if case else row
            for row in ended
        }

    async def _tell_again(
        self, case: _Case, rows: Mapping[str, Obligation], states: dict[str, Obligation]
    ) -> list[Obligation]:
        """What units owe whose successions are taken back; to be saved. Of those that go on
        `states` has it, and there are facts about it."""
        planned, zone = case.terms.planned, self._plan.zone
        sent = await stored_submissions(self._tx, self._plan.campaign, planned, zone)
        found = replayed(
            self._back,
            self._campaign,
            case.terms_of,
            exempt=case.exempt,
            held=case.held,
            sent=sent,
            rows=rows,
            now=self._notice.at,
        )
        changed = []
        for unit, target in found.items():
            stored = rows.get(unit)
            if stored is None and target is not None:
                stored = replace(target, status="open", version=1, fulfilment=None)
                await queries.add(self._tx, [stored], ())
            if stored is None:
                continue
            row, facts = brought_to(stored, target, self._notice)
            changed.append(row)
            if unit not in self._back.frozen:
                states[unit] = row
                self.done.facts += facts
        return changed

    async def _case(self, name: str, rows: Sequence[Obligation]) -> _Case | None:
        """None where the plan no longer has it.

        A day that only a document moved stays, unless the plan's own day is another one now.
        """
        before, after = planned_in(self._before, name), planned_in(self._plan, name)
        if after is None:
            return None
        orders = self.kept.orders
        held = before and orders.planned(before)
        target = with_kept_days(before, held, after) if before and held else after
        moves = moves_between(held, target)
        day = local_day(self._notice.at, self._plan.zone)
        owing = owing_on(self._campaign, target, day)
        condition = condition_of(after, self._plan)
        condition_changed = before is None or condition_of(before, self._before) != condition
        touched = (
            held is None
            or without_words(held) != without_words(target)
            or condition_changed
            or self._before.approaching_days != self._plan.approaching_days
            or bool(self._back.concerned)
            or any(row.unit in owing and self._was_taken_out(row) for row in rows)
        )
        own = self._own_days(before, after, rows, owing)
        touched = touched or any(moved for planned, moved in own.values() if target.awaits)
        if touched and rows and not moves:  # another version of the deadline, with the same day
            last = target.last_option
            moves = [(last.id, last.until, last.until)]
        terms = terms_for_all(target, moves, self.kept.version(name))
        self.kept.note(name, moves)
        return _Case(
            terms,
            {
                code: replace(terms, planned=planned, moves=dues(planned, moved))
                for code, (planned, moved) in own.items()
            },
            owing,
            owing.intersection(asked_of(self._campaign, target)),
            await whom_it_frees(
                self._tx,
                self._campaign,
                after,
                same=() if condition_changed else rows,
                units={*owing, *self._back.concerned, *(row.unit for row in rows)},
                at=self._notice.at,
            ),
            is_decided=is_decided(after, self._plan, self._notice.at),
            condition_changed=condition_changed,
            touched=touched,
        )

    def _own_days(
        self,
        before: ObligationPlan | None,
        after: ObligationPlan,
        rows: Sequence[Obligation],
        owing: Collection[str],
    ) -> dict[str, tuple[ObligationPlan, list[Move]]]:
        """Of units that have days of their own: the obligation as it is for each, and which days
        moved."""
        orders, name, plan = self.kept.orders, after.id, self._plan
        stored = {row.unit: row for row in rows}
        awaits = after.awaits | (before.awaits if before else frozenset())
        today = local_day(self._notice.at, plan.zone)
        found = {}
        for code in sorted({*stored, *owing}):
            if not awaits and not (before and orders.is_special(name, code)):
                continue
            # Of a unit that is told again only what it still did decides.
            row = None if code in self._back.concerned else stored.get(code)
            held = before and with_days_of(orders.planned(before, code), row)
            happened = partial(self._happened, code)
            found[code] = planned_for_unit(
                before, held, after, today, happened=happened, closes=plan.closes
            )
        return found

    def _happened(self, unit: str, name: str) -> date | None:
        return happened_on(self.states.get(name, {}).get(unit))

    def _row(self, row: Obligation, case: _Case | None) -> Obligation:
        terms = case.terms_of(row.unit) if case else None
        owed = case is not None and row.unit in case.owing
        if owed and case is not None and not case.touched:
            return row
        if case is None and row.status in ("waived", "not-owed"):
            return row
        changes = changes_of(
            row,
            terms,
            owed=owed,
            exempt=case is not None and row.unit in case.exempt,
            condition_changed=case is not None and case.condition_changed,
            by_waiver=(row.unit, row.id) in self._back.waivers,
        )
        was_released = row.status == "waived"
        for change in changes:
            row, facts = amended(row, change, terms, self._notice)
            self.done.facts += facts
        if case is not None and case.condition_changed:
            row = replace(row, held=case.held(row.unit))
        self.done.released += row.status == "waived" and not was_released
        return row

    async def _add(self, case: _Case, states: dict[str, Obligation]) -> int:
        """Rows of units that did not owe it before; how many. None of what is over already: nobody
        could have known. Who takes over gets its rows on the day."""
        terms, plan = case.terms, self._plan
        aside = {*states, *self._back.concerned}
        new = sorted(
            code
            for code in case.asked
            if code not in aside
            and not case.terms_of(code).planned.is_over(self._notice.at, plan.zone)
        )
        if not new:
            return 0
        fresh = [
            Obligation(
                plan.campaign,
                unit,
                case.terms_of(unit).planned,
                plan.zone,
                status="not-owed" if unit in case.exempt else "open",
                deadline_version=terms.next_version,
                held=case.held(unit),
                kind=queries.kind_of(self._campaign, unit),
            )
            for unit in new
        ]
        self.done.owed += await queries.add(self._tx, fresh, plan.approaching_days)
        for row in fresh:
            states[row.unit] = self._released_by_kind(row)
        return len(fresh)

    def _released_by_kind(self, row: Obligation) -> Obligation:
        """A new unit of a kind that the Board released before."""
        order = self.kept.orders.release(row.unit, row.id)
        if order is None or row.status != "open":
            return row
        released, facts = waive(
            row, document=order.document, reason=order.reason, now=self._notice.at
        )
        self.done.facts += facts
        return released

    async def _fulfil(self, case: _Case, states: dict[str, Obligation]) -> None:
        """By what was sent before, by the units themselves and those from which they took over."""
        day = local_day(self._notice.at, self._plan.zone)
        found = await acts_by_holder(self._tx, self._campaign, case.terms.planned, day)
        for unit, acts in found.items():
            row = states.get(unit)
            if row is not None:
                states[unit], facts = fulfil_in_order(row, acts)
                self.done.facts += facts

    def _was_taken_out(self, row: Obligation) -> bool:
        return row.status == "waived" and (row.unit, row.id) not in self._back.waivers
