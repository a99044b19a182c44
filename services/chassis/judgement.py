"""A batch, item by item: an event to apply, a fault to set aside, or nothing to us."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from services.chassis.dead_letters import Fault, Record
from services.chassis.retry import PermanentError
from services.contracts.envelope import Event, Invalid, decode

Judge = Callable[[Event], None]
"""Raises PermanentError for an event that this service can never use, say of an unknown unit, and
OtherCampaignError for one that is right and not for this service."""


class OtherCampaignError(Exception):
    """The event is of a campaign that this service does not serve: nothing to do, nothing wrong.

    Topics keep facts for ever, so each campaign's services read those of the others too.
    """


class TooManyDeadLettersError(Exception):
    """So many in a row that the consumer is more likely wrong than the messages."""


@dataclass(slots=True)
class Judged:
    """A batch, decided: `events`, `faults` and `others` by the record's place in it."""

    records: Sequence[Record]
    events: dict[int, Event] = field(default_factory=dict)
    faults: dict[int, Fault] = field(default_factory=dict)
    others: set[int] = field(default_factory=set)
    """Of other campaigns: passed over."""


def judge_batch(records: Sequence[Record], judge: Judge) -> Judged:
    """Decode each record and ask the service. Never raises."""
    judged = Judged(records)
    for index, record in enumerate(records):
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


def fault_of(error: Exception) -> Fault:
    """Why an event could not be applied. No text of foreign errors: it could quote the data."""
    if isinstance(error, PermanentError):
        return Fault(error.reason, error.detail)
    cause = getattr(getattr(error, "orig", None), "__cause__", None) or error
    where = [str(getattr(cause, name, "") or "") for name in ("sqlstate", "constraint_name")]
    return Fault("apply-failed", " ".join([type(cause).__name__, *filter(None, where)]))
