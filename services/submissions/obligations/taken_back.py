"""An amendment takes successions back: a merger that was carried out does not take place, or on a
day to come, or goes to another unit.

What each unit concerned owes is told once more (`lives.py`), by the successions that remain; those
that the later tree has instead are passed on as always (`pass_on.py`), so points and obligations
move once. Where only the day is another one that is past too, nothing changes but that day.

The campaign's row is locked alone, as for every amendment.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby

from sqlmodel import select

from services.chassis.storage.database import Transaction
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.deadlines import local_day, start_of
from services.contracts.campaign.obligation_plan import ObligationPlan
from services.submissions.context import CampaignContext
from services.submissions.models import PassedOn
from services.submissions.obligations.amendments import Terms
from services.submissions.obligations.condition import decided_at
from services.submissions.obligations.lives import Life, Release, TakenOver
from services.submissions.obligations.obligation import Obligation
from services.submissions.obligations.owing import is_asked
from services.submissions.obligations.passed_on import Waiver, Waivers, released_by, waivers_of
from services.submissions.obligations.queries import kind_of
from services.submissions.obligations.stored_submissions import acts_together
from services.submissions.obligations.submission import Submission
from services.submissions.obligations.successions import best_left

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What an amendment does to the successions that were carried out."""

    concerned: tuple[str, ...]
    """Units whose obligations are told once more, those that end first in front."""
    frozen: Collection[str]
    """Units that are no more, of which nothing changes."""
    remaining: Sequence[PassedOn]
    """Successions that stay carried out, by day."""
    waivers: Waivers
    """By unit and obligation, those of units that it took over from included."""


async def take_back(
    tx: Transaction, context: CampaignContext, campaign: Campaign, at: datetime
) -> TakenBack:
    """Compare what was carried out with the later tree, and record what is not so any more."""
    units, day = campaign.units, local_day(at, campaign.plan.zone)
    asked = select(PassedOn).where(PassedOn.campaign == context.id)
    passed = {row.unit: row for row in await tx.session.exec(asked)}
    gone: dict[str, PassedOn] = {}
    for code, row in passed.items():
        ended = units.ended(code, day)
        if ended is None or ended.successor != row.successor:
            gone[code] = row
        else:
            row.day = ended.day
    concerned = [code for code in gone if units.ended(code, day) is None]
    for row in gone.values():
        heir = row.successor
        while heir is not None and heir not in concerned:
            concerned.append(heir)
            heir = passed[heir].successor if heir in passed else None
    for row in gone.values():
        await tx.session.delete(row)
    await tx.session.flush()
    remaining = sorted(
        (row for row in passed.values() if row.unit not in gone),
        key=lambda row: (row.day, row.successor or "", row.unit),
    )
    known = {unit.code for tree in (context.campaign.units, units) for unit in tree}
    return TakenBack(
        tuple(sorted(concerned, key=lambda code: _end(campaign, code, day))),
        {unit.code for unit in units if unit.ends <= day} | {row.unit for row in remaining},
        remaining,
        await waivers_of(tx, context, known),
    )


def replayed(
    back: TakenBack,
    campaign: Campaign,
    terms_of: Callable[[str], Terms],
    *,
    exempt: Collection[str],
    held: Callable[[str], bool | None],
    sent: Mapping[str, Sequence[Submission]],
    rows: Mapping[str, Obligation],
    now: datetime,
) -> dict[str, Obligation | None]:
    """One obligation of each unit concerned, made anew; `terms_of`: a unit's, `rows`: as they are
    stored, by unit. `exempt`: whom its condition frees, `held`: how it was decided for a unit."""
    states = dict(rows)
    found: dict[str, Obligation | None] = {}
    for unit in back.concerned:
        stored, terms = rows.get(unit), terms_of(unit)
        blank = Obligation(
            campaign.plan.campaign,
            unit,
            terms.planned,
            campaign.plan.zone,
            # What it did before the day of a `when` counts: its life has the decision.
            status="not-owed" if unit in exempt and held(unit) is None else "open",
            version=stored.version if stored else 1,
            deadline_version=terms.next_version,
            held=held(unit),
            kind=kind_of(campaign, unit),
        )
        own = back.waivers.get((unit, terms.planned.id))
        ends = _end(campaign, unit, local_day(now, blank.zone))
        found[unit] = Life(
            blank,
            is_asked(campaign, terms.planned, unit),
            sent.get(unit, ()),
            _release(own) if own and own.unit == unit else None,
            _taken(back, campaign, unit, terms.planned, states=states, exempt={*exempt}),
            partial(_together, back, campaign, unit, sent),
            now if ends == date.max else start_of(ends, blank.zone),
            None if held(unit) is None else decided_at(terms.planned, campaign.plan),
        ).replayed()
        states.pop(unit, None)
        if (state := found[unit]) is not None:
            states[unit] = state
    return found


def _taken(
    back: TakenBack,
    campaign: Campaign,
    unit: str,
    planned: ObligationPlan,
    *,
    states: Mapping[str, Obligation],
    exempt: set[str],
) -> list[TakenOver]:
    """What remains taken over of one obligation. `exempt`: whom its condition frees."""
    found: list[TakenOver] = []
    theirs = [row for row in back.remaining if row.successor == unit]
    by_essays = planned.only_if is not None and planned.only_if.no_essays_by is not None
    for day, group in groupby(theirs, key=lambda row: row.day):
        codes = [row.unit for row in group]
        left = [states[code] for code in codes if code in states]
        best = best_left(released_by(back.waivers, left))
        begins = not found and not campaign.units.exists(unit, day - _ONE_DAY)
        waiver = back.waivers.get((best.unit, planned.id)) if best else None
        found.append(
            TakenOver(
                day,
                best,
                _release(waiver) if waiver else None,
                begins,
                exempt=by_essays and not exempt.isdisjoint(codes),
            )
        )
    return found


def _together(
    back: TakenBack,
    campaign: Campaign,
    unit: str,
    sent: Mapping[str, Sequence[Submission]],
    at: datetime,
) -> list[Submission]:
    """What counts for a unit at a moment, with what those did that it had taken over from."""
    zone = campaign.plan.zone
    day = local_day(at, zone)
    codes = [unit]
    for code in codes:  # grows while it is walked
        codes += [row.unit for row in back.remaining if row.successor == code and row.day <= day]
    theirs = {code: [act for act in sent.get(code, ()) if act.known_at <= at] for code in codes}
    return acts_together(theirs, campaign.units, day, zone)


def _release(waiver: Waiver) -> Release:
    order = waiver.order
    return Release(order.at, order.document, order.reason)


def _end(campaign: Campaign, code: str, day: date) -> date:
    """The day from which the unit is no more, if it has come."""
    ended = campaign.units.ended(code, day)
    return ended.day if ended else date.max
