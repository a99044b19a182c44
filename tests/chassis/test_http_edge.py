"""Promise: what comes in over a socket has bounds of size and time, and is answered by name."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
import pytest
from structlog.testing import capture_logs

from infra.local.issuer import Issuer
from services.chassis.base import Chassis
from services.chassis.http import Router, access
from services.chassis.http.api import create_api
from services.chassis.http.group_commit import OutageError
from services.chassis.http.server import server_config
from services.chassis.problems import NOT_FOUND
from tests.chassis.toy import router, toy_settings
from tests.support.serving import QuietServer

GET = b"GET /health/live HTTP/1.1\r\nHost: x\r\n"


@asynccontextmanager
async def listening(issuer: Issuer, **settings: object) -> AsyncIterator[int]:
    """The toy behind the server that services run, with the keys of `issuer`; its port."""
    chosen = toy_settings("postgresql://nowhere", issuer, **settings)
    app = create_api(Chassis("toy", chosen), [router], title="Toy", description="")
    server = QuietServer(server_config(app, chosen))
    parts = app.state.authenticator.parts
    beside = [asyncio.create_task(part.run()) for part in parts]
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.005)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await task
        await asyncio.gather(*(part.stop() for part in parts), *beside)


async def answer_to(port: int, *parts: bytes) -> tuple[int, dict[str, object]]:
    """Status and document that these bytes are answered with, until the connection closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for part in parts:
        writer.write(part)
        await writer.drain()
    async with asyncio.timeout(20):
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.read()
    writer.close()
    assert b"content-type: application/problem+json" in head
    return int(head.split()[1]), json.loads(body)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET nonsense\r\n\r\n", 400),
        (b"GET /\xff HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
        (b"GRAB / HTTP/1.1\r\nHost: x\r\n\r\n", 501),
        (GET + b"X: " + b"x" * 200_000 + b"\r\n\r\n", 431),
        (GET + b"X: y\r\n" * 20_000 + b"\r\n", 431),
        (b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 431),
    ],
    ids=["nonsense", "bytes", "header", "method", "long header", "many headers", "long path"],
)
async def test_what_is_no_request_is_answered_with_a_problem_document(
    issuer: Issuer, sent: bytes, status: int
) -> None:
    async with listening(issuer) as port:
        answered, document = await answer_to(port, sent)
    assert answered == status
    assert document["status"] == status
    assert document["title"] != document["title_en"]


TRAILERS = (
    b"POST /v1/notes HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n"
)


@pytest.mark.parametrize(
    ("begin", "line"),
    [
        (GET + b"X: ", b"x" * 65_536),
        (TRAILERS, b"X: " + b"x" * 60_000 + b"\r\n"),
        (TRAILERS + b"X: ", b"x" * 65_536),
        (TRAILERS[:-3] + b"1;x=", b"x" * 65_536),
    ],
    ids=["header", "trailers", "trailer", "extension of a chunk"],
)
async def test_what_has_no_end_is_cut_off(issuer: Issuer, begin: bytes, line: bytes) -> None:
    async with listening(issuer) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(begin)
        sent = 0
        try:
            while sent < 30_000_000:
                writer.write(line)
                await writer.drain()
                sent += len(line)
        except ConnectionError:
            pass
        assert sent < 10_000_000  # the rest is what the network buffers
        writer.close()
        assert reader is not None


async def test_trailers_count_among_the_headers_of_the_limit(issuer: Issuer) -> None:
    """Also where all of them come at once, before there is an answer to the request."""
    sent = TRAILERS + (b"X: " + b"x" * 1_000 + b"\r\n") * 66
    async with listening(issuer) as port:
        status, _ = await answer_to(port, sent + b"\r\n")
    assert status == 431


async def test_trailers_are_no_headers(issuer: Issuer) -> None:
    token = issuer.mint("unit", "SNV")
    body = b'{"text": "x", "author": {"full_name": "x"}}'
    head = b"POST /v1/notes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    fields = f"Authorization: Bearer {token}\r\nIdempotency-Key: k\r\n".encode()
    chunks = b"%x\r\n%b\r\n0\r\n" % (len(body), body)
    async with listening(issuer) as port:
        status, _ = await answer_to(
            port,
            head
            + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
            + chunks
            + fields
            + b"\r\n",
        )
    assert status == 401


@pytest.mark.parametrize(
    "begin", [GET, b"POST /v1/notes HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"]
)
async def test_a_slow_client_is_given_up(issuer: Issuer, begin: bytes) -> None:
    async with listening(issuer, http_read_timeout_s=1) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        begun = time.monotonic()
        writer.write(begin)

        async def trickle() -> None:
            while True:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.3)

        trickling = asyncio.create_task(trickle())
        async with asyncio.timeout(10):
            answer = await reader.read()
        trickling.cancel()
        await asyncio.gather(trickling, return_exceptions=True)
        assert time.monotonic() - begun < 5
        assert answer.split()[1] in {b"408", b"401"}  # the POST has no token
        writer.close()


