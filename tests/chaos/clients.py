"""Many clients that don't give up: each command is sent until it is accepted or refused for good.

What breaks, times out or is answered with 5xx is sent again under the same Idempotency-Key, to the
other replica; a few answers are thrown away unread, and a few commands are sent once more although
they were answered: both must come to the same answer.
"""

import asyncio
import json
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from services.contracts.events import FACTS
from tests.chaos.commands import Command
from tests.chaos.evidence import Outcome
from tests.chaos.http import Answer, Connection

CLIENTS = 16
_ANSWER_WITHIN_S = 4.0
"""Then the replica is dead or frozen for all that a client knows."""
_INSIST_S = 120.0
_LOST, _REPEATED = 0.03, 0.03
"""Shares of commands whose first answer is not read, and that are sent once more in the end."""

_RETRIED_STATUSES = (408, 429)
_REFUSALS = (400, 404, 409, 422)


@dataclass
class Gate:
    """Lets commands through up to a number, so that what is broken meets commands on their way."""

    limit: int = 0
    _changed: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    def open_to(self, limit: int) -> None:
        """Let so many through in all; never fewer than before."""
        if limit > self.limit:
            self.limit = limit
            self._changed.set()
            self._changed = asyncio.Event()

    async def turn(self, number: int) -> None:
        """Wait until command number `number` may go."""
        while number >= self.limit:
            await self._changed.wait()


@dataclass
class Clients:
    """One run of commands against the replicas of submissions."""

    urls: Sequence[str]
    token: Callable[[str, str | None], str]
    gate: Gate = field(default_factory=Gate)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    """By Idempotency-Key."""
    tries: int = 0
    """Requests that were sent; more than commands by all that broke."""
    answered: int = 0
    _numbers: Iterator[int] = field(default_factory=count, repr=False)
    _essays: dict[str, asyncio.Future[str | None]] = field(default_factory=dict, repr=False)
    _tokens: dict[tuple[str, str | None], str] = field(default_factory=dict, repr=False)

    async def send(self, commands: Iterable[Command]) -> None:
        """Send all of them, several at a time."""
        queue = iter(list(commands))

        async def client() -> None:
            lines = [Connection(url) for url in self.urls]
            try:
                for command in queue:  # shared: each is taken by one client
                    await self.gate.turn(next(self._numbers))
                    self.outcomes[command.key] = await self._settle(lines, command)
                    self.answered += 1
            finally:
                for line in lines:
                    line.close()

        async with asyncio.TaskGroup() as group:
            for _ in range(CLIENTS):
                group.create_task(client())

    async def _settle(self, lines: Sequence[Connection], command: Command) -> Outcome:
        chance = random.Random(command.key).random()  # noqa: S311 - the same for the same key
        path = command.path
        if command.about is not None:
            essay = await self._essay(command.about)
            if essay is None:
                return Outcome("unanswered", command.doomed, detail=f"no essay {command.about}")
            path = path.format(essay=essay)
        sent_at = time.monotonic()
        answer = await self._insist(lines, path, command, lose=chance < _LOST)
        outcome = replace(_outcome(command, answer), sent_at=sent_at, answered_at=time.monotonic())
        # What is right may be refused now and taken later, when a replacement has come: not asked.
        final = answer is not None and (answer.status < 300 or command.doomed)
        if answer is not None and final and _LOST < chance < _LOST + _REPEATED:
            repeated = await self._insist(lines, path, command)
            differs = (
                repeated is None
                or repeated.status != answer.status
                or (answer.status < 300 and repeated.body != answer.body)
            )
            outcome = replace(outcome, repeated=True, differs=differs)
        if command.event == "essay-submitted" and not command.doomed:
            taken = json.loads(answer.body) if answer and answer.status < 300 else {}
            self._essay(command.key).set_result(taken.get("essay_id"))
        return outcome

    async def _insist(
        self, lines: Sequence[Connection], path: str, command: Command, *, lose: bool = False
    ) -> Answer | None:
        """The final answer; None when there was none in two minutes."""
        body = json.dumps(command.body).encode()
        headers = {
            "authorization": f"Bearer {self._token(command.role, command.unit)}",
            "idempotency-key": command.key,
            "content-type": "application/json",
        }
        ends = time.monotonic() + _INSIST_S
        for line, pause in zip(_in_turn(lines), _pauses(), strict=False):
            self.tries += 1
            try:
                async with asyncio.timeout(_ANSWER_WITHIN_S):
                    if lose:
                        lose = False
                        await line.send(path, headers, body)
                        await asyncio.sleep(0.01)
                        line.close()
                        continue
                    answer = await line.post(path, headers, body)
                if answer.status < 500 and answer.status not in _RETRIED_STATUSES:
                    return answer
            except (OSError, EOFError, TimeoutError):
                pass
            if time.monotonic() > ends:
                return None
            await asyncio.sleep(pause)
        raise AssertionError("unreachable")

    def _essay(self, key: str) -> asyncio.Future[str | None]:
        if key not in self._essays:
            self._essays[key] = asyncio.get_running_loop().create_future()
        return self._essays[key]

    def _token(self, role: str, unit: str | None) -> str:
        if (role, unit) not in self._tokens:
            self._tokens[role, unit] = self.token(role, unit)
        return self._tokens[role, unit]


def _in_turn(lines: Sequence[Connection]) -> Iterator[Connection]:
    at = random.randrange(len(lines))  # noqa: S311 - which replica is asked first decides nothing
    while True:
        yield lines[at % len(lines)]
        at += 1


def _pauses() -> Iterator[float]:
    pause = 0.02
    while True:
        yield pause
        pause = min(2 * pause, 1.0)


def _outcome(command: Command, answer: Answer | None) -> Outcome:
    what = Outcome(
        "unanswered",
        command.doomed,
        event=command.event,
        unit=command.unit,
        about=command.about,
    )
    if answer is None:
        return replace(what, detail="no answer in two minutes")
    if answer.status in _REFUSALS:
        refused = replace(what, state="refused", detail=str(answer.status))
        return replace(refused, problem=_problem(answer.body))
    if answer.status not in (200, 201):
        return replace(what, detail=f"{answer.status} {answer.body[:200]!r}")
    return replace(what, state="accepted", fact=_fact(command, json.loads(answer.body)))


def _problem(body: bytes) -> str:
    try:
        return str(json.loads(body)["type"]).rpartition("/")[2]
    except (ValueError, KeyError, TypeError):
        return "no problem document"


_FACTS = {fact.event: fact for fact in FACTS}


def _fact(command: Command, body: dict[str, Any]) -> str:
    """The fact that an answer promises, by the name that `databases.name_of` gives it."""
    if command.event == "figure-reported":
        aggregate = f"{body['name']}:{body['period']}"
    else:
        aggregate = body[_FACTS[command.event].aggregate_field]
    return f"{command.event} {body['unit']} {aggregate} v{body.get('version', 1)}"
