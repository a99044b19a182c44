"""When a fact was known. Pure.

"As they stood" means by what was known: a fact counts from the moment at which its publisher
recorded it, not from the one at which it happened. The rules themselves (days late, tables of a
day) read the domain's time only (docs/decisions/0065-as-of-is-what-was-known.md).
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.scoring.engine.records import KnownFact

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME_ORDERED = 7
"""Version of UUIDs that begin with a moment: the ids of our events."""


def known_since(fact: KnownFact) -> datetime:
    """The moment from which a fact was known, to the millisecond.

    An event's id is a UUID of version 7: it begins with the moment at which it was recorded. A
    simulated fact is known from when it happens: a year of its time passes in a minute of ours. So
    is one whose id, another publisher's, tells no moment.
    """
    id_ = UUID(fact.id)
    if fact.fields.get("simulated") or id_.version != _TIME_ORDERED:
        return fact.time
    return _EPOCH + timedelta(milliseconds=id_.int >> 80)


def split(facts: Iterable[KnownFact], moment: datetime) -> tuple[list[KnownFact], list[KnownFact]]:
    """The facts known at a moment, and those that were not known yet."""
    known: list[KnownFact] = []
    later: list[KnownFact] = []
    for fact in facts:
        (known if known_since(fact) <= moment else later).append(fact)
    return known, later
