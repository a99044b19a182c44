"""A campaign is amended: what its units owe becomes what the later version asks.

What follows for each obligation decides the table of `amendments.py`; here is found what changed.
The campaign's row is locked alone (`require_current_alone`), so nobody sends, moves, waives or
fires meanwhile.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid5

from sqlmodel import select

from services.chassis.storage.database import Transaction
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.deadlines import Deadline, local_day
from services.contracts.campaign.plan import ObligationPlan, Plan
from services.contracts.events import EssaySubmitted, ObligationFact
from services.submissions.context import CampaignContext
from services.submissions.models import DeadlineMove, Waiver
from services.submissions.obligations import queries
from services.submissions.obligations.amendment_rules import with_kept_days
from services.submissions.obligations.amendments import Notice, Terms, amended, changes_of
from services.submissions.obligations.moved_deadlines import deadline_versions, moved_deadlines
from services.submissions.obligations.obligation import FULFILLABLE, Obligation, fulfil
from services.submissions.obligations.plan_guard import keep_terms
from services.submissions.obligations.reassess_essays import essays_judged_again
from services.submissions.obligations.stored_submissions import exempt_units, stored_submissions

_MOVES = UUID("0f1b1c86-8f0b-5f0e-9a0e-5b7d4f1d2c3a")
"""Namespace of the ids of deadline moves that amendments make."""


@dataclass(slots=True)
class Amended:
    """What an amendment did to obligations and essays."""

    owed: int = 0
    """Obligations of units that are new."""
    released: int = 0
    """Obligations that units no longer have to fulfil."""
    facts: list[ObligationFact] = field(default_factory=list)
    essays: list[EssaySubmitted] = field(default_factory=list)
    """Entries that are less late than they were."""


async def amend_obligations(
    tx: Transaction, context: CampaignContext, campaign: Campaign, notice: Notice
) -> Amended:
    """Do it, but publish nothing. `context`: the campaign as it was before this version."""
    plan = campaign.plan
    waivers = await tx.session.exec(select(Waiver).where(Waiver.campaign == plan.campaign))
    work = _Amendment(
        tx,
        context.plan,
        campaign,
        notice,
        waived={(waiver.unit, waiver.obligation) for waiver in waivers},
        moved=await moved_deadlines(tx, context.plan),
        versions=await deadline_versions(tx, plan),
    )
    await keep_terms(tx, plan)
    rows: dict[str, list[Obligation]] = {planned.id: [] for planned in plan.obligations}
    for row in await queries.lock_campaign(tx, context):
        rows.setdefault(row.id, []).append(row)
    states = {name: await work.obligation(name, theirs) for name, theirs in sorted(rows.items())}
    catch_up = plan.catch_up
    if ((plan.contest_ends, catch_up) != (context.plan.contest_ends, context.plan.catch_up)) or (
        catch_up is not None and catch_up.id in work.changed
    ):
        owed = states[catch_up.id] if catch_up else {}
        codes = {unit.code for tree in (context.campaign.units, campaign.units) for unit in tree}
        # By the contest's end and by first essays (D5) entries are late.
        work.done.essays = await essays_judged_again(
            tx, plan, {code: owed.get(code) for code in codes}, only_earlier=True
        )
    return work.done


@dataclass(frozen=True, slots=True)
class _Case:
    """One obligation of the later plan."""

    terms: Terms
    owing: Collection[str]
    """Units that owe it, their own condition aside."""
    exempt: Collection[str]
    """Whom its condition frees."""
    condition_changed: bool
    touched: bool
    """Whether its terms are others, or somebody has to get its timers anew."""


class _Amendment:
    """One amendment under way."""

    def __init__(
        self,
        tx: Transaction,
        before: Plan,
        campaign: Campaign,
        notice: Notice,
        *,
        waived: Collection[tuple[str, str]],
        moved: Mapping[str, Deadline],
        versions: Mapping[str, int],
    ) -> None:
        """`before`: the plan until now; `waived`: units and obligations that the Board released by
        waivers; `moved`: days by later documents; `versions`: of the deadlines."""
        self.done = Amended()
        self.changed: set[str] = set()
        """Obligations of which something changed for some unit."""
        self._tx = tx
        self._before = before
        self._campaign = campaign
        self._plan = campaign.plan
        self._notice = notice
        self._waived = waived
        self._moved = moved
        self._versions = versions

    async def obligation(self, name: str, rows: Sequence[Obligation]) -> dict[str, Obligation]:
        """Amend one obligation for all units; by unit, how it is then."""
        case = await self._case(name, rows)
        states = {row.unit: self._row(row, case) for row in rows}
        if case is not None:
            fresh = await self._add(case, states)
            if case.touched or fresh:
                await self._fulfil(case, states)
        before = {row.unit: row for row in rows}
        changed = [row for unit, row in states.items() if before.get(unit) is not row]
        await queries.save(self._tx, changed)
        if changed:
            self.changed.add(name)
        if case is not None and case.touched:
            await queries.set_timers(self._tx, states.values(), self._plan.approaching_days)
        return states

    async def _case(self, name: str, rows: Sequence[Obligation]) -> _Case | None:
        """None where the plan no longer has it.

        A day that only a document moved stays, unless the plan's own day is another one now.
        """
        before, after = _find(self._before, name), _find(self._plan, name)
        if after is None:
            return None
        held = before and before.with_deadlines(self._moved)
        target = with_kept_days(before, held, after) if before and held else after
        days = _days(held)
        moves = [
            (option.id, days[option.id], option.last_day)
            for option in target.options
            if days.get(option.id, option.last_day) != option.last_day
        ]
        owing = self._owing(target)
        touched = (
            held is None
            or _terms(held) != _terms(target)
            or self._before.approaching_days != self._plan.approaching_days
            or any(row.unit in owing and self._was_taken_out(row) for row in rows)
        )
        if touched and rows and not moves:  # another version of the deadline, with the same day
            last = target.last_option
            moves = [(last.id, last.last_day, last.last_day)]
        version = self._versions.get(name, 1)
        self._record(name, moves)
        return _Case(
            Terms(
                target,
                tuple((option, day) for option, was, day in moves if was != day),
                version,
                version + len(moves),
            ),
            owing,
            await self._exempt(after),
            condition_changed=before is None or before.only_if != after.only_if,
            touched=touched,
        )

    def _owing(self, planned: ObligationPlan) -> set[str]:
        """Who owes it: whom the plan asks, and who took over from one of them."""
        units, day = self._campaign.units, local_day(self._notice.at, self._plan.zone)
        asked = {unit.code for unit in units.of(planned, planned.last_option.last_day)}
        return asked | {holder.code for code in asked if (holder := units.holder(code, day))}

    def _row(self, row: Obligation, case: _Case | None) -> Obligation:
        owed = case is not None and row.unit in case.owing
        if owed and case is not None and not case.touched:
            return row
        if case is None and row.status in ("waived", "not-owed"):
            return row
        changes = changes_of(
            row,
            case.terms if case else None,
            owed=owed,
            exempt=case is not None and row.unit in case.exempt,
            condition_changed=case is not None and case.condition_changed,
            by_waiver=(row.unit, row.id) in self._waived,
        )
        was_released = row.status == "waived"
        for change in changes:
            row, facts = amended(row, change, case.terms if case else None, self._notice)
            self.done.facts += facts
        self.done.released += row.status == "waived" and not was_released
        return row

    async def _add(self, case: _Case, states: dict[str, Obligation]) -> int:
        """Rows of units that did not owe it before; how many. None of what is over already: nobody
        could have known."""
        terms, plan = case.terms, self._plan
        if self._notice.at >= terms.planned.missed_at(plan.zone):
            return 0
        new = sorted(case.owing - states.keys())
        if not new:
            return 0
        fresh = [
            Obligation(
                plan.campaign,
                unit,
                terms.planned,
                plan.zone,
                status="not-owed" if unit in case.exempt else "open",
                deadline_version=terms.next_version,
            )
            for unit in new
        ]
        self.done.owed += await queries.add(self._tx, fresh, plan.approaching_days)
        states.update((row.unit, row) for row in fresh)
        return len(fresh)

    async def _fulfil(self, case: _Case, states: dict[str, Obligation]) -> None:
        """By what was sent before."""
        plan = self._plan
        sent = await stored_submissions(self._tx, plan.campaign, case.terms.planned, plan.zone)
        for unit, submissions in sent.items():
            row = states.get(unit)
            for submission in submissions:
                if row is None or row.status not in FULFILLABLE:
                    break
                row, facts = fulfil(row, submission)
                self.done.facts += facts
                states[unit] = row

    async def _exempt(self, planned: ObligationPlan) -> Collection[str]:
        if planned.only_if is None:
            return frozenset()
        day, plan = planned.only_if.no_essays_by, self._plan
        return await exempt_units(self._tx, plan.campaign, day, plan.zone)

    def _was_taken_out(self, row: Obligation) -> bool:
        return row.status == "waived" and (row.unit, row.id) not in self._waived

    def _record(self, name: str, moves: Sequence[tuple[str, date, date]]) -> None:
        """As documents that move a deadline: their number is its version."""
        notice = self._notice
        for option, was, day in moves:
            made_of = f"{self._plan.campaign} {notice.version} {option}"
            move = DeadlineMove(
                move_id=uuid5(_MOVES, made_of),
                campaign=self._plan.campaign,
                obligation=name,
                option=option,
                previous_last_day=was,
                last_day=day,
                document=notice.document,
                reason=notice.reason,
                moved_at=notice.at,
            )
            self._tx.session.add(move)


def _find(plan: Plan, name: str) -> ObligationPlan | None:
    return next((planned for planned in plan.obligations if planned.id == name), None)


def _days(planned: ObligationPlan | None) -> dict[str, date]:
    return {option.id: option.last_day for option in planned.options} if planned else {}


def _terms(planned: ObligationPlan) -> object:
    """What counts of an obligation: everything but its words."""
    options = [
        (option.model_copy(update={"source": None, "due": None}), option.last_day)
        for option in planned.options
    ]
    return planned.only_if, options
