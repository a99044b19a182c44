"""Promise: alive is making progress; a loop survives what passes and dies aloud of the rest."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest
import structlog

from services.chassis.clock import SystemClock
from services.chassis.loops.loop import AT_ONCE, Loop
from services.chassis.observability.health import Health
from services.chassis.observability.metrics import Metrics
from services.chassis.observability.registry import DEGRADED, LOOP_FAILURES, STALLED
from tests.support.jumping_loop import JumpingLoop


def running(loop: Loop) -> tuple[asyncio.Task[None], Health, Metrics]:
    metrics = Metrics([LOOP_FAILURES, DEGRADED, STALLED])
    health = Health(metrics)
    health.watch(loop)
    task = asyncio.create_task(loop.run(clock=SystemClock(), metrics=metrics))
    return task, health, metrics


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - what is waited for knows no event
            await asyncio.sleep(0.002)


def counting(
    then: Callable[[int], float | None],
) -> tuple[list[int], Callable[[], Awaitable[float | None]]]:
    ticks: list[int] = []

    async def tick() -> float | None:
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
    await loop.stop()
    await task


async def test_a_loop_with_more_to_do_does_not_pause() -> None:
    ticks, tick = counting(lambda number: AT_ONCE if number < 50 else None)
    loop = Loop("toy", tick, every_s=60)
    task, *_ = running(loop)
    await until(lambda: len(ticks) == 50)
    await loop.stop()
    await task


async def test_a_tick_says_when_it_wants_the_next_one_and_none_comes_later_than_the_loop_says() -> (
    None
):
    ticks, tick = counting(lambda number: 0.02 if number < 3 else 3600)
    loop = Loop("toy", tick, every_s=0.1)
    begun = time.monotonic()
    task, *_ = running(loop)
    await until(lambda: len(ticks) == 3)
    assert time.monotonic() - begun >= 0.04
    await until(lambda: len(ticks) == 4)
    assert time.monotonic() - begun >= 0.14
    await loop.stop()
    await task


async def test_a_loop_that_fails_several_times_is_degraded_until_it_works() -> None:
    away = True

    def fail(_: int) -> None:
        if away:
            raise ConnectionRefusedError("the database at 10.0.0.1 is away")

    ticks, tick = counting(fail)
    loop = Loop("toy", tick, every_s=60)
    task, health, metrics = running(loop)
    assert health.degraded() == {}
    assert metrics.value(DEGRADED, part="loop toy") == 0
    loop._failures = 2  # the pauses after the first ones are not what is tried here
    await until(lambda: len(ticks) == 1)
    assert health.degraded() == {"loop toy": "failed 3 times in a row: ConnectionRefusedError"}
    assert metrics.value(DEGRADED, part="loop toy") == 1
    assert health.live() == {}
    away = False
    loop.wake()
    await until(lambda: health.degraded() == {})
    await loop.stop()
    await task


async def test_a_loop_that_is_stopped_finishes_and_one_that_is_cut_off_only_closes() -> None:
    done: list[str] = []

    async def note(what: str) -> None:
        done.append(what)

    for cut_off, expected in ((False, ["finish", "close"]), (True, ["close"])):
        done.clear()
        ticks, tick = counting(lambda _: None)
        loop = Loop(
            "toy", tick, every_s=60, finish=lambda: note("finish"), close=lambda: note("close")
        )
        task, *_ = running(loop)
        await until(lambda: len(ticks) == 1)  # noqa: B023 - awaited here
        if cut_off:
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        else:
            await loop.stop()
        assert done == expected


async def test_what_fails_in_passing_at_the_end_is_left_to_the_next_start() -> None:
    async def away() -> None:
        raise ConnectionRefusedError("the broker is away")

    ticks, tick = counting(lambda _: None)
    loop = Loop("toy", tick, every_s=60, finish=away)
    task, _, metrics = running(loop)
    await until(lambda: len(ticks) == 1)
    await loop.stop()
    await task
    assert metrics.value(LOOP_FAILURES, loop="toy") == 1


async def test_a_loop_that_can_not_close_has_ended_all_the_same() -> None:
    async def breaks() -> None:
        raise ZeroDivisionError("a bug")

    ticks, tick = counting(lambda _: None)
    loop = Loop("toy", tick, every_s=60, close=breaks)
    task, *_ = running(loop)
    await until(lambda: len(ticks) == 1)
    async with asyncio.timeout(5):
        await loop.stop()
    with pytest.raises(ZeroDivisionError):
        await task


def test_a_loop_outlives_more_failures_than_a_float_can_double() -> None:
    """As in an outage of a night: 1,100 failures in a row, at the speed of a clock that jumps."""

    def fail(number: int) -> None:
        if number <= 1100:
            raise ConnectionRefusedError("the database is away")

    ticks, tick = counting(fail)

    async def run() -> None:
        task, *_ = running(Loop("toy", tick, every_s=60))
        while len(ticks) <= 1100:
            await asyncio.sleep(30)
            assert not task.done(), task.exception()
        task.cancel()

    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        runner.run(run())


async def test_a_wake_during_a_tick_is_not_lost() -> None:
    ticks, tick = counting(lambda number: loop.wake() if number == 1 else None)
    loop = Loop("toy", tick, every_s=60)
    task, *_ = running(loop)
    await until(lambda: len(ticks) == 2)
    await loop.stop()
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
    await loop.stop()
    await task


async def test_of_many_failures_in_a_row_few_are_logged_and_the_end_of_them_is() -> None:
    def fail_often(number: int) -> None:
        if number <= 20:
            raise ConnectionRefusedError("the database is away")

    ticks, tick = counting(fail_often)
    loop = Loop("toy", tick, every_s=60, retry_s=0.001, longest_retry_s=0.002)
    with structlog.testing.capture_logs() as logged:
        task, *_ = running(loop)
        await until(lambda: len(ticks) == 21)
        await loop.stop()
        await task
    events = [line["event"] for line in logged]
    assert events.count("loop failed") < 20
    assert events[0] == "loop failed"
    assert logged[-1] == {
        "event": "loop has recovered",
        "log_level": "info",
        "loop": "toy",
        "failures": 20,
    }


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


async def test_readiness_names_what_is_missing_and_tells_no_secret() -> None:
    health = Health(Metrics([]))

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
    health = Health(Metrics([]))

    async def hang() -> str | None:
        await asyncio.Event().wait()
        return None

    health.require("broker", hang)
    async with asyncio.timeout(1):
        assert await health.ready() == {"broker": "failed: TimeoutError"}
