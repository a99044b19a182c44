"""A connection of which one answer can be read, and no endless one.

The HTTP library reads as long as a receiver sends: heads of 100 Continue without end, each of them
work for the event loop that all receivers share. So what is read of one answer is judged here,
before the library sees it.
"""

import re
import ssl
from typing import Any

import httpcore

MOST_HEAD = 65_536
"""Bytes of all heads of one answer, those of informational answers (1xx) included."""
MOST_LINES = 512
"""Lines of the same: each becomes an object of the HTTP library."""
MOST_INFORMATIONAL = 8
"""Informational answers before the one that counts; servers send none or one."""
MOST_BODY = 65_536
"""Bytes of a body with its chunks' frames: read only so that the connection can be kept."""
_BLOCK = 8192
"""Bytes of one read; between two of them others have their turn."""

_END_OF_HEAD = re.compile(rb"\n\r?\n")
_INFORMATIONAL = re.compile(rb"HTTP/[0-9]\.[0-9] 1")


class EndlessAnswerError(httpcore.RemoteProtocolError):
    """The receiver sends more than any answer has."""


class AnswerStream(httpcore.AsyncNetworkStream):
    """A stream that ends an answer beyond its bounds; what is written begins the next one."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self._begin()

    def _begin(self) -> None:
        self._unfinished = bytearray()
        """The beginning of a head whose end was not read yet."""
        self._in_body = False
        self._head = self._lines = self._informational = self._body = 0

    async def read(
        self,
        max_bytes: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
    ) -> bytes:
        """The next bytes of the answer. Raises EndlessAnswerError."""
        found = await self._stream.read(min(max_bytes, _BLOCK), timeout)
        body = found if self._in_body else self._read_heads(found)
        self._body += len(body)
        if (
            self._head > MOST_HEAD
            or self._lines > MOST_LINES
            or self._informational > MOST_INFORMATIONAL
            or self._body > MOST_BODY
        ):
            raise EndlessAnswerError("an answer without end")
        return found

    async def write(
        self,
        buffer: bytes,
        timeout: float | None = None,  # noqa: ASYNC109 - likewise
    ) -> None:
        """Send a part of a request, all of which is sent before its answer is read."""
        self._begin()
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - likewise
    ) -> httpcore.AsyncNetworkStream:
        """The same connection under TLS, with the same bounds."""
        return AnswerStream(await self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        """What the connection is."""
        return self._stream.get_extra_info(info)

    def _read_heads(self, found: bytes) -> bytes:
        """Go on in the heads of the answer; what is behind the last of them."""
        looked_at = max(0, len(self._unfinished) - 2)  # an end may lie across two reads
        self._unfinished += found
        body = b""
        while end := _END_OF_HEAD.search(self._unfinished, looked_at):
            looked_at = 0
            informational = _INFORMATIONAL.match(self._unfinished)
            del self._unfinished[: end.end()]
            if not informational:
                self._in_body, body = True, bytes(self._unfinished)
                break
            self._informational += 1
        self._head += len(found) - len(body)
        self._lines += found.count(b"\n") - body.count(b"\n")
        return body
