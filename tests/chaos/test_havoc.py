"""An act that met nothing is tried elsewhere, and a death that nobody ordered is told."""

import signal
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from services.chassis.crash import AFTER_EFFECT, INSIDE_DRAIN
from tests.chaos import processes as module
from tests.chaos.clients import Gate
from tests.chaos.havoc import Havoc
from tests.chaos.processes import Processes
from tests.chaos.schedule import Act

CRASH = Act(5, "crash", "scoring-1", AFTER_EFFECT, 2)
NONE: Any = None


class Luck:
    """Processes of which only the n-th comes to its line."""

    def __init__(self, passes_at: int) -> None:
        self.tried: list[tuple[str, int]] = []
        self._passes_at = passes_at

    async def crash(self, process: str, _point: str, passes: int) -> bool:
        self.tried.append((process, passes))
        return len(self.tried) == self._passes_at


def havoc(luck: Luck) -> Havoc:
    return Havoc(NONE, cast(Processes, luck), NONE, NONE, seed=7)


async def test_a_line_that_was_not_passed_in_time_is_news_and_is_tried_on_the_other_replica() -> (
    None
):
    luck = Luck(passes_at=2)
    breaking = havoc(luck)
    await breaking.do(CRASH)
    assert breaking.news == [f"crash scoring-1 {AFTER_EFFECT}"]
    assert not breaking.done
    await breaking.make_up()
    await breaking.make_up()
    assert luck.tried == [("scoring-1", 2), ("scoring-0", 1)]
    assert breaking.done == {"crash": 1, f"{AFTER_EFFECT} of scoring": 1}
    assert breaking.failed == []


async def test_a_line_that_is_never_passed_was_not_tested() -> None:
    breaking = havoc(luck := Luck(passes_at=9))
    await breaking.do(CRASH)
    for _ in range(5):
        await breaking.make_up()
    assert len(luck.tried) == 3
    assert breaking.failed == [f"crash scoring-1 {AFTER_EFFECT}: met nothing in 3 tries"]
    assert not breaking.done


def ends_with(code: int) -> Callable[..., Any]:
    """A supervisor's start, of a process that has ended so as soon as it is started."""

    def start(what: Any) -> Any:
        dead = what.environment["THIDUA_CRASH_AT"] != ""
        return SimpleNamespace(
            what=what,
            alive=not dead,
            popen=SimpleNamespace(returncode=code, send_signal=lambda _: None),
            kill=lambda: None,
            wait_until_ready=lambda: None,
        )

    return start


@pytest.mark.parametrize(
    ("point", "code", "passed", "ended"),
    [
        (AFTER_EFFECT, -signal.SIGKILL, True, []),
        (AFTER_EFFECT, 1, False, ["scoring-1 with 1"]),
        (AFTER_EFFECT, 0, False, ["scoring-1 with 0"]),
        (INSIDE_DRAIN, 0, False, []),
        (INSIDE_DRAIN, 1, False, ["scoring-1 with 1"]),
    ],
)
async def test_a_process_that_ends_by_itself_while_it_is_to_die_at_a_line_is_reported(
    monkeypatch: pytest.MonkeyPatch, point: str, code: int, passed: bool, ended: list[str]
) -> None:
    monkeypatch.setattr(module, "replace", lambda _, **new: SimpleNamespace(**new))
    start = ends_with(code)
    up = start(SimpleNamespace(command=["python", "-m"], environment={"THIDUA_CRASH_AT": ""}))
    replicas = [SimpleNamespace(service="scoring", url=url, process=up) for url in "ab"]
    stack = SimpleNamespace(services={"scoring": replicas}, supervisor=SimpleNamespace(start=start))
    breaking = Processes(cast(Any, stack), Gate(), session_s=6)
    assert await breaking.crash("scoring-1", point, 1) == passed
    assert breaking.ended == ended
