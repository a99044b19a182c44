"""Webhook secrets at rest: sealed with a key from the settings, opened only to sign.

A signature needs the secret in the clear, so a hash won't do. Fernet (AES-128-CBC with HMAC-SHA256,
authenticated) from `cryptography`. Several keys may be given: the first seals, all open; so a key
is changed by putting the new one in front and taking the old one away after the next start
(docs/subscribing.md has the steps).
"""

import base64
import secrets
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SECRET_BYTES = 32
"""Entropy of a webhook secret; the Standard Webhooks specification asks for 24 to 64 bytes."""

LEAST_KEY = 24
"""Characters of a sealing key; random base64 of that length has 144 bits."""


class SealBrokenError(Exception):
    """A sealed secret can't be opened: the key is missing from the settings, or data is damaged."""


def new_webhook_secret() -> str:
    """A signing secret as the Standard Webhooks specification spells it: `whsec_` + base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


class Seal:
    """Seals and opens secrets."""

    def __init__(self, keys: Sequence[str]) -> None:
        """`keys`: random text, `LEAST_KEY` characters or more; the first seals, all open.

        Raises ValueError when there is none or one is too short; the message never shows a key.
        """
        if not keys or any(len(key) < LEAST_KEY for key in keys):
            msg = f"a sealing key has at least {LEAST_KEY} characters: openssl rand -base64 32"
            raise ValueError(msg)
        self._fernet = MultiFernet([Fernet(_derived(key)) for key in keys])

    def close(self, secret: str) -> bytes:
        """Seal a secret."""
        return self._fernet.encrypt(secret.encode())

    def open(self, sealed: bytes) -> str:
        """The secret in the clear. Raises SealBrokenError."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken:
            raise SealBrokenError("no key in the settings opens this secret") from None

    def renew(self, sealed: bytes) -> bytes:
        """The same secret under the first key. Raises SealBrokenError."""
        try:
            return self._fernet.rotate(sealed)
        except InvalidToken:
            raise SealBrokenError("no key in the settings opens this secret") from None


def _derived(key: str) -> bytes:
    """A Fernet key from random text of any alphabet (RFC 5869). Guessable text stays guessable."""
    derivation = HKDF(SHA256(), 32, salt=None, info=b"thidua: webhook secrets at rest")
    return base64.urlsafe_b64encode(derivation.derive(key.encode()))
