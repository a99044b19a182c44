"""Clients over HTTP/1.1 that cost little beside the server: raw streams, kept open.

    python -m tests.bench.http_load < order.json

The order: port, seconds, rate (a second, or null: the next request when the last was answered),
clients, requests ([bearer token, JSON body], taken in turn). Prints rate and percentiles as JSON.
"""

import asyncio
import json
import sys
import time
import uuid
from typing import Any

import uvloop


def _request(token: str, body: str) -> bytes:
    data = body.encode()
    head = (
        "POST /v1/campaigns/hanoi-2020/essays HTTP/1.1\r\nHost: bench\r\n"
        "Content-Type: application/json\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: {len(data)}\r\nIdempotency-Key: "
    )
    return head.encode() + b"%s\r\n\r\n" + data.replace(b"%", b"%%")


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    return int(head.split(b" ", 2)[1]), await reader.readexactly(length)


class _Connection:
    """Kept open; a server may close it while it is idle, and then it is opened once more."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send it and read the answer; ends the bench with a sentence where the server is gone."""
        for last in (self._streams is None, True):
            try:
                if self._streams is None:
                    self._streams = await asyncio.open_connection("127.0.0.1", self._port)
                reader, writer = self._streams
                writer.write(request)
                return await _answer(reader)
            except (OSError, asyncio.IncompleteReadError) as error:
                self._streams = None
                if last:
                    sys.exit(f"the server closed the connection without an answer: {error}")
        raise AssertionError("unreachable")

    def close(self) -> None:
        """No more requests."""
        if self._streams is not None:
            self._streams[1].close()


async def _client(number: int, order: dict[str, Any], took: list[float]) -> None:
    connection = _Connection(order["port"])
    requests = [_request(*one) for one in order["requests"]]
    clients, rate = order["clients"], order["rate"]
    begun, turn = time.perf_counter(), 0
    while (now := time.perf_counter()) - begun < order["seconds"]:
        due = now
        if rate:
            # A late client does not hold its next requests back: waiting counts as latency.
            due = begun + (turn * clients + number) / rate
            if due > now:
                await asyncio.sleep(due - now)
        status, body = await connection.ask(
            requests[(turn * clients + number) % len(requests)] % uuid.uuid4().hex.encode()
        )
        if status != 201:
            sys.exit(f"{status} {body.decode()}")
        took.append(time.perf_counter() - due)
        turn += 1
    connection.close()


async def main(order: dict[str, Any]) -> None:
    """Until the time is over."""
    took: list[float] = []
    begun = time.perf_counter()
    await asyncio.gather(*(_client(number, order, took) for number in range(order["clients"])))
    seconds = time.perf_counter() - begun
    took.sort()
    result = {
        "rate": len(took) / seconds,
        "accepted": len(took),
        "p50_ms": 1000 * took[len(took) // 2],
        "p99_ms": 1000 * took[len(took) * 99 // 100],
        "longest_ms": 1000 * took[-1],
    }
    print(json.dumps(result))


if __name__ == "__main__":
    uvloop.run(main(json.load(sys.stdin)))
