"""Receivers and relays that answer without end: their attempt fails, and nobody else's."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpcore
import pytest

from services.contracts.events import PointsRecomputed
from services.notifications.channels.email.channel import EmailChannel
from services.notifications.channels.outcomes import Kind
from services.notifications.channels.webhook.answer_stream import (
    MOST_BODY,
    MOST_HEAD,
    MOST_INFORMATIONAL,
    AnswerStream,
    EndlessAnswerError,
)
from services.notifications.channels.webhook.channel import WebhookChannel
from services.notifications.secret_encryption import SecretEncryption, new_webhook_secret
from tests.notifications.conftest import MakeSettings
from tests.notifications.raw_server import raw_server, read_http_request
from tests.notifications.support import KEY, a_fact, a_message, named

ENCRYPTION = SecretEncryption([KEY])
SECRET = ENCRYPTION.encrypt(new_webhook_secret())
POINTS = a_fact(PointsRecomputed)
NOW = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\n"
EARLY_HINTS = b"HTTP/1.1 103 Early Hints\r\n" + b"link: </a>\r\n" * 10 + b"\r\n"


class Flood(httpcore.AsyncNetworkStream):
    """Begins with some bytes and repeats others for ever; counts what is taken of it."""

    def __init__(self, first: bytes, repeated: bytes) -> None:
        self._pending = first
        self._repeated = repeated
        self.taken = 0

    async def read(self, max_bytes: int, *_: Any, **__: Any) -> bytes:
        if len(self._pending) < max_bytes:
            self._pending += self._repeated * (max_bytes // len(self._repeated) + 1)
        taken, self._pending = self._pending[:max_bytes], self._pending[max_bytes:]
        self.taken += len(taken)
        return taken

    async def write(self, *_: Any, **__: Any) -> None:
        pass

    async def aclose(self) -> None:
        pass

    def get_extra_info(self, *_: Any) -> Any:
        return None


class FloodingNetwork(httpcore.AsyncNetworkBackend):
    """Whoever connects gets the flood behind the bounds of an answer."""

    def __init__(self, flood: Flood) -> None:
        self._flood = flood

    async def connect_tcp(self, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        return AnswerStream(self._flood)


def connected(flood: Flood) -> httpcore.AsyncHTTPConnection:
    origin = httpcore.URL("http://receiver.example/").origin
    return httpcore.AsyncHTTPConnection(origin, network_backend=FloodingNetwork(flood))


REQUEST = httpcore.Request("POST", "http://receiver.example/hook", headers=[("host", "x")])

ENDLESS_HEADS = {
    "informational": (b"", CONTINUE),
    "informational with headers": (b"", EARLY_HINTS),
    "informational, one long": (b"HTTP/1.1 100 X\r\n", b"x: " + b"y" * 1000 + b"\r\n"),
    "lines": (OK, b"a:b\r\n"),
    "long lines": (OK, b"x: " + b"y" * 60_000 + b"\r\n"),
    "one line": (OK, b"y"),
    "no line": (b"", b"y"),
    "empty lines": (b"", b"\r\n"),
    "bare line feeds": (b"", b"\n"),
    "folded lines": (OK + b"a: b\r\n", b" c\r\n"),
}


@pytest.mark.parametrize("kind", ENDLESS_HEADS)
async def test_of_a_head_without_end_no_more_is_read_than_a_head_has(kind: str) -> None:
    flood = Flood(*ENDLESS_HEADS[kind])
    with pytest.raises(httpcore.RemoteProtocolError):
        await connected(flood).handle_async_request(REQUEST)
    assert flood.taken <= MOST_HEAD + 8192


@pytest.mark.parametrize(
    ("head", "repeated"),
    [
        (OK + b"transfer-encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
        (OK + b"transfer-encoding: chunked\r\n\r\n", b"1;" + b"x" * 500 + b"\r\na\r\n"),
        (OK + b"transfer-encoding: chunked\r\n\r\n0\r\n", b"a:b\r\n"),
        (OK + b"\r\n", b"a"),
    ],
)
async def test_a_body_without_end_is_read_no_further_than_its_bound(
    head: bytes, repeated: bytes
) -> None:
    flood = Flood(head, repeated)
    response = await connected(flood).handle_async_request(REQUEST)
    assert response.status == 200
    with pytest.raises(httpcore.RemoteProtocolError):
        await response.aread()
    assert flood.taken <= MOST_HEAD + MOST_BODY


async def test_the_informational_answers_that_servers_send_pass() -> None:
    many = EARLY_HINTS * (MOST_INFORMATIONAL - 1) + CONTINUE
    flood = Flood(many + OK + b"content-length: 2000\r\n\r\n" + b"\n" * 2000, CONTINUE)
    response = await connected(flood).handle_async_request(REQUEST)
    assert (response.status, await response.aread()) == (200, b"\n" * 2000)


async def test_each_answer_of_a_kept_connection_has_the_whole_bound() -> None:
    stream = AnswerStream(Flood(b"", CONTINUE))
    for _ in range(3):
        await stream.write(b"a request")
        await stream.read(len(CONTINUE) * MOST_INFORMATIONAL)
    with pytest.raises(EndlessAnswerError):
        await stream.read(len(CONTINUE))


@pytest.mark.parametrize("kind", ENDLESS_HEADS)
async def test_beside_answers_without_end_a_receiver_gets_all_that_is_its_own(
    make_settings: MakeSettings, kind: str
) -> None:
    """Over real connections; the time limit is one that only a hanging attempt reaches."""
    first, repeated = ENDLESS_HEADS[kind]

    async def endlessly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_http_request(reader)
        writer.write(first)
        while True:
            writer.write(repeated * (65_536 // len(repeated) + 1))
            await writer.drain()

    got = 0

    async def well(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal got
        while True:
            await read_http_request(reader)
            got += 1
            writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    channel = WebhookChannel(
        make_settings(webhook_timeout_s=30, attempt_timeout_s=30, lease_s=60), ENCRYPTION
    )
    async with raw_server(endlessly) as bad, raw_server(well) as good:

        def to(port: int) -> Any:
            url = f"http://127.0.0.1:{port}/hook"
            return channel.send(a_message(POINTS, url, encrypted_secret=SECRET))

        *failed, fine = await asyncio.gather(*(to(bad) for _ in range(8)), to(good))
        assert fine.kind is Kind.ACCEPTED
        assert got == 1
        for outcome in failed:
            assert (outcome.kind, outcome.ours) == (Kind.TRANSIENT, False)
            assert outcome.detail.startswith("no answer:"), outcome.detail  # no time-out
    await channel.close()


STEPS = ["greeting", "EHLO", "MAIL", "RCPT", "DATA", "."]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("repeated", [b"250-and more\r\n", b"2", b"\r\n"])
async def test_a_relay_that_replies_without_end_loses_its_connection(
    make_settings: MakeSettings, step: str, repeated: bytes
) -> None:
    """Whatever step it is at: it is our relay's fault, and nothing of its flood is read further."""
    ended = asyncio.Event()

    async def flood(writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                writer.write(repeated * (65_536 // len(repeated) + 1))
                await writer.drain()
        finally:
            ended.set()

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if step == "greeting":
            await flood(writer)
        writer.write(b"220 relay\r\n")
        content = False
        while line := (await reader.readline()).strip().upper():
            if content:
                while line != b".":
                    line = (await reader.readline()).strip()
            if line[:4].strip().decode() == step[:4]:
                await flood(writer)
            content = line == b"DATA"
            writer.write(b"354 go\r\n" if content else b"250 ok\r\n")

    async with raw_server(behave) as port:
        settings = make_settings(smtp_port=port, smtp_timeout_s=30, email_concurrency=1)
        channel = EmailChannel(settings, named, now=lambda: NOW)
        outcome = await channel.send(a_message(POINTS, "reader@snv.example.org"))
        assert (outcome.kind, outcome.ours) == (Kind.TRANSIENT, True)
        async with asyncio.timeout(30):
            await ended.wait()  # the connection was closed under the flood
        await channel.close()
