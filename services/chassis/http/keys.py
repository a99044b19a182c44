"""The token issuer's public keys (JWKS), fetched, kept, and fetched again when they rotate."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
import structlog
from jwt import PyJWK, PyJWTError

log = structlog.get_logger(__name__)

ALGORITHMS = ("ES256", "RS256")
"""Accepted signatures. Never HMAC or none: a public key must not serve as a shared secret."""

_ASK_AGAIN_S = 5.0
"""An unknown key id asks the issuer at most this often, or tokens of strangers would flood it."""


class KeyRing:
    """Keys of one issuer by key id.

    Keys that were fetched stay in use while the issuer is down; a key that the issuer has dropped
    is forgotten with the next fetch, at most `refresh_s` seconds later.
    """

    def __init__(self, url: str, *, refresh_s: float, timeout_s: float = 5.0) -> None:
        self._url = url
        self._refresh_s = refresh_s
        self._timeout_s = timeout_s
        self._keys: dict[str | None, PyJWK] = {}
        self._document: Any = None
        self.changes = 0
        """How often other keys were fetched than before: what was believed may be so no more."""
        self._fetched_at = float("-inf")
        self._asked_at = float("-inf")
        self._fetching = asyncio.Lock()

    @property
    def empty(self) -> bool:
        """No key was ever fetched: nobody can be believed or disbelieved."""
        return not self._keys

    async def find(self, key_id: str | None) -> PyJWK | None:
        """The key with this id, None when the issuer has no such key or never answered."""
        now = time.monotonic()
        known = self._keys.get(key_id)
        if known is not None and now - self._fetched_at < self._refresh_s:
            return known
        async with self._fetching:
            if time.monotonic() - self._asked_at >= _ASK_AGAIN_S:
                await self._fetch()
        return self._keys.get(key_id)

    async def _fetch(self) -> None:
        self._asked_at = time.monotonic()
        try:
            document = await self._read()
            keys = dict(_usable(document))
        except (httpx.HTTPError, OSError, ValueError, TypeError, AttributeError) as error:
            log.warning("token keys could not be fetched", url=self._url, error=str(error))
            return
        if document != self._document:
            self._keys, self._document = keys, document
            self.changes += 1
        self._fetched_at = self._asked_at

    async def _read(self) -> Any:
        parts = urlsplit(self._url)
        if parts.scheme == "file":
            return json.loads(await asyncio.to_thread(Path(unquote(parts.path)).read_bytes))
        async with httpx.AsyncClient(timeout=self._timeout_s) as client:
            answer = await client.get(self._url)
            answer.raise_for_status()
            return answer.json()


def _usable(document: Any) -> list[tuple[str | None, PyJWK]]:
    found: list[tuple[str | None, PyJWK]] = []
    for item in document["keys"] if isinstance(document, dict) else ():
        if item.get("use", "sig") != "sig":
            continue
        try:
            key = PyJWK(item)
        except PyJWTError:  # a kind of key that we don't use
            continue
        if key.algorithm_name in ALGORITHMS:
            found.append((key.key_id, key))
    if len(found) == 1:  # a lone key needs no name (RFC 7515 §4.1.4: kid is optional)
        found.append((None, found[0][1]))
    return found
