"""The outermost layer of every request: trace, limits of time and size, answers to our errors."""

import json
import time
from typing import Any

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.chassis.http.size import limited
from services.chassis.observability import trace
from services.chassis.observability.metrics import Metrics
from services.chassis.observability.registry import HTTP_SECONDS
from services.chassis.problems import INTERNAL, UNAVAILABLE, Refusal
from services.chassis.retry import is_transient

log = structlog.get_logger(__name__)

PROBLEM_JSON = "application/problem+json"

_RETRY_AFTER_S = 2


class Edge:
    """ASGI middleware. Plain ASGI: starlette's BaseHTTPMiddleware costs a task a request."""

    def __init__(self, app: ASGIApp, metrics: Metrics, max_body_bytes: int) -> None:
        self._app = app
        self._metrics = metrics
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] == "HEAD":  # as GET; the server leaves the content out (RFC 9110 §9.3.2)
            scope = {**scope, "method": "GET"}
        begun = time.perf_counter()
        status = 0

        async def note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        receive = limited(scope, receive, self._max_body_bytes)
        with trace.continued(_header(scope, b"traceparent")) as step:
            try:
                await self._app(scope, receive, note_status)
            except ClientDisconnect:
                pass  # the caller has gone before its body had come: nobody waits for an answer
            except Exception as error:
                if status:  # the answer has begun: all that is left is to break it off
                    raise
                refusal = _refusal(error, path=logged_path(scope), method=scope["method"])
                await _answer(refusal, step.trace_id, note_status)
            finally:
                self._metrics.observe(
                    HTTP_SECONDS,
                    time.perf_counter() - begun,
                    method=_method(scope),
                    route=getattr(scope.get("route"), "path", "unmatched"),
                    status=str(status),
                )


def _refusal(error: Exception, **request: str) -> Refusal:
    """What passes by itself comes a thousand times at once, from known places: a line each."""
    if not is_transient(error):
        log.error("request failed", exc_info=error, **request)
        return Refusal(INTERNAL)
    names = [_name(error), *([_name(error.__cause__)] if error.__cause__ else [])]
    log.warning("request put off", error=" from ".join(names), **request)
    return Refusal(UNAVAILABLE, headers={"Retry-After": str(_RETRY_AFTER_S)})


def _name(error: BaseException) -> str:
    """On one line, and without the statement and its values, which some errors end with."""
    return f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"


async def _answer(refusal: Refusal, trace_id: str, send: Send) -> None:
    document: dict[str, Any] = {**refusal.document(), "trace_id": trace_id}
    body = json.dumps(document, ensure_ascii=False).encode()
    headers = {"content-type": PROBLEM_JSON, "content-length": str(len(body)), **refusal.headers}
    await send(
        {
            "type": "http.response.start",
            "status": refusal.problem.status,
            "headers": [(name.lower().encode(), text.encode()) for name, text in headers.items()],
        }
    )
    await send({"type": "http.response.body", "body": body})


def _header(scope: Scope, name: bytes) -> str | None:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), None)


def logged_path(scope: Scope) -> str:
    """The path, or that of its route where it holds a secret (`access.secret_path`)."""
    route = scope.get("route")
    secret = (getattr(route, "openapi_extra", None) or {}).get("x-secret-path")
    path: str = route.path if route is not None and secret else scope["path"]
    return path


def _method(scope: Scope) -> str:
    # A label's values must be few: anyone may send any method.
    known = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
    return scope["method"] if scope["method"] in known else "OTHER"
