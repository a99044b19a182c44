"""What scorers still have to score, and what they scored: by unit, criterion and scorer."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from services.chassis.storage.database import Transaction
from services.contracts.campaign import Unit
from services.contracts.rules import Assignment, Group, measures_in
from services.contracts.rules.criteria import SCORERS, Entered, Scorers
from services.measuring.measures import values_of
from services.measuring.records import KnownFact, RecordKey, current
from services.measuring.slots import Tally
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.engine.assignment import assigned
from services.scoring.engine.parts import YearPart, of_part
from services.scoring.facts import queries as fact_queries
from services.scoring.score_entries.enter import entry_id
from services.scoring.score_entries.rights import sitting
from services.scoring.score_entries.rules import ToScore
from services.scoring.score_entries.schemas import MarkEnteredOut, ScoresToEnterOut, ScoreToEnterOut
from services.scoring.tallies import queries as tally_queries


class Owed(NamedTuple):
    """A mark that a scorer gives a unit for a criterion."""

    unit: Unit
    part: YearPart
    groups: Sequence[Group]
    criterion: Entered
    scorers: Scorers
    scorer: str
    """As the rule set names it."""
    by: str
    """Who enters it today."""

    @property
    def assignments(self) -> list[Assignment]:
        """All that decide whether the unit gets the criterion."""
        given = [*(group.assigned_to for group in self.groups), self.criterion.assigned_to]
        return [one for one in given if one is not None]

    @property
    def conditions(self) -> Iterator[str]:
        """The measures that they ask."""
        for one in self.assignments:
            if one.when is not None:
                yield from (name for _, name in measures_in(one.when))


def owed(snapshot: CampaignSnapshot, by: str | None) -> list[Owed]:
    """The marks of all scorers, or of those for which one unit acts, in the order of the clusters,
    units and tables; conditions over facts aside."""
    found = []
    for unit in (unit for units in snapshot.clusters.values() for unit in units):
        for part, groups, criterion in _entered(snapshot, unit):
            scorers = criterion.scored_by
            if scorers is not None:
                found += [
                    Owed(unit, part, groups, criterion, scorers, scorer, holder)
                    for scorer, holder in sitting(snapshot, unit.code, scorers).items()
                    if by is None or holder == by
                ]
    return found


def _entered(snapshot: CampaignSnapshot, unit: Unit) -> Iterator[ToScore]:
    """What people decide of a unit, in all its tables up to today."""
    for part in snapshot.parts_of(unit):
        for groups, criterion, _ in part.table.placed:
            if isinstance(criterion, Entered):
                yield ToScore(part, groups, criterion)


async def to_enter(
    tx: Transaction, snapshot: CampaignSnapshot, by: str | None
) -> tuple[list[Owed], dict[RecordKey, list[KnownFact]]]:
    """The marks that are to be given today, and the facts of those that were."""
    marks = owed(snapshot, by)
    asked = {mark.unit.code for mark in marks if any(mark.conditions)}
    tallies: Mapping[str, Tally] = {}
    if asked:
        tallies, _ = await tally_queries.read(
            tx, snapshot.campaign, snapshot.with_predecessors(sorted(asked))
        )
        tallies = snapshot.counted(tallies)
    marks = [mark for mark in marks if _is_assigned(snapshot, mark, tallies)]
    records = [key for mark in marks for key in _records(snapshot, mark)]
    return marks, await fact_queries.of_records(tx, snapshot.campaign, records, without=[])


def _is_assigned(snapshot: CampaignSnapshot, mark: Owed, tallies: Mapping[str, Tally]) -> bool:
    tally = of_part(tallies.get(mark.unit.code, {}), mark.part)
    values = values_of(frozenset(mark.conditions), snapshot.rules.measured, tally)
    return all(assigned(one, mark.unit, values) for one in mark.assignments)


def _records(snapshot: CampaignSnapshot, mark: Owed) -> list[RecordKey]:
    """Where the mark of the unit is stored, and those of the units that it took over, which count
    for it."""
    return [
        (code, str(entry_id(snapshot.campaign, code, mark.criterion.id, SCORERS, mark.scorer)))
        for code in (mark.unit.code, *snapshot.predecessors.get(mark.unit.code, ()))
    ]


def listed(
    snapshot: CampaignSnapshot,
    marks: Sequence[Owed],
    facts: Mapping[RecordKey, Sequence[KnownFact]],
    *,
    entered: bool,
) -> ScoresToEnterOut:
    """The answer; with `entered` also what was entered."""
    rows = [_row(snapshot, mark, facts) for mark in marks]
    missing = [row for row in rows if row.entered is None]
    return ScoresToEnterOut(
        campaign=snapshot.campaign,
        missing=len(missing),
        scores=rows if entered else missing,
    )


def _row(
    snapshot: CampaignSnapshot, mark: Owed, facts: Mapping[RecordKey, Sequence[KnownFact]]
) -> ScoreToEnterOut:
    criterion = mark.criterion
    given = [
        fact for key in _records(snapshot, mark) for fact in current(facts.get(key, ())).values()
    ]
    newest = max(given, key=lambda fact: (fact.time, fact.version, fact.id), default=None)
    return ScoreToEnterOut(
        unit=mark.unit.code,
        name=mark.unit.name,
        criterion=criterion.id,
        title=criterion.title,
        minimum=criterion.minimum,
        maximum=mark.scorers.most_of(mark.scorer, criterion.maximum),
        scorer=mark.scorer,
        by=mark.by,
        entered=_entered_out(newest.fields) if newest is not None else None,
    )


def _entered_out(fields: Mapping[str, Any]) -> MarkEnteredOut:
    return MarkEnteredOut(**{name: fields.get(name) for name in MarkEnteredOut.model_fields})
