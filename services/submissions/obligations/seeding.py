"""At start: a row for everything that a unit of the campaign owes. Idempotent, by any replica."""

import structlog

from services.chassis.storage.database import Database
from services.submissions.desk.desk import Desk
from services.submissions.obligations.moves import deadline_versions, moved_deadlines
from services.submissions.obligations.obligation import Owed
from services.submissions.obligations.plan_kept import check_deadlines, check_terms

_log = structlog.get_logger(__name__)


async def seed_obligations(database: Database, desk: Desk) -> int:
    """Add what is missing; how many rows were new.

    A unit owes what the plan asks of its level if it exists on the last good day; so neither a unit
    dissolved before then owes it, nor does the day of the first start matter. A deadline that was
    never moved is still the plan's, and so are the condition and the grace, or the start is
    refused: units would be judged by the old words, and those added now by the new ones. Raises
    PlanChangedError.
    """
    plan = desk.plan
    async with database.transaction() as tx:
        moved = await moved_deadlines(tx, plan)
        await check_deadlines(tx, plan, moved)
        await check_terms(tx, plan)
        versions = await deadline_versions(tx, plan)
        owed = []
        for duty in plan.with_deadlines(moved).obligations:
            day = duty.last_option.last_good_day
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
