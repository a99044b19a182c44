"""What people do with dead letters: look, redrive, discard. One instance a service.

A redriven letter goes through the handler of its consumer, in this process: classified and
handled as a record of its topic is, in the transaction that closes the letter. It is not put back
on its topic, where it would be poison to other groups once more (docs/decisions/0038).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol
from uuid import UUID

import structlog

from services.chassis.dead_letters import queries
from services.chassis.dead_letters.decide import reason_of
from services.chassis.dead_letters.letter import Failure, Record, Redone
from services.chassis.dead_letters.queries import Letter
from services.chassis.observability.metrics import Metrics
from services.chassis.observability.registry import (
    DEAD_LETTERS_OLDEST_SECONDS,
    DEAD_LETTERS_OPEN,
    DEAD_LETTERS_UNPUBLISHED,
)
from services.chassis.storage.database import Database, Transaction

_log = structlog.get_logger(__name__)

Outcome = Redone | Literal["failed"]


class Consumer(Protocol):
    """What is used of a consumer."""

    group: str
    topics: tuple[str, ...]

    async def redrive(self, tx: Transaction, record: Record) -> Failure | Redone:
        """Try one record once more."""
        ...


@dataclass(frozen=True, slots=True)
class Redriven:
    """What became of a letter that was redriven."""

    letter: Letter
    outcome: Outcome
    cause: str | None = None
    """Why it failed once more; it is open still."""
    detail: str | None = None


class DeadLetterService:
    """The dead letters of one service's consumers."""

    def __init__(self, consumers: Sequence[Consumer], metrics: Metrics) -> None:
        self._consumers = consumers
        self._metrics = metrics

    async def redrive(self, tx: Transaction, letter: Letter, *, by: str) -> Redriven:
        """Redrive a letter that is open and locked in `tx`; what it does is in `tx` too.

        Raises a passing failure of the database: then roll back.
        """
        tried = await self._retry(tx, letter)
        if isinstance(tried, Failure):
            await queries.record_failed_retry(tx, letter, tried, by=by)
            result = Redriven(letter, "failed", tried.cause, tried.detail)
        else:
            await queries.close_redriven(tx, letter, tried, by=by)
            result = Redriven(letter, tried)
        more = {"outcome": result.outcome} | ({"cause": result.cause} if result.cause else {})
        tx.on_commit(lambda: _log_decision("dead letter redriven", letter, by, **more))
        return result

    async def redrive_all(
        self, tx: Transaction, letters: Sequence[Letter], *, by: str
    ) -> list[Redriven]:
        """The same for several, each under its own savepoint; in the order given.

        They are tried in the order in which consumers lock what they count, so that nobody waits
        in a circle. Should the database find a deadlock all the same, it raises: then roll back.
        """
        done = {
            letter.id: await self.redrive(tx, letter, by=by)
            for letter in await queries.in_order_of_keys(tx, letters)
        }
        return [done[letter.id] for letter in letters]

    async def discard(self, tx: Transaction, letter: Letter, *, by: str, reason: str) -> None:
        """Close a letter that is open and locked in `tx`, without any effect.

        Raises Refusal for a reason that is none; see `reason_of`.
        """
        kept = reason_of(reason)
        await queries.close_discarded(tx, letter, kept, by=by)
        tx.on_commit(
            lambda: _log_decision(
                "dead letter discarded", letter, by, cause=letter.cause, reason=kept
            )
        )

    async def measure(self, database: Database) -> None:
        """Set the gauges from the list: right after a restart too, and the same in each replica."""
        async with database.transaction() as tx:
            count, oldest_s = await queries.count_open(tx)
            unpublished = await queries.count_unpublished(tx)
        for consumer in self._consumers:
            self._metrics.set(DEAD_LETTERS_OPEN, count, group=consumer.group)
            self._metrics.set(DEAD_LETTERS_OLDEST_SECONDS, oldest_s, group=consumer.group)
            self._metrics.set(DEAD_LETTERS_UNPUBLISHED, unpublished, group=consumer.group)

    async def _retry(self, tx: Transaction, letter: Letter) -> Failure | Redone:
        message = await queries.message_of(tx, letter)
        if message is None:
            return Failure("message-missing", "the event log of this database does not have it")
        for consumer in self._consumers:
            if letter.topic in consumer.topics:
                return await consumer.redrive(tx, message)
        return Failure("topic-not-read", "no consumer of this service reads its topic any more")


def _log_decision(event: str, letter: Letter, by: str, **more: str) -> None:
    """A line beside the row, which is the trace. With the event's id, by which all its other lines
    are found."""
    event_id = str(letter.event_id) if letter.event_id else None
    place = f"{letter.topic}:{letter.partition}:{letter.offset}"
    _log.info(event, dead_letter=str(letter.id), event_id=event_id, place=place, by=by, **more)


def short(id_: UUID) -> str:
    """An id as people see and type it."""
    return str(id_)[: queries.SHORT]
