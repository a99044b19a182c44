"""Hostile answers: what a receiver sends, or does not send, costs no second call and no memory."""

import asyncio
import random
import time
from collections.abc import AsyncIterator

import pytest

from services.contracts.events import PointsRecomputed
from services.notifications.channels.outcomes import Kind, Outcome
from services.notifications.channels.webhook.channel import WebhookChannel
from services.notifications.secret_encryption import SecretEncryption, new_webhook_secret
from tests.notifications.conftest import MakeSettings
from tests.notifications.raw_server import raw_server, read_http_request, reset
from tests.notifications.support import KEY, a_fact, a_message

ENCRYPTION = SecretEncryption([KEY])
SECRET = ENCRYPTION.encrypt(new_webhook_secret())
POINTS = a_fact(PointsRecomputed)

OPEN_LENGTH = b"HTTP/1.1 %d X\r\ncontent-length: 100\r\n\r\nabc"
OPEN_CHUNK = b"HTTP/1.1 %d X\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab"
BROKEN_CHUNK = b"HTTP/1.1 %d X\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"


@pytest.fixture
async def channel(make_settings: MakeSettings) -> AsyncIterator[WebhookChannel]:
    made = WebhookChannel(make_settings(), ENCRYPTION)
    yield made
    await made.close()


async def answered(channel: WebhookChannel, answer: bytes, then: str) -> tuple[Outcome, float, int]:
    """What the channel makes of an answer; how long it took; how many calls came."""
    calls = 0

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal calls
        await read_http_request(reader)
        calls += 1
        writer.write(answer)
        await writer.drain()
        match then:
            case "stall":
                await asyncio.sleep(60)
            case "reset":
                await asyncio.sleep(0.05)
                reset(writer)
            case "flood":
                while True:
                    writer.write(b"x" * 65536)
                    await writer.drain()

    async with raw_server(behave) as port:
        started = time.monotonic()
        url = f"http://127.0.0.1:{port}/hook"
        outcome = await channel.send(a_message(POINTS, url, encrypted_secret=SECRET))
        return outcome, time.monotonic() - started, calls


@pytest.mark.parametrize(
    ("answer", "then"),
    [
        (OPEN_LENGTH, "stall"),
        (OPEN_CHUNK, "stall"),
        (OPEN_LENGTH, "cut"),
        (OPEN_CHUNK, "cut"),
        (OPEN_LENGTH, "reset"),
        (BROKEN_CHUNK, "cut"),
        (b"HTTP/1.1 %d X\r\n\r\n", "flood"),
    ],
)
@pytest.mark.parametrize(
    ("status", "kind"), [(200, Kind.ACCEPTED), (410, Kind.GONE), (503, Kind.TRANSIENT)]
)
async def test_the_status_line_decides_whatever_becomes_of_the_body(
    channel: WebhookChannel, answer: bytes, then: str, status: int, kind: Kind
) -> None:
    outcome, seconds, calls = await answered(channel, answer % status, then)
    assert (outcome.kind, outcome.code, calls) == (kind, status, 1)
    assert seconds < 2.5  # the bodies are read for a second at most; time-outs are 3 s here


async def test_whatever_is_answered_is_an_outcome(make_settings: MakeSettings) -> None:
    """Random damage to answers: status line, headers, chunks. Never an exception, never long."""
    channel = WebhookChannel(make_settings(webhook_timeout_s=0.3), ENCRYPTION)
    draw = random.Random(20201130)  # noqa: S311 - the same damage each time
    good = [
        b"HTTP/1.1 200 OK\r\nretry-after: 5\r\ncontent-length: 2\r\n\r\nok",
        b"HTTP/1.1 503 Busy\r\nretry-after: Fri, 31 Dec 9999 23:59:59 GMT\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + b"HTTP/1.1 204 X\r\n\r\n",
        b"HTTP/1.1 429 X\r\n" + b"x-long: " + b"y" * 200_000 + b"\r\n\r\n",
        b"\x00\xff" * 50,
        b"",
    ]
    for _ in range(150):
        answer = bytearray(draw.choice(good))
        for _ in range(draw.randrange(4)):
            if answer:
                place = draw.randrange(min(len(answer), 90))
                answer[place : place + draw.randrange(3)] = draw.randbytes(draw.randrange(4))
        outcome, seconds, _ = await answered(channel, bytes(answer), "cut")
        assert outcome.kind in Kind, answer
        assert seconds < 2, answer
    await channel.close()


async def test_calls_that_are_cut_off_leave_nothing_behind(make_settings: MakeSettings) -> None:
    """As the sender does at its time limit, in every phase of a call; then a good one passes."""
    channel = WebhookChannel(make_settings(webhook_concurrency=1), ENCRYPTION)
    open_connections = 0

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal open_connections
        open_connections += 1
        try:
            while True:
                await read_http_request(reader)
                await asyncio.sleep(0.005)
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n")
                await writer.drain()
                await asyncio.sleep(0.005)
                writer.write(b"ok")
        finally:
            open_connections -= 1

    draw = random.Random(20201130)  # noqa: S311 - the same cuts each time
    async with raw_server(behave) as port:
        message = a_message(POINTS, f"http://127.0.0.1:{port}/hook", encrypted_secret=SECRET)
        for _ in range(80):
            calls = [asyncio.create_task(channel.send(message)) for _ in range(3)]
            await asyncio.sleep(draw.random() * 0.02)
            for call in calls:
                call.cancel()
            await asyncio.gather(*calls, return_exceptions=True)
        assert (await channel.send(message)).kind is Kind.ACCEPTED
        await channel.close()
        async with asyncio.timeout(5):
            while open_connections:  # noqa: ASYNC110 - the server's own count
                await asyncio.sleep(0.02)


async def test_a_connection_that_the_receiver_closes_in_this_moment_costs_no_attempt(
    channel: WebhookChannel,
) -> None:
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_http_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        await reader.read(1)  # until the next request comes on it

    async with raw_server(behave) as port:
        message = a_message(POINTS, f"http://127.0.0.1:{port}/hook", encrypted_secret=SECRET)
        for _ in range(3):
            assert (await channel.send(message)).kind is Kind.ACCEPTED
