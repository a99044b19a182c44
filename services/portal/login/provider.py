"""The city's OpenID provider: authorization code with PKCE (RFC 6749, RFC 7636, OpenID Connect).

What Authlib does, it does: requests of tokens and their form. What a login has to hold, state,
nonce, issuer and where it leads, is ours and stands in `flow.py`.
"""

import time
from typing import Any

import httpx2 as httpx
import msgspec
import structlog
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client

from services.chassis.http.keys import KeyRing
from services.chassis.http.tls import client_tls
from services.chassis.http.token_verifier import MALFORMED, TokenVerifier
from services.chassis.observability.metrics import Metrics
from services.chassis.problems import Refusal
from services.portal.settings import PortalSettings

log = structlog.get_logger(__name__)

_METADATA_S = 3600.0
"""So long the provider's metadata are used before they are read anew. Seconds."""
_MAX_BYTES = 262_144
_WITHIN_S = 5.0


class ProviderAwayError(Exception):
    """The provider can't be reached, or answers what can't be used; the message says which."""


class LoginRefusedError(Exception):
    """The provider does not confirm the login; the message says why."""


class Metadata(msgspec.Struct, frozen=True):
    """What of the provider's metadata is used (OpenID Connect Discovery 1.0 §3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    end_session_endpoint: str | None = None
    authorization_response_iss_parameter_supported: bool = False


class Tokens(msgspec.Struct, frozen=True):
    """What the provider gives for a code (RFC 6749 §5.1)."""

    access_token: str
    id_token: str | None = None
    refresh_token: str | None = None
    expires_in: float | None = None


class Provider:
    """Talks to the provider. Raises ProviderAwayError where that fails."""

    def __init__(self, settings: PortalSettings, metrics: Metrics) -> None:
        """`metrics`: of the keys that are fetched."""
        self._settings = settings
        self._http = httpx.AsyncClient(
            timeout=_WITHIN_S,
            verify=client_tls(settings.oidc_ca_file),
            follow_redirects=False,
            trust_env=False,
        )
        self.keys = KeyRing(
            settings.jwks_url,
            metrics,
            refresh_s=settings.jwks_refresh_s,
            ca_file=settings.jwks_ca_file,
        )
        self._verifier = TokenVerifier(self.keys, settings.provider)
        self._metadata: Metadata | None = None
        self._read_at = float("-inf")

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def metadata(self) -> Metadata:
        """The provider's metadata; those that were read stay in use while it is away."""
        if time.monotonic() - self._read_at < _METADATA_S and self._metadata:
            return self._metadata
        try:
            self._metadata = await self._read_metadata()
            self._read_at = time.monotonic()
        except ProviderAwayError as error:
            if self._metadata is None:
                raise
            log.warning("the provider's metadata could not be read anew", error=str(error))
        return self._metadata

    async def _read_metadata(self) -> Metadata:
        url = f"{self._settings.provider}/.well-known/openid-configuration"
        try:
            answer = await self._http.get(url)
            answer.raise_for_status()
            if len(answer.content) > _MAX_BYTES:
                raise ProviderAwayError(f"{url} is larger than {_MAX_BYTES} bytes")
            metadata = msgspec.json.decode(answer.content, type=Metadata)
        except (httpx.HTTPError, msgspec.DecodeError) as error:
            raise ProviderAwayError(f"{url}: {type(error).__name__}: {error}") from error
        if metadata.issuer.rstrip("/") != self._settings.provider:
            raise ProviderAwayError(
                f"{url} names the issuer {metadata.issuer!r}, not {self._settings.provider!r}"
            )
        return metadata

    async def address(self, redirect_uri: str, *, state: str, nonce: str, verifier: str) -> str:
        """Where the browser goes to log in."""
        metadata = await self.metadata()
        async with self._client(redirect_uri) as client:
            url, _ = client.create_authorization_url(
                metadata.authorization_endpoint, state=state, nonce=nonce, code_verifier=verifier
            )
        return str(url)

    async def tokens(self, redirect_uri: str, *, code: str, verifier: str) -> Tokens:
        """The tokens for a code. Raises LoginRefusedError."""
        metadata = await self.metadata()
        return await self._ask(
            redirect_uri,
            lambda client: client.fetch_token(
                metadata.token_endpoint,
                grant_type="authorization_code",
                code=code,
                code_verifier=verifier,
                redirect_uri=redirect_uri,
            ),
        )

    async def refreshed(self, refresh_token: str) -> Tokens:
        """New tokens. Raises LoginRefusedError when the provider gives none any more."""
        metadata = await self.metadata()
        return await self._ask(
            None,
            lambda client: client.refresh_token(
                metadata.token_endpoint, refresh_token=refresh_token
            ),
        )

    async def claims(self, token: str, audience: str) -> dict[str, Any]:
        """The claims of a token of the provider for that audience. Raises LoginRefusedError where
        it does not hold, and ProviderAwayError while its keys were never fetched."""
        try:
            return await self._verifier.claims(token, audience)
        except Refusal as error:
            raise ProviderAwayError("its keys could not be fetched yet") from error
        except MALFORMED as error:
            raise LoginRefusedError(f"a token does not hold: {error}") from error

    async def _ask(self, redirect_uri: str | None, ask: Any) -> Tokens:
        try:
            async with self._client(redirect_uri) as client:
                answer = await ask(client)
            return msgspec.convert(dict(answer), Tokens, strict=False)
        except OAuthError as error:
            raise LoginRefusedError(f"{error.error}: {error.description}") from error
        except (httpx.HTTPError, ValueError, msgspec.ValidationError) as error:
            raise ProviderAwayError(f"{type(error).__name__}: {error}") from error

    def _client(self, redirect_uri: str | None) -> AsyncOAuth2Client:
        secret = self._settings.oidc_client_secret
        return AsyncOAuth2Client(
            client_id=self._settings.oidc_client_id,
            client_secret=secret.get_secret_value() if secret else None,
            token_endpoint_auth_method="client_secret_basic" if secret else "none",
            scope=self._settings.oidc_scope,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            timeout=_WITHIN_S,
            verify=client_tls(self._settings.oidc_ca_file),
            follow_redirects=False,
            trust_env=False,
        )
