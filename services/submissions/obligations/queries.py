"""Obligations and their timers in the database: rows to values and back.

SQL by hand: these statements lock and write the obligations of many units at once. Locks are taken
in one order everywhere, so that no two transactions wait for each other: the plan's terms of an
obligation (`moved_deadlines.lock_terms`), then obligations by unit and id, then essays.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from services.chassis.storage.database import Transaction
from services.submissions.context import CampaignContext
from services.submissions.obligations.obligation import FULFILLABLE, Fulfilment, Obligation
from services.submissions.obligations.timers import Due, timers_of

_COLUMNS = (
    "unit, obligation, status, version, deadline_version, last_days::text,"
    " option, by, by_id, counted_day, fulfilled_at, days_late, simulated"
)

# Reads and locks in one round trip, unit after unit in their order. The arrays are in subqueries:
# not seeing how long they are, PostgreSQL keeps one plan; making one each time took 0.2 ms.
_LOCK_FOR_ESSAYS = f"""
WITH wanted AS (
    SELECT * FROM unnest((SELECT $2::text[]), (SELECT $3::text[])) AS wanted (of_unit, id)
     ORDER BY of_unit, id
)
SELECT found.* FROM wanted CROSS JOIN LATERAL (
    WITH owed AS (
        SELECT {_COLUMNS} FROM obligations
         WHERE campaign = $1 AND unit = of_unit AND obligation = id AND status = ANY ($4::text[])
           FOR UPDATE
    ), settled AS (
        SELECT {_COLUMNS} FROM obligations
         WHERE campaign = $1 AND unit = of_unit AND obligation = id AND status <> ALL ($4::text[])
           FOR SHARE
    )
    SELECT * FROM owed UNION ALL SELECT * FROM settled
) AS found
"""  # noqa: S608 - our own constant


async def lock(
    tx: Transaction, context: CampaignContext, unit: str, obligation: str
) -> Obligation | None:
    """One, locked until the transaction ends: whatever else changes it waits. None: no such."""
    locked = await lock_many(tx, context, [(unit, obligation)])
    return locked[0] if locked else None


async def lock_for_essays(
    tx: Transaction, context: CampaignContext, keys: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Obligation]:
    """Several (unit, obligation), each locked as far as essays need it, those that there are.

    Only an essay that may fulfil it takes it alone; the many after it share the lock, which
    still makes a deadline-move wait until their lateness is stored.
    """
    wanted = set(keys)
    rows = await tx.fetch(
        _LOCK_FOR_ESSAYS,
        context.plan.campaign,
        [unit for unit, _ in wanted],
        [obligation for _, obligation in wanted],
        FULFILLABLE,
    )
    found = {(row["unit"], row["obligation"]): _obligation(context, row) for row in rows}
    if left := wanted - found.keys():  # there are none, or they changed while we waited
        found |= {
            (obligation.unit, obligation.id): obligation
            for obligation in await lock_many(tx, context, left)
        }
    return found


async def lock_many(
    tx: Transaction, context: CampaignContext, keys: Iterable[tuple[str, str]]
) -> list[Obligation]:
    """Several (unit, obligation), locked in order."""
    wanted = sorted(set(keys))
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM obligations
         WHERE campaign = $1
           AND (unit, obligation) IN (SELECT * FROM unnest($2::text[], $3::text[]))
         ORDER BY unit, obligation FOR UPDATE
        """,  # noqa: S608 - our own constant
        context.plan.campaign,
        [unit for unit, _ in wanted],
        [obligation for _, obligation in wanted],
    )
    return [_obligation(context, row) for row in rows]


async def lock_all_of(
    tx: Transaction, context: CampaignContext, obligation: str
) -> list[Obligation]:
    """One obligation of every unit that has it, locked in order."""
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM obligations WHERE campaign = $1 AND obligation = $2
         ORDER BY unit, obligation FOR UPDATE
        """,  # noqa: S608 - our own constant
        context.plan.campaign,
        obligation,
    )
    return [_obligation(context, row) for row in rows]


async def of_units(
    tx: Transaction, context: CampaignContext, units: Sequence[str]
) -> list[Obligation]:
    """Everything that these units owe, by unit and id."""
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM obligations WHERE campaign = $1 AND unit = ANY($2::text[])
         ORDER BY unit, obligation
        """,  # noqa: S608 - our own constant
        context.plan.campaign,
        list(units),
    )
    return [_obligation(context, row) for row in rows]


