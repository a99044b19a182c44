"""A login from its first address to a session, and what it must hold on the way.

`state` ties the answer to the browser that asked (RFC 6749 §10.12), `nonce` the identity token to
the request (OpenID Connect Core §3.1.2.1), `iss` the answer to the provider (RFC 9207), and the
verifier the code to us (RFC 7636). They wait in an encrypted cookie for the answer.
"""

import hmac
import re
import secrets
import time
from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.chassis.http.tokens import ClaimsError, principal_of
from services.portal.login.cookies import SealedCookies
from services.portal.login.provider import LoginRefusedError, Provider, Tokens
from services.portal.login.session import Session
from services.portal.settings import PortalSettings

CALLBACK = "/dang-nhap/tiep-nhan"
_COOKIE = "thidua-dang-nhap"
_WITHIN_S = 600
"""So long a login may take at the provider. Seconds."""
_ACCESS_S = 300.0
"""How long an access token is taken to hold where the provider does not say. Seconds."""
_LOCAL_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")
"""A path of ours: `//host` and `/\\host` lead elsewhere."""


class _Begun(msgspec.Struct, frozen=True):
    state: str
    nonce: str
    verifier: str
    leads_to: str


def local_path(text: str | None) -> str:
    """Where somebody goes after the login: a path of this site, else the first page."""
    return text if text and _LOCAL_PATH.fullmatch(text) else "/"


class LoginFlow:
    """Logs in at the provider."""

    def __init__(self, settings: PortalSettings, provider: Provider, cookies: SealedCookies):
        self._settings = settings
        self._provider = provider
        self._cookies = cookies
        self._redirect_uri = settings.origin + CALLBACK

    async def begin(self, leads_to: str) -> Response:
        """Send the browser to the provider. Raises ProviderAwayError."""
        begun = _Begun(
            secrets.token_urlsafe(32),
            secrets.token_urlsafe(32),
            secrets.token_urlsafe(64),
            leads_to,
        )
        address = await self._provider.address(
            self._redirect_uri, state=begun.state, nonce=begun.nonce, verifier=begun.verifier
        )
        response = RedirectResponse(address, 303)
        self._cookies.write(response, _COOKIE, msgspec.json.encode(begun), max_age_s=_WITHIN_S)
        return response

    async def end(self, request: Request) -> tuple[Session, str]:
        """The session of a login that comes back from the provider, and where it leads.

        Raises LoginRefusedError for one that does not hold, ProviderAwayError.
        """
        asked = request.query_params
        begun = self._begun(request)
        if not hmac.compare_digest(begun.state.encode(), asked.get("state", "").encode()):
            raise LoginRefusedError("the state is not that of this browser's login")
        metadata = await self._provider.metadata()
        issuer = asked.get("iss")
        if issuer is None and metadata.authorization_response_iss_parameter_supported:
            raise LoginRefusedError("the answer does not name its issuer")
        if issuer is not None and issuer != metadata.issuer:
            raise LoginRefusedError("the answer is of another issuer")
        if (error := asked.get("error")) is not None:
            raise LoginRefusedError(f"the provider answers {error[:100]}")
        code = asked.get("code")
        if not code:
            raise LoginRefusedError("the answer has no code")
        tokens = await self._provider.tokens(self._redirect_uri, code=code, verifier=begun.verifier)
        return await self._session(tokens, begun.nonce), begun.leads_to

    async def refreshed(self, session: Session) -> Session:
        """The session with new tokens. Raises LoginRefusedError, ProviderAwayError."""
        if session.refresh_token is None:
            raise LoginRefusedError("the provider gave no refresh token")
        tokens = await self._provider.refreshed(session.refresh_token)
        claims = await self._provider.claims(tokens.access_token, self._settings.token_audience)
        if claims.get("sub") != session.subject:
            raise LoginRefusedError("the new token is somebody else's")
        return _session_of(
            claims,
            tokens,
            began_at=session.began_at,
            refresh_token=tokens.refresh_token or session.refresh_token,
            id_token=tokens.id_token or session.id_token,
        )

    def forget(self, response: Response) -> None:
        """A login that ended, however, needs its cookie no more."""
        self._cookies.delete(response, _COOKIE)

    async def logout_address(self, session: Session | None) -> str:
        """Where the provider ends its own session (OpenID Connect RP-Initiated Logout 1.0); our
        first page where it has no such address. Raises ProviderAwayError."""
        metadata = await self._provider.metadata()
        if metadata.end_session_endpoint is None:
            return "/"
        wanted = {
            "client_id": self._settings.oidc_client_id,
            "post_logout_redirect_uri": self._settings.origin + "/",
        }
        if session is not None and session.id_token is not None:
            wanted["id_token_hint"] = session.id_token
        return str(URL(metadata.end_session_endpoint).include_query_params(**wanted))

    def _begun(self, request: Request) -> _Begun:
        raw = self._cookies.read(request.cookies, _COOKIE, max_age_s=_WITHIN_S)
        if raw is None:
            raise LoginRefusedError("no login was begun in this browser, or too long ago")
        return msgspec.json.decode(raw, type=_Begun)

    async def _session(self, tokens: Tokens, nonce: str) -> Session:
        if tokens.id_token is None:
            raise LoginRefusedError("the provider gave no identity token")
        identity = await self._provider.claims(tokens.id_token, self._settings.oidc_client_id)
        if not hmac.compare_digest(nonce.encode(), str(identity.get("nonce", "")).encode()):
            raise LoginRefusedError("the identity token is of another login")
        claims = await self._provider.claims(tokens.access_token, self._settings.token_audience)
        if claims["sub"] != identity["sub"]:
            raise LoginRefusedError("the two tokens are of two people")
        return _session_of(
            claims,
            tokens,
            began_at=time.time(),
            refresh_token=tokens.refresh_token,
            id_token=tokens.id_token,
        )


def _session_of(
    claims: Mapping[str, Any],
    tokens: Tokens,
    *,
    began_at: float,
    refresh_token: str | None,
    id_token: str | None,
) -> Session:
    try:
        principal = principal_of(dict(claims))
    except ClaimsError as error:
        raise LoginRefusedError(str(error)) from error
    return Session(
        subject=principal.subject,
        roles=tuple(sorted(principal.roles)),
        unit=principal.unit,
        access_token=tokens.access_token,
        expires_at=time.time() + (tokens.expires_in or _ACCESS_S),
        began_at=began_at,
        refresh_token=refresh_token,
        id_token=id_token,
    )
