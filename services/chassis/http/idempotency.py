"""Once: a POST that is repeated has one effect and the same answer.

The answer is stored in the transaction of the effect, under caller, route and Idempotency-Key. A
repetition, also one that runs at the same time, gets the stored answer. Refusals are not stored:
what was refused may be mended and sent again under the same key.
"""

import contextlib
import re
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Annotated

import msgspec
from fastapi import Depends, Request, Response
from pydantic import BaseModel

from services.chassis.problems import KEY_MISSING, KEY_REUSED, Fault, Refusal
from services.chassis.retry import is_transient
from services.chassis.storage.database import Database, Transaction

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
_KEY = re.compile(r"[\x21-\x7e]{1,200}")

Effect = Callable[[Transaction], Awaitable[tuple[int, BaseModel]]]
"""What a command does, inside the transaction: returns status and answer, or raises Refusal.

Everything it does must be undone by a rollback."""


def idempotency_key(request: Request) -> str:
    """The key of a request. Raises Refusal (400) when it has none or a malformed one."""
    key = request.headers.get(HEADER, "")
    if not _KEY.fullmatch(key):
        fault = Fault(
            "",
            "Thiếu hoặc sai dạng: cần 1 đến 200 ký tự ASCII thấy được, ví dụ một UUID.",
            "Missing or malformed: 1 to 200 visible ASCII characters, e.g. a UUID.",
            parameter=f"header:{HEADER}",
        )
        raise Refusal(KEY_MISSING, [fault])
    return key


class OnceOnly:
    """Runs the effect of one request at most once. Routes take it as a parameter, `once: Once`.

    >>> return await once(lambda tx: intake.submit(tx, body, caller))
    """

    def __init__(
        self, database: Database, *, principal: str, route: str, key: str, request_hash: bytes
    ) -> None:
        self._database = database
        self._identity = (principal, route, key)
        self._hash = request_hash

    async def __call__(self, effect: Effect) -> Response:
        """Do it and answer, or answer as the first time.

        Raises Refusal (422) when the key was used for another command, and what `effect` raises.
        """
        try:
            async with self._database.transaction() as tx:
                status, answer = await effect(tx)
                body = answer.model_dump_json().encode()
                await self._store(tx, status, body)
        except Exception as error:
            # A repetition is noticed last: its effect is done again and rolled back, or is refused
            # because of the first one. That spares every first time a statement and a dead row.
            if is_transient(error) or (stored := await self._stored()) is None:
                raise
            status, body = stored
            return _response(status, body, replayed=True)
        return _response(status, body)

    async def _store(self, tx: Transaction, status: int, body: bytes) -> None:
        # A twin that runs now makes this wait until it has committed (then: not the first) or
        # rolled back (then: the first).
        first = await tx.fetchval(
            """
            INSERT INTO idempotency_keys (principal, route, key, request_hash, status, body)
            VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING true
            """,
            *self._identity,
            self._hash,
            status,
            body,
        )
        if not first:
            raise _NotTheFirstError

    async def _stored(self) -> tuple[int, bytes] | None:
        async with self._database.transaction() as tx:
            row = await tx.fetchrow(
                """
                SELECT request_hash, status, body FROM idempotency_keys
                 WHERE principal = $1 AND route = $2 AND key = $3
                """,
                *self._identity,
            )
        if row is None:
            return None
        if row["request_hash"] != self._hash:
            fault = Fault(
                "",
                "Khóa này đã dùng cho một yêu cầu khác; hãy dùng khóa mới.",
                "This key was used for another request: take a new one.",
                parameter=f"header:{HEADER}",
            )
            raise Refusal(KEY_REUSED, [fault])
        return row["status"], row["body"]


class _NotTheFirstError(Exception):
    """The key is stored already: roll back."""


def _response(status: int, body: bytes, *, replayed: bool = False) -> Response:
    headers = {REPLAYED: "true"} if replayed else None
    return Response(body, status, headers=headers, media_type="application/json")


async def change_answers(
    tx: Transaction, containing: str, change: Callable[[bytes], bytes]
) -> None:
    """Change stored answers that contain a string, say because what they told is to be forgotten.

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


def _request_hash(path: str, body: bytes) -> bytes:
    """SHA-256 of the path and the body, the latter without regard to white space and key order."""
    with contextlib.suppress(msgspec.DecodeError):  # not JSON: the bytes as they are
        body = msgspec.json.encode(msgspec.json.decode(body), order="sorted") if body else b""
    return sha256(path.encode() + b"\0" + body).digest()


async def _once(request: Request) -> OnceOnly:
    principal = request.state.principal
    return OnceOnly(
        request.app.state.chassis.database,
        principal=principal.subject,
        route=f"{request.method} {request.scope['route'].path}",
        key=idempotency_key(request),
        request_hash=_request_hash(request.scope["path"], await request.body()),
    )


Once = Annotated[OnceOnly, Depends(_once)]
"""Parameter type of every POST."""
