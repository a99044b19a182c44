"""One batch: in each transaction what is new, what it does and what is set aside.

What may pass is tried again with growing pauses. What won't is found out item by item and set
aside. Nothing is left undecided, so the batch can be acknowledged as a whole.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from itertools import count
from typing import Literal

import structlog

from services.chassis.consuming.fault_limits import FaultLimits, Recent
from services.chassis.consuming.judgement import (
    Judge,
    Judged,
    TooManyDeadLettersError,
    fault_of,
    judge_batch,
    judged_ahead,
)
from services.chassis.dead_letters import Fault, Record, dead_letter
from services.chassis.dead_letters.store import keep, those_kept
from services.chassis.observability import trace
from services.chassis.observability.metrics import Metrics
from services.chassis.observability.registry import (
    APPLIED,
    BATCH_RETRIES,
    DEAD_LETTER_SHARE,
    DEAD_LETTERS,
    OF_OTHER_CAMPAIGNS,
    REPEATED,
)
from services.chassis.retry import is_transient, pauses
from services.chassis.settings import ServiceSettings
from services.chassis.storage.database import Database, Transaction
from services.contracts.envelope import Event

_log = structlog.get_logger(__name__)

Admit = Callable[[Transaction, Sequence[Event]], Awaitable[Sequence[Event]]]
"""Notes the events of a batch in the service's database; gives those of them that are new, each
once."""

Apply = Callable[[Transaction, Sequence[Event]], Awaitable[None]]
"""The effect of new events, in any order, as one set-based piece of work where it can be. Runs
again after a rollback, and may get one event or a thousand.

