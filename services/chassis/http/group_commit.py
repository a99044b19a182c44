"""Commands that arrive while others are being committed share the next transaction.

    group = GroupCommit(database, check, effects)    # one for a kind of command
    return await once.in_group(group, command)       # an answer of its own for each

At the busiest hour most of a small command is BEGIN, COMMIT and the statements in between; in a
group they are sent once for all that wait. Nobody waits for a group to fill: when nothing is under
way a command is a group of its own. Clients take turns, so that the burst of one holds up no other.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from contextvars import Context
from dataclasses import dataclass, field
from typing import Generic, TypeAlias, TypeVar

from pydantic import BaseModel

from services.chassis.fair_queue import FairQueue, FullError
from services.chassis.http.idempotency_store import (
    Answer,
    KeyedRequest,
    NotTheFirstError,
    store_answers,
    stored_keys,
)
from services.chassis.retry import TransientError, is_transient, was_held_up
from services.chassis.storage.database import Database, Transaction
from services.chassis.storage.turns import CLIENT, Own

C = TypeVar("C")

Effects: TypeAlias = Callable[
    [Transaction, Sequence[C]], Awaitable[Sequence[tuple[int, BaseModel]]]
]
"""What commands do, inside the transaction: status and answer of each, in their order.

A rollback must undo everything it does. It is called for each command alone where it failed for the
group."""

_AT_ONCE = 2
"""Groups under way at once. More would make all of them smaller."""

_MOST = 64
"""Commands in a group, so that its locks are not held for long."""

_MOST_WAITING = 1_000
"""Commands that wait, a second's worth; more of one client are refused as in an outage."""

_LONGEST_WAIT_S = 10.0
"""So long a command waits to be begun; then it fails as in an outage, and may be repeated."""

_GROUP_LOCKS_MS, _ALONE_LOCKS_MS, _ASIDE_LOCKS_MS = 1_000, 100, 10_000
"""How long locks are waited for: by a group; by each of its commands alone, when that was too long;
and aside, by those for which this was too long as well."""

_ASIDE = 4
"""Commands that wait for locks aside, each on a connection of its own, while groups go on."""


class OutageError(ConnectionError):
    """A command was not carried out, or it is unknown whether it was: it may be repeated."""


@dataclass(slots=True, eq=False)
class _Waiting(Generic[C]):
    request: KeyedRequest
    command: C
    answer: asyncio.Future[Answer] = field(init=False)
    _timer: asyncio.TimerHandle = field(init=False)

    def __post_init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.answer = loop.create_future()
        self._timer = loop.call_later(_LONGEST_WAIT_S, self.fail, OutageError("not begun in time"))

    def begin(self) -> None:
        """From now on it is no longer given up."""
        self._timer.cancel()

    def fail(self, error: Exception) -> None:
        """Answer with an error, unless it was answered or its caller has gone."""
        if not self.answer.done():
            self.answer.set_exception(error)


