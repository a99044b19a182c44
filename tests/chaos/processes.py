"""The processes of a running stack, to be killed, frozen and made to die at a named line."""

import asyncio
import contextlib
import os
import signal
import time
from collections import Counter
from dataclasses import dataclass, field, replace

from infra.local.processes import ProcessError, Running
from infra.local.stack import Replica, Stack
from services.chassis.crash import INSIDE_DRAIN, INSIDE_REBALANCE, VARIABLE
from tests.chaos.clients import Gate
from tests.chaos.schedule import service_of

CRASH_WITHIN_S = 20.0
"""A process that did not pass its point by then is killed outright."""
MORE_COMMANDS = 2
"""Let through every quarter of a second while a process that is up is to pass its point."""


@dataclass
class Processes:
    """Kills and starts; whatever ends without having been made to is written down."""

    stack: Stack
    gate: Gate
    session_s: float
    deaths: Counter[str] = field(default_factory=Counter)
    """By process; a frozen one counts too."""
    ended: list[str] = field(default_factory=list)
    """Processes that ended and should not have."""

    def running(self, process: str) -> Running:
        """The process that has this name now."""
        return self._replica(process).process

    def start(
        self, process: str, *, crash_at: str = "", command: tuple[str, ...] | None = None
    ) -> None:
        """Start a dead process again, under its name and on its port; `command` after -m."""
        replica = self._replica(process)
        what = replica.process.what
        service = replica.service
        module = command or (f"services.{service}",)
        environment = {**what.environment, VARIABLE: crash_at}
        words = [*what.command[:2], *module]
        running = self.stack.supervisor.start(replace(what, command=words, environment=environment))
        replicas = self.stack.services[service]
        replicas[replicas.index(replica)] = Replica(service, replica.url, running)

    def kill(self, process: str) -> None:
        """SIGKILL."""
        self.check(process)
        self.deaths[process] += 1
        self.running(process).kill()

    def check(self, process: str) -> None:
        """Note a process that ended by itself: an outage is no reason to."""
        running = self.running(process)
        if not running.alive:
            self.ended.append(f"{process} with {running.popen.returncode}")

    async def crash(self, process: str, point: str, passes: int) -> bool:
        """Let it die at that line, the n-th time it comes there; False if it never came."""
        self.kill(process)
        self.start(process, crash_at=f"{point}:{passes}")
        if point == INSIDE_DRAIN:
            await self._ready(process)
            if self.running(process).alive:
                self.running(process).popen.send_signal(signal.SIGTERM)
        return await self._let_die(process, point)

    async def rebalance(self, *, dying: str, frozen: str, more_s: float) -> bool:
        """One member misses its session; the other dies inside the rebalance that follows."""
        self.kill(dying)
        self.start(dying, crash_at=INSIDE_REBALANCE)
        await self._ready(dying)
        frozen_for = asyncio.create_task(self.freeze(frozen, self.session_s + more_s))
        passed = await self._let_die(dying, INSIDE_REBALANCE)
        await frozen_for
        return passed

    async def freeze(self, process: str, seconds: float) -> None:
        """Stop it in the middle of whatever it does, and let it go on."""
        if not self.running(process).alive:
            self.check(process)
            return
        pid = self.running(process).pid
        self.deaths[process] += 1
        os.killpg(pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(seconds)
        finally:
            os.killpg(pid, signal.SIGCONT)

    async def died(self, process: str, *, within_s: float = CRASH_WITHIN_S) -> bool:
        """Wait until it died at its point, while commands go on."""
        running = self.running(process)
        await self._ready(process)
        ends = time.monotonic() + within_s
        while running.alive:
            if time.monotonic() > ends:
                return False
            await asyncio.sleep(0.25)
            self.gate.open_to(self.gate.limit + MORE_COMMANDS)
        return running.popen.returncode == -signal.SIGKILL

    async def _let_die(self, process: str, point: str) -> bool:
        """Wait for its death, and start it again. Whatever else it died of was not our doing."""
        await self.died(process)
        running = self.running(process)
        self.deaths[process] += 1
        code = None if running.alive else running.popen.returncode
        if code is None:
            running.kill()
        elif code != -signal.SIGKILL and (point, code) != (INSIDE_DRAIN, 0):
            # What was asked to drain may have ended in peace, past its line.
            self.check(process)
        self.start(process)
        return bool(code == -signal.SIGKILL)

    def _replica(self, process: str) -> Replica:
        number = int(process.rpartition("-")[2])
        return self.stack.services[service_of(process)][number]

    async def _ready(self, process: str) -> None:
        """Wait until it is up; one that dies before, or stays away, is looked at afterwards."""
        with contextlib.suppress(ProcessError):
            await asyncio.to_thread(self.running(process).wait_until_ready)
