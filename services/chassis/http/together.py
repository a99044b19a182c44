"""Commands that arrive while others are being committed share the next transaction.

    together = Together(database, check, effect)        # one for a kind of command
    return await once.with_others(together, command)    # an answer of its own for each

At the busiest hour most of a small command is BEGIN, COMMIT and the statements in between; together
they are sent once for all that wait. Nobody waits for a group to fill: when nothing is under way a
command is a group of its own.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from dataclasses import dataclass, field
from typing import Generic, TypeAlias, TypeVar

from pydantic import BaseModel

from services.chassis.http.answers import Answer, Asked, store_answers
from services.chassis.retry import is_transient
from services.chassis.storage.database import Database, Transaction

C = TypeVar("C")

Effects: TypeAlias = Callable[
    [Transaction, Sequence[C]], Awaitable[Sequence[tuple[int, BaseModel]]]
]
"""What commands do, inside the transaction: status and answer of each, in their order.

Everything it does must be undone by a rollback, and it is done again for each command alone where
it failed for them together."""

_AT_ONCE = 2
"""Groups under way at once, so that one that waits for a lock does not stop the others. More would
make all of them smaller."""

_MOST = 64
"""Commands in a group, so that its locks are not held for long."""


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[C]):
    asked: Asked
    command: C
    answer: asyncio.Future[Answer] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Together(Generic[C]):
    """Does the commands of one kind, in groups of those that wait."""

    def __init__(self, database: Database, check: Callable[[C], None], effects: Effects[C]) -> None:
        """`check` refuses, before the command joins others, what needs no database to be refused:
        a group with a refused command in it has to be done again."""
        self._database = database
        self._check = check
        self._effects = effects
        self._waiting: deque[_Waiting[C]] = deque()
        self._busy = 0
        self._workers: set[asyncio.Task[None]] = set()

    async def do(self, asked: Asked, command: C) -> Answer:
        """Do it, with others or alone; the answer, once it is durable.

        Raises what `check` and the effect raise for it, and NotTheFirstError.
        """
        self._check(command)
        waiting = _Waiting(asked, command)
        self._waiting.append(waiting)
        if self._busy < _AT_ONCE:
            self._busy += 1
            # In a context of its own: it serves others than the request that happened to start it.
            worker = asyncio.create_task(self._work(), context=Context())
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)
        return await waiting.answer

    async def _work(self) -> None:
        try:
            while self._waiting:
                most = min(len(self._waiting), _MOST)
                await self._settle([self._waiting.popleft() for _ in range(most)])
        finally:
            self._busy -= 1

    async def _settle(self, group: Sequence[_Waiting[C]]) -> None:
        try:
            answers = await self._keep(group)
        except Exception as error:
            if len(group) > 1 and not is_transient(error):
                for one in group:  # nobody is refused for what another sent
                    await self._settle([one])
                return
            for one in group:
                if not one.answer.done():
                    one.answer.set_exception(error)
            return
        for one, answer in zip(group, answers, strict=True):
            if not one.answer.done():  # else its caller has gone
                one.answer.set_result(answer)

    async def _keep(self, group: Sequence[_Waiting[C]]) -> list[Answer]:
        async with self._database.transaction() as tx:
            done = await self._effects(tx, [one.command for one in group])
            answers = [(status, answer.model_dump_json().encode()) for status, answer in done]
            asked = [one.asked for one in group]
            await store_answers(tx, list(zip(asked, answers, strict=True)))
        return answers
