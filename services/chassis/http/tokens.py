"""Bearer tokens: who is calling, by the claims of a token that its issuer signed."""

import time
from collections import OrderedDict
from typing import Any

import jwt
import structlog

from services.chassis.http.auth import ROLES, Principal
from services.chassis.http.keys import KeyRing
from services.chassis.http.token_verifier import LEEWAY_S, MALFORMED, TokenVerifier
from services.chassis.http_settings import HttpSettings
from services.chassis.observability.metrics import Metrics
from services.chassis.problems import UNAUTHENTICATED, Refusal
from services.contracts.reading import hidden_character, is_visible

log = structlog.get_logger(__name__)

_REMEMBERED = 4096
"""Verified tokens kept; an ES256 check costs more than the rest of a small request."""

_REMEMBERED_S = 60.0
"""How long a check is good for: a withdrawn key is noticed at most this much later. Seconds."""

_LONGEST_SUBJECT = 255
"""Characters of `sub`, as OpenID Connect has it (Core §2)."""

_LONGEST_UNIT = 32
"""Characters of `unit`: those of a unit's code."""

_VIETNAMESE: dict[type[Exception], str] = {
    jwt.ExpiredSignatureError: "mã đã hết hạn",
    jwt.ImmatureSignatureError: "mã chưa có hiệu lực",
    jwt.InvalidIssuedAtError: "thời điểm cấp mã không hợp lệ",
    jwt.InvalidAudienceError: "mã được cấp cho hệ thống khác",
    jwt.InvalidIssuerError: "mã do nơi khác cấp",
    jwt.InvalidSignatureError: "chữ ký không đúng",
    jwt.InvalidKeyError: "nơi cấp mã không có khóa này",
    jwt.InvalidAlgorithmError: "thuật toán ký không được chấp nhận",
    jwt.MissingRequiredClaimError: "mã thiếu thông tin bắt buộc",
}


class ClaimsError(ValueError):
    """A token that its issuer signed says something of its caller that can't be used."""


class Authenticator:
    """Checks bearer tokens: signature by the issuer's keys, `iss`, `aud`, `exp`, `sub`."""

    def __init__(self, settings: HttpSettings, metrics: Metrics) -> None:
        """Raises OSError when the authorities' file of the settings is not usable."""
        self._audience = settings.token_audience
        self._keys = KeyRing(
            settings.jwks_url,
            metrics,
            refresh_s=settings.jwks_refresh_s,
            ca_file=settings.jwks_ca_file,
        )
        self._verifier = TokenVerifier(self._keys, settings.token_issuer)
        self._closed = not settings.jwks_url or not settings.token_issuer
        self.parts = () if self._closed else (self._keys,)
        """What must run: it fetches the issuer's keys in the background."""
        self._known: OrderedDict[str, tuple[Principal, float, float]] = OrderedDict()
        self._known_by = 0
        """By which of the issuer's keys, counted by `KeyRing.changes`."""

    async def principal(self, authorization: str | None) -> Principal:
        """The caller of a request with this `Authorization`.

        Raises Refusal: 401, and 503 while the issuer's keys were never fetched.
        """
        scheme, _, token = (authorization or "").partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token:
            raise _unauthenticated(
                "thiếu `Authorization: Bearer`", "no `Authorization: Bearer`", error=None
            )
        self._forget_what_other_keys_opened()
        known = self._known.get(token)
        if known is not None:
            principal, checked_at, expires_at = known
            if time.monotonic() - checked_at < _REMEMBERED_S and time.time() < expires_at:
                return principal
            del self._known[token]
        principal, expires_at = await self._check(token)
        self._forget_what_other_keys_opened()
        self._known[token] = (principal, time.monotonic(), expires_at)
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return principal

    def _forget_what_other_keys_opened(self) -> None:
        if self._known_by != self._keys.changes:
            self._known.clear()  # the key behind any of them may be withdrawn
            self._known_by = self._keys.changes

    async def _check(self, token: str) -> tuple[Principal, float]:
        if self._closed:
            raise _unauthenticated("dịch vụ chưa có nơi cấp mã", "no token issuer is configured")
        try:
            claims = await self._verifier.claims(token, self._audience)
            return principal_of(claims), float(claims["exp"]) + LEEWAY_S
        except ClaimsError as error:  # signed by the issuer: an operator has to know
            log.warning("a token of the issuer was refused for its claims", fault=str(error))
            raise _unauthenticated("thông tin trong mã không hợp lệ", str(error)) from None
        except MALFORMED as error:
            vi = _VIETNAMESE.get(type(error), "mã không đọc được")
            raise _unauthenticated(vi, f"not valid: {error}") from error


def principal_of(claims: dict[str, Any]) -> Principal:
    """Who the claims say is calling. Raises ClaimsError."""
    roles = claims.get("roles", [])
    if not isinstance(roles, list):
        raise ClaimsError("`roles` is no list")
    known = frozenset(role for role in roles if role in ROLES)
    subject = _named("sub", claims.get("sub"), _LONGEST_SUBJECT)
    unit = claims.get("unit")
    return Principal(subject, known, None if unit is None else _named("unit", unit, _LONGEST_UNIT))


def _named(claim: str, value: Any, longest: int) -> str:
    if not isinstance(value, str):
        raise ClaimsError(f"`{claim}` is no string")
    if not 1 <= len(value) <= longest:
        raise ClaimsError(f"`{claim}` has {len(value)} characters, not 1 to {longest}")
    if hidden := hidden_character(value):
        raise ClaimsError(f"`{claim}` has the character {hidden}")
    if not is_visible(value):
        raise ClaimsError(f"`{claim}` has nothing in it that can be seen")
    return value


def _unauthenticated(vi: str, en: str, *, error: str | None = "invalid_token") -> Refusal:
    # RFC 6750 §3: the answer to a request without a token has how to authenticate, and no error.
    challenge = 'Bearer realm="thidua"' + (f', error="{error}"' if error else "")
    return Refusal(
        UNAUTHENTICATED,
        detail=(f"Cần mã truy cập hợp lệ: {vi}.", f"A valid token is needed: {en}."),
        headers={"WWW-Authenticate": challenge},
    )
