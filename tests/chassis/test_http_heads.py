"""Promise: a request says each thing once, as RFC 9110 and 9112 have it, or is refused by name."""

import pytest

from infra.local.issuer import Issuer
from tests.chassis.test_http_edge import answer_to, listening

LIVE = b"GET /health/live HTTP/1.1\r\n"
HOST = b"Host: x\r\n"
BODY = b'{"text": "x", "author": {"full_name": ""}}'


def post(issuer: Issuer, *, more: bytes = b"", kind: bytes = b"application/json") -> bytes:
    """A note whose author has no name: when its head is taken, its content is refused (422)."""
    token = issuer.mint("unit", "SNV").encode()
    return (
        b"POST /v1/notes HTTP/1.1\r\nHost: x\r\nConnection: close\r\nIdempotency-Key: k\r\n"
        b"Authorization: Bearer %b\r\nContent-Type: %b\r\nContent-Length: %d\r\n%b\r\n%b"
        % (token, kind, len(BODY), more, BODY)
    )


@pytest.mark.parametrize(
    ("sent", "header"),
    [
        (LIVE, "Host"),
        (LIVE + HOST + HOST, "Host"),
        (LIVE + b"Host: x y\r\n", "Host"),
        (LIVE + b"Host: x/y\r\n", "Host"),
        (LIVE + HOST + b"Authorization: Bearer x\r\n" * 2, "Authorization"),
        (LIVE + HOST + b"Content-Type: text/plain\r\ncontent-type: a/b\r\n", "Content-Type"),
        (LIVE + HOST + b"Idempotency-Key: a\r\n" * 2, "Idempotency-Key"),
        (LIVE + HOST + b"Transfer-Encoding: gzip, chunked\r\n", "Transfer-Encoding"),
        (LIVE + HOST + b"Transfer-Encoding: gzip\r\n" * 2, None),
        (LIVE + HOST + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", None),
        (LIVE + HOST + b"Content-Length: 3\r\nContent-Length: 4\r\n", None),
    ],
)
async def test_a_head_that_can_be_read_in_two_ways_is_refused(
    issuer: Issuer, sent: bytes, header: str | None
) -> None:
    async with listening(issuer) as port:
        status, document = await answer_to(port, sent + b"\r\n")
    assert status == 400
    if header:  # others are the parser's to refuse
        (fault,) = document["faults"]  # type: ignore[misc, union-attr]
        assert fault["parameter"] == f"header:{header}"


@pytest.mark.parametrize("host", [b"", b"thidua.hanoi.gov.vn", b"[::1]:8081", b"a_b:80"])
async def test_every_host_is_taken(issuer: Issuer, host: bytes) -> None:
    sent = b"GET /v1/nowhere HTTP/1.1\r\nConnection: close\r\nHost: " + host
    async with listening(issuer) as port:
        assert (await answer_to(port, sent + b"\r\n\r\n"))[0] == 404
        assert (await answer_to(port, b"GET /v1/nowhere HTTP/1.0\r\n\r\n"))[0] == 404


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (b'application/json;charset="UTF-8"; x=y', 422),
        (b"Application/JSON ; Charset=utf-8", 422),
        (b'application/json; x="a;\\"b"; charset=utf-8;', 422),
        (b"application/json; charset=utf-16", 415),
        (b"application/json; x=y; charset=utf-16", 415),
        (b'application/json; charset="utf-8', 415),
        (b"application/jsonx", 415),
        (b"application/json, text/plain", 415),
        (b"application/json" + b" ; " * 15_000 + b",", 415),
        (b"application/json;x=" + b"y" * 40_000 + b",", 415),
    ],
)
async def test_json_is_known_by_its_media_type(issuer: Issuer, kind: bytes, status: int) -> None:
    async with listening(issuer) as port:
        assert (await answer_to(port, post(issuer, kind=kind)))[0] == status


@pytest.mark.parametrize(("coding", "status"), [(b"identity", 422), (b"gzip", 415), (b"br", 415)])
async def test_a_compressed_body_is_refused(issuer: Issuer, coding: bytes, status: int) -> None:
    async with listening(issuer) as port:
        sent = post(issuer, more=b"Content-Encoding: " + coding + b"\r\n")
        assert (await answer_to(port, sent))[0] == status
