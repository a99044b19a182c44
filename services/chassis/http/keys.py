"""The token issuer's public keys (JWKS), fetched in the background and kept.

The document comes from elsewhere: time, size and shape are limited, and what does not fit changes
nothing.
"""

import asyncio
import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK

from services.chassis.clock import SystemClock
from services.chassis.http.tls import client_tls
from services.chassis.loops.loop import Loop
from services.chassis.observability.metrics import Metrics
from services.chassis.retry import TransientError, first_of

ALGORITHMS = ("ES256", "RS256")
"""Accepted signatures. Never HMAC or none: a public key must not serve as a shared secret."""

_FETCH_WITHIN_S = 5.0
"""Time for the whole document, however slowly it comes."""

_MAX_BYTES = 262_144
_MAX_KEYS = 100
"""Issuers have two or three keys, of about 1 kB each."""

_RSA_BITS = range(2048, 8193)
"""Shorter ones are broken; a check by a longer one takes longer than a request may."""

_SHORTEST_PAUSE_S = 5.0
"""An unknown key id asks the issuer at most this often, or tokens of strangers would flood it."""

_LONGEST_PAUSE_S = 60.0
"""Between fetches that fail."""

_WAIT_FOR_UNKNOWN_S = 1.0
"""So long a token with an unknown key id waits for the fetch that it caused, or for the first one;
others don't wait."""


class KeySetError(ValueError):
    """The document can't be used; the message says what is wrong with it."""


class KeysAwayError(TransientError):
    """The document could not be fetched, or can't be used; the message says from where and why."""


class KeyRing:
    """Keys of one issuer by key id.

    Keys that were fetched stay in use while the issuer is down or answers nonsense; a key that the
    issuer has dropped is forgotten with the next fetch, at most `refresh_s` seconds later.
    """

    def __init__(
        self, url: str, metrics: Metrics, *, refresh_s: float, ca_file: Path | None = None
    ) -> None:
        """Raises OSError when `ca_file` is not usable."""
        self.name = "token keys"
        self._url = url
        self._metrics = metrics
        self._tls = client_tls(ca_file) if url.startswith("https:") else None
        self._keys: dict[str | None, PyJWK] = {}
        self._document: Any = None
        self.changes = 0
        """How often other keys were fetched than before: a valid token may be so no more."""
        self._begun_at = float("-inf")
        self._loop = Loop(
            self.name,
            self._tick,
            every_s=refresh_s,
            retry_s=_SHORTEST_PAUSE_S,
            longest_retry_s=min(_LONGEST_PAUSE_S, refresh_s),
        )
        self._idle = asyncio.Event()
        """Set while no fetch is under way or to come at once."""

    @property
    def empty(self) -> bool:
        """No key was ever fetched: no token can be accepted or refused."""
        return not self._keys

    async def run(self) -> None:
        """Fetch until stopped, by the machine's clock: whatever the database of a simulated one
        does."""
        await self._loop.run(clock=SystemClock(), metrics=self._metrics)

    async def stop(self) -> None:
        """End after the fetch under way; keys that are known still serve."""
        await self._loop.stop()

    async def find(self, key_id: str | None) -> PyJWK | None:
        """The key with this id, None when the issuer has no such key or never answered.

        Known keys are found at once. Only for an unknown one the issuer is asked, and shortly
        waited for.
        """
        if (known := self._keys.get(key_id)) is not None:
            return known
        if self._idle.is_set() and time.monotonic() - self._begun_at >= _SHORTEST_PAUSE_S:
            self._idle.clear()
            self._loop.wake()
        await first_of(self._idle, _WAIT_FOR_UNKNOWN_S)
        return self._keys.get(key_id)

    def degraded(self) -> str | None:
        """Why keys are not as they are to be: no token can be checked, or only by old ones."""
        if self.empty:
            return f"the issuer's keys were never fetched: {self._loop.trouble() or 'not yet'}"
        trouble = self._loop.trouble()
        return f"the issuer's keys that are known serve on: {trouble}" if trouble else None

    def stalled(self) -> str | None:
        """Why the keys count as never to come, None while they are fetched or tried to."""
        return self._loop.stalled()

    async def _tick(self) -> None:
        """Fetch. Raises KeysAwayError: whatever is wrong, the keys that are known serve on."""
        self._begun_at = time.monotonic()
        try:
            async with asyncio.timeout(_FETCH_WITHIN_S):
                content = await self._read()
            document = parsed(content)
            keys = usable_keys(document)
        except Exception as error:
            fault = f"{self._url}: {type(error).__name__}: {error}"
            raise KeysAwayError(f"{fault} ({len(self._keys)} known keys serve on)") from error
        finally:
            self._idle.set()
        if document != self._document:
            self._keys, self._document = keys, document
            self.changes += 1

    async def _read(self) -> bytes:
        parts = urlsplit(self._url)
        if parts.scheme == "file":
            return await asyncio.to_thread(_read_file, Path(unquote(parts.path)))
        content = b""
        # A compressed answer is not asked for: a few kB of it could fill the memory.
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        async with (
            httpx.AsyncClient(
                timeout=_FETCH_WITHIN_S, verify=self._tls or True, headers=headers
            ) as client,
            client.stream("GET", self._url) as answer,
        ):
            if answer.status_code != httpx.codes.OK:
                raise KeySetError(f"the answer has status {answer.status_code}")
            if answer.headers.get("content-encoding", "identity") != "identity":
                raise KeySetError("the answer is compressed")
            async for chunk in answer.aiter_raw():
                content += chunk
                if len(content) > _MAX_BYTES:
                    raise KeySetError(f"the document is longer than {_MAX_BYTES} bytes")
        return content


def parsed(content: bytes) -> Any:
    """The document. Raises KeySetError when it is too long or no JSON."""
    if len(content) > _MAX_BYTES:
        raise KeySetError(f"the document is longer than {_MAX_BYTES} bytes")
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise KeySetError(f"the document is no JSON ({error})") from None


def usable_keys(document: Any) -> dict[str | None, PyJWK]:
    """Its keys by id; a single one also under None: a lone key needs no name (RFC 7515 §4.1.4).

    Keys of a kind that we don't use, and items that are none, are passed over. Raises KeySetError
    when no key is left.
    """
    items = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(items, list):
        raise KeySetError("the document has no list `keys`")
    found = [key for item in items[:_MAX_KEYS] if (key := _usable(item)) is not None]
    if not found:
        raise KeySetError(f"none of its {len(items)} keys can be used")
    keys: dict[str | None, PyJWK] = {key.key_id: key for key in found}
    if len(found) == 1:
        keys[None] = found[0]
    return keys


def _usable(item: Any) -> PyJWK | None:
    try:
        fits = item.get("use", "sig") == "sig" and isinstance(item.get("kid"), str | None)
        key = PyJWK(item) if fits else None
    except Exception:  # no object; PyJWT and cryptography raise many kinds for broken keys
        return None
    if key is None or key.algorithm_name not in ALGORITHMS:
        return None
    match key.key:
        case EllipticCurvePublicKey():
            return key
        case RSAPublicKey() if key.key.key_size in _RSA_BITS:
            return key
    return None  # also a private key: whoever reads the document could sign with it


def _read_file(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_MAX_BYTES + 1)
