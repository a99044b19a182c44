"""Which facts a line of points, or a level that a knock-out forces, is computed from."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from services.contracts.rules import (
    BestMeasure,
    DaysLateMeasure,
    FieldMeasure,
    KnockOut,
    LatestMeasure,
    Measure,
    RuleSet,
    Table,
    measures_in,
    measures_of,
    parts_of,
)
from services.measuring.contributions import AddedUp, contributor, newest_of, number, passing
from services.measuring.records import (
    STATUS_EVENTS,
    KnownFact,
    Record,
    by_record,
    current,
    status,
)


def facts_by_criterion(
    facts: Iterable[KnownFact], table: Table, rules: RuleSet
) -> dict[str, list[KnownFact]]:
    """For each criterion of a table the facts of one unit behind its line, oldest first.

    They are the current facts of the records that add something to a measure of the criterion, or
    to one that decides whether it or its group is assigned: an essay that was withdrawn is none of
    them, but a withdrawal that is counted is. Measures that are made of others have the facts
    of those.
    """
    return _standing_by(facts, _wanted(table), rules)


def set_aside_by_criterion(
    facts: Iterable[KnownFact], table: Table, rules: RuleSet
) -> dict[str, list[KnownFact]]:
    """For each criterion that has some, the facts of one unit that its measures would count if
    their number were whole, oldest first."""
    wanted = _wanted(table)
    names = {
        basic
        for measures in wanted.values()
        for name in measures
        for basic in _basic(name, rules.measured)
        if isinstance(measure := rules.measured[basic], FieldMeasure) and measure.whole
    }
    if not names:
        return {}
    records = [current(of_record) for of_record in by_record(facts).values()]
    by_measure = {name: _set_aside(rules.measured[name], records, rules) for name in names}
    return {
        id_: found
        for id_, measures in wanted.items()
        if (found := _once(by_measure, _basics(measures, rules)))
    }


def _set_aside(measure: Measure, records: Iterable[Record], rules: RuleSet) -> list[KnownFact]:
    assert isinstance(measure, FieldMeasure)  # noqa: S101 - chosen by that
    counts = passing(measure, rules.zone)
    would = passing(measure.model_copy(update={"whole": False}), rules.zone)
    return [record[measure.of] for record in records if would(record) and not counts(record)]


def _wanted(table: Table) -> dict[str, list[str]]:
    """By criterion the measures that its line is computed from."""
    return {
        criterion.id: [
            *measures_of(criterion),
            *(name for group in groups for name in group.conditions()),
        ]
        for groups, criterion, _ in table.placed
    }


def _basics(measures: Iterable[str], rules: RuleSet) -> list[str]:
    """The measures over facts that some measures are made of, each once."""
    return list(dict.fromkeys(basic for name in measures for basic in _basic(name, rules.measured)))


def _once(by_measure: Mapping[str, Sequence[KnownFact]], names: Iterable[str]) -> list[KnownFact]:
    """The facts of some measures, each once, oldest first."""
    unique = {fact.id: fact for name in names for fact in by_measure.get(name, ())}
    return sorted(unique.values(), key=lambda fact: (fact.time, fact.id))


def facts_by_knock_out(
    facts: Iterable[KnownFact], table: Table, rules: RuleSet
) -> dict[str, list[KnownFact]]:
    """For each knock-out of a table the facts of one unit that decide about it, oldest first."""
    behind = _wanted(table)
    wanted = {one.id: _read_by(one, table, behind) for one in table.knock_outs}
    return _standing_by(facts, wanted, rules)


def _read_by(one: KnockOut, table: Table, behind: Mapping[str, Sequence[str]]) -> list[str]:
    """The measures that decide it: those it asks, or those behind the points that it asks."""
    if one.when is not None:
        return [name for _, name in measures_in(one.when)]
    named = set(one.points_below.of) if one.points_below is not None else set()
    return [
        name
        for groups, criterion, _ in table.placed
        if not named.isdisjoint((criterion.id, *(group.id for group in groups)))
        for name in behind[criterion.id]
    ]


def _standing_by(
    facts: Iterable[KnownFact], wanted: Mapping[str, Iterable[str]], rules: RuleSet
) -> dict[str, list[KnownFact]]:
    """By id the facts behind the measures that are wanted for it."""
    records = [current(of_record) for of_record in by_record(facts).values()]
    by_measure: dict[str, list[KnownFact]] = {}
    found = {}
    for id_, measures in wanted.items():
        names = _basics(measures, rules)
        for name in names:
            if name not in by_measure:
                by_measure[name] = _standing_on(rules.measured[name], records, rules)
        found[id_] = _once(by_measure, names)
    return found


def _basic(name: str, measures: Mapping[str, Measure]) -> Iterator[str]:
    """The measures over facts that a measure is made of, each once, in the order of its parts."""
    seen: set[str] = set()
    left = [name]
    while left:
        one = left.pop()
        if one in seen:
            continue
        seen.add(one)
        parts = [part for _, part in parts_of(measures[one])]
        if not parts:
            yield one
        left.extend(reversed(parts))


def _standing_on(measure: Measure, records: Iterable[Record], rules: RuleSet) -> list[KnownFact]:
    if isinstance(measure, DaysLateMeasure):
        return [
            deciding
            for record in records
            if not STATUS_EVENTS.isdisjoint(record)
            and (deciding := status(record)) is not None
            and deciding.fields["obligation"] == measure.obligation
        ]
    if isinstance(measure, LatestMeasure):
        offers = [
            (newest.order, record[measure.of])
            for record in records
            if (newest := newest_of(measure, record, rules.zone)) is not None
        ]
        return [max(offers, key=lambda offer: offer[0])[1]] if offers else []
    if not isinstance(measure, AddedUp):
        return []
    if isinstance(measure, BestMeasure):
        return _best(measure, records, rules)
    adds = contributor("it", measure, rules.zone)
    return [record[measure.of] for record in records if any(amount for _, amount in adds(record))]


def _best(measure: BestMeasure, records: Iterable[Record], rules: RuleSet) -> list[KnownFact]:
    """The facts with the highest numbers; of equal ones the oldest, since not all may count."""
    passes = passing(measure, rules.zone)
    found = [
        (value, record[measure.of])
        for record in records
        if passes(record)
        and (value := number(record[measure.of].fields.get(measure.field))) is not None
    ]
    found.sort(key=lambda one: (one[0].copy_negate(), one[1].time, one[1].id))
    return [fact for _, fact in found[: measure.count]]
