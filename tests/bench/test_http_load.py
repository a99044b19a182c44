"""Promise: the bench's clients end with figures or with a sentence, whatever the server closes."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.bench.http_load import main

CREATED = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}"
Connected = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def _load(connected: Connected, *, clients: int) -> None:
    """In a loop of its own, as the bench is: `sys.exit` inside a task ends the loop."""

    async def load() -> None:
        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        order: dict[str, Any] = {
            "port": server.sockets[0].getsockname()[1],
            "seconds": 0.2,
            "rate": 50,
            "clients": clients,
            "requests": [["a-token", "{}"]],
        }
        async with server:
            await main(order)

    asyncio.run(load())


async def _request(reader: asyncio.StreamReader) -> None:
    await reader.readuntil(b"\r\n\r\n")
    await reader.readexactly(2)


def test_a_connection_that_was_closed_while_idle_is_opened_once_more(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """As a server does with connections that nobody uses for a while, without announcing it."""
    connections = 0

    async def one_answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await _request(reader)
        writer.write(CREATED)
        writer.close()

    _load(one_answer, clients=2)
    printed = capsys.readouterr().out
    assert f'"accepted": {connections}' in printed
    assert connections > 2, "each client asks more than once"


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 201 Crea", CREATED[:-1]])
def test_a_server_that_gives_no_whole_answer_ends_the_bench_with_a_sentence(
    answer: bytes,
) -> None:
    async def cut_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _request(reader)
        writer.write(answer)
        writer.close()

    with pytest.raises(SystemExit, match="closed the connection without an answer"):
        _load(cut_off, clients=1)


def test_a_refusal_ends_the_bench_with_the_server_s_words() -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _request(reader)
        writer.write(b"HTTP/1.1 503 Away\r\nContent-Length: 4\r\n\r\nBusy")
        writer.close()

    with pytest.raises(SystemExit, match="503 Busy"):
        _load(refuse, clients=1)
