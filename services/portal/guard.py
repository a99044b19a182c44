"""What holds for every page: no form from elsewhere, and headers that let nothing foreign in."""

from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger(__name__)

POLICY: Final = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'{at};"
    " base-uri 'none'; frame-ancestors 'none'"
)
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_YEAR_S = 31_536_000

Refuse = Callable[[Scope, Receive, Send], Awaitable[None]]


class PageGuard:
    """ASGI middleware.

    A POST must come from a page of ours: browsers say so by `Sec-Fetch-Site: same-origin`, and
    older ones by `Origin`. So no form needs a token, and one that was left open overnight still
    posts.
    """

    def __init__(self, app: ASGIApp, *, origin: str, provider: str, refuse: Refuse) -> None:
        """`origin`: ours. `provider`: of the provider, to whose logout a form may lead. `refuse`
        answers what comes from elsewhere."""
        self._app = app
        self._origin = origin
        self._refuse = refuse
        self._headers = [
            # A form that is answered with a redirect is held to the policy there too.
            ("Content-Security-Policy", POLICY.format(at=f" {provider}" if provider else "")),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "same-origin"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
        ]
        if origin.startswith("https:"):
            self._headers.append(("Strict-Transport-Security", f"max-age={_YEAR_S}"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                for name, value in self._headers:
                    headers.setdefault(name, value)
                # Pages are one person's: no cache on the way may keep them.
                headers.setdefault("Cache-Control", "no-store")
                message["headers"] = headers.raw
            await send(message)

        headers = Headers(scope=scope)
        if scope["method"] in _SAFE or self._is_ours(headers):
            await self._app(scope, receive, guarded)
        else:
            log.warning(
                "a form from elsewhere was refused",
                path=scope["path"],
                sec_fetch_site=headers.get("sec-fetch-site"),
                origin=headers.get("origin"),
            )
            await self._refuse(scope, receive, guarded)

    def _is_ours(self, headers: Headers) -> bool:
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site == "same-origin"
        return headers.get("origin") == self._origin
