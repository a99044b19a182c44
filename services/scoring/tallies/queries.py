"""Tallies in the database: locked, read, written; always inside the caller's transaction.

SQL by hand: locks in the order of units and sets of them, on the way of every fact.
"""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from services.chassis.storage.database import Transaction
from services.measuring.newest import Newest
from services.measuring.slots import Amount, Tally

_encode = msgspec.json.Encoder(decimal_format="string").encode
_decode = msgspec.json.Decoder(dict[str, int | str | Newest]).decode


def to_json(tally: Tally) -> str:
    """A tally as it is stored."""
    return _encode(tally).decode()


def from_json(text: str) -> dict[str, Amount | Newest]:
    """A tally as it was stored: text is a decimal."""
    return {
        name: Decimal(value) if isinstance(value, str) else value
        for name, value in _decode(text).items()
    }


async def lock(
    tx: Transaction, campaign: str, units: Collection[str]
) -> dict[str, dict[str, Amount | Newest]]:
    """The tallies of units, theirs until the transaction ends; empty ones where there were none.

    Rows are locked in the order of units, as by everyone: nobody waits in a circle. Whoever counts
    takes this lock first and reads facts after it, so that no fact of another transaction is
    missed by both.
    """
    rows = await _lock(tx, campaign, units)
    if len(rows) < len(units):
        # The first facts of these units: their rows are made in the same order.
        await tx.execute(
            "INSERT INTO unit_measures (campaign, unit)"
            " SELECT $1, unit FROM unnest($2::text[]) AS new (unit) ORDER BY unit"
            " ON CONFLICT DO NOTHING",
            campaign,
            list(set(units) - rows.keys()),
        )
        rows = await _lock(tx, campaign, units)
    return rows


async def _lock(
    tx: Transaction, campaign: str, units: Collection[str]
) -> dict[str, dict[str, Amount | Newest]]:
    rows = await tx.fetch(
        "SELECT unit, tally::text FROM unit_measures WHERE campaign = $1 AND unit = ANY($2)"
        " ORDER BY unit FOR UPDATE",
        campaign,
        list(units),
    )
    return {row["unit"]: from_json(row["tally"]) for row in rows}


async def write(tx: Transaction, campaign: str, tallies: Mapping[str, Tally]) -> None:
    """Store tallies of units that are locked; their clusters are then due."""
    await tx.execute(
        """
        UPDATE unit_measures AS m SET tally = n.tally, version = m.version + 1
          FROM unnest($2::text[], $3::jsonb[]) AS n (unit, tally)
         WHERE m.campaign = $1 AND m.unit = n.unit
        """,
        campaign,
        list(tallies),
        [to_json(tally) for tally in tallies.values()],
    )


async def read(
    tx: Transaction, campaign: str, units: Collection[str]
) -> tuple[dict[str, dict[str, Amount | Newest]], dict[str, int]]:
    """Tallies of units now, and their versions, whose sum names this state."""
    rows: list[Any] = await tx.fetch(
        "SELECT unit, tally::text, version FROM unit_measures"
        " WHERE campaign = $1 AND unit = ANY($2)",
        campaign,
        list(units),
    )
    tallies = {row["unit"]: from_json(row["tally"]) for row in rows}
    return tallies, {row["unit"]: row["version"] for row in rows}
