"""Start a child process that cannot outlive this one."""

import atexit
import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

_DIE_WITH_PARENT = Path(__file__).with_name("die_with_parent.py")


@dataclass(frozen=True)
class Child:
    """What to start: a command, where its output goes, and how it dies with us.

    `death_signal` is what the kernel sends the child when this process dies, by whatever cause
    (Linux; elsewhere only the ordinary ends of this process are covered). `user` as in
    `die_with_parent.py`.
    `environment` replaces the environment when given, and is inherited otherwise.
    """

    command: Sequence[str | Path]
    log: Path
    environment: Mapping[str, str] | None = None
    directory: Path | None = None
    death_signal: signal.Signals = signal.SIGKILL
    user: str = "-"


def spawn(child: Child) -> subprocess.Popen[bytes]:
    """Start the child in a session and process group of its own; output is appended to its log.

    The parent-death signal follows the *thread* that started the child, so all children are
    started by one thread that lives as long as the process.
    """
    answer: Future[subprocess.Popen[bytes]] = Future()
    _spawner().put((child, answer))
    return answer.result()


def _start(child: Child) -> subprocess.Popen[bytes]:
    child.log.parent.mkdir(parents=True, exist_ok=True)
    _still_running[:] = [(popen, end) for popen, end in _still_running if popen.poll() is None]
    prefix = [sys.executable, "-I", "-S", str(_DIE_WITH_PARENT)]
    words = [str(os.getpid()), str(int(child.death_signal)), child.user]
    with child.log.open("ab") as log:
        started = subprocess.Popen(
            [*prefix, *words, *map(str, child.command)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=None if child.environment is None else dict(child.environment),
            cwd=child.directory,
            start_new_session=True,
        )
    _still_running.append((started, child.death_signal))
    return started


_still_running: list[tuple[subprocess.Popen[bytes], signal.Signals]] = []


@atexit.register
def _end_what_is_left() -> None:
    # The kernel does this on Linux; elsewhere an ordinary end of this process still must.
    for popen, end in _still_running:
        if popen.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                popen.send_signal(end)


_Requests = queue.SimpleQueue[tuple[Child, "Future[subprocess.Popen[bytes]]"]]
_lock = threading.Lock()
_requests: _Requests | None = None


def _spawner() -> _Requests:
    global _requests  # noqa: PLW0603 - one thread a process is what the kernel's rule asks for
    with _lock:
        if _requests is None:
            _requests = queue.SimpleQueue()
            thread = threading.Thread(target=_serve, args=(_requests,), daemon=True, name="spawner")
            thread.start()
        return _requests


def _serve(requests: _Requests) -> None:
    while True:
        child, answer = requests.get()
        try:
            answer.set_result(_start(child))
        except BaseException as error:  # raised again in the thread that asked
            answer.set_exception(error)


def tail(log: Path, lines: int = 20) -> str:
    """The last lines of a log, for an error message; empty when there is no log yet."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except FileNotFoundError:
        return ""
