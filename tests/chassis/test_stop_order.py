"""Promise: a stop loses nothing: what consumers and loops write at the end is published."""

import asyncio
from collections.abc import Callable
from uuid import uuid4

import pytest
from fastapi import FastAPI

from infra.local.broker import Broker
from infra.local.issuer import Issuer
from services.chassis.base import Chassis
from services.chassis.broker.topic_admin import ensure_topics
from services.chassis.http.keys import KeyRing
from services.chassis.loops.loop import Loop
from services.chassis.running.lifespan import Lifespan
from services.chassis.running.service import Service, create_app
from services.contracts.events import EssaySubmitted
from services.contracts.topics import TopicSpec, topic_of
from tests.chassis.toy import toy_settings
from tests.support.facts import essay
from tests.support.serving import served


class LastWord:
    """A part that writes a fact when it is stopped, as a consumer does with its last batch."""

    name = "consumer"

    def __init__(self, write: Callable[[str], asyncio.Future[None]]) -> None:
        self._write = write
        self._ended = asyncio.Event()

    async def require_own_group(self) -> None:
        """It has none."""

    async def run(self) -> None:
        await self._ended.wait()

    async def stop(self) -> None:
        await self._write(self.name)
        self._ended.set()

    def degraded(self) -> str | None:
        return None

    def stalled(self) -> str | None:
        return None


async def test_what_consumers_and_loops_write_while_they_stop_is_published(
    toy_database: str, issuer: Issuer, broker: Broker
) -> None:
    prefix = f"t{uuid4().hex[:8]}"
    settings = toy_settings(
        toy_database, issuer, kafka_bootstrap=broker.bootstrap, topic_prefix=prefix
    )
    topic = topic_of(prefix, EssaySubmitted)
    await ensure_topics(settings, [TopicSpec(topic, 1, 1, {})])
    chassis = Chassis("toy", settings)
    stopped: list[str] = []

    async def write(who: str) -> None:
        await asyncio.sleep(0.1)  # long enough for whoever does not wait for it
        async with chassis.database.transaction() as tx:
            await tx.publish(essay("Q001"))
        stopped.append(who)

    async def nothing() -> None:
        return None

    lifespan = Lifespan(
        chassis,
        consumers=[LastWord(write)],
        loops=[Loop("toy", nothing, every_s=60, finish=lambda: write("loop"))],
        topics=[topic],
        on_start=[],
        on_death=lambda: None,
    )
    left: list[int] = []
    close = chassis.database.close

    async def count_and_close() -> None:
        async with chassis.database.transaction() as tx:
            left.append(await tx.fetchval("SELECT count(*) FROM outbox"))
        await close()

    chassis.database.close = count_and_close  # type: ignore[method-assign]  # the very last step
    async with lifespan.lifespan(FastAPI()):
        while chassis.health.degraded():  # noqa: ASYNC110 - what is waited for knows no event
            await asyncio.sleep(0.02)
    assert stopped == ["consumer", "loop"]
    assert left == [0]
    assert lifespan.died is None


async def test_the_issuers_keys_are_fetched_until_all_else_has_stopped(
    toy_database: str, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A consumer's last batch and the relay may take seconds: nothing is cancelled meanwhile."""
    order: list[str] = []

    async def last_word(who: str) -> None:
        order.append(who)

    async def nothing() -> None:
        return None

    stop = KeyRing.stop

    async def noted_stop(ring: KeyRing) -> None:
        order.append("token keys")
        await stop(ring)

    monkeypatch.setattr(KeyRing, "stop", noted_stop)
    chassis = Chassis("toy", toy_settings(toy_database, issuer))
    loop = Loop("toy", nothing, every_s=60, finish=lambda: last_word("loop"))
    service = Service(chassis, title="Toy", description="For tests.", loops=[loop])
    async with served(create_app(service)):
        while "token keys" in chassis.health.degraded():  # noqa: ASYNC110 - no event for it
            await asyncio.sleep(0.02)
        assert "token keys" not in chassis.health.live()
    assert order == ["loop", "token keys"]
