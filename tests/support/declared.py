"""Every answer that a test provokes is one that OpenAPI declares for its route.

Round the application behind `served`, so that no test has to ask for it, and none can forget it.
"""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.types import Message, Receive, Scope, Send

_documents: dict[str, Any] = {}
"""Paths of OpenAPI documents, by the routes that they are made of: tests serve the same few
applications hundreds of times, and to make a document takes longer than most of what they ask."""


def _paths(app: FastAPI) -> Any:
    routes = repr([app.title, *map(_facts, iter_route_contexts(app.routes))])
    if routes not in _documents:
        _documents[routes] = app.openapi()["paths"]
    return _documents[routes]


def _facts(route: Any) -> tuple[Any, ...]:
    """All that a route's declared answers come from."""
    names = ("path", "methods", "status_code", "responses", "openapi_extra", "include_in_schema")
    return tuple(getattr(route, name, None) for name in names)


class Declared:
    """ASGI middleware that notes the answers which the document of `app` does not have."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._undeclared: dict[str, None] = {}
        self._paths: Any = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""

        async def note(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._note(scope, message["status"])
            await send(message)

        await self._app(scope, receive, note)

    def check(self) -> None:
        """Fail with the list of all answers that were given and not declared."""
        assert not self._undeclared, "\n".join(
            [*self._undeclared, "declare them: access(…, refuses=[…]) of the route"]
        )

    def _note(self, scope: Scope, status: int) -> None:
        if self._paths is None:
            self._paths = _paths(self._app)
        path = getattr(scope.get("route"), "path", None)
        operation = self._paths.get(path, {}).get(scope["method"].lower())
        if operation is None:  # no such path, or not this method: nobody's answer
            return
        if str(status) not in operation["responses"]:
            title = HTTPStatus(status).phrase
            self._undeclared[f"{scope['method']} {path}: {status} {title} is not in OpenAPI"] = None