class GroupCommit(Generic[C]):
    """Carries out the commands of one kind, in groups of those that wait."""

    def __init__(self, database: Database, check: Callable[[C], None], effects: Effects[C]) -> None:
        """`check` refuses, before the command joins others, what needs no database to be refused:
        a group with a refused command in it is rolled back."""
        self._database = database
        self._check = check
        self._effects = effects
        self._waiting: FairQueue[_Waiting[C]] = FairQueue(_MOST_WAITING)
        self._busy = 0
        self._workers: set[asyncio.Task[None]] = set()
        self._aside: set[asyncio.Task[None]] = set()
        self._room_aside = asyncio.Semaphore(_ASIDE)

    async def submit(self, request: KeyedRequest, command: C) -> Answer:
        """Carry it out, with others or alone; the answer, once it is durable.

        Raises what `check` and the effect raise for it, NotTheFirstError, and OutageError. A caller
        that goes away before it was begun takes it back.
        """
        self._check(command)
        waiting = _Waiting(request, command)
        try:
            displaced = self._waiting.add(request.principal, waiting)
        except FullError:
            waiting.begin()
            raise OutageError("too many commands of this client wait") from None
        if displaced is not None:
            displaced.fail(OutageError("too many commands of this client wait"))
        if self._busy < _AT_ONCE:
            self._busy += 1
            _start(self._work(), self._workers)
        try:
            return await waiting.answer
        except BaseException:
            self._waiting.discard(request.principal, waiting)
            raise
        finally:
            waiting.begin()

    async def _work(self) -> None:
        group: list[_Waiting[C]] = []
        try:
            while self._waiting:
                group = self._waiting.take(_MOST)
                await self._commit(group)
                group = []  # some of them may wait aside
        finally:
            # Where this is cancelled, nobody waits for ever.
            self._busy -= 1
            _fail_all(group)
            if not self._busy:
                _fail_all(self._waiting.take(len(self._waiting)))

    async def _commit(self, group: Sequence[_Waiting[C]], locks_ms: int = _GROUP_LOCKS_MS) -> None:
        """Carry out those whose callers are still there, and answer them."""
        group = [one for one in group if not one.answer.done()]
        for one in group:
            one.begin()
        if not group:
            return
        try:
            await self._transact(group, locks_ms)
        except Exception as error:
            await self._after_failure(error, group)

    async def _after_failure(self, error: Exception, group: Sequence[_Waiting[C]]) -> None:
        """Nobody is refused, put off, or held up for long, because of what another sent."""
        held_up = was_held_up(error)
        if len(group) == 1:
            if held_up and len(self._aside) < _MOST_WAITING:
                _start(self._retry_alone(group[0]), self._aside)
            else:
                group[0].fail(error)
        elif is_transient(error) and not held_up and not isinstance(error, TransientError):
            _fail_all(group, error)
        elif isinstance(error, NotTheFirstError):
            await self._commit_but_repetitions(group)
        else:
            for one in group:
                await self._commit([one], _ALONE_LOCKS_MS)

    async def _commit_but_repetitions(self, group: Sequence[_Waiting[C]]) -> None:
        try:
            async with self._database.transaction() as tx:
                stored = await stored_keys(tx, [one.request for one in group])
        except Exception as error:
            await self._after_failure(error, group)
            return
        firsts: dict[tuple[str, str, str], _Waiting[C]] = {}
        twins = []
        for one in group:
            identity = one.request.identity
            if identity in stored:
                one.fail(NotTheFirstError())
            elif firsts.setdefault(identity, one) is not one:
                twins.append(one)
        if len(firsts) == len(group):  # the stored one was deleted meanwhile, for its age
            for one in group:
                await self._commit([one], _ALONE_LOCKS_MS)
            return
        await self._commit(list(firsts.values()))
        await self._commit(twins)  # their answers are stored now

    async def _retry_alone(self, one: _Waiting[C]) -> None:
        """Wait for a lock, without holding up others."""
        try:
            async with asyncio.timeout(_LONGEST_WAIT_S):
                await self._room_aside.acquire()
            try:
                if not one.answer.done():
                    await self._transact([one], _ASIDE_LOCKS_MS)
            finally:
                self._room_aside.release()
        except Exception as error:
            one.fail(error)
        finally:
            _fail_all([one])

    async def _transact(self, group: Sequence[_Waiting[C]], locks_ms: int) -> None:
        async with self._database.transaction() as tx:
            await tx.execute(f"SET LOCAL lock_timeout = {locks_ms}")
            done = await self._effects(tx, [one.command for one in group])
            answers = [(status, answer.model_dump_json().encode()) for status, answer in done]
            requests = [one.request for one in group]
            await store_answers(tx, list(zip(requests, answers, strict=True)))
        for one, answer in zip(group, answers, strict=True):
            if not one.answer.done():  # else its caller has gone
                one.answer.set_result(answer)


def _fail_all(group: Iterable[_Waiting[C]], cause: Exception | None = None) -> None:
    """Fail all that have no answer as in an outage, each with an error of its own."""
    for one in group:
        outage = OutageError("not carried out, or unknown whether it was")
        outage.__cause__ = cause
        one.fail(outage)


def _start(work: Coroutine[None, None, None], running: set[asyncio.Task[None]]) -> None:
    """Run it in a context of its own: it serves others than the request that happened to start it.

    `running` holds it until it ends.
    """
    context = Context()
    context.run(CLIENT.set, Own.INTAKE)
    task = asyncio.create_task(work, context=context)
    running.add(task)
    task.add_done_callback(running.discard)
