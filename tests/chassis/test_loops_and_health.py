"""Promise: alive is making progress; a loop survives what passes and dies aloud of the rest."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from services.chassis.clock import SystemClock
from services.chassis.observability.health import Health, Progress
from services.chassis.observability.metrics import Metrics
from services.chassis.observability.registry import LOOP_FAILURES
from services.chassis.running.loops import Loop


def running(loop: Loop) -> tuple[asyncio.Task[None], Health, Metrics]:
    health, metrics = Health(), Metrics([LOOP_FAILURES])
    task = asyncio.create_task(loop.run(clock=SystemClock(), health=health, metrics=metrics))
    return task, health, metrics


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - what is waited for knows no event
            await asyncio.sleep(0.002)


def counting(
    then: Callable[[int], bool | None],
) -> tuple[list[int], Callable[[], Awaitable[bool | None]]]:
    ticks: list[int] = []

    async def tick() -> bool | None:
        ticks.append(len(ticks) + 1)
        return then(len(ticks))

    return ticks, tick


async def test_a_loop_ticks_when_woken_and_otherwise_waits() -> None:
    ticks, tick = counting(lambda _: None)
    loop = Loop("toy", tick, every_s=60)
    task, health, _ = running(loop)
    await until(lambda: len(ticks) == 1)
    await asyncio.sleep(0.05)
    assert len(ticks) == 1
    loop.wake()
    await until(lambda: len(ticks) == 2)
    assert health.live() == {}
    loop.stop()
    await task


async def test_a_loop_with_more_to_do_does_not_pause() -> None:
    ticks, tick = counting(lambda number: number < 50)
    loop = Loop("toy", tick, every_s=60)
    task, *_ = running(loop)
    await until(lambda: len(ticks) == 50)
    loop.stop()
    await task


async def test_a_wake_during_a_tick_is_not_lost() -> None:
    ticks, tick = counting(lambda number: loop.wake() if number == 1 else None)
    loop = Loop("toy", tick, every_s=60)
    task, *_ = running(loop)
    await until(lambda: len(ticks) == 2)
    loop.stop()
    await task


async def test_a_passing_failure_is_counted_and_tried_again() -> None:
    def fail_twice(number: int) -> None:
        if number <= 2:
            raise ConnectionRefusedError("the database is away")

    ticks, tick = counting(fail_twice)
    loop = Loop("toy", tick, every_s=60)
    task, _, metrics = running(loop)
    await until(lambda: len(ticks) == 3)
    assert metrics.value(LOOP_FAILURES, loop="toy") == 2
    loop.stop()
    await task


async def test_any_other_failure_ends_the_loop_with_its_reason() -> None:
    def fail(_: int) -> None:
        raise ZeroDivisionError("a bug")

    _, tick = counting(fail)
    task, *_ = running(Loop("toy", tick, every_s=60))
    with pytest.raises(ZeroDivisionError, match="a bug"):
        await task


async def test_a_loop_that_hangs_is_not_alive() -> None:
    async def hang() -> None:
        await asyncio.Event().wait()

    task, health, _ = running(Loop("toy", hang, every_s=0.02, limit_s=0.02))
    await until(lambda: "loop toy" in health.live())
    assert "no progress for" in health.live()["loop toy"]
    task.cancel()


def test_a_beat_keeps_alive() -> None:
    progress = Progress(limit_s=3600)
    progress.beat()
    assert progress.stalled() is None
    assert Progress(limit_s=-1).stalled() is not None


async def test_readiness_names_what_is_missing_and_tells_no_secret() -> None:
    health = Health()

    async def fine() -> None:
        return None

    async def absent() -> str:
        return "missing: a.b.v1"

    async def broken() -> str:
        raise ConnectionError("postgresql://user:password@host")

    health.require("database", fine)
    assert await health.ready() == {}
    health.require("topics", absent)
    health.require("relay", broken)
    assert await health.ready() == {
        "topics": "missing: a.b.v1",
        "relay": "failed: ConnectionError",
    }


async def test_a_check_that_hangs_is_not_ready_and_holds_up_no_probe(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.chassis.observability.health._CHECK_TIMEOUT_S", 0.05)
    health = Health()

    async def hang() -> str | None:
        await asyncio.Event().wait()
        return None

    health.require("broker", hang)
    async with asyncio.timeout(1):
        assert await health.ready() == {"broker": "failed: TimeoutError"}
