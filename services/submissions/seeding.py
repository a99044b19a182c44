"""At start: a row for everything that a unit of the campaign owes. Idempotent, by any replica."""

import structlog

from services.chassis.database import Database
from services.submissions.desk import Desk
from services.submissions.moves import deadline_versions, moved_deadlines
from services.submissions.obligations import Owed

_log = structlog.get_logger(__name__)


class PlanChangedError(RuntimeError):
    """plan.yaml no longer has an obligation or a way that units owe in the database."""


async def seed_obligations(database: Database, desk: Desk) -> int:
    """Add what is missing; how many rows were new.

    A unit owes what the plan asks of its level if it exists on the last good day; so neither a unit
    dissolved before then owes it, nor does the day of the first start matter. Raises
    PlanChangedError.
    """
    plan = desk.plan
    async with database.transaction() as tx:
        rows = await tx.fetch(
            """
            SELECT DISTINCT obligation, moving.way
              FROM obligations, jsonb_object_keys(last_good_days) AS moving (way)
             WHERE campaign = $1
            """,
            plan.campaign,
        )
        known = {(duty.id, way.id) for duty in plan.obligations for way in duty.ways}
        if lost := sorted({(row["obligation"], row["way"]) for row in rows} - known):
            named = ", ".join(f"{duty} ({way})" for duty, way in lost)
            raise PlanChangedError(
                f"units owe {named} in the database, but plan.yaml of {plan.campaign} does not have"
                " it: put it back, or waive it for the units first"
            )
        moved = await moved_deadlines(tx, plan)
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
