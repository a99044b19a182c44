"""Tokens (JWT) checked against their issuer's keys: signature, `iss`, `aud`, `exp`, `sub`."""

from typing import Any

import jwt

from services.chassis.http.keys import ALGORITHMS, KeyRing
from services.chassis.problems import UNAVAILABLE, Refusal

LEEWAY_S = 30
"""Tolerated difference between the issuer's clock and ours. Seconds."""

MALFORMED = (jwt.PyJWTError, ValueError, OverflowError, TypeError, RecursionError)
"""What a token can raise: PyJWT lets some others than its own pass for those that are not
well-formed."""

_NO_KEYS = (
    "Chưa lấy được khóa của nơi cấp mã truy cập. Vui lòng thử lại sau.",
    "The token issuer's keys could not be fetched yet: try again.",
)


class TokenVerifier:
    """What a token says, once it is known that its issuer signed it."""

    def __init__(self, keys: KeyRing, issuer: str) -> None:
        self._keys = keys
        self._issuer = issuer

    async def claims(self, token: str, audience: str) -> dict[str, Any]:
        """The claims of a token for that audience.

        Raises one of MALFORMED for a token that does not hold, and Refusal (503) while the
        issuer's keys were never fetched.
        """
        header = jwt.get_unverified_header(token)
        if header.get("alg") not in ALGORITHMS:
            raise jwt.InvalidAlgorithmError(f"alg must be one of {', '.join(ALGORITHMS)}")
        key = await self._keys.find(header.get("kid"))
        if key is None and self._keys.empty:
            raise Refusal(UNAVAILABLE, detail=_NO_KEYS, headers={"Retry-After": "5"})
        if key is None:
            raise jwt.InvalidKeyError("the issuer has no key of that id")
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[key.algorithm_name],
            audience=audience,
            issuer=self._issuer,
            leeway=LEEWAY_S,
            options={"require": ["exp", "iss", "aud", "sub"]},
        )
        return claims
