"""Webhook secrets at rest: encrypted with a key from the settings, decrypted only to sign.

A signature needs the secret in the clear, so a hash won't do. Fernet (AES-128-CBC with HMAC-SHA256,
authenticated) from `cryptography`. Several keys may be given: the first encrypts, all decrypt; so a
key is changed by putting the new one in front and removing the old one after the next start
(docs/subscribing.md has the steps).
"""

import base64
import secrets
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from services.chassis.language import speak

SECRET_BYTES = 32
"""Entropy of a webhook secret; the Standard Webhooks specification asks for 24 to 64 bytes."""

LEAST_KEY = 24
"""Characters of an encryption key; random base64 of that length has 144 bits."""


class DecryptionError(Exception):
    """No key in the settings decrypts a stored secret: a key is missing, or the data is damaged."""


def new_webhook_secret() -> str:
    """A signing secret as the Standard Webhooks specification spells it: `whsec_` + base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


class SecretEncryption:
    """Encrypts and decrypts secrets."""

    def __init__(self, keys: Sequence[str]) -> None:
        """`keys`: random text, `LEAST_KEY` characters or more; the first encrypts, all decrypt.

        Raises ValueError when there is none or one is too short; the message never shows a key.
        """
        if not keys or any(len(key) < LEAST_KEY for key in keys):
            raise ValueError(
                speak(
                    f"khóa mã hóa phải có ít nhất {LEAST_KEY} ký tự: `openssl rand -base64 32`",
                    f"an encryption key has {LEAST_KEY} characters or more:"
                    " openssl rand -base64 32",
                )
            )
        self._fernet = MultiFernet([Fernet(_derived(key)) for key in keys])

    def encrypt(self, secret: str) -> bytes:
        """A secret as it is stored."""
        return self._fernet.encrypt(secret.encode())

    def decrypt(self, encrypted: bytes) -> str:
        """The secret in the clear. Raises DecryptionError."""
        try:
            return self._fernet.decrypt(encrypted).decode()
        except InvalidToken:
            raise DecryptionError("no key in the settings decrypts this secret") from None

    def reencrypt(self, encrypted: bytes) -> bytes:
        """The same secret under the first key. Raises DecryptionError."""
        try:
            return self._fernet.rotate(encrypted)
        except InvalidToken:
            raise DecryptionError("no key in the settings decrypts this secret") from None


def _derived(key: str) -> bytes:
    """A Fernet key from random text of any alphabet (RFC 5869). Guessable text stays guessable."""
    derivation = HKDF(SHA256(), 32, salt=None, info=b"thidua: webhook secrets at rest")
    return base64.urlsafe_b64encode(derivation.derive(key.encode()))
