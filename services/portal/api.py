"""The three services over HTTP, with the token of who reads the page.

What a service refuses is a `RefusedByServiceError` with its problem document; one that does not
answer is an `AwayError`, and only its part of a page is missing.
"""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Generic, Literal, TypeVar
from urllib.parse import quote

import httpx
import structlog
from pydantic import HttpUrl

from services.chassis.http.tls import client_tls
from services.chassis.observability import trace
from services.portal.settings import PortalSettings

log = structlog.get_logger(__name__)

T = TypeVar("T")
ServiceName = Literal["submissions", "scoring", "notifications"]

_ABSENT = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.GONE})
_AWAY_STATUS = frozenset({429, 502, 503, 504})
_CONNECTIONS = 100
"""To each service at most, over all pages that are being made."""


class AwayError(Exception):
    """A service does not answer now."""

    def __init__(self, service: ServiceName) -> None:
        super().__init__(service)
        self.service = service


class RefusedByServiceError(Exception):
    """A service refuses; `problem` is its document (RFC 9457)."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('type')}")
        self.status = status
        self.problem = problem

    @property
    def slug(self) -> str:
        """The problem's name: the end of its type."""
        return str(self.problem.get("type", "")).rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class PagePart(Generic[T]):
    """A part of a page: what a service answered, or that it is away."""

    value: T | None
    away: ServiceName | None = None


async def part(answer: Awaitable[T], *, absent: bool = False) -> PagePart[T]:
    """The answer as a part of a page that goes without it. `absent`: it may be that there is none
    (404, 409 where nothing is scored yet, 410 of a unit that is no more), and the part is empty.

    Raises RefusedByServiceError.
    """
    try:
        return PagePart(await answer)
    except AwayError as error:
        return PagePart(None, error.service)
    except RefusedByServiceError as error:
        if not absent or error.status not in _ABSENT:
            raise
        return PagePart(None)


class ServicesOverHttp:
    """Connections to the services, shared by all pages."""

    def __init__(self, settings: PortalSettings) -> None:
        """Raises OSError where the authorities' file can't be read."""
        tls = client_tls(settings.services_ca_file)
        addresses: Mapping[ServiceName, HttpUrl] = {
            "submissions": settings.submissions_url,
            "scoring": settings.scoring_url,
            "notifications": settings.notifications_url,
        }
        self._http: Mapping[ServiceName, httpx.AsyncClient] = {
            name: httpx.AsyncClient(
                base_url=str(url).rstrip("/"),
                timeout=settings.service_timeout_s,
                limits=httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=20),
                verify=tls,
                follow_redirects=False,
                trust_env=False,
            )
            for name, url in addresses.items()
        }

    async def close(self) -> None:
        """Close them."""
        for http in self._http.values():
            await http.aclose()

    async def calendar_of_link(self, secret: str) -> bytes | None:
        """iCalendar of a secret link, which needs no token; None where there is no such link.
        Raises AwayError."""
        path = f"/v1/calendar-links/{quote(secret, safe='')}.ics"
        try:
            answer = await self._http["submissions"].get(path)
        except httpx.HTTPError as error:
            raise AwayError("submissions") from error
        if answer.status_code == HTTPStatus.NOT_FOUND:
            return None
        if not answer.is_success:
            raise AwayError("submissions")
        return answer.content

    def with_token(self, token: str) -> "ApiOfReader":
        """The services as somebody may use them."""
        return ApiOfReader(self._http, token)


class ApiOfReader:
    """The services as one person may use them."""

    def __init__(self, http: Mapping[ServiceName, httpx.AsyncClient], token: str) -> None:
        self._http = http
        self._token = token

    async def get(self, service: ServiceName, path: str, **query: str | int | None) -> Any:
        """What a service answers. Raises RefusedByServiceError and AwayError."""
        given = {name: value for name, value in query.items() if value is not None}
        return await self._ask(service, "GET", path, params=given)

    async def post(
        self,
        service: ServiceName,
        path: str,
        body: Mapping[str, Any],
        *,
        key: str | None = None,
        preview: bool = False,
    ) -> Any:
        """Send a command. `key`: the same one is done once, however often it is sent.

        Raises RefusedByServiceError and AwayError; after an AwayError nobody knows whether it was
        done, and the same key may be sent again.
        """
        headers = {"Idempotency-Key": key} if key is not None else {}
        params = {"preview": "true"} if preview else {}
        return await self._ask(service, "POST", path, json=body, headers=headers, params=params)

    async def delete(self, service: ServiceName, path: str) -> None:
        """Delete something. Raises RefusedByServiceError and AwayError."""
        await self._ask(service, "DELETE", path)

    async def _ask(
        self,
        service: ServiceName,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> Any:
        sent = {"Authorization": f"Bearer {self._token}", **(headers or {})}
        if traceparent := trace.traceparent():
            sent["traceparent"] = traceparent
        try:
            answer = await self._http[service].request(method, path, headers=sent, **more)
        except httpx.HTTPError as error:
            log.warning("a service is away", service=service, error=type(error).__name__)
            raise AwayError(service) from error
        if answer.status_code in _AWAY_STATUS:
            log.warning("a service is away", service=service, status=answer.status_code)
            raise AwayError(service)
        if answer.is_error:
            raise RefusedByServiceError(answer.status_code, _problem(answer))
        return answer.json() if answer.content else None


def _problem(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        document = answer.json()
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
