"""Obligations and their timers in the database: rows to values and back.

SQL by hand: these statements lock and write the obligations of many units at once. Locks are taken
in one order everywhere, so that no two transactions wait for each other: obligations by campaign,
unit and id, then essays.
Before them all goes the campaign itself (`services/campaigns/registry.py`).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

import msgspec

from services.chassis.storage.database import Transaction
from services.contracts.campaign.campaign import Campaign
from services.submissions.context import CampaignContext
from services.submissions.obligations.obligation import FULFILLABLE, Fulfilment, Obligation
from services.submissions.obligations.timers import Due, timers_of

_COLUMNS = (
    "campaign, unit, obligation, status, version, deadline_version, last_days::text,"
    " option, by, by_id, counted_day, fulfilled_at, days_late, simulated, held"
)

Key: TypeAlias = tuple[str, str, str]
"""Campaign, unit and id of one obligation."""

# Reads and locks in one round trip, unit after unit in their order. The arrays are in subqueries:
# not seeing how long they are, PostgreSQL keeps one plan; making one each time took 0.2 ms.
_LOCK_FOR_ESSAYS = f"""
WITH wanted AS (
    SELECT * FROM unnest((SELECT $1::text[]), (SELECT $2::text[]), (SELECT $3::text[]))
        AS wanted (of_campaign, of_unit, id)
     ORDER BY of_campaign, of_unit, id
)
SELECT found.* FROM wanted CROSS JOIN LATERAL (
    WITH owed AS (
        SELECT {_COLUMNS} FROM obligations
         WHERE campaign = of_campaign AND unit = of_unit AND obligation = id
           AND status = ANY ($4::text[])
           FOR UPDATE
    ), settled AS (
        SELECT {_COLUMNS} FROM obligations
         WHERE campaign = of_campaign AND unit = of_unit AND obligation = id
           AND status <> ALL ($4::text[])
           FOR SHARE
    )
    SELECT * FROM owed UNION ALL SELECT * FROM settled
) AS found
"""  # noqa: S608 - our own constant


def key_of(obligation: Obligation) -> Key:
    """Where it is kept. Locks are taken in the order of these."""
    return obligation.campaign, obligation.unit, obligation.id


async def lock(
    tx: Transaction, context: CampaignContext, unit: str, obligation: str
) -> Obligation | None:
    """One, locked until the transaction ends: whatever else changes it waits. None: no such."""
    locked = await lock_many(tx, {context.id: context}, [(context.id, unit, obligation)])
    return locked[0] if locked else None


async def lock_for_essays(
    tx: Transaction, contexts: Mapping[str, CampaignContext], keys: Iterable[Key]
) -> dict[Key, Obligation]:
    """Several, of several campaigns, each locked as far as essays need it, those that there are.

    Only an essay that may fulfil it takes it alone; the many after it share the lock, which
    still makes a deadline-move wait until their lateness is stored. Where last days depend on one
    of them each is taken alone.
    """
    wanted = set(keys)
    if _awaiting(contexts, wanted):
        return {key_of(each): each for each in await lock_many(tx, contexts, wanted)}
    rows = await tx.fetch(
        _LOCK_FOR_ESSAYS,
        [campaign for campaign, _, _ in wanted],
        [unit for _, unit, _ in wanted],
        [obligation for _, _, obligation in wanted],
        FULFILLABLE,
    )
    owed = [_obligation(contexts[row["campaign"]], row) for row in rows]
    found = {key_of(obligation): obligation for obligation in owed}
    if left := wanted - found.keys():  # there are none, or they changed while we waited
        locked = await lock_many(tx, contexts, left)
        found |= {key_of(obligation): obligation for obligation in locked}
    return found


async def lock_many(
    tx: Transaction, contexts: Mapping[str, CampaignContext], keys: Iterable[Key]
) -> list[Obligation]:
    """Several, of several campaigns, locked in order.

    With them those whose last days depend on them: what is stored about the ones may change the
    others, which nobody may hold who waits for these.
    """
    asked = set(keys)
    wanted = sorted(asked | _awaiting(contexts, asked))
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM obligations
         WHERE (campaign, unit, obligation)
            IN (SELECT * FROM unnest($1::text[], $2::text[], $3::text[]))
         ORDER BY campaign, unit, obligation FOR UPDATE
        """,  # noqa: S608 - our own constant
        [campaign for campaign, _, _ in wanted],
        [unit for _, unit, _ in wanted],
        [obligation for _, _, obligation in wanted],
    )
    found = [_obligation(contexts[row["campaign"]], row) for row in rows]
    return found if len(wanted) == len(asked) else [each for each in found if key_of(each) in asked]


def _awaiting(contexts: Mapping[str, CampaignContext], keys: Iterable[Key]) -> set[Key]:
    return {
        (campaign, unit, name)
        for campaign, unit, obligation in keys
        for name in contexts[campaign].awaiting.get(obligation, ())
    }


async def lock_all_of(
    tx: Transaction, context: CampaignContext, obligations: Sequence[str]
) -> list[Obligation]:
    """Some obligations of every unit that has them, locked in order."""
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM obligations WHERE campaign = $1 AND obligation = ANY($2::text[])
         ORDER BY unit, obligation FOR UPDATE
        """,  # noqa: S608 - our own constant
        context.plan.campaign,
        list(obligations),
    )
    return [_obligation(context, row) for row in rows]


async def lock_campaign(tx: Transaction, context: CampaignContext) -> list[Obligation]:
    """Everything that anybody owes by a campaign, locked in order."""
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM obligations WHERE campaign = $1
         ORDER BY unit, obligation FOR UPDATE
        """,  # noqa: S608 - our own constant
        context.id,
    )
    return [_obligation(context, row) for row in rows]


