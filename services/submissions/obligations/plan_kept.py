"""plan.yaml still says what it said at the first start, or the service does not start.

Units are told once what they owe and until when; a notice changes that, an edit of a file does not.
"""

from collections.abc import Container, Iterator
from datetime import date

import msgspec

from services.chassis.storage.database import Transaction
from services.contracts.campaign.plan import ObligationPlan, Plan

_Grace = dict[str, int]


class PlanChangedError(RuntimeError):
    """plan.yaml was edited after the first start in what units owe by the database.

    It no longer has an obligation or an option that they owe, or it has another deadline than
    theirs although no notice moved it, or another condition or grace than at the first start.
    """


async def check_deadlines(tx: Transaction, plan: Plan, moved: Container[str]) -> None:
    """What units owe in the database is in the plan, under the same deadlines; `moved`: options.

    Raises PlanChangedError.
    """
    rows = await tx.fetch(
        """
        SELECT DISTINCT obligation, stored.option, stored.day::date AS day
          FROM obligations, jsonb_each_text(last_good_days) AS stored (option, day)
         WHERE campaign = $1 ORDER BY obligation, stored.option, day
        """,
        plan.campaign,
    )
    planned = {(duty.id, option.id): option for duty in plan.obligations for option in duty.options}
    lost, changed = [], []
    for row in rows:
        named = f"{row['obligation']} ({row['option']})"
        option = planned.get((row["obligation"], row["option"]))
        if option is None:
            lost.append(named)
        elif row["option"] not in moved and row["day"] != option.last_good_day:
            changed.append(f"{named} until {row['day']}, by the plan until {option.last_good_day}")
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
    duties = sorted(plan.obligations, key=lambda duty: duty.id)
    await tx.execute(
        """
        INSERT INTO planned_terms (campaign, obligation, no_essays_by, reporting_grace_days)
        SELECT $1, obligation, no_essays_by, grace::jsonb
          FROM unnest($2::text[], $3::date[], $4::text[]) AS new (obligation, no_essays_by, grace)
            ON CONFLICT DO NOTHING
        """,
        plan.campaign,
        [duty.id for duty in duties],
        [_no_essays_by(duty) for duty in duties],
        [msgspec.json.encode(_grace(duty)).decode() for duty in duties],
    )
    rows = await tx.fetch(
        """
        SELECT obligation, no_essays_by, reporting_grace_days::text AS grace FROM planned_terms
         WHERE campaign = $1
        """,
        plan.campaign,
    )
    first = {row["obligation"]: row for row in rows}
    changed: list[str] = []
    for duty in duties:
        row = first[duty.id]
        grace = msgspec.json.decode(row["grace"], type=_Grace)
        changed += _differences(duty, row["no_essays_by"], grace)
    if changed:
        raise PlanChangedError(
            f"units owe {'; '.join(changed)}: plan.yaml of {plan.campaign} was edited after the"
            " first start. Restore the file, and start; who is to have more time gets it by a"
            " deadline move (POST /v1/deadline-moves), who is not to owe it by a waiver (POST"
            " /v1/waivers)"
        )


def _differences(duty: ObligationPlan, no_essays_by: date | None, grace: _Grace) -> Iterator[str]:
    """What the plan now says otherwise of an obligation than at the first start."""
    if no_essays_by != (now := _no_essays_by(duty)):
        yield f"{duty.id} {_condition(no_essays_by)}, by the plan {_condition(now)}"
    for option, days in _grace(duty).items():
        # An option that is new in the plan is no edit of what was there.
        if option in grace and grace[option] != days:
            yield (
                f"{duty.id} ({option}) with reporting_grace_days {grace[option]},"
                f" by the plan with {days}"
            )


def _condition(no_essays_by: date | None) -> str:
    return f"only_if no_essays_by {no_essays_by}" if no_essays_by else "without only_if"


def _no_essays_by(duty: ObligationPlan) -> date | None:
    return duty.only_if.no_essays_by if duty.only_if else None


def _grace(duty: ObligationPlan) -> _Grace:
    return {option.id: option.reporting_grace_days for option in duty.options}
