"""Answers to POSTs, kept under caller, route and Idempotency-Key for whoever repeats one.

SQL by hand: a group of requests is one statement, on the way of every POST.
"""

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from typing import TypeAlias

from services.chassis.storage.database import Database, Transaction

Answer: TypeAlias = tuple[int, bytes]
"""Status and body."""


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """Which request, by whom, under which key."""

    principal: str
    route: str
    """Method and path template."""
    key: str
    request_hash: bytes

    @property
    def identity(self) -> tuple[str, str, str]:
        """What an answer is kept under."""
        return self.principal, self.route, self.key


class NotTheFirstError(Exception):
    """A key is stored already: roll back."""


async def store_answers(tx: Transaction, answers: Sequence[tuple[KeyedRequest, Answer]]) -> None:
    """Keep answers in the transaction of their effects. Raises NotTheFirstError.

    A twin that runs now makes this wait until it has committed (then: not the first) or rolled back
    (then: the first). In the order of the keys, so that two such transactions can't wait for each
    other.
    """
    rows = sorted((*astuple(request), *answer) for request, answer in answers)
    first = await tx.fetchval(
        """
        WITH first AS (
            INSERT INTO idempotency_keys (principal, route, key, request_hash, status, body)
            SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::int[],
                                 $6::bytea[])
            ON CONFLICT DO NOTHING RETURNING true
        )
        SELECT count(*) FROM first
        """,
        *(list(column) for column in zip(*rows, strict=True)),
    )
    if first < len(rows):
        raise NotTheFirstError


async def stored_answer(tx: Transaction, request: KeyedRequest) -> tuple[bytes, Answer] | None:
    """Hash of the request that was answered under this key, and the answer; None the first time."""
    row = await tx.fetchrow(
        """
        SELECT request_hash, status, body FROM idempotency_keys
         WHERE principal = $1 AND route = $2 AND key = $3
        """,
        request.principal,
        request.route,
        request.key,
    )
    return row and (row["request_hash"], (row["status"], row["body"]))


async def stored_keys(
    tx: Transaction, requests: Sequence[KeyedRequest]
) -> set[tuple[str, str, str]]:
    """The identities of those that are stored."""
    rows = await tx.fetch(
        """
        SELECT principal, route, key FROM idempotency_keys
         WHERE (principal, route, key) IN (SELECT * FROM unnest($1::text[], $2::text[], $3::text[]))
        """,
        *(list(column) for column in zip(*(one.identity for one in requests), strict=True)),
    )
    return {tuple(row) for row in rows}


async def change_answers(
    tx: Transaction, containing: str, change: Callable[[bytes], bytes]
) -> None:
    """Change stored answers that contain a string, e.g. because personal data is to be forgotten.

    A repetition gets what `change` made of the answer. Reads the whole table.
    """
    rows = await tx.fetch(
        """
        SELECT principal, route, key, body FROM idempotency_keys
         WHERE position($1::bytea IN body) > 0 FOR UPDATE
        """,
        containing.encode(),
    )
    await tx.executemany(
        "UPDATE idempotency_keys SET body = $4 WHERE principal = $1 AND route = $2 AND key = $3",
        [(row["principal"], row["route"], row["key"], change(row["body"])) for row in rows],
    )


async def forget_old_keys(database: Database, keep_days: int) -> None:
    """Delete answers older than that. A repetition later than this is a new command."""
    async with database.transaction() as tx:
        await tx.execute(
            "DELETE FROM idempotency_keys WHERE created_at < now() - make_interval(days => $1)",
            keep_days,
        )
