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

from services.chassis.database import Database, Transaction
from services.chassis.problems import KEY_MISSING, KEY_REUSED, Fault, Refusal

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
_KEY = re.compile(r"[\x21-\x7e]{1,200}")

Effect = Callable[[Transaction], Awaitable[tuple[int, BaseModel]]]
"""What a command does, inside the transaction: returns status and answer, or raises Refusal."""


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
        async with self._database.transaction() as tx:
            if await self._is_first(tx):
                status, answer = await effect(tx)
                body = answer.model_dump_json().encode()
                await self._store(tx, status, body)
                replayed = False
            else:
                status, body = await self._stored(tx)
                replayed = True
        headers = {REPLAYED: "true"} if replayed else None
        return Response(body, status, headers=headers, media_type="application/json")

    async def _is_first(self, tx: Transaction) -> bool:
        # A twin that runs now makes this wait until it has committed (then: not the first) or
        # rolled back (then: the first).
        rows = await tx.fetch(
            """
            INSERT INTO idempotency_keys (principal, route, key, request_hash)
            VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING 1
            """,
            *self._identity,
            self._hash,
        )
        return bool(rows)

    async def _store(self, tx: Transaction, status: int, body: bytes) -> None:
        await tx.execute(
            """
            UPDATE idempotency_keys SET status = $4, body = $5
             WHERE principal = $1 AND route = $2 AND key = $3
            """,
            *self._identity,
            status,
            body,
        )

    async def _stored(self, tx: Transaction) -> tuple[int, bytes]:
        rows = await tx.fetch(
            """
            SELECT request_hash, status, body FROM idempotency_keys
             WHERE principal = $1 AND route = $2 AND key = $3
            """,
            *self._identity,
        )
        row = rows[0]
        if row["request_hash"] != self._hash:
            fault = Fault(
                "",
                "Khóa này đã dùng cho một yêu cầu khác; hãy dùng khóa mới.",
                "This key was used for another request: take a new one.",
                parameter=f"header:{HEADER}",
            )
            raise Refusal(KEY_REUSED, [fault])
        return row["status"], row["body"]


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
        request_hash=_request_hash(request.url.path, await request.body()),
    )


Once = Annotated[OnceOnly, Depends(_once)]
"""Parameter type of every POST."""
