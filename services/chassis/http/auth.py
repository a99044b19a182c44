"""Who calls, and who may: bearer tokens (JWT), and one declaration of access for each route.

    router = Router(prefix="/v1")

    @router.post("/essays", status_code=201, openapi_extra=access("unit", "district"))
    async def submit(body: EssayIn, caller: Caller, once: Once) -> Response: ...

The declaration is enforced before the body is read, and stands in OpenAPI as `x-roles`. A route
without one stops the service at start; a route for everyone says `access.public`. What only this
route refuses, beyond what all refuse alike, is said in the same place and stands as `x-problems`:

    @router.post("/reports", openapi_extra=access("unit", refuses=[SECOND_REPORT]))
"""

import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, cast

import jwt
from fastapi import Depends, Request

from services.chassis.http.keys import ALGORITHMS, KeyRing
from services.chassis.problems import (
    FORBIDDEN,
    UNAUTHENTICATED,
    UNAVAILABLE,
    Problem,
    Refusal,
)
from services.chassis.settings import ServiceSettings

Role = Literal["unit", "district", "board", "ops"]
ROLES: tuple[Role, ...] = ("unit", "district", "board", "ops")
"""Roles that a token may carry in its claim `roles`; others are ignored."""

PUBLIC = "public"

_LEEWAY_S = 30
"""Tolerated difference between the issuer's clock and ours. Seconds."""

_REMEMBERED = 4096
"""Verified tokens kept; an ES256 check costs more than the rest of a small request."""

_REMEMBERED_S = 60.0
"""How long a check is believed: a withdrawn key is noticed at most this much later. Seconds."""


