"""Values in cookies that only we can read and nobody can change.

Encrypted by Fernet (AES-128-CBC and HMAC-SHA-256) of the `cryptography` package. A value that is
too long for one cookie is spread over several: browsers keep some 4,096 bytes of each.
"""

import base64
import zlib
from collections.abc import Mapping
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from starlette.responses import Response

from services.portal.session_keys import keys_in

_PART_CHARACTERS = 3_800
"""Of a cookie's value; name and attributes are some 100 more."""
_MOST_PARTS: Final = 4


class TooLargeForCookiesError(ValueError):
    """The provider's tokens are larger than browsers keep."""


class SealedCookies:
    """Encrypted cookies of one site."""

    def __init__(self, key: str, previous: str, *, secure: bool) -> None:
        """`key` seals; those in `previous` still open. `secure`: the site is reached over TLS."""
        keys = [*keys_in(key), *keys_in(previous)]
        self._fernet = MultiFernet([Fernet(base64.urlsafe_b64encode(one)) for one in keys])
        self._secure = secure
        # A cookie of that prefix is taken from this very host over TLS only (RFC 6265bis).
        self._prefix = "__Host-" if secure else ""

    def read(self, cookies: Mapping[str, str], name: str, *, max_age_s: int) -> bytes | None:
        """The value; None where there is none, it is older, or it is not ours."""
        parts = []
        for at in range(_MOST_PARTS):
            part = cookies.get(self._named(name, at))
            if part is None:
                break
            parts.append(part)
        if not parts:
            return None
        try:
            packed = self._fernet.decrypt("".join(parts).encode("latin-1", "replace"), max_age_s)
            return zlib.decompress(packed)
        except (InvalidToken, zlib.error):
            return None

    def write(self, response: Response, name: str, value: bytes, *, max_age_s: int) -> None:
        """Set it. Raises TooLargeForCookiesError."""
        sealed = self._fernet.encrypt(zlib.compress(value)).decode()
        if len(sealed) > _MOST_PARTS * _PART_CHARACTERS:
            raise TooLargeForCookiesError(
                f"{len(sealed)} characters; {_MOST_PARTS * _PART_CHARACTERS} fit"
            )
        for at in range(_MOST_PARTS):
            part = sealed[at * _PART_CHARACTERS : (at + 1) * _PART_CHARACTERS]
            if part:
                self._set(response, self._named(name, at), part, max_age_s)
            else:
                self._set(response, self._named(name, at), "", 0)

    def delete(self, response: Response, name: str) -> None:
        """Take it out of the browser."""
        for at in range(_MOST_PARTS):
            self._set(response, self._named(name, at), "", 0)

    def _named(self, name: str, at: int) -> str:
        return f"{self._prefix}{name}" + (f"-{at}" if at else "")

    def _set(self, response: Response, name: str, value: str, max_age_s: int) -> None:
        response.set_cookie(
            name,
            value,
            max_age=max_age_s,
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )
