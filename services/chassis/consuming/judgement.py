"""A batch, item by item: an event to apply, a fault to set aside, or nothing to us."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field

from services.chassis.dead_letters import Fault, Record
from services.chassis.retry import PermanentError
from services.contracts.envelope import Event, Invalid, decode

_TURN = 64
"""Records judged without a break: half a millisecond."""

Judge = Callable[[Event], None]
"""Raises PermanentError for an event that this service can never use, say of an unknown unit, and
OtherCampaignError for one that is right and not for this service."""


class OtherCampaignError(Exception):
    """The event is of a campaign that this service does not serve: nothing to do, nothing wrong.

    Topics keep facts for ever, so each campaign's services read those of the others too.
    """


class TooManyDeadLettersError(Exception):
    """So many in a row, or of the last ones, that the consumer is more likely wrong than they."""


@dataclass(slots=True)
class Judged:
    """A batch, decided: `events`, `faults` and `others` by the record's place in it."""

    records: Sequence[Record]
    events: dict[int, Event] = field(default_factory=dict)
    faults: dict[int, Fault] = field(default_factory=dict)
    others: set[int] = field(default_factory=set)
    """Of other campaigns: passed over."""
    known: set[int] = field(default_factory=set)
    """Of the faults those that were set aside before: they came again."""


async def judge_batch(records: Sequence[Record], judge: Judge) -> Judged:
    """Decode each record and ask the service. Never raises.

    It makes way now and then, so that what else goes on (the batch before, in the database) does.
    """
    judged = Judged(records)
    for index, record in enumerate(records):
        if index % _TURN == 0:
            await asyncio.sleep(0)
        found = decode(record.key, record.headers, record.value)
        if isinstance(found, Invalid):
            judged.faults[index] = Fault(found.reason, found.detail)
            continue
        try:
            judge(found)
        except OtherCampaignError:
            judged.others.add(index)
        except PermanentError as error:
            judged.faults[index] = Fault(error.reason, error.detail)
        except Exception as error:
            judged.faults[index] = Fault("judge-failed", type(error).__name__)
        else:
            judged.events[index] = found
    return judged


async def judged_ahead(
    records: Sequence[Record], judge: Judge, most: int
) -> AsyncGenerator[Judged]:
    """The records in parts of at most `most`, each judged while the one before is dealt with.

    Judging is work of this process, dealing with it mostly the database's: side by side they take
    little longer than the longer of the two.
    """
    parts = [records[start : start + most] for start in range(0, len(records), most)]
    ahead = None
    try:
        for number in range(len(parts)):
            judged = await (ahead or judge_batch(parts[number], judge))
            if number + 1 < len(parts):
                ahead = asyncio.create_task(judge_batch(parts[number + 1], judge))
            yield judged
    finally:
        if ahead is not None:
            ahead.cancel()


def fault_of(error: Exception) -> Fault:
    """Why an event could not be applied. No text of foreign errors: it could quote the data."""
    if isinstance(error, PermanentError):
        return Fault(error.reason, error.detail)
    cause = getattr(getattr(error, "orig", None), "__cause__", None) or error
    where = [str(getattr(cause, name, "") or "") for name in ("sqlstate", "constraint_name")]
    return Fault("apply-failed", " ".join([type(cause).__name__, *filter(None, where)]))
