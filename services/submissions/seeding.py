"""At start: a row for everything that a unit of the campaign owes. Idempotent, by any replica."""

from collections.abc import Container

import structlog

from services.chassis.database import Database, Transaction
from services.contracts.campaign.plan import Plan
from services.submissions.desk import Desk
from services.submissions.moves import deadline_versions, moved_deadlines
from services.submissions.obligations import Owed

_log = structlog.get_logger(__name__)


class PlanChangedError(RuntimeError):
    """plan.yaml was edited after the first start in what units owe by the database.

    It has no longer an obligation or a way that they owe, or another deadline than theirs though no
    notice moved it.
    """


async def seed_obligations(database: Database, desk: Desk) -> int:
    """Add what is missing; how many rows were new.

    A unit owes what the plan asks of its level if it exists on the last good day; so neither a unit
    dissolved before then owes it, nor does the day of the first start matter. A deadline that was
    never moved is still the plan's, or the start is refused: units would be judged by the old day,
    and those added now by the new one. Raises PlanChangedError.
    """
    plan = desk.plan
    async with database.transaction() as tx:
        moved = await moved_deadlines(tx, plan)
        await _check_plan(tx, plan, moved)
        versions = await deadline_versions(tx, plan)
        owed = []
        for duty in plan.with_deadlines(moved).obligations:
            day = duty.last_way.last_good_day
            owed += [
                Owed(
                    plan.campaign,
                    unit.code,
                    duty,
                    desk.zone,
                    deadline_version=versions.get(duty.id, 1),
                )
                for unit in desk.campaign.units.of(duty, day)
            ]
        added = await desk.obligations.add(tx, owed, plan.approaching_days)
    _log.info("obligations seeded", campaign=plan.campaign, owed=len(owed), added=added)
    return added


async def _check_plan(tx: Transaction, plan: Plan, moved: Container[str]) -> None:
    """What units owe in the database is in the plan, under the same deadlines; `moved`: ways."""
    rows = await tx.fetch(
        """
        SELECT DISTINCT obligation, stored.way, stored.day::date AS day
          FROM obligations, jsonb_each_text(last_good_days) AS stored (way, day)
         WHERE campaign = $1 ORDER BY obligation, stored.way, day
        """,
        plan.campaign,
    )
    planned = {(duty.id, way.id): way for duty in plan.obligations for way in duty.ways}
    lost, changed = [], []
    for row in rows:
        named = f"{row['obligation']} ({row['way']})"
        way = planned.get((row["obligation"], row["way"]))
        if way is None:
            lost.append(named)
        elif row["way"] not in moved and row["day"] != way.last_good_day:
            changed.append(f"{named} until {row['day']}, by the plan until {way.last_good_day}")
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
