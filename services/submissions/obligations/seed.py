"""A row for everything that a unit of a campaign owes. Idempotent."""

from collections.abc import Mapping
from datetime import date
from functools import partial

import structlog
from sqlalchemy import delete
from sqlmodel import col, select

from services.chassis.storage.database import Transaction
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.plan import Plan
from services.submissions.models import ObligationRow, PlannedTerms, Timer
from services.submissions.obligations import queries
from services.submissions.obligations.awaited import with_known_days
from services.submissions.obligations.obligation import Obligation
from services.submissions.obligations.owing import asked_of
from services.submissions.obligations.plan_guard import keep_terms
from services.submissions.orders.queries import deadline_versions, orders_of

_log = structlog.get_logger(__name__)


async def seed_obligations(tx: Transaction, campaign: Campaign) -> int:
    """Add what is missing; how many rows were new. The campaign's row is locked.

    Whom the plan asks (`owing.py`); the day of the announcement does not matter. A unit that is
    added after a deadline was moved gets the moved deadline.
    """
    plan = campaign.plan
    await keep_terms(tx, plan)
    orders = await orders_of(tx, plan.campaign, campaign.units)
    versions = await deadline_versions(tx, plan.campaign)
    done = await _done(tx, plan)
    obligations = []
    for planned in plan.obligations:
        obligations += [
            Obligation(
                plan.campaign,
                unit,
                with_known_days(
                    orders.planned(planned, unit), partial(_happened, done, unit), plan.closes
                ),
                plan.zone,
                deadline_version=versions.get(planned.id, 1),
                kind=queries.kind_of(campaign, unit),
            )
            for unit in asked_of(campaign, orders.planned(planned))
        ]
    added = await queries.add(tx, obligations, plan.approaching_days)
    _log.info("obligations seeded", campaign=plan.campaign, owed=len(obligations), added=added)
    return added


async def _done(tx: Transaction, plan: Plan) -> Mapping[tuple[str, str], date]:
    """By unit and obligation the day that counts, of those on which last days depend."""
    if not plan.awaiting:
        return {}
    asked = select(ObligationRow).where(
        ObligationRow.campaign == plan.campaign, col(ObligationRow.obligation).in_(plan.awaiting)
    )
    rows = await tx.session.exec(asked)
    return {(row.unit, row.obligation): row.counted_day for row in rows if row.counted_day}


def _happened(done: Mapping[tuple[str, str], date], unit: str, name: str) -> date | None:
    return done.get((unit, name))


async def remove_obligations(tx: Transaction, campaign: str) -> None:
    """Nobody owes anything by a campaign that was withdrawn. Its row is locked."""
    for table in (Timer, ObligationRow, PlannedTerms):
        await tx.session.exec(delete(table).where(col(table.campaign) == campaign))