async def test_connections_idle_for_longer_than_usual_lose_no_request(issuer: Issuer) -> None:
    """The server's keep-alive is longer than its clients': here 2 s, sent around the second."""
    async with listening(issuer, http_keep_alive_s=3) as port:
        connections = [await asyncio.open_connection("127.0.0.1", port) for _ in range(100)]

        async def ask(number: int) -> int:
            reader, writer = connections[number]
            for pause in (0.0, 1.0 + number / 100):  # up to 2 s idle, as a proxy keeps them
                await asyncio.sleep(pause)
                writer.write(GET + b"\r\n")
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().split(b"content-length: ")[1].split()[0])
                await reader.readexactly(length)
            writer.close()
            return int(head.split()[1])

        assert set(await asyncio.gather(*map(ask, range(100)))) == {200}
    assert toy_settings("postgresql://nowhere", issuer).http_keep_alive_s > 75  # nginx' default


async def test_head_is_get_without_its_content(issuer: Issuer) -> None:
    async with listening(issuer) as port, httpx.AsyncClient() as client:
        url = f"http://127.0.0.1:{port}"
        document = (await client.get(f"{url}/openapi.json")).json()
        for path, methods in document["paths"].items():
            if "get" not in methods or path.startswith("/v1"):  # which ask the database
                continue
            got, head = await client.get(url + path), await client.head(url + path)
            assert head.status_code == got.status_code, path
            assert head.headers["content-type"] == got.headers["content-type"]
            assert head.content == b""
        wrong = await client.head(f"{url}/v1/nowhere")
        assert wrong.status_code == 404


async def test_what_is_public_is_answered_without_a_database(issuer: Issuer) -> None:
    """With a simulated clock as well, whose time is in the database."""
    clock = {"clock": "simulated", "simulated_start": datetime(2020, 1, 1, tzinfo=UTC)}
    async with listening(issuer, **clock) as port, httpx.AsyncClient() as client:
        for path in ("/health/live", "/health/ready", "/metrics", "/docs", "/openapi.json"):
            answer = await client.get(f"http://127.0.0.1:{port}{path}")
            assert answer.status_code == 200, path


@pytest.mark.parametrize(
    ("error", "logged"),
    [
        (TimeoutError("too much work waits"), "TimeoutError: too much work waits"),
        (OutageError("too many wait"), "OutageError: too many wait"),
        (OutageError("x"), "OutageError: x from ConnectionError: first line"),
        (ZeroDivisionError("a bug"), None),
    ],
)
async def test_a_request_that_is_put_off_is_a_line_of_the_log(
    issuer: Issuer, error: Exception, logged: str | None
) -> None:
    router = Router()

    @router.get("/v1/fails", openapi_extra=access.public)
    async def fails() -> None:
        if logged and " from " in logged:
            raise error from ConnectionError("first line\nsecond line")
        raise error

    api = create_api(
        Chassis("toy", toy_settings("postgresql://nowhere", issuer)),
        [router],
        title="Toy",
        description="",
    )
    client = httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://toy")
    with capture_logs() as log:
        answer = await client.get("/v1/fails")
    await client.aclose()
    (line,) = log
    if logged:
        assert answer.status_code == 503
        assert (line["log_level"], line["error"]) == ("warning", logged)
        assert "exc_info" not in line
    else:
        assert answer.status_code == 500
        assert line["log_level"] == "error"
        assert line["exc_info"] is error


async def test_a_path_that_holds_a_secret_is_in_no_log(issuer: Issuer) -> None:
    router = Router()

    @router.get("/v1/letters/{secret}.txt", openapi_extra=access.secret_path(refuses=[NOT_FOUND]))
    async def fails(secret: str) -> None:
        raise ZeroDivisionError(f"a bug with {len(secret)} letters")

    api = create_api(
        Chassis("toy", toy_settings("postgresql://nowhere", issuer)),
        [router],
        title="Toy",
        description="",
    )
    client = httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://toy")
    with capture_logs() as log:
        answer = await client.get("/v1/letters/hunter2.txt")
    declared = (await client.get("/openapi.json")).json()["paths"]["/v1/letters/{secret}.txt"]
    await client.aclose()
    assert answer.status_code == 500
    assert [line["path"] for line in log] == ["/v1/letters/{secret}.txt"]
    assert "hunter2" not in answer.text
    assert declared["get"]["security"] == []
    assert "404" in declared["get"]["responses"]


async def test_a_client_that_cuts_its_body_short_is_no_failure_of_ours(
    issuer: Issuer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    token = issuer.mint("unit", "SNV")
    async with listening(issuer) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            b"POST /v1/notes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Idempotency-Key: k\r\nContent-Length: 100\r\n"
            + f"Authorization: Bearer {token}\r\n\r\n".encode()
            + b'{"text"'
        )
        await writer.drain()
        await asyncio.sleep(0.3)
        writer.close()
        await asyncio.sleep(0.3)
    assert not caplog.records
