"""One request for a page: in which language, by whom, and what it may ask of the services."""

import time
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any, Final

import structlog
from fastapi import Depends, Request
from starlette.responses import RedirectResponse, Response

from services.chassis.http.auth import Role
from services.portal.api import ApiOfReader, PagePart, ServicesOverHttp, part
from services.portal.campaigns import KnownCampaign, KnownCampaigns, Listed
from services.portal.language import Language, in_language
from services.portal.login.flow import LoginFlow
from services.portal.login.provider import LoginRefusedError, ProviderAwayError
from services.portal.login.session import Session, Sessions
from services.portal.rendering import ZONE, render
from services.portal.settings import PortalSettings

log = structlog.get_logger(__name__)

_REFRESH_BEFORE_S: Final = 60.0
"""An access token is renewed so long before it ends. Seconds."""


class LoginNeededError(Exception):
    """Nobody is logged in here."""


class NotForYouError(Exception):
    """The page is for other roles."""


class NoSuchPageError(Exception):
    """There is no such page, campaign or unit."""


@dataclass(frozen=True)
class Portal:
    """What all pages share; made once."""

    settings: PortalSettings
    services: ServicesOverHttp
    sessions: Sessions
    flow: LoginFlow
    campaigns: KnownCampaigns


@dataclass
class Visit:
    """A request for a page."""

    request: Request
    portal: Portal
    language: Language
    session: Session | None
    renewed: bool = False
    """Whether the session has new tokens, which the browser is to keep."""
    now: datetime = field(default_factory=lambda: datetime.now(ZONE))
    """The services' time once they answered, the machine's before."""

    @property
    def path(self) -> str:
        """The page's address without its language."""
        return self.request.url.path if self.language == "vi" else self.request.scope["path"]

    @property
    def signed_in(self) -> Session:
        """Who is logged in. Raises LoginNeededError."""
        if self.session is None:
            raise LoginNeededError
        return self.session

    @property
    def api(self) -> ApiOfReader:
        """The services with the token of who is logged in. Raises LoginNeededError."""
        return self.portal.services.with_token(self.signed_in.access_token)

    def require(self, *roles: Role) -> Session:
        """Who is logged in, with one of the roles. Raises LoginNeededError, NotForYouError."""
        session = self.signed_in
        if not session.has(*roles):
            raise NotForYouError
        return session

    async def listed(self) -> Listed:
        """All campaigns; from now on the time is the services'."""
        listed = await self.portal.campaigns.list(self.api)
        self.now = listed.now
        return listed

    async def campaign(self, code: str | None = None) -> KnownCampaign | None:
        """The campaign of that code, or that of today. Raises NoSuchPageError for an unknown code;
        None where there is no campaign yet."""
        listed = await self.listed()
        if code is None:
            chosen = listed.of_today(self.today)
        else:
            chosen = next((one for one in listed.campaigns if one["campaign"] == code), None)
            if chosen is None:
                raise NoSuchPageError
        return None if chosen is None else await self.portal.campaigns.of(self.api, chosen)

    @property
    def today(self) -> date:
        """The local day."""
        return self.now.astimezone(ZONE).date()

    def page(self, template: str, *, status: int = 200, **context: Any) -> Response:
        """A page for who is here."""
        shown = {
            "visit": self,
            "session": self.session,
            "settings": self.portal.settings,
            **context,
        }
        return self._kept(render(template, self.language, shown, status))

    def lead_to(self, path: str) -> Response:
        """After a command: the page that shows what it did (POST, redirect, GET)."""
        return self._kept(RedirectResponse(in_language(path, self.language), 303))

    def _kept(self, response: Response) -> Response:
        if self.renewed and self.session is not None:
            self.portal.sessions.keep(response, self.session, time.time())
        return response


async def _visit(request: Request) -> Visit:
    portal: Portal = request.app.state.portal
    language: Language = request.scope["state"]["language"]
    session = portal.sessions.of(request)
    now = time.time()
    if session is not None and portal.sessions.is_over(session, now):
        session = None
    renewed = False
    if session is not None and now > session.expires_at - _REFRESH_BEFORE_S:
        session, renewed = await _renewed(portal, session, now)
    return Visit(request, portal, language, session, renewed)


async def _renewed(portal: Portal, session: Session, now: float) -> tuple[Session | None, bool]:
    """With new tokens; None where the provider gives none and the old one is over."""
    try:
        return await portal.flow.refreshed(session), True
    except (LoginRefusedError, ProviderAwayError) as error:
        if now < session.expires_at:
            return session, False
        log.info("a session ended", subject=session.subject, reason=str(error))
        return None, False


Here = Annotated[Visit, Depends(_visit)]
"""Parameter type of a page's endpoint."""

__all__ = [
    "Here",
    "LoginNeededError",
    "NoSuchPageError",
    "NotForYouError",
    "PagePart",
    "Portal",
    "Visit",
    "part",
]
