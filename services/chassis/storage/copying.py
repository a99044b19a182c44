"""Rows of one database of a service into another one of the same service, in one transaction.

SQL by hand: COPY of whole tables, whichever they are.
"""

from collections.abc import Iterable, Sequence

from services.chassis.storage.database import Transaction

_CHUNK = 5000
"""Rows a statement: none may take longer than a statement's time."""

HANDED_OVER = ("event_log", "dead_letters", "idempotency_keys", "simulated_clock")
"""What a service's database has beside its own state and no topic has. The outbox is not among it:
it must be empty, and the inbox is not, since who keeps facts has no use for it."""


async def copy_table(
    old: Transaction, new: Transaction, table: str, *, order: str | None = None
) -> int:
    """Replace a table's rows by those of the same table in `old`; how many there are.

    Numbers that the database gives (event_log.seq) are given anew, in the order of `order`.
    """
    columns = await _columns(new, table)
    await new.execute(f"DELETE FROM {table}")  # noqa: S608 - our names, as below
    listed = ", ".join(columns.values())
    rows = old.raw.cursor(
        f"SELECT {listed} FROM {table} {f'ORDER BY {order}' if order else ''}",  # noqa: S608
        prefetch=_CHUNK,
    )
    count, chunk = 0, []
    async for row in rows:
        chunk.append(tuple(row))
        if len(chunk) == _CHUNK:
            count += await _write(new, table, columns, chunk)
            chunk = []
    return count + await _write(new, table, columns, chunk)


async def hand_over(old: Transaction, new: Transaction) -> None:
    """Copy the tables of `HANDED_OVER`: what was published can be republished, and a repeated
    command is recognised."""
    for table in HANDED_OVER:
        await copy_table(old, new, table, order="seq" if table == "event_log" else None)


async def _columns(tx: Transaction, table: str) -> dict[str, str]:
    """By name: how it is read. JSON as text, as it is written back."""
    rows = await tx.fetch(
        "SELECT column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = current_schema() AND table_name = $1 AND is_identity = 'NO'"
        " ORDER BY ordinal_position",
        table,
    )
    return {
        name: f'"{name}"' + ("::text" if kind in {"json", "jsonb"} else "") for name, kind in rows
    }


async def _write(
    new: Transaction, table: str, columns: Iterable[str], rows: Sequence[tuple[object, ...]]
) -> int:
    if rows:
        await new.raw.copy_records_to_table(table, records=rows, columns=list(columns))
    return len(rows)
