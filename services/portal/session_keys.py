"""Keys that encrypt sessions, as settings have them."""

import base64
import binascii

_KEY_BYTES = 32


def keys_in(text: str) -> list[bytes]:
    """The keys of a text in which commas stand between them. Raises ValueError."""
    return [base64.b64decode(key.strip(), validate=True) for key in text.split(",") if key.strip()]


def unreadable_keys(text: str) -> bool:
    """Whether one of the keys, comma-separated, is not 32 bytes in base64."""
    try:
        return any(len(key) != _KEY_BYTES for key in keys_in(text))
    except (binascii.Error, ValueError):
        return True
