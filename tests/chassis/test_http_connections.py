"""Promise: each request of a connection gets its own answer, and what waits there is bounded."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from infra.local.issuer import Issuer
from services.chassis.http.server import LimitedProtocol, server_config
from tests.chassis.test_http_edge import GET, listening
from tests.chassis.toy import toy_settings
from tests.support.serving import QuietServer

LIVE = GET + b"\r\n"


async def answers(port: int, *parts: bytes) -> list[tuple[int, dict[str, object]]]:
    """Status and document of each answer until the server closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for part in parts:
        writer.write(part)
        await writer.drain()
    async with asyncio.timeout(20):
        received = await reader.read()
    writer.close()
    return list(_parsed(received))


def _parsed(received: bytes) -> Iterator[tuple[int, dict[str, object]]]:
    while received:
        head, received = received.split(b"\r\n\r\n", 1)
        length = int(head.lower().split(b"content-length: ")[1].split()[0])
        yield int(head.split()[1]), json.loads(received[:length])
        received = received[length:]


@pytest.mark.parametrize(
    ("behind", "status"),
    [
        (b"BAD\r\n\r\n", 400),
        (b'"}\r\n', 400),
        (b"\x00\xff", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n", 400),
        (b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 431),
        (b"POST /v1/notes HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nno size", 400),
    ],
    ids=["word", "rest of a body", "bytes", "header", "long path", "body"],
)
async def test_what_can_not_be_read_takes_no_answer_from_the_requests_before_it(
    issuer: Issuer, behind: bytes, status: int
) -> None:
    async with listening(issuer) as port:
        got = await answers(port, LIVE * 3 + behind)
    assert [one for one, _ in got] == [200, 200, 200, status]


async def test_a_length_counted_in_characters_is_a_broken_body(issuer: Issuer) -> None:
    """Vietnamese has more bytes than characters: what is left over is no request."""
    text = '{"text": "Tấm gương sáng ở phường Cửa Đông", "author": {"full_name": "x"}}'
    head = (
        "POST /v1/notes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {issuer.mint('unit', 'SNV')}\r\nIdempotency-Key: k\r\n"
        f"Content-Length: {len(text)}\r\n\r\n"
    )
    async with listening(issuer) as port:
        (status, document), (after, _) = await answers(port, head.encode() + text.encode())
    assert status == 400
    assert str(document["type"]).endswith("/broken-json")
    assert after == 400


async def test_few_requests_of_a_connection_wait_in_line(issuer: Issuer) -> None:
    async with listening(issuer) as port:
        got = await answers(port, LIVE * 16 + GET + b"Connection: close\r\n\r\n")
        assert [one for one, _ in got] == [200] * 17
        got = await answers(port, LIVE * 1_000)
    assert [one for one, _ in got] == [200] * (len(got) - 1) + [429]
    assert 17 <= len(got) < 500


@asynccontextmanager
async def answering(issuer: Issuer, app: ASGIApp, seconds: float) -> AsyncIterator[QuietServer]:
    """`app` behind the server that services run, with this time to read a request or an answer."""
    settings = toy_settings("postgresql://nowhere", issuer, http_read_timeout_s=seconds)
    server = QuietServer(server_config(app, settings))
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.005)
    try:
        yield server
    finally:
        server.should_exit = True
        await task


async def connect(server: QuietServer) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """With little room for what was not read."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(client, server.servers[0].sockets[0].getsockname())
    return await asyncio.open_connection(sock=client, limit=4096)


def large(begun: list[str]) -> Starlette:
    """Answers with more than the network holds for a client that does not read."""

    async def answer(request: Request) -> PlainTextResponse:
        begun.append(request.url.path)
        return PlainTextResponse("x" * 20_000_000)

    return Starlette(routes=[Route("/{any:path}", answer)])


@pytest.mark.parametrize("last", [b"", b"Connection: close\r\n"], ids=["kept", "closed"])
async def test_a_client_that_does_not_read_its_answers_is_given_up(
    issuer: Issuer, last: bytes
) -> None:
    begun: list[str] = []
    async with answering(issuer, large(begun), 1) as server:
        _, writer = await connect(server)
        writer.write((GET + last + b"\r\n") * 10)
        async with asyncio.timeout(20):
            while not begun or server.server_state.connections:  # noqa: ASYNC110 - uvicorn's
                await asyncio.sleep(0.05)
        await asyncio.sleep(0.1)
        assert len(begun) <= 2  # the second one waits to write, and the others never begin
        writer.close()


async def test_a_client_that_goes_away_takes_its_line_along(issuer: Issuer) -> None:
    begun: list[str] = []
    async with answering(issuer, large(begun), 30) as server:
        _, writer = await connect(server)
        writer.write((GET + b"\r\n") * 10)
        async with asyncio.timeout(20):
            while not begun:  # noqa: ASYNC110 - no event: the client learns of nothing
                await asyncio.sleep(0.05)
            (connection,) = server.server_state.connections
            assert isinstance(connection, LimitedProtocol)
            writer.transport.abort()
            while server.server_state.connections or server.server_state.tasks:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        assert not connection.pipeline
        assert len(begun) <= 2


async def test_a_client_that_reads_slowly_gets_its_whole_answer(issuer: Issuer) -> None:
    async with answering(issuer, large([]), 1) as server:
        reader, writer = await connect(server)
        writer.write(GET + b"Connection: close\r\n\r\n")
        begun = time.monotonic()
        received = 0
        while part := await reader.read(100_000):
            received += len(part)
            if time.monotonic() - begun < 3:
                await asyncio.sleep(0.005)
        assert received > 20_000_000
        writer.close()
