"""Guarded routes: everything that is checked of a request before its function is called.

In this order, so that each refusal names the first thing to mend: token (401), role (403), media
type (415), Idempotency-Key (400), parameters (422), size (413), JSON in UTF-8 (400), its content
(422).
"""

import re
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from services.chassis.clock import SimulatedClock
from services.chassis.http.auth import PUBLIC, declared_roles, require_role
from services.chassis.http.body import ReadRequest, body_reader
from services.chassis.http.idempotency import idempotency_key
from services.chassis.http.parameters import parameter_check
from services.chassis.problems import BROKEN_JSON, FAULTY, WRONG_MEDIA_TYPE, Fault, Refusal
from services.chassis.storage.turns import CLIENT, Own


class UndeclaredAccessError(TypeError):
    """A route does not declare who may call it."""


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
        read = body_reader(self.body_field.field_info) if self.body_field else None
        check_parameters = parameter_check(self.dependant)
        extra = self.openapi_extra or {}
        takes_key = "POST" in (self.methods or ()) and extra.get("x-stores", True)

        async def guarded(request: Request) -> Response:
            app = request.app
            if allowed is None:
                CLIENT.set(Own.ANYONE)
            else:
                authorization = request.headers.get("authorization")
                caller = await app.state.authenticator.principal(authorization)
                require_role(caller, allowed)
                request.state.principal = caller
                CLIENT.set(caller.subject)
            if read is not None:
                _require_json(request)
            if takes_key:
                idempotency_key(request)
            _refuse_nul_in_address(request)
            if allowed is not None:  # pages and probes may be asked with whatever a cache needs
                check_parameters(request)
            if read is not None and (content := await request.body()):
                _refuse_nul_in_body(content)
                request = ReadRequest(request, content, read(content))
            # What is public (health, metrics) has no time of the domain in it, and no database.
            if allowed and isinstance(clock := app.state.chassis.clock, SimulatedClock):
                await clock.refresh()
            return await handle(request)

        return guarded


class Router(APIRouter):
    """An APIRouter whose routes are guarded; services build theirs with it."""

    def __init__(self, *, prefix: str = "", tags: list[str] | None = None) -> None:
        super().__init__(prefix=prefix, tags=list(tags or ()), route_class=GuardedRoute)


_WORD = r"[\w!#$%&'*+.^`|~-]++"
_JSON_TYPE = re.compile(
    rf"""application/json (?: \s*+ ; \s*+ (?:
        charset \s*+ = \s*+ (?: utf-8 | "utf-8" )
        | (?! charset \s*+ = ) {_WORD} = (?: {_WORD} | "(?: [^"\\] | \\. )*+" )
    )?+ )*+""",
    re.IGNORECASE | re.ASCII | re.VERBOSE,
)
"""Possessive throughout: it takes linear time for what does not match, too."""


def _require_json(request: Request) -> None:
    sent = request.headers.get("content-type", "")
    if not _JSON_TYPE.fullmatch(sent.strip()):
        raise Refusal(
            WRONG_MEDIA_TYPE,
            detail=(
                f"Đã nhận {sent or 'nội dung không ghi kiểu'}. Gửi application/json, mã hóa UTF-8.",
                f"Received {sent or 'a body without Content-Type'}: send application/json, UTF-8.",
            ),
        )
    coding = request.headers.get("content-encoding", "identity")
    if coding.lower() != "identity":
        raise Refusal(
            WRONG_MEDIA_TYPE,
            detail=(
                "Không nhận nội dung nén. Bỏ Content-Encoding và gửi nội dung không nén.",
                f"Content-Encoding {coding} is not taken: send the body as it is.",
            ),
        )


def _refuse_nul_in_address(request: Request) -> None:
    """PostgreSQL's texts hold every character but NUL; it has no place in ours either."""
    if "\0" in request.scope["path"] or b"%00" in request.scope["query_string"]:
        raise Refusal(FAULTY, [_nul_fault("", parameter="path or query")])


def _refuse_nul_in_body(content: bytes) -> None:
    if b"\\u0000" not in content:
        return
    try:
        faults = [_nul_fault(pointer) for pointer in _nuls(msgspec.json.decode(content))]
    except (msgspec.DecodeError, UnicodeError):
        return  # broken JSON is refused by name later
    except RecursionError:
        fault = Fault("", "JSON lồng nhau quá sâu.", "The JSON is nested too deeply.")
        raise Refusal(BROKEN_JSON, [fault]) from None
    if faults:
        raise Refusal(FAULTY, faults)


def _nul_fault(pointer: str, parameter: str | None = None) -> Fault:
    return Fault(
        pointer,
        "Có ký tự không nhìn thấy (U+0000). Xóa ký tự này.",
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
