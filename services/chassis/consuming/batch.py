"""One batch: try it, pause and retry, find the event that fails, set that one aside.

    classify -> one transaction (handle, dead letters) -> commit
       a failure that passes (retry.is_transient): the whole batch is retried, with pauses
       another failure: its events one by one under savepoints, those that fail are set aside
       too much set aside (fault_limits): TooManyDeadLettersError, the consumer stops

Nothing is left undecided, so the batch can be acknowledged as a whole.
"""

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import structlog

from services.chassis.consuming.classify import (
    Check,
    Classified,
    classified_ahead,
    classify_batch,
    failure_of,
)
from services.chassis.consuming.deduplicate import Handle
from services.chassis.consuming.fault_limits import FaultLimits, Recent, TooManyDeadLettersError
from services.chassis.consuming.set_aside import set_aside
from services.chassis.dead_letters.letter import Failure, Record, Redone
from services.chassis.observability import trace
from services.chassis.observability.metrics import Metrics
from services.chassis.observability.registry import (
    APPLIED,
    BATCH_RETRIES,
    DEAD_LETTER_SHARE,
    DEAD_LETTERS,
    REPEATED,
)
from services.chassis.retry import is_transient, retried
from services.chassis.service_settings import MOST_PAUSES_MS, ServiceSettings
from services.chassis.storage.database import Database, Transaction
from services.contracts.envelope import Event
from services.contracts.topics import topic_of

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Done:
    """What one transaction did."""

    batch: Classified
    new: Sequence[Event]
    """Events that had their effect in it."""
    known: set[int]
    """Places of faulty records that were in the dead letters before."""
    recent: Recent


