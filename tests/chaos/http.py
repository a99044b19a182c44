"""HTTP/1.1 for a client that costs next to nothing: one keep-alive connection, one POST at a time.

The system under test has two cores; a client library would take a third of one.
"""

import asyncio
from typing import NamedTuple
from urllib.parse import urlsplit


class Answer(NamedTuple):
    """Status and body."""

    status: int
    body: bytes


class Connection:
    """To one replica, made when it is needed, made anew after any failure."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = str(parts.hostname), int(parts.port or 80)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """Send and wait. Raises OSError or EOFError when it breaks; the caller bounds the time."""
        try:
            reader = await self.send(path, headers, body)
            head = await reader.readuntil(b"\r\n\r\n")
            status, fields = _parsed(head)
            return Answer(status, await reader.readexactly(int(fields[b"content-length"])))
        except BaseException:
            self.close()
            raise

    async def send(self, path: str, headers: dict[str, str], body: bytes) -> asyncio.StreamReader:
        """Send only; with a `close` after it, the answer is lost."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._streams
        fields = {"host": self._host, "content-length": str(len(body)), **headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        writer.write(f"POST {path} HTTP/1.1\r\n{lines}\r\n".encode() + body)
        await writer.drain()
        return reader

    def close(self) -> None:
        """Drop it, in the middle of whatever it does."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def _parsed(head: bytes) -> tuple[int, dict[bytes, bytes]]:
    first, *rest = head.split(b"\r\n")
    fields = {}
    for line in rest:
        name, _, value = line.partition(b":")
        fields[name.lower()] = value.strip()
    return int(first.split(b" ", 2)[1]), fields
