"""At start: a row for everything that a unit of the campaign owes. Idempotent, by any replica."""

import structlog

from services.chassis.storage.database import Database
from services.submissions.context import CampaignContext
from services.submissions.obligations import queries
from services.submissions.obligations.moved_deadlines import (
    deadline_versions,
    lock_terms,
    moved_deadlines,
)
from services.submissions.obligations.obligation import Obligation
from services.submissions.obligations.plan_guard import check_deadlines, check_terms

_log = structlog.get_logger(__name__)


async def seed_obligations(database: Database, context: CampaignContext) -> int:
    """Add what is missing; how many rows were new.

    A unit owes what the plan asks of its level if it exists on the last day; so neither a unit
    dissolved before then owes it, nor does the day of the first start matter. A deadline that was
    never moved is still the plan's, and so are the condition and the grace, or the start is
    refused: units would be judged by the old words, and those added now by the new ones. Raises
    PlanChangedError.
    """
    plan = context.plan
    async with database.transaction() as tx:
        await check_terms(tx, plan)
        await lock_terms(tx, plan, [planned.id for planned in plan.obligations])
        moved = await moved_deadlines(tx, plan)
        await check_deadlines(tx, plan, moved)
        versions = await deadline_versions(tx, plan)
        obligations = []
        for planned in plan.with_deadlines(moved).obligations:
            day = planned.last_option.last_day
            obligations += [
                Obligation(
                    plan.campaign,
                    unit.code,
                    planned,
                    context.zone,
                    deadline_version=versions.get(planned.id, 1),
                )
                for unit in context.campaign.units.of(planned, day)
            ]
        added = await queries.add(tx, context, obligations, plan.approaching_days)
    _log.info("obligations seeded", campaign=plan.campaign, owed=len(obligations), added=added)
    return added
