"""Promise: a service starts fast, says when it is ready, drains when stopped, and dies aloud."""

import asyncio
import json
import os
import re
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psutil

from infra.local.broker import Broker
from infra.local.issuer import Issuer
from services.chassis.broker.topic_admin import ensure_topics
from services.chassis.settings import SharedSettings
from services.contracts.topics import TopicSpec

ROOT = Path(__file__).parents[2]
NOWHERE = "127.0.0.1:1"


@dataclass
class Toy:
    """The toy service, as a process."""

    process: Process
    lines: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    async def listen(self) -> None:
        """Read its log to the end; the address is in it."""
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.lines.append(json.loads(line))
            if found := re.search(r"running on (http://\S+)", self.lines[-1]["event"]):
                self.url = found[1]

    def logged(self, event: str) -> bool:
        return any(line["event"] == event for line in self.lines)


@asynccontextmanager
async def toy_process(**settings: str) -> AsyncIterator[Toy]:
    environment = {
        **os.environ,
        "TOY_HTTP_PORT": "0",
        "TOY_KAFKA_BOOTSTRAP": NOWHERE,
        "TOY_DATABASE_URL": f"postgresql://a:b@{NOWHERE}/c",
        **settings,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.chassis.toy_service", cwd=ROOT, env=environment, stderr=PIPE
    )
    toy = Toy(process)
    listening = asyncio.create_task(toy.listen())
    try:
        yield toy
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await listening


async def until(condition: Callable[[], Awaitable[bool]] | Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while True:
            met = condition()
            if met if isinstance(met, bool) else await met:
                return
            await asyncio.sleep(0.05)


async def stopped(toy: Toy, number: int = signal.SIGTERM) -> int:
    toy.process.send_signal(number)
    async with asyncio.timeout(30):
        return await toy.process.wait()


async def test_a_service_starts_becomes_ready_serves_and_drains(
    toy_database: str, issuer: Issuer, broker: Broker
) -> None:
    prefix = f"t{uuid4().hex[:8]}"
    begun = time.monotonic()
    async with (
        toy_process(
            TOY_DATABASE_URL=toy_database,
            TOY_KAFKA_BOOTSTRAP=broker.bootstrap,
            TOY_TOPIC_PREFIX=prefix,
            TOY_JWKS_URL=issuer.jwks_url,
            TOY_TOKEN_ISSUER=issuer.url,
        ) as toy,
        httpx.AsyncClient() as client,
    ):
        await until(lambda: bool(toy.url))
        started_s = time.monotonic() - begun

        async def degraded() -> dict[str, str]:
            answer = await client.get(f"{toy.url}/health/ready")
            reasons: dict[str, str] = answer.json()["degraded"]
            assert answer.json()["status"] == ("degraded" if reasons else "ok")
            assert answer.status_code == 200
            return reasons

        async def only_topics_are_missing() -> bool:
            return (await degraded()) == {"topics": f"missing: {prefix}.toy"}

        await until(only_topics_are_missing)
        kafka = SharedSettings(kafka_bootstrap=broker.bootstrap, topic_prefix=prefix)
        await ensure_topics(kafka, [TopicSpec(f"{prefix}.toy", 1, 1, {})])

        async def well() -> bool:
            return await degraded() == {}

        await until(well)
        assert (await client.get(f"{toy.url}/health/live")).json() == {
            "status": "ok",
            "failing": {},
            "degraded": {},
            "about": {},
        }
        assert (await client.get(f"{toy.url}/v1/notes")).json() == {"notes": 0}
        resident = psutil.Process(toy.process.pid).memory_info().rss
        assert await stopped(toy) == 0
    assert toy.logged("draining")
    assert toy.logged("stopped")
    assert resident < 250e6
    assert started_s < 20  # alone: under 5; the machine of the tests is shared


async def test_without_a_broker_it_is_ready_and_says_what_is_degraded(toy_database: str) -> None:
    async with (
        toy_process(TOY_DATABASE_URL=toy_database) as toy,
        httpx.AsyncClient() as client,
    ):
        await until(lambda: bool(toy.url))
        ready = await client.get(f"{toy.url}/health/ready")
        assert ready.status_code == 200
        assert ready.json()["status"] == "degraded"
        assert set(ready.json()["degraded"]) == {"relay", "topics"}
        assert (await client.get(f"{toy.url}/health/live")).status_code == 200
        assert (await client.get(f"{toy.url}/v1/notes")).status_code == 200
        metrics = (await client.get(f"{toy.url}/metrics")).text
        assert 'thidua_degraded{part="relay"} 1.0' in metrics
        assert 'thidua_degraded{part="loop beat"} 0.0' in metrics
        assert 'thidua_stalled{part="relay"} 0.0' in metrics
        assert await stopped(toy) == 0


async def test_without_a_database_it_lives_and_is_not_ready() -> None:
    async with toy_process() as toy, httpx.AsyncClient() as client:
        await until(lambda: bool(toy.url))
        ready = await client.get(f"{toy.url}/health/ready")
        assert ready.status_code == 503
        assert ready.json()["failing"] == {"database": "failed: ConnectionRefusedError"}
        assert (await client.get(f"{toy.url}/health/live")).status_code == 200
        away = await client.get(f"{toy.url}/v1/notes")
        assert away.status_code == 503
        assert away.headers["retry-after"]
        assert away.json()["title_en"] == "Temporarily unavailable"
        assert await stopped(toy, signal.SIGINT) == 0


async def test_a_loop_that_dies_ends_the_process_with_its_reason(toy_database: str) -> None:
    async with toy_process(TOY_DATABASE_URL=toy_database, TOY_DIES="1") as toy:
        async with asyncio.timeout(60):
            assert await toy.process.wait() == 1
    died = next(line for line in toy.lines if line["event"] == "a part of the service died")
    assert died["part"] == "loop beat"
    assert "the loop is broken" in json.dumps(died["exception"])
    assert toy.logged("stopped")  # what lived was stopped in order


async def test_settings_that_do_not_fit_exit_78_and_are_named() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.chassis.toy_service"),
        cwd=ROOT,
        env={**os.environ, "TOY_HTTP_PORT": "many"},
        stderr=PIPE,
    )
    _, output = await process.communicate()
    assert process.returncode == 78
    assert "TOY_DATABASE_URL: chưa đặt" in output.decode()
    assert "TOY_HTTP_PORT: " in output.decode()


async def test_a_simulated_clock_does_not_start_in_production() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.chassis.toy_service"),
        cwd=ROOT,
        env={
            **os.environ,
            "TOY_CLOCK": "simulated",
            "TOY_DATABASE_URL": "postgresql://x",
            "THIDUA_LANG": "en",
        },
        stderr=PIPE,
    )
    _, output = await process.communicate()
    assert process.returncode == 78
    assert "set clock to `system`" in output.decode()


async def test_a_port_that_is_taken_ends_the_process_with_its_reason(toy_database: str) -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with toy_process(TOY_DATABASE_URL=toy_database, TOY_HTTP_PORT=str(port)) as toy:
        async with asyncio.timeout(60):
            assert await toy.process.wait() == 1
    server.close()
    assert any("address already in use" in line["event"] for line in toy.lines)
    assert toy.logged("stopped")
