"""The parts of a unit's points, each with the facts that count in it: to explain and to verify."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from services.contracts.events import ScoreEntered
from services.contracts.rules import Table
from services.measuring.records import KnownFact, by_record, current
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.engine.parts import YearPart, within
from services.scoring.engine.results import GroupPoints, UnitPoints


@dataclass(frozen=True, slots=True)
class Work:
    """When the work was done that a fact is about."""

    day: date
    carried_over: bool
    """Whether it happened, or was finished, in another part than the one in which it counts."""


@dataclass(frozen=True, slots=True)
class ExplainedPart:
    """One table of a unit's points."""

    part: YearPart
    several: bool
    """Whether there are others, so that ids name the table."""
    groups: Sequence[GroupPoints]
    facts: Sequence[KnownFact]
    """Those of the unit that count in it."""
    works: Mapping[str, Work] = field(default_factory=dict)
    """By id of a fact; none where the table counts all work."""

    @property
    def table(self) -> Table:
        """By which it is scored."""
        return self.part.table

    def id(self, own: str) -> str:
        """An id of the table as results have it."""
        return within(self.table.id, own) if self.several else own


def explained_parts(
    snapshot: CampaignSnapshot, points: UnitPoints, facts: Sequence[KnownFact]
) -> list[ExplainedPart]:
    """The parts of what a snapshot gave a unit, in the order of time; `facts` are all that count
    for it."""
    if snapshot.tallier.periods is None:
        whole = YearPart(snapshot.table_of(points))
        return [ExplainedPart(whole, several=False, groups=points.groups, facts=facts)]
    parts = snapshot.parts_of(snapshot.unit(points.unit))
    found, begins = [], 0
    for part in parts:
        ends = begins + len(part.table.groups)
        its, works = _of_part(snapshot, part, facts)
        found.append(ExplainedPart(part, len(parts) > 1, points.groups[begins:ends], its, works))
        begins = ends
    return found


def _of_part(
    snapshot: CampaignSnapshot, part: YearPart, facts: Iterable[KnownFact]
) -> tuple[list[KnownFact], dict[str, Work]]:
    periods, of = snapshot.tallier.periods, part.periods
    assert periods is not None  # noqa: S101 - asked before
    assert of is not None  # noqa: S101 - as the tallier says
    found: list[KnownFact] = []
    works: dict[str, Work] = {}
    for of_record in by_record(facts).values():
        record = current(of_record)
        if ScoreEntered.event in record:
            found += of_record  # of no day: its criterion is in one part
        elif periods.of(record) in of:
            found += of_record
            for fact in of_record:
                works[fact.id] = Work(periods.day(record), periods.when(fact) not in of)
    return found, works


def counted_later(
    snapshot: CampaignSnapshot, parts: Sequence[ExplainedPart], facts: Iterable[KnownFact]
) -> list[tuple[KnownFact, date]]:
    """Facts of work whose table is not in force yet, with the day of the work; oldest first."""
    periods = snapshot.tallier.periods
    if periods is None:
        return []
    begun = {period for one in parts for period in one.part.periods or ()}
    found = []
    for of_record in by_record(facts).values():
        record = current(of_record)
        if ScoreEntered.event not in record and periods.of(record) not in begun:
            found += [(fact, periods.day(record)) for fact in record.values()]
    return sorted(found, key=lambda one: (one[0].time, one[0].id))
