"""Name servers that don't answer, or answer nonsense, delay nobody but who named them."""

import asyncio
import random
import socket
import threading
import time
from typing import Any

import pytest

from services.contracts.events import PointsRecomputed
from services.notifications.channels.outcomes import Kind
from services.notifications.channels.webhook.channel import WebhookChannel
from services.notifications.channels.webhook.resolver import (
    NameNotResolvedError,
    Resolver,
    ResolverBusyError,
)
from services.notifications.secret_encryption import SecretEncryption, new_webhook_secret
from tests.notifications.conftest import MakeSettings
from tests.notifications.raw_server import raw_server, read_http_request
from tests.notifications.support import KEY, a_fact, a_message

ENCRYPTION = SecretEncryption([KEY])
SECRET = ENCRYPTION.encrypt(new_webhook_secret())
POINTS = a_fact(PointsRecomputed)


async def test_names_that_never_resolve_delay_no_other_receiver(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through the system's resolver, which blocks a thread for each of them."""
    end = threading.Event()

    def getaddrinfo(host: str, port: Any, *_: Any, **__: Any) -> list[Any]:
        if host.startswith("hung"):
            end.wait(20)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port or 0))]

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_http_request(reader)
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        await writer.drain()

    channel = WebhookChannel(make_settings(webhook_timeout_s=2), ENCRYPTION)
    async with raw_server(accept) as port:
        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

        def call(host: str) -> Any:
            url = f"http://{host}.example.org:{port}/hook"
            return channel.send(a_message(POINTS, url, encrypted_secret=SECRET))

        # More of them than an event loop has threads; two names only.
        hung = [asyncio.create_task(call(f"hung{number % 2}")) for number in range(12)]
        await asyncio.sleep(0.1)
        started = time.monotonic()
        healthy = await call("healthy")
        assert (healthy.kind, time.monotonic() - started < 1) == (Kind.ACCEPTED, True)
        for outcome in await asyncio.gather(*hung):
            assert (outcome.kind, outcome.ours) == (Kind.TRANSIENT, False)
        assert time.monotonic() - started < 4
        end.set()
        await channel.close()


async def test_a_name_is_looked_up_once_at_a_time() -> None:
    asked = []

    def lookup(host: str) -> list[str]:
        asked.append(host)
        time.sleep(0.1)
        return ["192.0.2.1"]

    resolver = Resolver(timeout_s=5, lookup=lookup)
    found = await asyncio.gather(*(resolver.addresses("one.example.org") for _ in range(20)))
    assert [str(address) for address in found[0]] == ["192.0.2.1"]
    assert asked == ["one.example.org"]
    await resolver.addresses("one.example.org")
    assert len(asked) == 2  # nothing is remembered: what DNS says is judged at each connection


async def test_a_name_that_is_over_its_time_is_refused_at_once_until_the_system_gives_up() -> None:
    end = threading.Event()
    resolver = Resolver(timeout_s=0.2, lookup=lambda _: [(end.wait(10) and "192.0.2.1") or ""])
    with pytest.raises(NameNotResolvedError, match="do not answer"):
        await resolver.addresses("hung.example.org")
    started = time.monotonic()
    with pytest.raises(NameNotResolvedError, match="do not answer"):
        await resolver.addresses("hung.example.org")
    assert time.monotonic() - started < 0.1
    end.set()
    while True:  # the thread ends soon
        try:
            assert await resolver.addresses("hung.example.org")
            break
        except NameNotResolvedError:
            await asyncio.sleep(0.02)


async def test_threads_are_bounded_and_the_bound_is_our_fault() -> None:
    end = threading.Event()
    resolver = Resolver(timeout_s=0.2, lookup=lambda _: [str(end.wait(10))], most=3)
    waiting = [asyncio.create_task(resolver.addresses(f"h{n}.example.org")) for n in range(3)]
    await asyncio.sleep(0.05)
    with pytest.raises(ResolverBusyError):
        await resolver.addresses("another.example.org")
    end.set()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_whatever_dns_answers_is_addresses_or_a_named_error() -> None:
    draw = random.Random(20201130)  # noqa: S311 - the same answers each time
    pieces = [
        "192.0.2.1",
        "::1",
        "fe80::1%eth0",
        "::ffff:10.0.0.1",
        "",
        "x" * 300,
        "1.2.3",
        "٣.1.1.1",
    ]
    errors = [
        socket.gaierror(socket.EAI_AGAIN, "later"),
        OSError(24, "too many open files"),
        UnicodeError("label too long"),
        TypeError("from a broken library"),
    ]

    def lookup(_: str) -> list[str]:
        if draw.random() < 0.2:
            raise draw.choice(errors)
        return [draw.choice(pieces) for _ in range(draw.choice([0, 1, 2, 5, 1000]))]

    resolver = Resolver(timeout_s=5, lookup=lookup)
    for number in range(300):
        try:
            found = await resolver.addresses(f"h{number}.example.org")
        except NameNotResolvedError:
            continue
        assert 0 < len(found) <= 64
