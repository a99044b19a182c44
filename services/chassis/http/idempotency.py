"""Idempotency: a POST that is repeated has one effect and gets the same answer.

The answer is stored in the transaction of the effect, under caller, route and Idempotency-Key. A
repetition, also one that runs at the same time, gets the stored answer. Refusals are not stored:
what was refused may be mended and sent again under the same key.
"""

import contextlib
import re
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Annotated, TypeVar
from uuid import UUID, uuid5

import msgspec
from fastapi import Depends, Request, Response
from pydantic import BaseModel

from services.chassis.http.group_commit import GroupCommit
from services.chassis.http.idempotency_store import (
    Answer,
    KeyedRequest,
    store_answers,
    stored_answer,
)
from services.chassis.problems import KEY_MISSING, KEY_REUSED, Fault, Refusal
from services.chassis.retry import is_made_already, is_transient
from services.chassis.storage.database import Database, Transaction

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
_KEY = re.compile(r"[\x21-\x7e]{1,200}")

_REUSED = Fault(
    "",
    "Khóa này đã dùng cho một yêu cầu khác. Dùng khóa mới.",
    "This key was used for another request: take a new one.",
    parameter=f"header:{HEADER}",
)

_COMMANDS = UUID("5f7c3a52-6d0b-5a8e-9b43-1f6a20c1d7e4")
"""Namespace of the ids that commands give to what they make."""

C = TypeVar("C")

Effect = Callable[[Transaction], Awaitable[tuple[int, BaseModel]]]
"""What a command does, inside the transaction: returns status and answer, or raises Refusal.

Everything it does must be undone by a rollback."""


def idempotency_key(request: Request) -> str:
    """The key of a request. Raises Refusal (400) when it has none or a malformed one."""
    key = request.headers.get(HEADER, "")
    if not _KEY.fullmatch(key):
        fault = Fault(
            "",
            "Chưa có hoặc sai định dạng. Cần từ 1 đến 200 ký tự ASCII nhìn thấy được, ví dụ mã"
            " UUID.",
            "Missing or malformed: 1 to 200 visible ASCII characters, e.g. a UUID.",
            parameter=f"header:{HEADER}",
        )
        raise Refusal(KEY_MISSING, [fault])
    return key


class OnceOnly:
    """Runs the effect of one request at most once. Routes take it as a parameter, `once: Once`.

    >>> return await once(lambda tx: intake.submit(tx, body, caller))
    """

    def __init__(self, database: Database, keyed: KeyedRequest) -> None:
        self._database = database
        self._keyed = keyed

    @property
    def command_id(self) -> UUID:
        """Names what the command makes, so that a repetition makes the same thing: also where the
        database was restored to a moment before it, and knows neither the key nor what it made."""
        return uuid5(_COMMANDS, "\0".join(self._keyed.identity))

    async def __call__(self, effect: Effect) -> Response:
        """Do it and answer, or answer as the first time.

        Raises Refusal (422) when the key was used for another command, and what `effect` raises.
        """
        return await self._answered(self._alone(effect))

    async def in_group(self, group: GroupCommit[C], command: C) -> Response:
        """The same, in one transaction with the commands that wait beside this one."""
        return await self._answered(group.submit(self._keyed, command))

    async def _alone(self, effect: Effect) -> Answer:
        async with self._database.transaction() as tx:
            status, answer = await effect(tx)
            body = answer.model_dump_json().encode()
            await store_answers(tx, [(self._keyed, (status, body))])
        return status, body

    async def _answered(self, doing: Awaitable[Answer]) -> Response:
        try:
            answer = await doing
        except Exception as error:
            # A repetition is noticed last: its effect is rolled back, or refused because of the
            # first one. That spares every first time a statement and a dead row.
            if is_transient(error):
                raise
            if (stored := await self._stored()) is not None:
                return _response(stored, replayed=True)
            if is_made_already(error):  # its answer was kept for some time only
                raise Refusal(KEY_REUSED, [_REUSED]) from None
            raise
        return _response(answer)

    async def _stored(self) -> Answer | None:
        async with self._database.transaction() as tx:
            stored = await stored_answer(tx, self._keyed)
        if stored is None:
            return None
        request_hash, answer = stored
        if request_hash != self._keyed.request_hash:
            raise Refusal(KEY_REUSED, [_REUSED])
        return answer


def _response(answer: Answer, *, replayed: bool = False) -> Response:
    status, body = answer
    headers = {REPLAYED: "true"} if replayed else None
    return Response(body, status, headers=headers, media_type="application/json")


def _request_hash(path: str, body: bytes) -> bytes:
    """SHA-256 of the path and the body, the latter without regard to white space and key order."""
    with contextlib.suppress(msgspec.MsgspecError, ValueError, RecursionError):
        # What is no JSON counts as the bytes that it is.
        body = msgspec.json.encode(msgspec.json.decode(body), order="sorted") if body else b""
    return sha256(path.encode() + b"\0" + body).digest()


async def _once(request: Request) -> OnceOnly:
    principal = request.state.principal
    keyed = KeyedRequest(
        principal=principal.subject,
        route=f"{request.method} {request.scope['route'].path}",
        key=idempotency_key(request),
        request_hash=_request_hash(request.scope["path"], await request.body()),
    )
    return OnceOnly(request.app.state.chassis.database, keyed)


Once = Annotated[OnceOnly, Depends(_once)]
"""Parameter type of every POST."""
