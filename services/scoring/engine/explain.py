"""Which facts a line of points stands on."""

from collections.abc import Iterable, Mapping

from services.contracts.campaign.rules import Criterion, DaysLateMeasure, Measure, measures_of
from services.scoring.engine.records import (
    STATUS_EVENTS,
    KnownFact,
    Record,
    by_record,
    current,
    status,
)
from services.scoring.engine.tally import Amount, Tallier


def facts_by_criterion(
    facts: Iterable[KnownFact], criteria: Iterable[Criterion], measures: Mapping[str, Measure]
) -> dict[str, list[KnownFact]]:
    """For each criterion the facts of one unit that its points stand on, oldest first.

    They are the current facts of the records that add something to a measure of the criterion: an
    essay that was withdrawn is none of them, but a withdrawal that is counted is.
    """
    records = [current(of_record) for of_record in by_record(facts).values()]
    by_measure = {name: _standing_on(measure, records) for name, measure in measures.items()}
    found = {}
    for criterion in criteria:
        unique = {fact.id: fact for name in measures_of(criterion) for fact in by_measure[name]}
        found[criterion.id] = sorted(unique.values(), key=lambda fact: (fact.time, fact.id))
    return found


def _standing_on(measure: Measure, records: Iterable[Record]) -> list[KnownFact]:
    if isinstance(measure, DaysLateMeasure):
        return [
            stands
            for record in records
            if not STATUS_EVENTS.isdisjoint(record)
            and (stands := status(record)) is not None
            and stands.fields["obligation"] == measure.obligation
        ]
    tallier = Tallier({"it": measure})
    found = []
    for record in records:
        total: dict[str, Amount] = {}
        tallier.add(record, total, because_of=record)
        if total.get("it"):
            found.append(record[measure.of])
    return found
