"""Routes that are guarded: everything that is asked of a request before its body is understood.

In this order, so that each refusal says the first thing to mend: token (401), role (403), media
type (415), Idempotency-Key (400); then FastAPI reads the body (413, 400) and checks it (422).
"""

from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from services.chassis.clock import SimulatedClock
from services.chassis.http.auth import PUBLIC, declared_roles, require_role
from services.chassis.http.idempotency import idempotency_key
from services.chassis.problems import BROKEN_JSON, FAULTY, WRONG_MEDIA_TYPE, Fault, Refusal


class UndeclaredAccessError(TypeError):
    """A route does not say who may call it."""


class GuardedRoute(APIRoute):
    """A route that enforces its `access(...)` declaration."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler behind our checks."""
        handle = super().get_route_handler()
        declared = declared_roles(self.openapi_extra)
        if declared is None:
            raise UndeclaredAccessError(
                f"{sorted(self.methods or ())} {self.path} declares no access: give it"
                ' openapi_extra=access("unit", …) or access.public'
            )
        allowed = None if PUBLIC in declared else declared
        takes_json = self.body_field is not None
        extra = self.openapi_extra or {}
        takes_key = "POST" in (self.methods or ()) and extra.get("x-stores", True)

        async def guarded(request: Request) -> Response:
            chassis = request.app.state.chassis
            if allowed is not None:
                authenticator = request.app.state.authenticator
                caller = await authenticator.principal(request.headers.get("authorization"))
                require_role(caller, allowed)
                request.state.principal = caller
            if takes_json:
                _require_json(request)
            if takes_key:
                idempotency_key(request)
            if takes_json:
                await request.body()  # here, so that 413 is not taken for a broken body
            await _refuse_nul(request, body=takes_json)
            if isinstance(chassis.clock, SimulatedClock):
                await chassis.clock.refresh()
            return await handle(request)

        return guarded


class Router(APIRouter):
    """An APIRouter whose routes are guarded; services build theirs with it."""

    def __init__(self, *, prefix: str = "", tags: list[str] | None = None) -> None:
        super().__init__(prefix=prefix, tags=list(tags or ()), route_class=GuardedRoute)


def _require_json(request: Request) -> None:
    sent = request.headers.get("content-type", "")
    kind = sent.partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Refusal(
            WRONG_MEDIA_TYPE,
            detail=(
                f"Đã nhận {sent or 'nội dung không ghi kiểu'}; hãy gửi application/json.",
                f"Received {sent or 'a body without Content-Type'}; send application/json.",
            ),
        )


async def _refuse_nul(request: Request, *, body: bool) -> None:
    """PostgreSQL's texts hold every character but NUL; it has no place in ours either."""
    if "\0" in request.scope["path"] or b"%00" in request.scope["query_string"]:
        raise Refusal(FAULTY, [_nul_fault("", parameter="path or query")])
    if body and b"\\u0000" in (sent := await request.body()):
        try:
            faults = [_nul_fault(pointer) for pointer in _nuls(msgspec.json.decode(sent))]
        except msgspec.DecodeError:
            return  # broken JSON is refused by name later
        except RecursionError:
            fault = Fault("", "JSON lồng quá sâu.", "The JSON is nested too deeply.")
            raise Refusal(BROKEN_JSON, [fault]) from None
        if faults:
            raise Refusal(FAULTY, faults)


def _nul_fault(pointer: str, parameter: str | None = None) -> Fault:
    return Fault(
        pointer,
        "Có ký tự NUL (U+0000); hãy bỏ đi.",
        "Has the character NUL (U+0000): remove it.",
        parameter=parameter,
    )


def _nuls(value: object, pointer: str = "") -> Iterator[str]:
    if isinstance(value, str):
        if "\0" in value:
            yield pointer
    elif isinstance(value, dict):
        for name, member in value.items():
            here = f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
            if "\0" in name:
                yield here
            yield from _nuls(member, here)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _nuls(item, f"{pointer}/{number}")
