"""The HTTP server in front of our code: uvicorn, with limits of size and time for what comes in.

uvicorn itself takes a header of any length and waits for a slow client for ever.
"""

import asyncio
import json
import math
import sys

import httptools
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from services.chassis.http.head import check_head
from services.chassis.http_settings import HttpSettings
from services.chassis.problems import (
    HEAD_TOO_LARGE,
    TOO_MANY_IN_LINE,
    TOO_SLOW,
    UNKNOWN_METHOD,
    UNREADABLE_REQUEST,
    Refusal,
)

_MAX_HEAD_BYTES = 65_536
"""Request line, headers and trailers together; a token has some 1,000 bytes."""

_READ_ON_S = 1.0
_READ_ON_BYTES = 1_000_000
"""So long, and so much, is still read and thrown away after a refusal."""

_MOST_IN_LINE = 16
"""Requests of one connection that wait while another of it is answered."""

_LEAST_READ_BYTES = 65_536
"""So much of an answer the client has to read in each `read_within_s`."""


def server_config(app: ASGIApp, settings: HttpSettings) -> uvicorn.Config:
    """uvicorn's configuration for a service."""

    class Protocol(LimitedProtocol):
        read_within_s = settings.http_read_timeout_s

    return uvicorn.Config(
        app,
        host=settings.http_host,
        port=settings.http_port,
        http=Protocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,  # metrics count the requests, and failures are logged
        server_header=False,
        proxy_headers=False,  # nothing asks where a request came from
        timeout_keep_alive=settings.http_keep_alive_s,
        timeout_graceful_shutdown=max(1, int(settings.drain_timeout_s / 2)),
    )


class LimitedProtocol(HttpToolsProtocol):
    """One connection. What can't be read, is too large or too slow is refused by name."""

    read_within_s = 30.0
    """From its first byte to its last a request may take that long. Seconds."""

    _timer: asyncio.TimerHandle | None = None
    _reader_timer: asyncio.TimerHandle | None = None
    _unparsed = 0
    """Bytes since the parser last got on: of a head, of trailers or of a chunk's first line."""
    _field_bytes = 0
    _in_head = True
    _refusal: Refusal | None = None
    _read_on = _READ_ON_BYTES

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A new connection may be idle as long as one that was used."""
        super().connection_made(transport)  # type: ignore[arg-type]  # as uvicorn narrows it
        self._wait(self.timeout_keep_alive)

    def connection_lost(self, exc: Exception | None) -> None:
        """No more to wait for, and nobody to answer."""
        self._wait(None)
        self.resume_writing()
        self.pipeline.clear()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Part of a request, or several."""
        if self._refusal is not None:
            self._read_on -= len(data)
            if self._read_on < 0:
                self.transport.abort()
            return
        if self._in_head and not self._unparsed:
            self._wait(self.read_within_s)
        self._unparsed += len(data)
        super().data_received(data)
        if self._unparsed > _MAX_HEAD_BYTES:
            self._refuse(Refusal(HEAD_TOO_LARGE))

    # Of the parser. A Refusal that is raised here stops it, and `send_400_response` is called.

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        if len(self.pipeline) >= _MOST_IN_LINE:
            raise Refusal(TOO_MANY_IN_LINE)
        self._field_bytes = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Part of the path and query."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; or a trailer, which is no header and is dropped (RFC 9110 §6.5.1)."""
        self._count(len(name) + len(value) + 4)
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head has come; the body may follow."""
        check_head(self.parser.get_http_version(), self.headers)
        super().on_headers_complete()
        self._in_head = False
        self._unparsed = 0

    def on_chunk_header(self) -> None:
        """The first line of a chunk."""
        self._unparsed = 0

    def on_body(self, body: bytes) -> None:
        """Part of the body."""
        self._unparsed = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request has come whole."""
        self._in_head = True
        self._unparsed = 0
        self._wait(None)
        super().on_message_complete()

    def _count(self, size: int) -> None:
        self._field_bytes += size
        if self._field_bytes > _MAX_HEAD_BYTES:
            raise Refusal(HEAD_TOO_LARGE)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's words
        """uvicorn could not read the request, and is handling the parser's error."""
        error = sys.exc_info()[1]
        if self.cycle is None and isinstance(error, httptools.HttpParserInvalidMethodError):
            # After a request it is the rest of a body that is longer than its Content-Length.
            self._refuse(Refusal(UNKNOWN_METHOD))
        elif error is not None and isinstance(error.__context__, Refusal):
            self._refuse(error.__context__)
        else:
            self._refuse(Refusal(UNREADABLE_REQUEST))

    def _wait(self, seconds: float | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if seconds is None else self.loop.call_later(seconds, self._too_slow)

    def _too_slow(self) -> None:
        self._timer = None
        if self._in_head and not self._unparsed:  # an idle connection: nobody waits for an answer
            self.transport.close()
        else:
            self._refuse(Refusal(TOO_SLOW))

    def pause_writing(self) -> None:
        """The client reads its answer more slowly than we write it."""
        super().pause_writing()
        self._watch_reader()

    def resume_writing(self) -> None:
        """It has read nearly all of it; or nobody waits for that any more."""
        super().resume_writing()
        if self._reader_timer is not None:
            self._reader_timer.cancel()

    def timeout_keep_alive_handler(self) -> None:
        """Idle for too long. What the client has not read keeps a connection from closing."""
        if not self.transport.is_closing():
            super().timeout_keep_alive_handler()
            self._watch_reader()

    def _watch_reader(self, unread: float = math.inf) -> None:
        """Break off unless there is now clearly less to read than `unread`, in bytes."""
        if self._reader_timer is not None:
            self._reader_timer.cancel()
        left = self.transport.get_write_buffer_size()
        if left > max(0, unread - _LEAST_READ_BYTES):
            self.transport.abort()
        elif left:
            wait = self.read_within_s
            self._reader_timer = self.loop.call_later(wait, self._watch_reader, left)

    def _refuse(self, refusal: Refusal) -> None:
        if self._refusal is not None or self.transport.is_closing():
            return
        self._refusal = refusal
        self._wait(None)
        unanswered = self.cycle is not None and not self.cycle.response_complete
        if self._in_head:
            if unanswered:  # requests before it are answered first
                return
        elif self.pipeline:
            self.pipeline.popleft()  # the newest one, whose body it is
            return
        elif self.cycle.response_started:  # no second answer to the same request
            self._close_soon()
            return
        else:
            self.cycle.disconnected = True  # whoever waits for the rest of the body learns of it
            self.cycle.message_event.set()
        self._write_refusal(refusal)

    def on_response_complete(self) -> None:
        """A request was answered. The next one's turn, or that of the refusal behind them."""
        was_last = not self.pipeline
        super().on_response_complete()
        if self.transport.is_closing():
            self._watch_reader()
        elif was_last and self._refusal is not None:
            self._write_refusal(self._refusal)

    def _write_refusal(self, refusal: Refusal) -> None:
        body = json.dumps(refusal.document(), ensure_ascii=False).encode()
        head = (
            f"HTTP/1.1 {refusal.problem.status} {refusal.problem.en}\r\n"
            "content-type: application/problem+json\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.write_eof()
        self._close_soon()

    def _close_soon(self) -> None:
        """A client that is still sending when the connection closes sees a reset and no answer."""
        self._timer = self.loop.call_later(_READ_ON_S, self.timeout_keep_alive_handler)
