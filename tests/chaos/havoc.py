"""Does to a running stack what the schedule says, and counts what it did."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aiokafka.errors import KafkaError

from infra.local.stack import Stack
from tests.chaos.deadlines import Moved, day_of
from tests.chaos.hooks import Hooks
from tests.chaos.insist import NobodyTakesItError, insist
from tests.chaos.planter import COPIED, POISONED, Planter
from tests.chaos.processes import Processes
from tests.chaos.schedule import MOVE, Act, elsewhere, marks

_TRIES = 3
"""So often is tried what met nothing: a line that nobody passed, a hook that nobody called."""


@dataclass
class Havoc:
    """Breaks one stack."""

    stack: Stack
    processes: Processes
    hooks: Hooks
    planter: Planter
    seed: int
    done: Counter[str] = field(default_factory=Counter)
    """What came to pass, by the names of `schedule.marks`."""
    news: list[str] = field(default_factory=list)
    """Acts that met nothing at their time and were tried again."""
    failed: list[str] = field(default_factory=list)
    """Acts that could not be done."""
    calendar: list[Moved] = field(default_factory=list)
    _owed: list[tuple[Act, int]] = field(default_factory=list)
    """Acts to try again, and how often they were tried."""

    async def do(self, act: Act, *, tries: int = 1) -> None:
        """One act, to its end: what was stopped runs again, though perhaps not ready yet."""
        try:
            came_to_pass = await self._do(act)
        except (NobodyTakesItError, KafkaError) as error:
            self.failed.append(f"{act.name}: {error}")
            return
        if came_to_pass:
            self.done.update(marks(act))
        elif tries < _TRIES:
            self.news.append(act.name)
            self._owed.append((elsewhere(act), tries + 1))
        else:
            self.failed.append(f"{act.name}: met nothing in {tries} tries")

    async def make_up(self) -> None:
        """Try again what met nothing, on the other replica.

        Whether a process comes to its line within seconds is the run's luck, so once is news. What
        never comes to pass was not tested, and then the ledger says so.
        """
        owed, self._owed = self._owed, []
        for act, tries in owed:
            await self.do(act, tries=tries)

    async def _do(self, act: Act) -> bool:
        """False when it met nothing."""
        processes = self.processes
        match act.verb:
            case "kill":
                processes.kill(act.target)
                await asyncio.sleep(act.amount)
                processes.start(act.target)
            case "crash":
                return await processes.crash(act.target, act.what, int(act.amount))
            case "rebalance":
                return await processes.rebalance(
                    dying=act.target, frozen=act.what, more_s=act.amount
                )
            case "freeze":
                await processes.freeze(act.target, act.amount)
            case "kill-broker" | "stop-broker" | "kill-database" | "stop-database":
                await self._server(act.verb)
            case "repeat" | "shuffle":
                return any(await asyncio.gather(*(self._copy(act, event) for event in COPIED)))
            case "poison":
                event = POISONED[(act.at + int(act.target)) % len(POISONED)]
                await self.planter.plant(act.what, int(act.target), event)
            case "gone":
                return await self.hooks.vanish(act.target)
            case "calendar":
                await self._calendar(act.what)
        return True

    async def _copy(self, act: Act, event: str) -> int:
        draw = random.Random(f"{self.seed} {act.at} {event}")  # noqa: S311 - can be repeated
        shuffle = draw if act.verb == "shuffle" else None
        return await self.planter.repeat(event, int(act.amount), shuffle=shuffle)

    async def _server(self, verb: str) -> None:
        how, _, name = verb.partition("-")
        server = self.stack.broker if name == "broker" else self.stack.postgres
        self.processes.deaths[name] += 1
        await asyncio.to_thread(server.stop if how == "stop" else server.kill)
        await asyncio.to_thread(server.start)

    async def _calendar(self, day: str) -> None:
        token = self.stack.token("ops")
        to = day_of(day)
        self.calendar.append(Moved(to, asked_at=datetime.now(UTC)))
        body = {"now": to.isoformat()}
        await insist(self.stack, "submissions", "/v1/clock", body, token=token, key=f"clock-{day}")
        if day == MOVE.on.isoformat():
            move = {
                "simulated": True,
                "option": MOVE.option,
                "date": MOVE.to.isoformat(),
                "included": True,
                "document": "Thông báo mô phỏng 01",
                "reason": "Gia hạn (mô phỏng)",
            }
            board = self.stack.token("board")
            path, key = "/v1/campaigns/hanoi-2020/deadline-moves", f"move-{MOVE.option}"
            await insist(self.stack, "submissions", path, move, token=board, key=key)