class BatchProcessor:
    """Processes the batches of one consumer."""

    def __init__(
        self,
        *,
        settings: ServiceSettings,
        database: Database,
        check: Check,
        handle: Handle,
        metrics: Metrics,
        dead_letter_topic: str,
        attempted: Callable[[], None],
    ) -> None:
        """`attempted` is called after each attempt that failed in passing."""
        self._settings = settings
        self._database = database
        self._check = check
        self._handle = handle
        self._metrics = metrics
        self._dead_letter_topic = dead_letter_topic
        self._attempted = attempted
        self._limits = FaultLimits(
            run=settings.dead_letter_run_limit,
            share=settings.dead_letter_share_limit,
            window=settings.dead_letter_window,
        )
        self._recent = Recent()

    async def process(self, records: Sequence[Record]) -> None:
        """Classify and commit records, in transactions of at most `batch_max_records`.

        Raises a passing failure that outlasted all attempts; TooManyDeadLettersError;
        DamagedBatchError; and any failure that is not one event's. In each case nothing of its
        transaction was done, and all records are delivered once more: those of the transactions
        before it are repetitions then.
        """
        until = time.monotonic() + MOST_PAUSES_MS / 1000
        parts = classified_ahead(records, self._check, self._settings.batch_max_records)
        async with contextlib.aclosing(parts):
            async for batch in parts:
                only = next(iter(batch.events.values())) if len(batch.events) == 1 else None
                with trace.continued(only.traceparent if only else None):
                    await self._with_retries(batch, until)

    async def _with_retries(self, batch: Classified, until: float) -> None:
        """Commit a batch; a failure that passes is waited out, up to `retry_attempts` times, and
        not beyond `until` (monotonic), after which Kafka would take the partitions away.

        Raises the last passing failure after them, anything else at once.
        """
        settings = self._settings

        def failed(error: Exception, attempt: int, pause: float) -> None:
            self._attempted()
            self._metrics.count(BATCH_RETRIES)
            _log.warning(
                "batch failed in passing",
                error=type(error).__name__,
                attempt=attempt,
                events=len(batch.events),
                pause_s=round(pause, 3),
            )

        done = await retried(
            partial(self._commit, batch),
            until=until,
            repetitions=settings.retry_attempts,
            base_s=settings.retry_base_ms / 1000,
            longest_s=settings.retry_max_ms / 1000,
            failed=failed,
        )
        self._recent = done.recent
        self._count(done)

    async def _commit(self, batch: Classified, attempt: int) -> _Done:
        """All events at once; where that fails for good, one by one."""
        try:
            return await self._all_at_once(batch, attempt)
        except TooManyDeadLettersError:
            raise
        except Exception as error:
            if is_transient(error):
                raise
            _log.warning("batch failed, its events one by one", cause=str(failure_of(error)))
        return await self._one_by_one(batch, attempt)

    async def _all_at_once(self, batch: Classified, attempt: int) -> _Done:
        new: Sequence[Event] = ()
        async with self._database.transaction() as tx:
            known, recent = await self._set_aside(tx, batch, attempt)
            # A handler may refuse to have anything set aside now.
            if batch.events or batch.failures:
                new = await self._handle(tx, list(batch.events.values()))
        return _Done(batch, new, known, recent)

    async def _one_by_one(self, batch: Classified, attempt: int) -> _Done:
        """Each event under its own savepoint; still one transaction."""
        decided = Classified(batch.records, {}, dict(batch.failures))
        new: list[Event] = []
        async with self._database.transaction() as tx:
            for index, event in batch.events.items():
                found = await self._one(tx, event)
                if isinstance(found, Failure):
                    decided.failures[index] = found
                    with structlog.contextvars.bound_contextvars(event_id=str(event.id)):
                        _log.warning("event failed", cause=str(found))
                else:
                    decided.events[index] = event
                    new.extend(found)
            known, recent = await self._set_aside(tx, decided, attempt)
        return _Done(decided, new, known, recent)

    async def _one(self, tx: Transaction, event: Event) -> Sequence[Event] | Failure:
        """The event if it was new; its failure where it has one: then nothing of it is in `tx`."""
        try:
            async with tx.savepoint():
                return await self._handle(tx, [event])
        except Exception as error:
            if is_transient(error):
                raise
            return failure_of(error)

    async def _set_aside(
        self, tx: Transaction, batch: Classified, attempt: int
    ) -> tuple[set[int], Recent]:
        """Raises TooManyDeadLettersError; then roll back."""
        topic = self._dead_letter_topic
        known = await set_aside(tx, batch, topic=topic, attempt=attempt)
        return known, self._limits.after(self._recent, batch, known)

    # ---- one dead letter, redriven

    async def redrive(self, tx: Transaction, record: Record) -> Failure | Redone:
        """One record that was set aside, the same way once more, in the caller's transaction.

        The failure where it still has one: nothing of it then is in the transaction. Raises a
        passing one; the transaction is then to be rolled back.
        """
        batch = await classify_batch([record], self._check)
        if batch.failures:
            return batch.failures[0]
        event = batch.events[0]
        with trace.continued(event.traceparent):
            found = await self._one(tx, event)
        if isinstance(found, Failure):
            return found
        tx.on_commit(lambda: self._count(_Done(batch, found, set(), self._recent)))
        return "applied" if found else "repeated"

    def _count(self, done: _Done) -> None:
        batch, metrics = done.batch, self._metrics
        metrics.set(DEAD_LETTER_SHARE, self._limits.share_of(self._recent))
        new = self._by_topic(done.new)
        for topic, number in new.items():
            metrics.count(APPLIED, number, topic=topic)
        if len(done.new) < len(batch.events):
            repeated = self._by_topic(batch.events.values()) - new
            for topic, number in repeated.items():
                metrics.count(REPEATED, number, topic=topic)
        for index in batch.failures.keys() - done.known:
            record, failure = batch.records[index], batch.failures[index]
            metrics.count(DEAD_LETTERS, topic=record.topic, cause=failure.cause)
            _log.warning(
                "set aside as a dead letter",
                cause=failure.cause,
                place=f"{record.topic}:{record.partition}:{record.offset}",
                do="thidua dead-letters list",
            )

    def _by_topic(self, events: Iterable[Event]) -> Counter[str]:
        prefix = self._settings.topic_prefix
        kinds = Counter(type(event.data) for event in events)
        return Counter({topic_of(prefix, kind): number for kind, number in kinds.items()})
