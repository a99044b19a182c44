"""Facts in the database: taken once, read by record or by unit; inside the caller's transaction."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from services.chassis.database import Transaction
from services.scoring.engine.records import KnownFact
from services.scoring.engine.running import RecordKey
from services.scoring.facts import ReceivedFact, decode_fields

_FIELDS = "f.unit, f.record, f.event_id, f.event, f.version, f.time, f.data::text"


async def take(tx: Transaction, facts: Sequence[ReceivedFact]) -> set[UUID]:
    """Store the facts that are not stored yet; their event ids.

    One statement for any number. Sorted, so that two transactions that take the same facts wait for
    each other in one order.
    """
    rows = await tx.fetch(
        """
        INSERT INTO facts
               (unit, record, event_id, event, campaign, version, time, recorded_at, data)
        SELECT * FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[], $5::text[],
                             $6::int[], $7::timestamptz[], $8::timestamptz[], $9::json[])
        ORDER BY 1, 2, 3
        ON CONFLICT DO NOTHING
        RETURNING event_id
        """,
        [one.fact.unit for one in facts],
        [one.fact.record for one in facts],
        [one.fact.id for one in facts],
        [one.fact.event for one in facts],
        [one.campaign for one in facts],
        [one.fact.version for one in facts],
        [one.fact.time for one in facts],
        [one.recorded_at for one in facts],
        [one.data for one in facts],
    )
    return {row[0] for row in rows}


async def of_records(
    tx: Transaction, records: Collection[RecordKey], *, without: Collection[UUID]
) -> dict[RecordKey, list[KnownFact]]:
    """The stored facts of some records, but for the named ones.

    OFFSET 0 keeps the lookups what they are, one descent of the index a record: a planner that
    believes the table small could otherwise read all of it, and cost would grow with what is kept.
    """
    rows = await tx.fetch(
        f"""
        SELECT {_FIELDS}
          FROM unnest($1::text[], $2::uuid[]) AS wanted (unit, record),
       LATERAL (SELECT * FROM facts
                 WHERE facts.unit = wanted.unit AND facts.record = wanted.record OFFSET 0) AS f
         WHERE f.event_id <> ALL ($3::uuid[])
        """,  # noqa: S608 - a constant
        [unit for unit, _ in records],
        [record for _, record in records],
        list(without),
    )
    found: dict[RecordKey, list[KnownFact]] = {}
    for row in rows:
        fact = _known(row)
        found.setdefault((fact.unit, fact.record), []).append(fact)
    return found


async def of_unit(tx: Transaction, campaign: str, unit: str) -> list[KnownFact]:
    """All facts of one unit in one campaign."""
    rows = await tx.fetch(
        f"SELECT {_FIELDS} FROM facts AS f WHERE f.unit = $2 AND f.campaign = $1",  # noqa: S608
        campaign,
        unit,
    )
    return [_known(row) for row in rows]


def _known(row: Any) -> KnownFact:
    return KnownFact(
        id=row["event_id"],
        event=row["event"],
        unit=row["unit"],
        record=row["record"],
        version=row["version"],
        time=row["time"],
        fields=decode_fields(row["data"]),
    )
