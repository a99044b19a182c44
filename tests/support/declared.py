"""Every answer that a test provokes is one that OpenAPI declares for its route.

Round the application behind `served`, so that no test has to ask for it, and none can forget it.
"""

from http import HTTPStatus

from fastapi import FastAPI
from starlette.types import Message, Receive, Scope, Send


class Declared:
    """ASGI middleware that notes the answers which the document of `app` does not have."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._undeclared: dict[str, None] = {}

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
        path = getattr(scope.get("route"), "path", None)
        operation = self._app.openapi()["paths"].get(path, {}).get(scope["method"].lower())
        if operation is None:  # no such path, or not this method: nobody's answer
            return
        if str(status) not in operation["responses"]:
            title = HTTPStatus(status).phrase
            self._undeclared[f"{scope['method']} {path}: {status} {title} is not in OpenAPI"] = None
