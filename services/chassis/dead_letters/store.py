"""The list of dead letters in the service's database: which there are, and what was decided.

A row is written in the transaction that sets its message aside. The message itself is in the event
log under the same id, as it went to the dead-letter topic.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from services.chassis.dead_letters.letter import (
    Fault,
    OriginalMessage,
    Record,
    event_id_of,
    original,
)
from services.chassis.storage.database import Transaction
from services.chassis.storage.outbox import Outgoing, decode_headers

State = Literal["open", "redriven", "discarded"]

SHORT = 8
"""So many letters of an id are shown; a person may type any beginning that is one letter's."""

_FIELDS = """l.id, l.state, l.cause, l.detail, l.topic, l.partition, l."offset", l.event_id,
             l.tries, l.set_aside_at, l.tried_at, l.tried_by, l.outcome,
             l.decided_by, l.decided_at, l.reason, l.unpublished"""


@dataclass(frozen=True, slots=True)
class Letter:
    """One dead letter, as the list has it."""

    id: UUID
    state: State
    cause: str
    detail: str
    topic: str
    partition: int
    offset: int
    event_id: UUID | None
    tries: int
    set_aside_at: datetime
    tried_at: datetime
    """When it failed last, or succeeded."""
    tried_by: str | None
    """Who redrove it last, also in vain; None: nobody did."""
    outcome: str | None
    """What came of that."""
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None
    unpublished: str | None
    """Why it is in this database only; None: it is on the dead-letter topic, or on its way."""


async def keep(tx: Transaction, letters: Iterable[tuple[Outgoing, Record, Fault]]) -> None:
    """Note letters, each once: a decision about one that is there stays."""
    await tx.executemany(
        """
        INSERT INTO dead_letters (id, cause, detail, topic, partition, "offset", event_id,
                                  set_aside_at, tried_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) ON CONFLICT DO NOTHING
        """,
        [
            (
                *(letter.event_id, fault.cause, fault.detail),
                *(record.topic, record.partition, record.offset),
                *(event_id_of(record.headers), letter.recorded_at),
            )
            for letter, record, fault in letters
        ],
    )


async def those_kept(tx: Transaction, ids: Sequence[UUID]) -> set[UUID]:
    """Those of these letters that are in the list already, whatever was decided about them."""
    rows = await tx.fetch("SELECT id FROM dead_letters WHERE id = ANY ($1)", list(ids))
    return {row[0] for row in rows}


async def listed(
    tx: Transaction,
    *,
    state: State | None = "open",
    cause: str | None = None,
    topic: str | None = None,
    after: UUID | None = None,
    most: int,
) -> list[Letter]:
    """Letters, oldest first; `after` is the last one of the page before."""
    rows = await tx.fetch(
        f"""
        SELECT {_FIELDS} FROM dead_letters AS l
         WHERE ($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR cause = $2)
           AND ($3::text IS NULL OR topic = $3)
           AND ($4::uuid IS NULL OR (set_aside_at, id)
                > (SELECT set_aside_at, id FROM dead_letters WHERE id = $4))
         ORDER BY set_aside_at, id LIMIT $5
        """,  # noqa: S608 - constants
        *(state, cause, topic, after, most),
    )
    return [Letter(*row) for row in rows]


async def named(tx: Transaction, text: str) -> list[UUID]:
    """Ids of the letters that a person may mean: by the beginning of the id, or the event's id.

    More than one where the beginning is too short, none where there is no such letter.
    """
    wanted = text.lower()
    rows = await tx.fetch(
        """
        SELECT id FROM dead_letters
         WHERE starts_with(id::text, $1) OR event_id::text = $1
         ORDER BY (event_id::text = $1) DESC, (state = 'open') DESC, set_aside_at LIMIT 2
        """,
        wanted,
    )
    found = [row["id"] for row in rows]
    # One event set aside by two groups, or at two places: the first that is open is meant.
    return found[:1] if wanted.count("-") == str(UUID(int=0)).count("-") else found


