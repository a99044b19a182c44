"""Records: all facts about one aggregate, and which of them counts now.

Facts commute: they may come twice and in any order. What counts is decided by the versions in them,
never by arrival (`docs/decisions/0060-records-and-tallies.md`).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import msgspec

from services.contracts.events import (
    FACTS,
    DeadlineMissed,
    DeadlineMoved,
    ObligationFact,
    ObligationFulfilled,
    ObligationReopened,
    ObligationWaived,
)

STATUS_EVENTS = frozenset(
    fact.event
    for fact in (
        DeadlineMissed,
        DeadlineMoved,
        ObligationFulfilled,
        ObligationReopened,
        ObligationWaived,
    )
)
"""They share one version per (unit, obligation): the highest decides its state."""

OBLIGATION_EVENTS = frozenset(fact.event for fact in FACTS if issubclass(fact, ObligationFact))
"""About what a unit owes, and only that unit: they don't count for who takes over from it."""

_NAMED = UUID("6c1a9a3e-52b4-5c0d-9d5e-0f2a5a0f6f51")
"""Namespace of records whose aggregate is no UUID: obligations and figures."""


_MOMENTS = {fact.event: fact.moment_field for fact in FACTS}


class KnownFact(msgspec.Struct, frozen=True):
    """A fact as scoring keeps it. Ids are text: they are hashed and compared for every event."""

    id: str
    """Event id: the tie-break between two facts of one version."""
    event: str
    """Event name, e.g. essay-judged."""
    unit: str
    record: str
    fields: Mapping[str, Any]
    """Its data as JSON says them: moments and decimals are text."""

    @property
    def version(self) -> int:
        """Of the aggregate."""
        version: int = self.fields["version"]
        return version

    @property
    def order(self) -> tuple[int, str]:
        """The higher one wins."""
        return (self.fields["version"], self.id)

    @property
    def time(self) -> datetime:
        """When it happened, in the domain's time."""
        return msgspec.convert(self.fields[_MOMENTS[self.event]], datetime)


Record = Mapping[str, KnownFact]
"""The current fact of each event type about one aggregate."""

RecordKey = tuple[str, str]
"""Unit and record."""


def record_id(campaign: str, unit: str, aggregate: str) -> str:
    """Id of the record of an aggregate without UUID: an obligation, a figure.

    A figure is named within its unit (`documents:2020-H1`), so unit and campaign go into the name.
    """
    return str(uuid5(_NAMED, f"{campaign}/{unit}/{aggregate}"))


def current(facts: Iterable[KnownFact]) -> Record:
    """The facts of one record that count now: of each type the highest version."""
    newest: dict[str, KnownFact] = {}
    for fact in facts:
        known = newest.get(fact.event)
        if known is None or fact.order > known.order:
            newest[fact.event] = fact
    return newest


def status(record: Record) -> KnownFact | None:
    """How an obligation is: of fulfilled, missed, moved and waived the highest version."""
    newest: KnownFact | None = None
    for event, fact in record.items():
        if event in STATUS_EVENTS and (newest is None or fact.order > newest.order):
            newest = fact
    return newest


def by_record(facts: Iterable[KnownFact]) -> dict[RecordKey, list[KnownFact]]:
    """Facts put together by unit and record."""
    records: dict[RecordKey, list[KnownFact]] = {}
    for fact in facts:
        records.setdefault((fact.unit, fact.record), []).append(fact)
    return records
