"""What can't be shown, as pages: what is wrong in the first line, then what to do."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.chassis.http.edge import logged_path
from services.chassis.observability import trace
from services.chassis.problems import Refusal
from services.portal.api import AwayError, RefusedByServiceError
from services.portal.forms import posted
from services.portal.guard import Refuse
from services.portal.language import Language, in_language
from services.portal.rendering import render
from services.portal.visit import LoginNeededError, NoSuchPageError, NotForYouError, Portal

log = structlog.get_logger(__name__)

_TEMPLATES: Mapping[int, str] = {
    400: "errors/unreadable.html",
    403: "errors/forbidden.html",
    404: "errors/not_found.html",
    405: "errors/not_found.html",
    413: "errors/too_large.html",
    422: "errors/unreadable.html",
    503: "errors/away.html",
}


def add_handlers(app: FastAPI) -> None:
    """Answer everything that a page raises with a page."""
    app.add_exception_handler(LoginNeededError, _login_needed)
    app.add_exception_handler(NotForYouError, _of_status(403))
    app.add_exception_handler(NoSuchPageError, _of_status(404))
    app.add_exception_handler(AwayError, _of_status(503))
    app.add_exception_handler(RefusedByServiceError, _refused)
    app.add_exception_handler(RequestValidationError, _of_status(404))
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Refusal, _refusal)


def refuse_foreign_form(app: FastAPI) -> Refuse:
    """The answer to a form that another site sent."""

    async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request({**scope, "app": app}, receive)
        await _page(request, "errors/foreign_form.html", 403)(scope, receive, send)

    return refuse


def _page(request: Request, template: str, status: int, **context: Any) -> Response:
    portal: Portal = request.app.state.portal
    language: Language = request.scope.get("state", {}).get("language", "vi")
    session = portal.sessions.of(request)
    current = trace.current()
    shown = {
        "session": session,
        "settings": portal.settings,
        "path": request.scope["path"],
        "trace_id": current.trace_id if current else None,
        **context,
    }
    return render(template, language, shown, status)


def _of_status(status: int) -> Any:
    async def handle(request: Request, _error: Exception) -> Response:
        return _page(request, _TEMPLATES[status], status)

    return handle


async def _login_needed(request: Request, _error: Exception) -> Response:
    language: Language = request.scope["state"]["language"]
    path = request.scope["path"]
    if query := request.scope["query_string"].decode("latin-1"):
        path = f"{path}?{query}"
    if request.method != "POST":
        sign_in = in_language("/dang-nhap", language) + "?" + urlencode({"tiep": path})
        return RedirectResponse(sign_in, 303)
    # What was typed is not lost: it waits on this page until who sent it has logged in again.
    fields = await posted(request)
    return _page(request, "errors/session_ended.html", 401, fields=fields, action=path)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedByServiceError)  # noqa: S101 - registered for it
    if error.status == HTTPStatus.UNAUTHORIZED:
        return await _login_needed(request, error)
    status = error.status if error.status in _TEMPLATES else 400
    return _page(request, _TEMPLATES[status], status, problem=error.problem)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    status = error.status_code if error.status_code in _TEMPLATES else 400
    return _page(request, _TEMPLATES[status], error.status_code)


async def _refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)  # noqa: S101 - registered for it
    status = error.problem.status
    return _page(request, _TEMPLATES.get(status, "errors/unreadable.html"), status)


class AnsweredErrors:
    """ASGI middleware: a page that fails is answered by one that says so."""

    def __init__(self, app: ASGIApp, *, of: FastAPI) -> None:
        self._app = app
        self._of = of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except ClientDisconnect:
            raise
        except Exception as error:
            if begun or scope["type"] != "http":
                raise
            log.error("a page failed", exc_info=error, path=logged_path(scope))
            request = Request({**scope, "app": self._of}, receive)
            await _page(request, "errors/broken.html", 500)(scope, receive, send)
