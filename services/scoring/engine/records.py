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
    DeadlineMissed,
    DeadlineMoved,
    ObligationFulfilled,
    ObligationWaived,
)

STATUS_EVENTS = frozenset(
    fact.event for fact in (DeadlineMissed, DeadlineMoved, ObligationFulfilled, ObligationWaived)
)
"""They share one version per (unit, obligation): the highest says how the obligation stands."""

_NAMED = UUID("6c1a9a3e-52b4-5c0d-9d5e-0f2a5a0f6f51")
"""Namespace of records whose aggregate is no UUID: obligations and figures."""


class KnownFact(msgspec.Struct, frozen=True):
    """A fact as scoring keeps it; `fields` are its data as JSON says them (decimals are text)."""

    id: UUID
    """Event id: the tie-break between two facts of one version."""
    event: str
    """Event name, e.g. essay-judged."""
    unit: str
    record: UUID
    version: int
    time: datetime
    """Domain time."""
    fields: Mapping[str, Any]

    @property
    def order(self) -> tuple[int, int]:
        """The higher one wins."""
        return (self.version, self.id.int)


Record = Mapping[str, KnownFact]
"""The current fact of each event type about one aggregate."""


def record_id(campaign: str, unit: str, aggregate: UUID | str) -> UUID:
    """Id of the record that a fact belongs to: the aggregate's own UUID, or one of its name.

    A figure is named within its unit (`documents:2020-H1`), so unit and campaign go into the name.
    """
    if isinstance(aggregate, UUID):
        return aggregate
    return uuid5(_NAMED, f"{campaign}/{unit}/{aggregate}")


def current(facts: Iterable[KnownFact]) -> Record:
    """The facts of one record that count now: of each type the highest version."""
    newest: dict[str, KnownFact] = {}
    for fact in facts:
        known = newest.get(fact.event)
        if known is None or fact.order > known.order:
            newest[fact.event] = fact
    return newest


def status(record: Record) -> KnownFact | None:
    """How an obligation stands: of fulfilled, missed, moved and waived the highest version."""
    said = [record[event] for event in STATUS_EVENTS if event in record]
    return max(said, key=lambda fact: fact.order) if said else None


def by_record(facts: Iterable[KnownFact]) -> dict[tuple[str, UUID], list[KnownFact]]:
    """Facts put together by unit and record."""
    records: dict[tuple[str, UUID], list[KnownFact]] = {}
    for fact in facts:
        records.setdefault((fact.unit, fact.record), []).append(fact)
    return records
