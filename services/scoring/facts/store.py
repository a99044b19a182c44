"""Facts in the database: taken once, read by record or by unit; inside the caller's transaction."""

from collections.abc import Collection, Iterable, Sequence

from services.chassis.storage.database import Transaction
from services.scoring.engine.records import KnownFact, RecordKey
from services.scoring.facts.fact import Row, known

# Lists go as one text with a separator that neither codes, ids nor JSON can contain: the driver
# looks at each element of an array twice, which for a batch took as long as storing it.
_SEPARATOR = "\x1f"
_SEPARATOR_CODE = ord(_SEPARATOR)


def _packed(texts: Iterable[str]) -> str:
    return _SEPARATOR.join(texts)


def _list(parameter: int) -> str:
    return f"string_to_array(${parameter}::text, chr({_SEPARATOR_CODE}))"


_FIELDS = "f.unit, f.record::text, f.event_id::text, f.event, f.data"

Key = tuple[str, str, str]
"""Unit, record and event id: what makes a fact one, and the begin of its row."""


def key_of(row: Row) -> Key:
    """Of a fact as it is stored."""
    return row[:3]


async def take(tx: Transaction, campaign: str, rows: Sequence[Row]) -> set[Key] | None:
    """Store the facts that are not stored yet; their keys, or None where that is all of the rows.

    Of rows with one key the first is stored. One statement for any number. Sorted, so that two
    transactions that take the same facts wait for each other in one order.
    """
    if not rows:
        return None
    first = {key_of(row): row for row in reversed(rows)}
    new: str | None = await tx.fetchval(
        f"""
        WITH taken AS (
            INSERT INTO facts (campaign, unit, record, event_id, event, data)
            SELECT $1, * FROM unnest({_list(2)}, {_list(3)}::uuid[], {_list(4)}::uuid[],
                                     {_list(5)}, {_list(6)})
            ORDER BY 2, 3, 4
            ON CONFLICT DO NOTHING
            RETURNING unit, record, event_id
        )
        SELECT CASE WHEN count(*) < $7 THEN coalesce((
                   SELECT string_agg(concat_ws(',', record, event_id, unit), chr({_SEPARATOR_CODE}))
                     FROM taken), '') END
          FROM taken
        """,  # noqa: S608 - constants
        campaign,
        *map(_packed, zip(*first.values(), strict=True)),
        len(rows),
    )
    return None if new is None else {_key(text) for text in new.split(_SEPARATOR) if text}


def _key(text: str) -> Key:
    record, event_id, unit = text.split(",", 2)
    return unit, record, event_id


async def of_records(
    tx: Transaction, records: Collection[RecordKey], *, without: Collection[Key]
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
         WHERE (f.unit, f.record, f.event_id) NOT IN (
                   SELECT * FROM unnest({_list(3)}, {_list(4)}::uuid[], {_list(5)}::uuid[]))
        """,  # noqa: S608 - constants
        _packed(unit for unit, _ in records),
        _packed(record for _, record in records),
        *(_packed(key[part] for key in without) for part in range(3)),
    )
    found: dict[RecordKey, list[KnownFact]] = {}
    for row in rows:
        fact = known(row)
        found.setdefault((fact.unit, fact.record), []).append(fact)
    return found


async def of_unit(tx: Transaction, campaign: str, unit: str) -> list[KnownFact]:
    """All facts of one unit in one campaign."""
    rows = await tx.fetch(
        f"SELECT {_FIELDS} FROM facts AS f WHERE f.unit = $2 AND f.campaign = $1",  # noqa: S608
        campaign,
        unit,
    )
    return [known(row) for row in rows]


async def of_units(tx: Transaction, campaign: str, units: Collection[str]) -> list[KnownFact]:
    """All facts of some units in one campaign."""
    rows = await tx.fetch(
        f"""
        SELECT {_FIELDS} FROM facts AS f
         WHERE f.unit = ANY(string_to_array($2::text, chr({_SEPARATOR_CODE}))) AND f.campaign = $1
        """,  # noqa: S608 - constants
        campaign,
        _packed(units),
    )
    return [known(row) for row in rows]
