"""Names of Kafka headers as text, also where their bytes are not UTF-8 (see fetched_records.py)."""


def readable(name: str) -> str:
    r"""A header's name as text that can be sent: bytes that were not UTF-8 as `\xff`."""
    return raw(name).decode(errors="backslashreplace")


def raw(name: str) -> bytes:
    """A header's name as it was fetched."""
    return name.encode(errors="surrogateescape")


def from_raw(wire: bytes) -> str:
    """The name as a consumer that reads any gives it: what is not UTF-8 as lone surrogates."""
    return wire.decode(errors="surrogateescape")
