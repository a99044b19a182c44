"""Promise: the issuer's key set, a document of others, holds up nobody and breaks nothing."""

import asyncio
import contextlib
import gzip
import json
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jwt.algorithms import RSAAlgorithm

from infra.local.issuer import Issuer
from services.chassis.base import Chassis
from services.chassis.http import Router, access
from services.chassis.http.api import create_api
from services.chassis.http.keys import ALGORITHMS, KeySetError, parsed, usable_keys
from tests.chassis.toy import toy_settings
from tests.support.certificates import certificate
from tests.support.serving import served

router = Router()


@router.get("/guarded", openapi_extra=access("board"))
async def guarded() -> str:
    """For the Board."""
    return "welcome"


Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


def says(body: bytes, status: str = "200 OK", head: str = "") -> Answer:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{head}\r\n".encode())
        writer.write(body)
        await writer.drain()

    return answer


async def hangs(_writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(3600)


async def drips(writer: asyncio.StreamWriter) -> None:
    """Byte by byte, so that no pause between two is long."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.05)


class KeyHost:
    """Serves what `answer` sends."""

    def __init__(self) -> None:
        self.answer: Answer = hangs
        self.asked = 0
        self.url = ""

    async def fetched(self, more: int = 1) -> None:
        """Wait until it was asked that many times more."""
        enough = self.asked + more
        async with asyncio.timeout(20):
            while self.asked < enough:  # noqa: ASYNC110 - counted by another task
                await asyncio.sleep(0.01)

    @asynccontextmanager
    async def serving(self, tls: ssl.SSLContext | None = None) -> AsyncIterator["KeyHost"]:
        tasks: set[Any] = set()

        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            tasks.add(asyncio.current_task())
            try:
                await reader.readuntil(b"\r\n\r\n")
                self.asked += 1
                await self.answer(writer)
            except (OSError, asyncio.IncompleteReadError):
                pass
            finally:
                writer.close()

        server = await asyncio.start_server(handle, "localhost", 0, ssl=tls)
        scheme = "https" if tls else "http"
        self.url = f"{scheme}://localhost:{server.sockets[0].getsockname()[1]}/jwks"
        try:
            yield self
        finally:
            server.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
async def host(issuer: Issuer) -> AsyncIterator[KeyHost]:
    """A key host that serves the issuer's keys."""
    async with KeyHost().serving() as host:
        host.answer = says(json.dumps(issuer.jwks()).encode())
        yield host


Ask = Callable[[], Awaitable[httpx.Response]]


@asynccontextmanager
async def asking(issuer: Issuer, url: str, **other: Any) -> AsyncIterator[Ask]:
    """A service that trusts `issuer` by the key set at `url`; a call, each with a new token."""
    number = iter(range(10_000))
    chassis = Chassis("toy", toy_settings("postgresql://nowhere", issuer, jwks_url=url, **other))
    app = create_api(chassis, [router], title="Toy", description="")
    async with served(app) as base, httpx.AsyncClient(base_url=base, timeout=30) as client:

        async def ask() -> httpx.Response:
            token = issuer.mint("board", subject=f"caller-{next(number)}")  # never seen before
            return await client.get("/guarded", headers={"Authorization": f"Bearer {token}"})

        yield ask


@pytest.mark.parametrize("answer", [hangs, drips])
async def test_nobody_waits_for_a_key_set_while_keys_are_known(
    host: KeyHost, issuer: Issuer, answer: Answer
) -> None:
    async with asking(issuer, host.url, jwks_refresh_s=1) as ask:
        assert (await ask()).status_code == 200
        host.answer = answer
        await host.fetched()
        begun = time.monotonic()
        answers = await asyncio.gather(*(ask() for _ in range(20)))
        assert {one.status_code for one in answers} == {200}
        assert time.monotonic() - begun < 3
        assert host.asked <= 3  # one refresh, not one a request


FAULTY = {
    "another document": b'{"issuer": "https://id.example.org"}',
    "an error": b'{"error": "temporarily_unavailable"}',
    "no keys": b'{"keys": []}',
    "keys that are none": b'{"keys": [1, null, [], {"kty": "EC"}, {"kty": {}}]}',
    "keys as an object": b'{"keys": {"a": 1}}',
    "a list": b"[]",
    "a string": b'"x"',
    "nothing": b"",
    "broken JSON": b'{"keys": [',
    "not UTF-8": b'{"keys": ["\xff"]}',
    "deep nesting": b"[" * 100_000,
    "a large number": b'{"keys": ' + b"9" * 10_000 + b"}",
    "a large document": b'{"keys": [' + b" " * 300_000 + b"]}",
}


async def test_a_faulty_key_set_changes_nothing_and_is_named_with_its_address(
    issuer: Issuer,
) -> None:
    with structlog.testing.capture_logs() as logged:
        hosts = await _after_two_refreshes(
            issuer, {what: says(body) for what, body in FAULTY.items()}
        )
    for what, url in hosts.items():
        warnings = [line["error"] for line in logged if line["log_level"] == "warning"]
        assert any(f"{url}: " in error for error in warnings), what


async def test_only_a_plain_answer_is_read(issuer: Issuer) -> None:
    answers = {
        "a failure": says(b"{}", status="500 Oops"),
        "a redirection": says(b"", status="302 Found", head="Location: http://localhost:1/\r\n"),
        "a compressed document": says(
            gzip.compress(b" " * 100_000_000), head="Content-Encoding: gzip\r\n"
        ),
    }
    await _after_two_refreshes(issuer, answers)


async def _after_two_refreshes(issuer: Issuer, answers: dict[str, Answer]) -> dict[str, str]:
    """Callers stay welcome after their issuer's key set was answered so; the hosts' addresses.

    Each answer has a host and a service of its own, all at the same time: a refresh is a second.
    """

    async def one(what: str, answer: Answer) -> tuple[str, str]:
        async with KeyHost().serving() as host:
            host.answer = says(json.dumps(issuer.jwks()).encode())
            async with asking(issuer, host.url, jwks_refresh_s=1) as ask:
                async with asyncio.timeout(60):  # its first keys may take a busy machine a while
                    while (await ask()).status_code != 200:  # noqa: ASYNC110 - asked anew
                        await asyncio.sleep(0.1)
                host.answer = answer
                await host.fetched(2)  # the first has been judged when the second is asked for
                assert (await ask()).status_code == 200, what
            return what, host.url

    return dict(await asyncio.gather(*(one(*each) for each in answers.items())))


async def test_one_odd_item_spoils_no_key_set(host: KeyHost, issuer: Issuer) -> None:
    good = issuer.jwks()["keys"]
    odd = [7, {"kty": "oct", "k": "AAAA"}, {**good[0], "kid": ["a"]}, {"kty": "RSA", "n": "!"}]
    host.answer = says(json.dumps({"keys": [*odd, *good]}).encode())
    async with asking(issuer, host.url) as ask:
        assert (await ask()).status_code == 200


@pytest.mark.parametrize("answer", [hangs, says(b'{"error": "x"}')], ids=["silence", "nonsense"])
async def test_while_there_never_were_keys_a_call_is_503_at_once(
    host: KeyHost, issuer: Issuer, answer: Answer
) -> None:
    host.answer = answer
    async with asking(issuer, host.url) as ask:
        begun = time.monotonic()
        answers = await asyncio.gather(*(ask() for _ in range(5)))
        assert time.monotonic() - begun < 4
        for one in answers:
            assert one.status_code == 503
            assert one.headers["retry-after"]


async def test_a_new_key_is_fetched_for_the_first_token_that_names_it(
    host: KeyHost, issuer: Issuer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.chassis.http.keys._SHORTEST_PAUSE_S", 0.0)
    heir = Issuer(tmp_path / "heir")
    (tmp_path / "heir" / "issuer.json").write_text(json.dumps({"port": issuer.url.split(":")[-1]}))
    assert heir.url == issuer.url
    async with asking(issuer, host.url) as ask:
        old = issuer.mint("board", subject="old")
        assert (await ask()).status_code == 200
        host.answer = says(json.dumps(heir.jwks()).encode())
        mint, issuer.mint = issuer.mint, heir.mint  # type: ignore[method-assign]
        try:
            assert (await ask()).status_code == 200
            # The key of the others is withdrawn with it, also of tokens that were checked before.
            issuer.mint = lambda *_args, **_more: old  # type: ignore[method-assign]
            assert (await ask()).status_code == 401
        finally:
            issuer.mint = mint  # type: ignore[method-assign]


async def test_an_authority_of_ones_own_is_believed_beside_the_systems(
    issuer: Issuer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    public, public_key = certificate(tmp_path / "public", "localhost")
    own, own_key = certificate(tmp_path / "own", "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(public))  # the system's authorities
    for crt, key in ((public, public_key), (own, own_key)):
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(crt, key)
        async with KeyHost().serving(tls) as host:
            host.answer = says(json.dumps(issuer.jwks()).encode())
            async with asking(issuer, host.url, jwks_ca_file=own) as ask:
                assert (await ask()).status_code == 200, crt


# ---- whatever the document is

_weak = rsa.generate_private_key(65537, 1024).public_key()  # noqa: S505 - that is the point
WEAK = json.loads(RSAAlgorithm.to_jwk(_weak))
PRIVATE = json.loads(RSAAlgorithm.to_jwk(rsa.generate_private_key(65537, 2048)))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
MEMBERS = ("kty", "crv", "x", "y", "n", "e", "d", "k", "kid", "use", "alg", "key_ops")
ITEMS = VALUES | st.dictionaries(
    st.sampled_from(MEMBERS),
    VALUES | st.sampled_from(["EC", "RSA", "oct", "OKP", "P-256", "Ed25519", "AQAB", "ES256"]),
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(VALUES | st.fixed_dictionaries({"keys": VALUES | st.lists(ITEMS, max_size=5)}))
def test_whatever_document_comes_it_gives_keys_or_is_refused_by_name(document: Any) -> None:
    try:
        found = usable_keys(parsed(json.dumps(document).encode()))
    except KeySetError:
        return
    assert all(key.algorithm_name in ALGORITHMS for key in found.values())


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.binary(max_size=200))
def test_whatever_bytes_come_they_are_json_or_refused_by_name(content: bytes) -> None:
    with contextlib.suppress(KeySetError):
        parsed(content)


@pytest.mark.parametrize("key", [WEAK, PRIVATE], ids=["too short", "a private one"])
def test_a_key_that_opens_too_much_is_passed_over(key: dict[str, Any]) -> None:
    with pytest.raises(KeySetError, match="none of its 1 keys"):
        usable_keys({"keys": [{**key, "kid": "k"}]})
