"""Promise: one backoff for everything: it grows, it is bounded, and no two replicas wait alike."""

import ast
import random
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.retry import backoff, retried

SERVICES = Path(__file__).parents[2] / "services"


class Highest(random.Random):
    def random(self) -> float:
        return 1.0


@given(
    failures=st.integers(min_value=1, max_value=10**400),
    base_s=st.floats(min_value=0.001, max_value=86_400),
    longest_s=st.floats(min_value=0.001, max_value=604_800),
    factor=st.floats(min_value=1, max_value=100),
)
def test_after_any_number_of_failures_the_pause_is_bounded_and_never_none(
    failures: int, base_s: float, longest_s: float, factor: float
) -> None:
    pause = backoff(failures, base_s=base_s, longest_s=longest_s, factor=factor)
    assert min(base_s, longest_s) * 0.49 <= pause <= longest_s


@given(failures=st.integers(min_value=1, max_value=5000), factor=st.floats(1, 100))
def test_the_pause_grows_by_the_factor_up_to_the_longest(failures: int, factor: float) -> None:
    highest = Highest()
    now, after = (
        backoff(n, base_s=0.1, longest_s=50, factor=factor, draw=highest)
        for n in (failures, failures + 1)
    )
    assert now <= after
    assert abs(after - min(50.0, now * factor)) < 1e-6


def test_no_two_replicas_wait_alike() -> None:
    assert len({backoff(1, base_s=1, longest_s=1) for _ in range(20)}) > 10


# ---- who waits by it


class Failing:
    """Work that fails in passing so many times."""

    def __init__(self, times: int, error: Exception | None = None) -> None:
        self.left = times
        self.error = error or ConnectionResetError("the database is away")
        self.noted: list[tuple[int, float]] = []

    async def work(self, attempt: int) -> int:
        if self.left:
            self.left -= 1
            raise self.error
        return attempt

    def failed(self, _error: Exception, attempt: int, pause: float) -> None:
        self.noted.append((attempt, pause))


async def test_work_that_others_wait_for_is_repeated_after_what_passes() -> None:
    failing = Failing(3)
    until = time.monotonic() + 60
    done = await retried(failing.work, until=until, failed=failing.failed, base_s=0.001)
    assert done == 4
    assert [attempt for attempt, _ in failing.noted] == [1, 2, 3]
    assert all(pause > 0 for _, pause in failing.noted)


async def test_it_is_repeated_so_often_or_so_long_and_then_its_failure_is_raised() -> None:
    often, long = Failing(1000), Failing(1000)
    ahead = time.monotonic() + 60
    with pytest.raises(ConnectionResetError):
        await retried(
            often.work,
            until=ahead,
            failed=often.failed,
            repetitions=5,
            base_s=0.001,
            longest_s=0.001,
        )
    assert len(often.noted) == 6
    with pytest.raises(ConnectionResetError):
        await retried(long.work, until=time.monotonic(), failed=long.failed, base_s=0.001)
    assert len(long.noted) == 1


async def test_what_does_not_pass_is_raised_at_once() -> None:
    failing = Failing(1, ZeroDivisionError("a bug"))
    with pytest.raises(ZeroDivisionError):
        await retried(failing.work, until=time.monotonic() + 60, failed=failing.failed)
    assert failing.noted == []


def test_nothing_but_the_loop_and_the_inline_retry_waits_by_the_backoff() -> None:
    """A delivery's next attempt is no pause of a process: it is a moment in the database."""
    callers = {
        str(path.relative_to(SERVICES))
        for path in SERVICES.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and (
            getattr(node.func, "id", "") == "backoff" or getattr(node.func, "attr", "") == "backoff"
        )
    }
    assert callers == {
        "chassis/loops/loop.py",
        "chassis/retry.py",
        "notifications/channels/outcomes.py",
    }