Both may run in several transactions side by side: a batch, and letters that people redrive."""

Redone = Literal["applied", "repeated", "of-other-campaign"]
"""How a record that was tried again ended well: its effect is new, was there, or is not ours."""


class BatchWork:
    """What is done with every batch of one consumer."""

    def __init__(
        self,
        *,
        settings: ServiceSettings,
        database: Database,
        judge: Judge,
        admit: Admit,
        apply: Apply,
        metrics: Metrics,
        dead_letter_topic: str,
        beat: Callable[[], None],
    ) -> None:
        """`beat` is called after each attempt."""
        self._settings = settings
        self._database = database
        self._judge = judge
        self._admit = admit
        self._apply = apply
        self._metrics = metrics
        self._dead_letter_topic = dead_letter_topic
        self._beat = beat
        self._limits = FaultLimits(
            run=settings.dead_letter_run_limit,
            share=settings.dead_letter_share_limit,
            window=settings.dead_letter_window,
        )
        self._recent = Recent()

    async def do(self, records: Sequence[Record]) -> None:
        """Judge and commit records, in transactions of at most `batch_max_records`.

        Raises a passing failure that outlasted all attempts; TooManyDeadLettersError; and any
        failure that is not one event's. In each case nothing of its transaction was done, and all
        records are to come again: those of the transactions before it are then repetitions.
        """
        parts = judged_ahead(records, self._judge, self._settings.batch_max_records)
        async with contextlib.aclosing(parts):
            async for judged in parts:
                only = next(iter(judged.events.values())) if len(judged.events) == 1 else None
                with trace.continued(only.traceparent if only else None):
                    await self._until_it_passes(judged)

    async def again(self, tx: Transaction, record: Record) -> Fault | Redone:
        """One record set aside, the same way once more, in the caller's transaction.

        The fault where it still has one: nothing of it then is in the transaction. Raises a passing
        failure; the transaction is then to be rolled back.
        """
        judged = await judge_batch([record], self._judge)
        if judged.faults:
            return judged.faults[0]
        if judged.others:
            return "of-other-campaign"
        event = judged.events[0]
        try:
            with trace.continued(event.traceparent):
                async with tx.savepoint():
                    new = await self._admit(tx, [event])
                    if new:
                        await self._apply(tx, new)
        except Exception as error:
            if is_transient(error):
                raise
            return fault_of(error)
        tx.on_commit(lambda: self._count(judged, new))
        return "applied" if new else "repeated"

    async def _until_it_passes(self, judged: Judged) -> None:
        """Commit a batch, however often it takes within the limits.

        Raises the last passing failure when they are exhausted, anything else at once.
        """
        settings = self._settings
        waits = pauses(settings.retry_base_ms / 1000, settings.retry_max_ms / 1000)
        for attempt in count(1):
            try:
                await self._attempt(judged, attempt)
                return
            except Exception as error:
                if not is_transient(error):
                    raise
                self._beat()
                self._metrics.count(BATCH_RETRIES)
                pause = next(waits)
                _log.warning(
                    "batch failed in passing",
                    error=type(error).__name__,
                    attempt=attempt,
                    events=len(judged.events),
                    pause_s=round(pause, 3),
                )
                await asyncio.sleep(pause)  # also before Kafka gets it back: it redelivers at once
                if attempt > settings.retry_attempts:
                    raise

    async def _attempt(self, judged: Judged, attempt: int) -> None:
        try:
            recent, new = await self._all_at_once(judged, attempt)
        except TooManyDeadLettersError:
            raise
        except Exception as error:
            if is_transient(error):
                raise
            _log.warning("batch failed, its events one by one", cause=str(fault_of(error)))
            judged, recent, new = await self._one_by_one(judged, attempt)
        self._recent = recent
        self._metrics.set(DEAD_LETTER_SHARE, self._limits.share_of(recent))
        self._count(judged, new)

    async def _all_at_once(self, judged: Judged, attempt: int) -> tuple[Recent, Sequence[Event]]:
        new: Sequence[Event] = ()
        async with self._database.transaction() as tx:
            recent = await self._set_aside(tx, judged, attempt)
            if judged.events:
                new = await self._admit(tx, list(judged.events.values()))
            if new:
                await self._apply(tx, new)
        return recent, new

    async def _one_by_one(
        self, judged: Judged, attempt: int
    ) -> tuple[Judged, Recent, Sequence[Event]]:
        """Find out which events fail: each under its own savepoint, still one transaction."""
        decided = Judged(judged.records, {}, dict(judged.faults), judged.others)
        applied: list[Event] = []
        async with self._database.transaction() as tx:
            for index, event in judged.events.items():
                try:
                    async with tx.savepoint():
                        new = await self._admit(tx, [event])
                        if new:
                            await self._apply(tx, new)
                except Exception as error:
                    if is_transient(error):
                        raise
                    decided.faults[index] = fault_of(error)
                    with structlog.contextvars.bound_contextvars(event_id=str(event.id)):
                        _log.warning("event failed", cause=str(decided.faults[index]))
                else:
                    decided.events[index] = event
                    applied.extend(new)
            recent = await self._set_aside(tx, decided, attempt)
        return decided, recent, applied

    async def _set_aside(self, tx: Transaction, judged: Judged, attempt: int) -> Recent:
        """Make letters of what is faulty. Raises TooManyDeadLettersError; then roll back."""
        letters = {
            index: dead_letter(
                judged.records[index], fault, topic=self._dead_letter_topic, attempt=attempt
            )
            for index, fault in judged.faults.items()
        }
        if letters:
            known = await those_kept(tx, [letter.event_id for letter in letters.values()])
            judged.known = {index for index in letters if letters[index].event_id in known}
        recent = self._limits.after(self._recent, judged)
        kept = []
        for index in sorted(letters.keys() - judged.known):
            tx.send(letters[index])
            kept.append((letters[index], judged.records[index], judged.faults[index]))
        if kept:
            await keep(tx, kept)
        return recent

    def _count(self, judged: Judged, new: Sequence[Event]) -> None:
        applied = Counter(judged.records[index].topic for index in judged.events)
        if len(new) < len(judged.events):
            fresh = {id(event) for event in new}
            repeated = Counter(
                judged.records[index].topic
                for index, event in judged.events.items()
                if id(event) not in fresh
            )
            applied -= repeated
            for topic, number in repeated.items():
                self._metrics.count(REPEATED, number, topic=topic)
        for topic, number in applied.items():
            self._metrics.count(APPLIED, number, topic=topic)
        others = Counter(judged.records[index].topic for index in judged.others)
        for topic, number in others.items():
            self._metrics.count(OF_OTHER_CAMPAIGNS, number, topic=topic)
        for index in judged.faults.keys() - judged.known:
            record, fault = judged.records[index], judged.faults[index]
            self._metrics.count(DEAD_LETTERS, topic=record.topic, cause=fault.cause)
            _log.warning(
                "set aside as a dead letter",
                cause=fault.cause,
                place=f"{record.topic}:{record.partition}:{record.offset}",
                do="thidua dead-letters list",
            )
