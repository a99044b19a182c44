"""TLS is verified against the name that the subscriber gave, though we connect to an address."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from services.contracts.events import PointsRecomputed
from services.notifications.channels.outcomes import Kind
from services.notifications.channels.webhook.channel import WebhookChannel
from services.notifications.secret_encryption import SecretEncryption, new_webhook_secret
from tests.notifications.conftest import MakeSettings
from tests.notifications.support import KEY, a_fact, a_message
from tests.support.certificates import certificate

HOST = "receiver.example.org"


@asynccontextmanager
async def https_receiver(crt: Path, key: Path, asked: list[str]) -> AsyncIterator[int]:
    """A receiver that says 204 to everything; its port. `asked` gets the names of TLS (SNI)."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(crt, key)
    context.sni_callback = lambda _socket, name, _context: asked.append(name)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.fixture
async def receiver(tmp_path: Path) -> AsyncIterator[tuple[int, Path, list[str]]]:
    """A receiver with a certificate for HOST; its port, its authority, the names asked."""
    crt, key = certificate(tmp_path, HOST)
    asked: list[str] = []
    async with https_receiver(crt, key, asked) as port:
        yield port, crt, asked


@pytest.mark.parametrize(
    ("host", "kind"), [(HOST, Kind.ACCEPTED), ("other.example.org", Kind.TRANSIENT)]
)
async def test_only_the_named_host_is_spoken_to(
    receiver: tuple[int, Path, list[str]],
    make_settings: MakeSettings,
    host: str,
    kind: Kind,
) -> None:
    port, authority, asked = receiver
    encryption = SecretEncryption([KEY])
    channel = WebhookChannel(
        make_settings(webhook_ca_file=authority), encryption, lookup=lambda _: ["127.0.0.1"]
    )
    url = f"https://{host}:{port}/hook"
    secret = encryption.encrypt(new_webhook_secret())
    outcome = await channel.send(a_message(a_fact(PointsRecomputed), url, encrypted_secret=secret))
    await channel.close()
    assert outcome.kind is kind, outcome.detail
    assert asked == [host]


async def test_a_certificate_that_nobody_vouches_for_is_refused(
    receiver: tuple[int, Path, list[str]],
    make_settings: MakeSettings,
) -> None:
    port, _, _ = receiver
    encryption = SecretEncryption([KEY])
    channel = WebhookChannel(make_settings(), encryption, lookup=lambda _: ["127.0.0.1"])
    message = a_message(
        a_fact(PointsRecomputed),
        f"https://{HOST}:{port}/hook",
        encrypted_secret=encryption.encrypt(new_webhook_secret()),
    )
    outcome = await channel.send(message)
    await channel.close()
    assert (outcome.kind, outcome.detail) == (Kind.TRANSIENT, "no answer: ConnectError")


async def test_an_authority_of_ones_own_stands_beside_the_systems(
    tmp_path: Path, make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with AsyncExitStack() as receivers:
        ports = {}
        for host in ("public.example.org", "city.example.org"):
            (tmp_path / host).mkdir()
            crt, key = certificate(tmp_path / host, host)
            ports[host] = (await receivers.enter_async_context(https_receiver(crt, key, [])), crt)
        # What OpenSSL takes for the system's authorities.
        monkeypatch.setenv("SSL_CERT_FILE", str(ports["public.example.org"][1]))
        encryption = SecretEncryption([KEY])
        channel = WebhookChannel(
            make_settings(webhook_ca_file=ports["city.example.org"][1]),
            encryption,
            lookup=lambda _: ["127.0.0.1"],
        )
        for host, (port, _) in ports.items():
            message = a_message(
                a_fact(PointsRecomputed),
                f"https://{host}:{port}/hook",
                encrypted_secret=encryption.encrypt(new_webhook_secret()),
            )
            outcome = await channel.send(message)
            assert outcome.kind is Kind.ACCEPTED, (host, outcome.detail)
        await channel.close()