async def read(tx: Transaction, ids: Sequence[UUID], *, lock: bool = False) -> dict[UUID, Letter]:
    """These letters; with `lock` held until the commit against everyone who would decide too."""
    rows = await tx.fetch(
        f"SELECT {_FIELDS} FROM dead_letters AS l WHERE id = ANY ($1) ORDER BY id"  # noqa: S608
        + (" FOR UPDATE" if lock else ""),
        list(ids),
    )
    return {letter.id: letter for letter in (Letter(*row) for row in rows)}


async def next_to_try(
    tx: Transaction, *, cause: str | None, most: int, before: datetime | None = None
) -> list[Letter]:
    """The open letters that were tried longest ago, locked; those that somebody else is deciding
    about are passed over.

    So the next caller gets others before those that failed just now. `before`: only such as were
    not tried since that moment.
    """
    rows = await tx.fetch(
        f"""
        SELECT {_FIELDS} FROM dead_letters AS l
         WHERE state = 'open' AND ($1::text IS NULL OR cause = $1)
           AND ($3::timestamptz IS NULL OR tried_at < $3)
         ORDER BY tried_at, id LIMIT $2 FOR UPDATE SKIP LOCKED
        """,  # noqa: S608 - constants
        *(cause, most, before),
    )
    return [Letter(*row) for row in rows]


async def in_order_of_keys(tx: Transaction, letters: Sequence[Letter]) -> list[Letter]:
    """The letters as their messages' keys are sorted, byte by byte: as consumers lock units."""
    rows = await tx.fetch(
        "SELECT event_id FROM event_log WHERE event_id = ANY ($1) ORDER BY key, seq",
        [letter.id for letter in letters],
    )
    places = {row[0]: place for place, row in enumerate(rows)}
    return sorted(letters, key=lambda letter: places.get(letter.id, -1))


async def message_of(tx: Transaction, letter: Letter) -> OriginalMessage | None:
    """The message that was set aside, None where this database's log does not have it."""
    row: Any = await tx.fetchrow(
        "SELECT topic, key, headers, value, recorded_at FROM event_log WHERE event_id = $1",
        letter.id,
    )
    if row is None:
        return None
    headers = decode_headers(row["headers"])
    outgoing = Outgoing(
        letter.id, row["topic"], row["key"], headers, row["value"], row["recorded_at"]
    )
    try:
        return original(outgoing)
    except ValueError:
        return None


async def record_failed_retry(tx: Transaction, letter: Letter, fault: Fault, *, by: str) -> None:
    """It was tried and failed: one more try, and the cause of this one."""
    await tx.execute(
        """
        UPDATE dead_letters
           SET tries = tries + 1, tried_at = now(), tried_by = $2, outcome = 'failed',
               cause = $3, detail = $4
         WHERE id = $1
        """,
        *(letter.id, by, fault.cause, fault.detail),
    )


async def close_redriven(tx: Transaction, letter: Letter, outcome: str, *, by: str) -> None:
    """It was tried and ended well: nobody has to look at it any more."""
    await tx.execute(
        """
        UPDATE dead_letters
           SET tries = tries + 1, tried_at = now(), tried_by = $2, outcome = $3,
               state = 'redriven', decided_by = $2, decided_at = now()
         WHERE id = $1
        """,
        *(letter.id, by, outcome),
    )


async def close_discarded(tx: Transaction, letter: Letter, reason: str, *, by: str) -> None:
    """It is closed without a try. The reason is one of `decide.reason_of`."""
    await tx.execute(
        """
        UPDATE dead_letters
           SET state = 'discarded', decided_by = $2, decided_at = now(), reason = $3
         WHERE id = $1
        """,
        *(letter.id, by, reason),
    )


async def count_unpublished(tx: Transaction) -> int:
    """How many open letters are in the database only."""
    query = "SELECT count(*) FROM dead_letters WHERE state = 'open' AND unpublished IS NOT NULL"
    return int(await tx.fetchval(query))


async def count_open(tx: Transaction) -> tuple[int, float]:
    """How many letters are open, and the age of the oldest in seconds (0 without any)."""
    row: Any = await tx.fetchrow(
        """
        SELECT count(*), coalesce(extract(epoch FROM now() - min(set_aside_at)), 0)::float8
          FROM dead_letters WHERE state = 'open'
        """
    )
    return row[0], max(0.0, row[1])
