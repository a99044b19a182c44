"""TLS of outgoing connections: which certificates are trusted."""

import ssl
from pathlib import Path


def client_tls(extra_authorities: Path | None = None) -> ssl.SSLContext:
    """A context for outgoing connections: the system's authorities, and those of a PEM file.

    The file adds to the system's authorities: a city's own authority signs some servers, public
    ones the others. Raises OSError when it can't be read, ssl.SSLError when it holds no
    certificate.
    """
    context = ssl.create_default_context()
    if extra_authorities is not None:
        context.load_verify_locations(cafile=extra_authorities)
    return context
