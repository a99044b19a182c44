"""Who is logged in: a session, kept in the browser's cookie and readable by us alone."""

from dataclasses import dataclass

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from services.chassis.http.auth import ROLES, Role
from services.portal.login.cookies import SealedCookies

_COOKIE = "thidua"


class Session(msgspec.Struct, frozen=True, omit_defaults=True):
    """One login. Its tokens never reach the browser readable."""

    subject: str
    roles: tuple[str, ...]
    unit: str | None
    access_token: str
    expires_at: float
    """When the access token ends. Seconds since 1970."""
    began_at: float
    """When it was logged in. Seconds since 1970."""
    refresh_token: str | None = None
    id_token: str | None = None
    """For the logout at the provider."""

    def has(self, *roles: Role) -> bool:
        """Whether it has any of these roles."""
        return any(role in self.roles for role in roles)

    @property
    def may_work(self) -> bool:
        """Whether it has a role of ours, and a unit where the role acts for one."""
        if self.has("board", "ops"):
            return True
        return self.unit is not None and any(role in self.roles for role in ROLES)


@dataclass(frozen=True, slots=True)
class Sessions:
    """Reads and writes sessions."""

    cookies: SealedCookies
    longest_s: int
    """After that one has to log in again. Seconds."""

    def of(self, request: Request) -> Session | None:
        """The session of a request; None without one, or where it is over."""
        raw = self.cookies.read(request.cookies, _COOKIE, max_age_s=self.longest_s)
        if raw is None:
            return None
        try:
            return msgspec.json.decode(raw, type=Session)
        except msgspec.DecodeError:  # of a release whose sessions look otherwise
            return None

    def keep(self, response: Response, session: Session, now: float) -> None:
        """Let the browser keep it, until `longest_s` after the login."""
        left = int(session.began_at + self.longest_s - now)
        self.cookies.write(response, _COOKIE, msgspec.json.encode(session), max_age_s=max(0, left))

    def end(self, response: Response) -> None:
        """Let the browser forget it."""
        self.cookies.delete(response, _COOKIE)

    def is_over(self, session: Session, now: float) -> bool:
        """Whether one has to log in again: a refresh makes no session longer than it may be."""
        return now >= session.began_at + self.longest_s
