"""The supervisor: starts the services as processes and stops all of them at the end."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import Protocol, Self

import httpx
import psutil

from infra.local.spawn import Child, spawn, tail
from services.chassis.language import speak
from services.contracts.wording import number_vi


class ProcessError(RuntimeError):
    """A process ended early or was not ready in time; the message has the tail of its log."""


class Stoppable(Protocol):
    """Any server of this package."""

    def stop(self) -> None:
        """Stop; again is fine."""


@dataclass(frozen=True)
class Process:
    """What to run. `environment` is added to ours.

    Ready means that `ready_url` answers 200 and names nothing that is degraded: a stack is up when
    its consumers read, not already when it serves HTTP.
    """

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    ready_url: str | None = None
    ready_timeout: float = 30.0  # seconds; a service promises 5
    stop_timeout: float = 20.0  # seconds from SIGTERM to SIGKILL; longer than the longest drain
    directory: Path | None = None


@dataclass
class Running:
    """A process that was started."""

    what: Process
    popen: subprocess.Popen[bytes]
    started_at: float  # time.monotonic()

    @property
    def pid(self) -> int:
        """Process id; the process group has the same number."""
        return self.popen.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self.popen.poll() is None

    def wait_until_ready(self) -> float:
        """Return the seconds from start to the first 200 of the ready URL.

        Raises ProcessError when it ends before that or takes longer than its ready timeout.
        """
        deadline = self.started_at + self.what.ready_timeout
        last = "no answer"
        with httpx.Client(trust_env=False, timeout=2.0) as client:
            while self.what.ready_url is not None:
                self.check()
                try:
                    response = client.get(self.what.ready_url)
                    if response.status_code == httpx.codes.OK and not _degraded(response):
                        break
                    last = f"{response.status_code} {response.text[:500]}"
                except httpx.TransportError as error:
                    last = str(error)
                if time.monotonic() > deadline:
                    name, limit = self.what.name, self.what.ready_timeout
                    late = speak(
                        f"Sau {number_vi(round(limit))} giây {name} vẫn chưa sẵn sàng",
                        f"{name} was not ready after {limit:.0f} s",
                    )
                    raise ProcessError(f"{late}: {self.what.ready_url}: {last}\n{self._log_tail()}")
                time.sleep(0.05)
        return time.monotonic() - self.started_at

    def check(self) -> None:
        """Raise ProcessError when it has ended."""
        if not self.alive:
            raise ProcessError(
                speak(
                    f"{self.what.name} dừng với mã {self.popen.returncode}",
                    f"{self.what.name} ended with {self.popen.returncode}",
                )
                + f"\n{self._log_tail()}"
            )

    def stop(self) -> None:
        """SIGTERM to the process; SIGKILL to its group when it takes too long."""
        if self.alive:
            self.popen.send_signal(signal.SIGTERM)
            try:
                self.popen.wait(self.what.stop_timeout)
            except subprocess.TimeoutExpired:
                self.kill()
        self._kill_group()  # what it may have started itself

    def kill(self) -> None:
        """SIGKILL to the whole group, as in a crash."""
        self._kill_group()
        self.popen.wait(30)

    def resident_bytes(self) -> int:
        """Resident memory of the process and its children; 0 when it has ended."""
        try:
            process = psutil.Process(self.pid)
            family = [process, *process.children(recursive=True)]
            return sum(member.memory_info().rss for member in family)
        except psutil.NoSuchProcess:
            return 0

    def _kill_group(self) -> None:
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):  # none left (macOS says the latter)
            return

    def _log_tail(self) -> str:
        return f"the end of {self.what.log}:\n{tail(self.what.log)}"


class Supervisor:
    """Owns servers and processes, and stops them in the reverse order of their coming.

    Use it as a context manager in the main thread: every way out of it stops everything, an
    exception, Ctrl-C, SIGTERM and SIGHUP included; and if this process is killed outright, the
    kernel takes its children with it (see `spawn.py`).
    """

    def __init__(self) -> None:
        self._stops: list[tuple[str, Stoppable]] = []
        self._processes: dict[str, Running] = {}
        self._former: dict[int, Callable[[int, FrameType | None], object] | int | None] = {}

    def adopt(self, name: str, server: Stoppable) -> None:
        """Take a server that runs into the list of what is stopped."""
        self._stops.append((name, server))

    def start(self, what: Process) -> Running:
        """Start a process; does not wait, so that several can start at once.

        A process of the same name that has ended is replaced, one that runs is a ValueError.
        """
        before = self._processes.get(what.name)
        if before is not None:
            if before.alive:
                raise ValueError(f"{what.name} is running already")
            self._stops.remove((what.name, before))
        child = Child(
            command=what.command,
            log=what.log,
            environment={**os.environ, **what.environment},
            directory=what.directory,
        )
        running = Running(what, spawn(child), time.monotonic())
        self._processes[what.name] = running
        self._stops.append((what.name, running))
        return running

    def process(self, name: str) -> Running:
        """The process of this name; KeyError when there was none."""
        return self._processes[name]

    def wait_until_ready(self) -> dict[str, float]:
        """Wait for every process; seconds from start to ready, by name. Raises ProcessError."""
        return {name: running.wait_until_ready() for name, running in self._processes.items()}

    def check(self) -> None:
        """Raise ProcessError when a process has ended that nobody stopped."""
        for running in self._processes.values():
            running.check()

    def resident_bytes(self) -> dict[str, int]:
        """Resident memory by process name."""
        return {name: running.resident_bytes() for name, running in self._processes.items()}

    def stop(self) -> None:
        """Stop everything, last come first; one that fails to stop does not save the others."""
        failures: list[Exception] = []
        while self._stops:
            name, server = self._stops.pop()
            try:
                server.stop()
            except Exception as error:
                error.add_note(f"while stopping {name}")
                failures.append(error)
        self._processes.clear()
        if failures:
            raise ExceptionGroup("not everything could be stopped in order", failures)

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGHUP):
                self._former[number] = signal.signal(number, _leave)
            # A shell starts background jobs with Ctrl-C ignored: a request to stop still must.
            if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
                self._former[signal.SIGINT] = signal.signal(
                    signal.SIGINT, signal.default_int_handler
                )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self.stop()
        finally:
            for number, handler in self._former.items():
                signal.signal(number, handler)
            self._former.clear()


def _leave(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _degraded(response: httpx.Response) -> bool:
    try:
        return bool(response.json().get("degraded"))
    except (ValueError, AttributeError):
        return False  # not one of our services
