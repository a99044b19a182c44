"""Refuses to start when plan.yaml differs from the plan of the first start.

What units owe, and until when, is changed by a document and not by an edit of a file.

SQL by hand: the distinct deadlines of all units, out of a JSON column.
"""

from collections.abc import Container, Iterator
from datetime import date

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import select

from services.chassis.storage.database import Transaction
from services.contracts.campaign.plan import ObligationPlan, Plan
from services.submissions.models import PlannedTerms

_Grace = dict[str, int]


class PlanChangedError(RuntimeError):
    """plan.yaml was edited after the first start in what units owe by the database.

    It no longer has an obligation or an option that they owe, or it has another deadline than
    theirs although no document moved it, or another condition or grace than at the first start.
    """


async def check_deadlines(tx: Transaction, plan: Plan, moved: Container[str]) -> None:
    """What units owe in the database is in the plan, under the same deadlines; `moved`: options.

    Raises PlanChangedError.
    """
    rows = await tx.fetch(
        """
        SELECT DISTINCT obligation, stored.option, stored.day::date AS day
          FROM obligations, jsonb_each_text(last_days) AS stored (option, day)
         WHERE campaign = $1 ORDER BY obligation, stored.option, day
        """,
        plan.campaign,
    )
    options = {
        (planned.id, option.id): option
        for planned in plan.obligations
        for option in planned.options
    }
    lost, changed = [], []
    for row in rows:
        named = f"{row['obligation']} ({row['option']})"
        option = options.get((row["obligation"], row["option"]))
        if option is None:
            lost.append(named)
        elif row["option"] not in moved and row["day"] != option.last_day:
            changed.append(f"{named} until {row['day']}, by the plan until {option.last_day}")
    if lost:
        raise PlanChangedError(
            f"units owe {', '.join(lost)} in the database, but plan.yaml of {plan.campaign} does"
            " not have it: put it back; a unit that is not to do it is released by a waiver"
        )
    if changed:
        raise PlanChangedError(
            f"units owe {'; '.join(changed)}: plan.yaml of {plan.campaign} was edited after the"
            " first start. Restore the file, start, and enter the new day as a deadline move (POST"
            " /v1/deadline-moves)"
        )


async def check_terms(tx: Transaction, plan: Plan) -> None:
    """The conditions and graces of the plan are those of the first start, which are kept here.

    The first start that finds an obligation without any keeps the plan's; a replica that starts at
    the same time waits for it. Raises PlanChangedError.
    """
    plans = sorted(plan.obligations, key=lambda planned: planned.id)
    terms = [
        {
            "campaign": plan.campaign,
            "obligation": planned.id,
            "no_essays_by": _no_essays_by(planned),
            "reporting_grace_days": _grace(planned),
        }
        for planned in plans
    ]
    if terms:
        await tx.session.exec(insert(PlannedTerms).on_conflict_do_nothing(), params=terms)
    stored = select(PlannedTerms).where(PlannedTerms.campaign == plan.campaign)
    first = {row.obligation: row for row in await tx.session.exec(stored)}
    changed: list[str] = []
    for planned in plans:
        row = first[planned.id]
        changed += _differences(planned, row.no_essays_by, row.reporting_grace_days)
    if changed:
        raise PlanChangedError(
            f"units owe {'; '.join(changed)}: plan.yaml of {plan.campaign} was edited after the"
            " first start. Restore the file, and start; who is to have more time gets it by a"
            " deadline move (POST /v1/deadline-moves), who is not to owe it by a waiver (POST"
            " /v1/waivers)"
        )


def _differences(
    planned: ObligationPlan, no_essays_by: date | None, grace: _Grace
) -> Iterator[str]:
    """What the plan now asks otherwise of an obligation than at the first start."""
    if no_essays_by != (now := _no_essays_by(planned)):
        yield f"{planned.id} {_condition(no_essays_by)}, by the plan {_condition(now)}"
    for option, days in _grace(planned).items():
        # An option that is new in the plan is no edit of what was there.
        if option in grace and grace[option] != days:
            yield (
                f"{planned.id} ({option}) with reporting_grace_days {grace[option]},"
                f" by the plan with {days}"
            )


def _condition(no_essays_by: date | None) -> str:
    return f"only_if no_essays_by {no_essays_by}" if no_essays_by else "without only_if"


def _no_essays_by(planned: ObligationPlan) -> date | None:
    return planned.only_if.no_essays_by if planned.only_if else None


def _grace(planned: ObligationPlan) -> _Grace:
    return {option.id: option.reporting_grace_days for option in planned.options}
