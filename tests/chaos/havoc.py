"""Does to a running stack what the schedule says, and counts what it did."""

import asyncio
import contextlib
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import httpx

from infra.local.processes import ProcessError, Running
from infra.local.stack import Replica, Stack
from services.chassis.crash import INSIDE_DRAIN, INSIDE_REBALANCE, VARIABLE
from tests.chaos.clients import Gate
from tests.chaos.planter import COPIED, POISONED, Planter
from tests.chaos.receiver import Receiver
from tests.chaos.schedule import Act

CRASH_WITHIN_S = 20.0
"""A process that did not pass its point by then is killed outright, and the run says so."""
_LATE_S = 2.0
"""A 410 that came before the resumption may be written down after it, and switch off again."""
_MORE_COMMANDS = 2
"""Let through every quarter of a second while a process that is up is to pass its point."""


@dataclass
class Havoc:
    """Breaks one stack."""

    stack: Stack
    gate: Gate
    planter: Planter
    receiver: Receiver
    subscriptions: Mapping[str, tuple[str, str]]
    """By path of the hook: the subscription's id and a token that may resume it."""
    session_s: float
    seed: int
    done: Counter[str] = field(default_factory=Counter)
    """Acts by verb; crash points by name."""
    deaths: Counter[str] = field(default_factory=Counter)
    """By process; a frozen one counts too."""
    resumed: list[tuple[str, datetime, datetime]] = field(default_factory=list)
    """Subscriptions that were switched on again: when it was asked for, and when it was sure."""
    not_reached: list[str] = field(default_factory=list)
    """Crash points that were not passed in time."""
    ended: list[str] = field(default_factory=list)
    """Processes that ended and should not have."""

    async def do(self, act: Act) -> None:
        """One act, to its end: what was stopped runs again, though perhaps not ready yet."""
        match act.verb:
            case "kill":
                self._kill(act.target)
                await asyncio.sleep(act.amount)
                self.start(act.target)
            case "crash":
                await self._crash(act.target, act.what, int(act.amount))
            case "rebalance":
                await self._rebalance(dying=act.target, frozen=act.what, more_s=act.amount)
            case "freeze":
                await self._frozen(act.target, act.amount)
            case "kill-broker" | "stop-broker" | "kill-database" | "stop-database":
                await self._server(act.verb)
            case "repeat" | "shuffle":
                await asyncio.gather(*(self._copy(act, event) for event in COPIED))
            case "poison":
                event = POISONED[(act.at + int(act.target)) % len(POISONED)]
                await self.planter.plant(act.what, int(act.target), event)
            case "gone":
                await self._gone(act.target)
            case "calendar":
                await self._calendar(act.what)
        self.done[act.verb] += 1

    async def _copy(self, act: Act, event: str) -> None:
        draw = random.Random(f"{self.seed} {act.at} {event}")  # noqa: S311 - can be repeated
        shuffle = draw if act.verb == "shuffle" else None
        await self.planter.repeat(event, int(act.amount), shuffle=shuffle)

    # ---- processes

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
        self._kill(process)

    async def died(self, process: str, *, within_s: float = CRASH_WITHIN_S) -> bool:
        """Wait until it died at its point, while commands go on."""
        running = self.running(process)
        with contextlib.suppress(ProcessError):  # it may die before it is ready
            await self._ready(process)
        ends = time.monotonic() + within_s
        while running.alive:
            if time.monotonic() > ends:
                return False
            await asyncio.sleep(0.25)
            self.gate.open_to(self.gate.limit + _MORE_COMMANDS)
        return running.popen.returncode == -signal.SIGKILL

    def _replica(self, process: str) -> Replica:
        service, _, number = process.rpartition("-")
        return self.stack.services[service][int(number)]

    def _kill(self, process: str) -> None:
        self.check(process)
        self.deaths[process] += 1
        self.running(process).kill()

    def check(self, process: str) -> None:
        """Note a process that ended by itself: an outage is no reason to."""
        running = self.running(process)
        if not running.alive:
            self.ended.append(f"{process} with {running.popen.returncode}")

    async def _crash(self, process: str, point: str, passes: int) -> None:
        self._kill(process)
        self.start(process, crash_at=f"{point}:{passes}")
        if point == INSIDE_DRAIN:
            await self._ready(process)
            self.running(process).popen.send_signal(signal.SIGTERM)
        await self._let_die(process, point)

    async def _let_die(self, process: str, point: str) -> None:
        if await self.died(process):
            self.done[point] += 1
            self.deaths[process] += 1
        else:
            self.not_reached.append(f"{process} {point}")
            self.deaths[process] += 1
            self.running(process).kill()
        self.start(process)

    async def _rebalance(self, *, dying: str, frozen: str, more_s: float) -> None:
        """One member misses its session; the other dies inside the rebalance that follows."""
        self._kill(dying)
        self.start(dying, crash_at=INSIDE_REBALANCE)
        await self._ready(dying)
        frozen_for = asyncio.create_task(self._frozen(frozen, self.session_s + more_s))
        await self._let_die(dying, INSIDE_REBALANCE)
        await frozen_for

    async def _frozen(self, process: str, seconds: float) -> None:
        pid = self.running(process).pid
        self.deaths[process] += 1
        os.killpg(pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(seconds)
        finally:
            os.killpg(pid, signal.SIGCONT)

    async def _ready(self, process: str) -> None:
        await asyncio.to_thread(self.running(process).wait_until_ready)

    # ---- what they stand on

    async def _server(self, verb: str) -> None:
        how, _, name = verb.partition("-")
        server = self.stack.broker if name == "broker" else self.stack.postgres
        self.deaths[name] += 1
        await asyncio.to_thread(server.stop if how == "stop" else server.kill)
        await asyncio.to_thread(server.start)

    async def _gone(self, path: str) -> None:
        """The receiver says 410 until the subscription is off; then it is there again."""
        subscription, token = self.subscriptions[path]
        before = self.receiver.moods["gone"]
        self.receiver.gone.add(path)
        for _ in range(80):
            if self.receiver.moods["gone"] > before:
                break
            await asyncio.sleep(0.25)
            self.gate.open_to(self.gate.limit + _MORE_COMMANDS)
        await asyncio.sleep(0.3)
        self.receiver.gone.discard(path)
        self.done["gone-said"] += self.receiver.moods["gone"] > before
        for number in range(10):
            await self.resume(subscription, token, key=f"gone-{before}-{number}")
            await asyncio.sleep(_LATE_S)
            if await self._is_active(subscription, token):
                break

    async def resume(self, subscription: str, token: str, *, key: str) -> None:
        """Put back what failed, and switch on what is off."""
        asked = datetime.now(UTC)
        path = f"/v1/subscriptions/{subscription}/resumption"
        await self._insist("notifications", path, {"failed_too": True}, token, key)
        self.resumed.append((subscription, asked, datetime.now(UTC)))

    async def _is_active(self, subscription: str, token: str) -> bool:
        headers = {"authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(timeout=5, trust_env=False, headers=headers) as client:
            for number in (0, 1):
                url = self.stack.url("notifications", number)
                with contextlib.suppress(httpx.TransportError):
                    answer = await client.get(f"{url}/v1/subscriptions/{subscription}")
                    if answer.is_success:
                        return bool(answer.json()["state"] == "active")
        return False

    async def _calendar(self, day: str) -> None:
        token = self.stack.token("ops")
        body = {"now": f"{day}T08:00:00+07:00"}
        await self._insist("submissions", "/v1/clock", body, token, f"clock-{day}")
        if day == "2020-07-06":
            move = {
                "campaign": "hanoi-2020",
                "simulated": True,
                "way": "D6",
                "date": "2020-07-15",
                "included": False,
                "notice": "Thông báo mô phỏng 01",
                "reason": "Gia hạn (mô phỏng)",
            }
            board = self.stack.token("board")
            await self._insist("submissions", "/v1/deadline-moves", move, board, "move-D6")

    async def _insist(
        self, service: str, path: str, body: dict[str, object], token: str, key: str
    ) -> None:
        """POST to the replicas in turn until one takes it. Raises RuntimeError after a minute."""
        headers = {"authorization": f"Bearer {token}", "idempotency-key": key}
        said = "no answer"
        async with httpx.AsyncClient(timeout=5, trust_env=False, headers=headers) as client:
            for number in range(120):
                try:
                    url = self.stack.url(service, number % 2)
                    answer = await client.post(url + path, json=body)
                    if answer.is_success:
                        return
                    said = f"{answer.status_code} {answer.text}"
                except httpx.TransportError as error:
                    said = repr(error)
                await asyncio.sleep(0.5)
        raise RuntimeError(f"{path}: {said}")