async def lock_units(
    tx: Transaction, context: CampaignContext, units: Sequence[str]
) -> list[Obligation]:
    """Everything that some units owe, locked in order."""
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM obligations WHERE campaign = $1 AND unit = ANY($2::text[])
         ORDER BY unit, obligation FOR UPDATE
        """,  # noqa: S608 - our own constant
        context.id,
        list(units),
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


async def of_keys(
    tx: Transaction, contexts: Mapping[str, CampaignContext], keys: Iterable[Key]
) -> dict[Key, Obligation]:
    """Several, of several campaigns, those that there are, not locked."""
    wanted = list(keys)
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM obligations
         WHERE (campaign, unit, obligation)
            IN (SELECT * FROM unnest($1::text[], $2::text[], $3::text[]))
        """,  # noqa: S608 - our own constant
        [campaign for campaign, _, _ in wanted],
        [unit for _, unit, _ in wanted],
        [obligation for _, _, obligation in wanted],
    )
    found = [_obligation(contexts[row["campaign"]], row) for row in rows]
    return {key_of(obligation): obligation for obligation in found}


async def add(tx: Transaction, obligations: Sequence[Obligation], distances: Iterable[int]) -> int:
    """Store new obligations with their timers; those that are there stay. How many were new.

    `distances`: of reminders, in days.

    Two replicas may do it at once: the second waits for the first and adds nothing.
    """
    ordered = sorted(obligations, key=key_of)
    rows = await tx.fetch(
        """
        INSERT INTO obligations (campaign, unit, obligation, status, version,
                                 deadline_version, last_days, simulated, held)
        SELECT campaign, unit, obligation, status, version, deadline_version, days::jsonb, false,
               held
          FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::int[],
                      $7::text[], $8::bool[])
            AS new (campaign, unit, obligation, status, version, deadline_version, days, held)
        ON CONFLICT DO NOTHING RETURNING campaign, unit, obligation
        """,
        [obligation.campaign for obligation in ordered],
        [obligation.unit for obligation in ordered],
        [obligation.id for obligation in ordered],
        [obligation.status for obligation in ordered],
        [obligation.version for obligation in ordered],
        [obligation.deadline_version for obligation in ordered],
        [_days(obligation) for obligation in ordered],
        [obligation.held for obligation in ordered],
    )
    new = {(row["campaign"], row["unit"], row["obligation"]) for row in rows}
    fresh = (obligation for obligation in ordered if key_of(obligation) in new)
    await set_timers(tx, fresh, distances)
    return len(new)


async def save(tx: Transaction, obligations: Sequence[Obligation]) -> None:
    """Write back what was locked before."""
    done = [obligation.fulfilment for obligation in obligations]
    await tx.execute(
        """
        UPDATE obligations AS o
           SET status = new.status, version = new.version,
               deadline_version = new.deadline_version, last_days = new.days::jsonb,
               option = new.option, by = new.by, by_id = new.by_id,
               counted_day = new.counted_day, fulfilled_at = new.fulfilled_at,
               days_late = new.days_late, simulated = new.simulated, held = new.held
          FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::int[],
                      $7::text[], $8::text[], $9::text[], $10::uuid[], $11::date[],
                      $12::timestamptz[], $13::int[], $14::bool[], $15::bool[])
            AS new (campaign, unit, obligation, status, version, deadline_version, days, option,
                    by, by_id, counted_day, fulfilled_at, days_late, simulated, held)
         WHERE o.campaign = new.campaign AND o.unit = new.unit
           AND o.obligation = new.obligation
        """,
        [obligation.campaign for obligation in obligations],
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
        [obligation.held for obligation in obligations],
    )


async def set_timers(
    tx: Transaction, obligations: Iterable[Obligation], distances: Iterable[int]
) -> None:
    """Timers for the present version of each deadline; those of older versions run empty."""
    distances = tuple(distances)
    due: list[tuple[str, Due]] = [
        (obligation.campaign, timer)
        for obligation in obligations
        for timer in timers_of(obligation, distances)
    ]
    await tx.execute(
        """
        INSERT INTO timers (campaign, unit, obligation, deadline_version, option, distance,
                            due_at)
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::text[], $6::int[],
                             $7::timestamptz[])
        ON CONFLICT DO NOTHING
        """,
        [campaign for campaign, _ in due],
        [timer.unit for _, timer in due],
        [timer.obligation for _, timer in due],
        [timer.deadline_version for _, timer in due],
        [timer.option for _, timer in due],
        [timer.distance for _, timer in due],
        [timer.due_at for _, timer in due],
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
        held=row["held"],
        kind=kind_of(context.campaign, row["unit"]),
    )


def kind_of(campaign: Campaign, unit: str) -> str:
    """What sort of unit it is; empty where the tree no longer has it."""
    known = campaign.units.get(unit)
    return "" if known is None else known.kind


def _days(obligation: Obligation) -> str:
    """Last day by option, as JSON."""
    return msgspec.json.encode(
        {option.id: option.last_day for option in obligation.planned.options}
    ).decode()
