"""When a fact was known. Pure.

"As they stood" means by what was known: a fact counts from the moment at which its publisher
recorded it, not from the one at which it happened. The rules themselves (days late, tables of a
day) read the domain's time only (docs/decisions/0065-as-of-is-what-was-known.md).
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from services.measuring.records import KnownFact

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_VERSION = 14
"""Where the text of a UUID has its version. Those of version 7 begin with a moment."""


def recorded_at(fact: KnownFact) -> datetime:
    """The moment at which a fact was recorded by its publisher, to the millisecond.

    The ids of our events contain it. For another publisher's, which may not, it is the moment at
    which the fact happened.
    """
    id_ = fact.id
    if id_[_VERSION] != "7":
        return fact.time
    return _EPOCH + timedelta(milliseconds=int(id_[:8] + id_[9:13], 16))


def known_since(fact: KnownFact) -> datetime:
    """The moment from which a fact was known, to the millisecond.

    A simulated fact is known from when it happens: a year of its time passes in a minute of ours.
    """
    return fact.time if fact.fields.get("simulated") else recorded_at(fact)


def split(facts: Iterable[KnownFact], moment: datetime) -> tuple[list[KnownFact], list[KnownFact]]:
    """The facts known at a moment, and those that were not known yet."""
    known: list[KnownFact] = []
    later: list[KnownFact] = []
    for fact in facts:
        (known if known_since(fact) <= moment else later).append(fact)
    return known, later
