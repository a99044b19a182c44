"""What each record of a batch is: an event to apply, a failure to set aside, or not for us."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field

from services.chassis.broker.fetched_records import UnreadableBatch
from services.chassis.dead_letters import Failure, Record
from services.chassis.retry import PermanentError
from services.contracts.envelope import Event, Invalid, decode

_WITHOUT_PAUSE = 64
"""Records classified before others may run: half a millisecond."""

UNREADABLE = "unreadable-batch"
"""Cause of a dead letter that is a whole batch of records."""

Check = Callable[[Event], None]
"""Raises PermanentError for an event that this service can never use."""


class DamagedBatchError(Exception):
    """A batch came with a wrong checksum: another fetch may bring the true one."""


@dataclass(slots=True)
class Classified:
    """A batch: `events` and `failures` by the record's place in it."""

    records: Sequence[Record]
    events: dict[int, Event] = field(default_factory=dict)
    failures: dict[int, Failure] = field(default_factory=dict)


async def classify_batch(records: Sequence[Record], check: Check) -> Classified:
    """Decode each record and ask the service. Raises DamagedBatchError, and nothing else.

    It pauses now and then, so that what else goes on (the batch before, in the database) does.
    """
    batch = Classified(records)
    for index, record in enumerate(records):
        if index % _WITHOUT_PAUSE == 0:
            await asyncio.sleep(0)
        if isinstance(record.value, UnreadableBatch):
            batch.failures[index] = _unreadable(record, record.value)
            continue
        found = decode(record.key, record.headers, record.value)
        if isinstance(found, Invalid):
            batch.failures[index] = Failure(found.reason, found.detail)
            continue
        try:
            check(found)
        except PermanentError as error:
            batch.failures[index] = Failure(error.reason, error.detail)
        except Exception as error:
            batch.failures[index] = Failure("check-failed", type(error).__name__)
        else:
            batch.events[index] = found
    return batch


async def classified_ahead(
    records: Sequence[Record], check: Check, most: int
) -> AsyncGenerator[Classified]:
    """The records in parts of at most `most`, each classified while the one before is processed.

    Classifying is work of this process, processing mostly the database's: side by side they take
    little longer than the longer of the two.
    """
    parts = [records[start : start + most] for start in range(0, len(records), most)]
    ahead = None
    try:
        for number in range(len(parts)):
            batch = await (ahead or classify_batch(parts[number], check))
            if number + 1 < len(parts):
                ahead = asyncio.create_task(classify_batch(parts[number + 1], check))
            yield batch
    finally:
        if ahead is not None:
            ahead.cancel()


def failure_of(error: Exception) -> Failure:
    """Why an event could not be applied. No text of foreign errors: it could quote the data."""
    if isinstance(error, PermanentError):
        return Failure(error.reason, error.detail)
    cause = getattr(getattr(error, "orig", None), "__cause__", None) or error
    where = [str(getattr(cause, name, "") or "") for name in ("sqlstate", "constraint_name")]
    return Failure("apply-failed", " ".join([type(cause).__name__, *filter(None, where)]))


def _unreadable(record: Record, batch: UnreadableBatch) -> Failure:
    if batch.damaged:
        raise DamagedBatchError(f"{record.topic}:{record.partition}: {batch.reason}")
    return Failure(UNREADABLE, batch.reason)