async def add(
    tx: Transaction,
    context: CampaignContext,
    obligations: Sequence[Obligation],
    distances: Iterable[int],
) -> int:
    """Store new obligations with their timers; those that are there stay. How many were new.

    Two replicas may do it at once: the second waits for the first and adds nothing.
    """
    ordered = sorted(obligations, key=lambda obligation: (obligation.unit, obligation.id))
    rows = await tx.fetch(
        """
        INSERT INTO obligations (campaign, unit, obligation, status, version,
                                 deadline_version, last_days, simulated)
        SELECT $1, unit, obligation, status, version, deadline_version, days::jsonb, false
          FROM unnest($2::text[], $3::text[], $4::text[], $5::int[], $6::int[], $7::text[])
            AS new (unit, obligation, status, version, deadline_version, days)
        ON CONFLICT DO NOTHING RETURNING unit, obligation
        """,
        context.plan.campaign,
        [obligation.unit for obligation in ordered],
        [obligation.id for obligation in ordered],
        [obligation.status for obligation in ordered],
        [obligation.version for obligation in ordered],
        [obligation.deadline_version for obligation in ordered],
        [_days(obligation) for obligation in ordered],
    )
    new = {(row["unit"], row["obligation"]) for row in rows}
    fresh = (obligation for obligation in ordered if (obligation.unit, obligation.id) in new)
    await set_timers(tx, context, fresh, distances)
    return len(new)


async def save(
    tx: Transaction, context: CampaignContext, obligations: Sequence[Obligation]
) -> None:
    """Write back what was locked before."""
    done = [obligation.fulfilment for obligation in obligations]
    await tx.execute(
        """
        UPDATE obligations AS o
           SET status = new.status, version = new.version,
               deadline_version = new.deadline_version, last_days = new.days::jsonb,
               option = new.option, by = new.by, by_id = new.by_id,
               counted_day = new.counted_day, fulfilled_at = new.fulfilled_at,
               days_late = new.days_late, simulated = new.simulated
          FROM unnest($2::text[], $3::text[], $4::text[], $5::int[], $6::int[], $7::text[],
                      $8::text[], $9::text[], $10::uuid[], $11::date[], $12::timestamptz[],
                      $13::int[], $14::bool[])
            AS new (unit, obligation, status, version, deadline_version, days, option, by,
                    by_id, counted_day, fulfilled_at, days_late, simulated)
         WHERE o.campaign = $1 AND o.unit = new.unit AND o.obligation = new.obligation
        """,
        context.plan.campaign,
        [obligation.unit for obligation in obligations],
        [obligation.id for obligation in obligations],
        [obligation.status for obligation in obligations],
        [obligation.version for obligation in obligations],
        [obligation.deadline_version for obligation in obligations],
        [_days(obligation) for obligation in obligations],
        [each and each.option for each in done],
        [each and each.by for each in done],
        [each and each.by_id for each in done],
        [each and each.counted_day for each in done],
        [each and each.fulfilled_at for each in done],
        [None if each is None else each.days_late for each in done],
        [each is not None and each.simulated for each in done],
    )


async def set_timers(
    tx: Transaction,
    context: CampaignContext,
    obligations: Iterable[Obligation],
    distances: Iterable[int],
) -> None:
    """Timers for the present version of each deadline; those of older versions run empty."""
    distances = tuple(distances)
    due: list[Due] = [
        timer for obligation in obligations for timer in timers_of(obligation, distances)
    ]
    await tx.execute(
        """
        INSERT INTO timers (campaign, unit, obligation, deadline_version, option, distance,
                            due_at)
        SELECT $1, * FROM unnest($2::text[], $3::text[], $4::int[], $5::text[], $6::int[],
                                 $7::timestamptz[])
        ON CONFLICT DO NOTHING
        """,
        context.plan.campaign,
        [timer.unit for timer in due],
        [timer.obligation for timer in due],
        [timer.deadline_version for timer in due],
        [timer.option for timer in due],
        [timer.distance for timer in due],
        [timer.due_at for timer in due],
    )


def _obligation(context: CampaignContext, row: Any) -> Obligation:
    fulfilment = None
    if row["option"] is not None:
        fulfilled_at: datetime = row["fulfilled_at"]
        fulfilment = Fulfilment(
            option=row["option"],
            by=row["by"],
            by_id=row["by_id"],
            counted_day=row["counted_day"],
            fulfilled_at=fulfilled_at.astimezone(context.zone),
            days_late=row["days_late"],
            simulated=row["simulated"],
        )
    return Obligation(
        campaign=context.plan.campaign,
        unit=row["unit"],
        planned=context.planned_under(row["obligation"], row["last_days"]),
        zone=context.zone,
        status=row["status"],
        version=row["version"],
        deadline_version=row["deadline_version"],
        fulfilment=fulfilment,
    )


def _days(obligation: Obligation) -> str:
    """Last day by option, as JSON."""
    return msgspec.json.encode(
        {option.id: option.last_day for option in obligation.planned.options}
    ).decode()