_NO_KEYS = (
    "Chưa lấy được khóa của nơi cấp mã truy cập; hãy thử lại.",
    "The token issuer's keys could not be fetched yet: try again.",
)


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is calling, as the token says."""

    subject: str
    roles: frozenset[str]
    unit: str | None = None
    """Code of the unit it acts for; None for roles without one."""

    def has(self, *roles: Role) -> bool:
        """Whether it has any of these roles."""
        return not self.roles.isdisjoint(roles)

    @property
    def acting_unit(self) -> str:
        """The unit it acts for. Raises Refusal (403) when the token names none."""
        if self.unit is None:
            raise Refusal(
                FORBIDDEN,
                detail=(
                    "Mã truy cập không nêu đơn vị; hãy dùng mã truy cập của đơn vị.",
                    "The token names no unit: use a token of the unit.",
                ),
            )
        return self.unit


def require_unit(caller: Principal, unit: str) -> None:
    """Refuse (403) unless the caller acts for exactly this unit."""
    if caller.acting_unit != unit:
        raise Refusal(
            FORBIDDEN,
            detail=(
                f"Mã truy cập thuộc đơn vị {caller.unit}, không phải {unit}.",
                f"The token is for unit {caller.unit}, not {unit}.",
            ),
        )


class _Access:
    """`access("unit", "board")` for `openapi_extra`; `access.public` for everyone.

    `refuses`: the problems that this route answers with beside those of every route.
    """

    def __call__(self, *roles: Role, refuses: Iterable[Problem] = ()) -> dict[str, Any]:
        if not roles or (unknown := set(roles) - set(ROLES)):
            raise ValueError(f"access takes roles among {ROLES}, not {sorted(unknown) or 'none'}")
        said: dict[str, Any] = {"x-roles": sorted(roles), "security": [{"bearer": []}]}
        if slugs := sorted(problem.slug for problem in refuses):
            said["x-problems"] = slugs
        return said

    @property
    def public(self) -> dict[str, Any]:
        """For everyone, without a token."""
        return {"x-roles": [PUBLIC], "security": []}


access = _Access()


def declared_roles(openapi_extra: dict[str, Any] | None) -> frozenset[str] | None:
    """What `access` declared for a route; None when it declared nothing."""
    roles = (openapi_extra or {}).get("x-roles")
    return frozenset(roles) if roles else None


class Authenticator:
    """Checks bearer tokens: signature by the issuer's keys, `iss`, `aud`, `exp`, `sub`."""

    def __init__(self, settings: ServiceSettings) -> None:
        self._issuer = settings.token_issuer
        self._audience = settings.token_audience
        self._keys = KeyRing(settings.jwks_url, refresh_s=settings.jwks_refresh_s)
        self._closed = not settings.jwks_url or not settings.token_issuer
        self._known: OrderedDict[str, tuple[Principal, float, float]] = OrderedDict()
        self._known_by = 0
        """By which of the issuer's keys, counted by `KeyRing.changes`."""

    async def principal(self, authorization: str | None) -> Principal:
        """The caller of a request with this `Authorization`. Raises Refusal (401)."""
        scheme, _, token = (authorization or "").partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token:
            raise _unauthenticated("thiếu `Authorization: Bearer`", "no `Authorization: Bearer`")
        self._doubt_what_other_keys_opened()
        known = self._known.get(token)
        if known is not None:
            principal, checked_at, expires_at = known
            if time.monotonic() - checked_at < _REMEMBERED_S and time.time() < expires_at:
                return principal
            del self._known[token]
        principal, expires_at = await self._check(token)
        self._doubt_what_other_keys_opened()
        self._known[token] = (principal, time.monotonic(), expires_at)
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return principal

    def _doubt_what_other_keys_opened(self) -> None:
        if self._known_by != self._keys.changes:
            self._known.clear()  # the key behind any of them may be withdrawn
            self._known_by = self._keys.changes

    async def _check(self, token: str) -> tuple[Principal, float]:
        if self._closed:
            raise _unauthenticated("dịch vụ chưa có nơi cấp mã", "no token issuer is configured")
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") not in ALGORITHMS:
                raise jwt.InvalidAlgorithmError(f"alg must be one of {', '.join(ALGORITHMS)}")
            key = await self._keys.find(header.get("kid"))
            if key is None and self._keys.empty:
                raise Refusal(UNAVAILABLE, detail=_NO_KEYS, headers={"Retry-After": "5"})
            if key is None:
                raise jwt.InvalidKeyError("the issuer has no key of that id")
            claims = jwt.decode(
                token,
                key,
                algorithms=[key.algorithm_name],
                audience=self._audience,
                issuer=self._issuer,
                leeway=_LEEWAY_S,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except jwt.PyJWTError as error:
            raise _unauthenticated(f"mã không hợp lệ ({error})", f"not valid: {error}") from error
        return _principal(claims), float(claims["exp"]) + _LEEWAY_S


def _principal(claims: dict[str, Any]) -> Principal:
    roles = claims.get("roles", [])
    unit = claims.get("unit")
    if not isinstance(roles, list) or not (unit is None or isinstance(unit, str)):
        raise _unauthenticated("`roles` hoặc `unit` sai kiểu", "`roles` or `unit` of a wrong type")
    known = frozenset(role for role in roles if role in ROLES)
    return Principal(subject=str(claims["sub"]), roles=known, unit=unit or None)


def _unauthenticated(vi: str, en: str) -> Refusal:
    return Refusal(
        UNAUTHENTICATED,
        detail=(f"Cần mã truy cập hợp lệ: {vi}.", f"A valid token is needed: {en}."),
        headers={"WWW-Authenticate": 'Bearer realm="thidua", error="invalid_token"'},
    )


def require_role(caller: Principal, allowed: frozenset[str]) -> None:
    """Refuse (403) unless the caller has one of the roles."""
    if caller.roles.isdisjoint(allowed):
        have = ", ".join(sorted(caller.roles)) or "-"
        want = ", ".join(sorted(allowed))
        raise Refusal(
            FORBIDDEN,
            detail=(
                f"Việc này cần một trong các vai trò: {want}; mã truy cập có: {have}.",
                f"This takes one of the roles {want}; the token has: {have}.",
            ),
        )


async def _caller(request: Request) -> Principal:  # async: FastAPI gives a plain one a thread
    return cast(Principal, request.state.principal)


Caller = Annotated[Principal, Depends(_caller)]
"""Parameter type of a route that wants to know who is calling (not for public routes)."""
