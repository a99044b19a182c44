"""Facts in the database: taken once, read by record or by unit; inside the caller's transaction.

SQL by hand: a batch of any size is one statement, on the way of every fact.
"""

from collections.abc import Collection, Sequence

from services.chassis.aside import aside
from services.chassis.storage.database import Transaction
from services.measuring.fact import Row, known
from services.measuring.records import KnownFact, RecordKey

_FIELDS = "f.unit, f.record::text, f.event_id::text, f.event, f.data"

_FEW = 200
"""Facts that are decoded at once; a fact costs some 5 µs."""

Key = tuple[str, str, str]
"""Unit, record and event id: what makes a fact one, and the begin of its row."""


def key_of(row: Row) -> Key:
    """Of a fact as it is stored."""
    return row[:3]


async def take(tx: Transaction, campaign: str, rows: Sequence[Row]) -> set[Key]:
    """Store the facts that are not stored yet; their keys.

    Of rows with one key the first is stored. One statement for any number. Sorted, so that two
    transactions that take the same facts wait for each other in one order.
    """
    if not rows:
        return set()
    first = {key_of(row): row for row in reversed(rows)}
    new = await tx.fetch(
        """
        INSERT INTO facts (campaign, unit, record, event_id, event, data)
        SELECT $1, * FROM unnest($2::text[], $3::uuid[], $4::uuid[], $5::text[], $6::text[])
        ORDER BY 2, 3, 4
        ON CONFLICT DO NOTHING
        RETURNING unit, record::text, event_id::text
        """,
        campaign,
        *map(list, zip(*first.values(), strict=True)),
    )
    return {(unit, record, event_id) for unit, record, event_id in new}


async def missing(tx: Transaction, campaign: str, rows: Sequence[Row]) -> set[Key]:
    """Keys of those of some facts that are not stored."""
    keys = [key_of(row) for row in rows]
    absent = await tx.fetch(
        """
        SELECT * FROM unnest($2::text[], $3::uuid[], $4::uuid[]) AS w (unit, record, event_id)
         WHERE NOT EXISTS (SELECT FROM facts f
                            WHERE f.unit = w.unit AND f.record = w.record
                              AND f.event_id = w.event_id AND f.campaign = $1)
        """,
        campaign,
        *([key[part] for key in keys] for part in range(3)),
    )
    return {(unit, str(record), str(event_id)) for unit, record, event_id in absent}


async def of_records(
    tx: Transaction, campaign: str, records: Collection[RecordKey], *, without: Collection[Key]
) -> dict[RecordKey, list[KnownFact]]:
    """The stored facts of some records of a campaign, but for the named ones.

    OFFSET 0 keeps the lookups what they are, one descent of the index a record: a planner that
    believes the table small could otherwise read all of it, and cost would grow with what is kept.
    NOT IN over a subquery is hashed in every plan; `<> ALL` of a parameter is not in a generic one.
    """
    rows = await tx.fetch(
        f"""
        SELECT {_FIELDS}
          FROM unnest($1::text[], $2::uuid[]) AS wanted (unit, record),
       LATERAL (SELECT * FROM facts
                 WHERE facts.unit = wanted.unit AND facts.record = wanted.record OFFSET 0) AS f
         WHERE f.campaign = $6
           AND (f.unit, f.record, f.event_id) NOT IN (
                   SELECT * FROM unnest($3::text[], $4::uuid[], $5::uuid[]))
        """,  # noqa: S608 - constants
        [unit for unit, _ in records],
        [record for _, record in records],
        *([key[part] for key in without] for part in range(3)),
        campaign,
    )
    found: dict[RecordKey, list[KnownFact]] = {}
    for row in rows:
        fact = known(row)
        found.setdefault((fact.unit, fact.record), []).append(fact)
    return found


async def of_unit(tx: Transaction, campaign: str, unit: str) -> list[KnownFact]:
    """All facts of one unit in one campaign."""
    return await of_units(tx, campaign, [unit])


async def of_units(tx: Transaction, campaign: str, units: Collection[str]) -> list[KnownFact]:
    """All facts of some units in one campaign."""
    rows = await tx.fetch(
        f"SELECT {_FIELDS} FROM facts AS f WHERE f.unit = ANY($2) AND f.campaign = $1",  # noqa: S608
        campaign,
        list(units),
    )
    return _known(rows) if len(rows) <= _FEW else await aside(_known, rows)


def _known(rows: Sequence[Row]) -> list[KnownFact]:
    return [known(row) for row in rows]
