"""Essays that are stored are judged again when a day changes by which they are late.

SQL by hand: hundreds of essays are locked in one order and written in one statement.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from services.chassis.storage.database import Transaction
from services.contracts.campaign.contest import Contest
from services.contracts.campaign.deadlines import local_day
from services.contracts.campaign.plan import Plan
from services.contracts.events import EssaySubmitted
from services.contracts.events.essays import ExemplarName
from services.contracts.wording import without_zeros
from services.submissions.obligations.essay_lateness import counted_act_day, lateness
from services.submissions.obligations.obligation import Obligation


def by_unit(obligations: Iterable[Obligation]) -> dict[str, list[Obligation]]:
    """Obligations by the unit that has them."""
    found: dict[str, list[Obligation]] = defaultdict(list)
    for obligation in obligations:
        found[obligation.unit].append(obligation)
    return found


def fulfilled_by_essays(plan: Plan) -> list[str]:
    """The obligations of a plan that essays fulfil, by whose days they are late."""
    return [planned.id for planned in plan.obligations if planned.takes_essays_of(None)]


async def essays_judged_again(
    tx: Transaction,
    plan: Plan,
    owed: Mapping[str, Sequence[Obligation]],
    *,
    ends: Callable[[Contest, str], date],
    only_earlier: bool = False,
    before: Plan | None = None,
) -> list[EssaySubmitted]:
    """The essays of these units whose lateness changed, as they are stored now and to be published;
    and those that now count by another day than under the plan `before`.

    `owed`: by unit, what it owes or owed of essays, if anything; these obligations are locked, and
    with them the essays of their units. `ends`: the last day of a contest for a unit.
    `only_earlier`: none becomes later than it was.
    """
    rows = await tx.fetch(
        """
        SELECT essay_id, contest, unit, version, title, form, exemplar_kind, exemplar_name, words,
               minutes, submitted_at, acted_on, days_late, simulated
          FROM essays
         WHERE campaign = $1 AND unit = ANY($2::text[]) AND withdrawn_at IS NULL
         ORDER BY essay_id FOR UPDATE
        """,
        plan.campaign,
        list(owed),
    )
    changed: list[EssaySubmitted] = []
    for row in rows:
        unit: str = row["unit"]
        contest = plan.contest(row["contest"])
        if contest is None:
            continue  # no plan loses one that has essays
        received_on = local_day(row["submitted_at"], plan.zone)
        _, days = lateness(contest, ends(contest, unit), owed[unit], received_on, row["acted_on"])
        if only_earlier:
            days = min(days, row["days_late"])
        was = before.contest(contest.id) if before else None
        anew = was is not None and _act_day(was, row) != _act_day(contest, row)
        if days != row["days_late"] or anew:
            changed.append(_with_lateness(plan, contest, row, days))
    await tx.execute(
        """
        UPDATE essays AS e SET version = new.version, late = new.days_late > 0,
                               days_late = new.days_late
          FROM unnest($1::uuid[], $2::int[], $3::int[]) AS new (essay_id, version, days_late)
         WHERE e.essay_id = new.essay_id
        """,
        [fact.essay_id for fact in changed],
        [fact.version for fact in changed],
        [fact.days_late for fact in changed],
    )
    return changed


def _with_lateness(plan: Plan, contest: Contest, row: Any, days_late: int) -> EssaySubmitted:
    return EssaySubmitted(
        campaign=plan.campaign,
        unit=row["unit"],
        simulated=row["simulated"],
        version=row["version"] + 1,
        essay_id=row["essay_id"],
        contest=row["contest"],
        title=row["title"],
        form=row["form"],
        exemplar=ExemplarName(kind=row["exemplar_kind"], name=row["exemplar_name"]),
        words=row["words"],
        minutes=without_zeros(row["minutes"]),
        submitted_at=row["submitted_at"].astimezone(plan.zone),
        acted_on=row["acted_on"],
        counted_day=_act_day(contest, row),
        late=days_late > 0,
        days_late=days_late,
    )


def _act_day(contest: Contest, row: Any) -> date | None:
    return counted_act_day(contest, row["acted_on"])
