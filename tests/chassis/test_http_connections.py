"""Promise: each request of a connection gets its own answer, whatever comes behind it."""

import asyncio
import json
from collections.abc import Iterator

import pytest

from infra.local.issuer import Issuer
from tests.chassis.test_http_edge import GET, listening

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
