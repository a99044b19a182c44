"""Facts in the database: taken once, read by record or by unit; inside the caller's transaction."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from services.chassis.storage.database import Transaction
from services.scoring.engine.records import KnownFact, RecordKey
from services.scoring.facts.fact import ReceivedFact, decode_fields

# Lists go as one text with a separator that neither codes, ids nor JSON can contain: the driver
# looks at each element of an array twice, which for a batch took as long as storing it.
_SEPARATOR = "\x1f"


def _packed(texts: Iterable[str]) -> str:
    return _SEPARATOR.join(texts)


def _list(parameter: int) -> str:
    return f"string_to_array(${parameter}::text, chr({ord(_SEPARATOR)}))"


_FIELDS = "f.unit, f.record::text, f.event_id::text, f.event, f.data"


Row = tuple[str, str, str, str, str]
"""Unit, record, event id, event and data, as they are stored."""

_COLUMNS = ("unit", "record", "event_id", "event", "data", "campaign")


def row_of(one: ReceivedFact) -> Row:
    """How a fact is stored."""
    fact = one.fact
    return (fact.unit, fact.record, fact.id, fact.event, one.data)


async def take(tx: Transaction, campaign: str, rows: Sequence[Row]) -> set[str] | None:
    """Store the facts that are not stored yet; their event ids, or None where that is all of them.

    One statement for any number. Sorted, so that two transactions that take the same facts wait for
    each other in one order.
    """
    if not rows:
        return None
    new: str | None = await tx.fetchval(
        f"""
        WITH taken AS (
            INSERT INTO facts (campaign, unit, record, event_id, event, data)
            SELECT $1, * FROM unnest({_list(2)}, {_list(3)}::uuid[], {_list(4)}::uuid[],
                                     {_list(5)}, {_list(6)})
            ORDER BY 2, 3, 4
            ON CONFLICT DO NOTHING
            RETURNING event_id
        )
        SELECT CASE WHEN count(*) < $7 THEN coalesce(string_agg(event_id::text, ','), '') END
          FROM taken
        """,  # noqa: S608 - constants
        campaign,
        *map(_packed, zip(*rows, strict=True)),
        len(rows),
    )
    return None if new is None else set(filter(None, new.split(",")))


async def copy(tx: Transaction, campaign: str, rows: Collection[Row]) -> None:
    """Store facts of which none is stored yet, in half of PostgreSQL's time for `take`.

    Raises asyncpg's UniqueViolationError, and stores nothing, where one is stored already. Sorted,
    for the same reason, and because neighbours in the index are then written together.
    """
    await tx.raw.copy_records_to_table(
        "facts", records=((*row, campaign) for row in sorted(rows)), columns=_COLUMNS
    )


async def of_records(
    tx: Transaction, records: Collection[RecordKey], *, without: Collection[str]
) -> dict[RecordKey, list[KnownFact]]:
    """The stored facts of some records, but for the named ones.

    OFFSET 0 keeps the lookups what they are, one descent of the index a record: a planner that
    believes the table small could otherwise read all of it, and cost would grow with what is kept.
    NOT IN over a subquery is hashed in every plan; `<> ALL` of a parameter is not in a generic one.
    """
    rows = await tx.fetch(
        f"""
        SELECT {_FIELDS}
          FROM unnest({_list(1)}, {_list(2)}::uuid[]) AS wanted (unit, record),
       LATERAL (SELECT * FROM facts
                 WHERE facts.unit = wanted.unit AND facts.record = wanted.record OFFSET 0) AS f
         WHERE f.event_id NOT IN (SELECT unnest({_list(3)})::uuid)
        """,  # noqa: S608 - constants
        _packed(unit for unit, _ in records),
        _packed(record for _, record in records),
        _packed(without),
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


async def of_units(tx: Transaction, campaign: str, units: Collection[str]) -> list[KnownFact]:
    """All facts of some units in one campaign."""
    rows = await tx.fetch(
        f"""
        SELECT {_FIELDS} FROM facts AS f
         WHERE f.unit = ANY(string_to_array($2::text, chr({ord(_SEPARATOR)}))) AND f.campaign = $1
        """,  # noqa: S608 - constants
        campaign,
        _packed(units),
    )
    return [_known(row) for row in rows]


def _known(row: Any) -> KnownFact:
    unit, record, event_id, event, data = row
    return KnownFact(event_id, event, unit, record, decode_fields(data))
