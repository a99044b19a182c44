"""The running way to the tallies: what a batch of new facts changes, at constant cost."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from services.scoring.engine.records import KnownFact, by_record, current
from services.scoring.engine.tally import Amount, Tallier, change

RecordKey = tuple[str, UUID]
"""Unit and record."""


def deltas(
    tallier: Tallier,
    new: Iterable[KnownFact],
    known: Mapping[RecordKey, Sequence[KnownFact]],
) -> dict[str, dict[str, Amount]]:
    """By unit what new facts add to its tally; amounts may be negative.

    `new` are facts that were not counted before, `known` the ones that were, of the same records.
    For each record: its contribution with the new facts, less the one without them.
    """
    changed: dict[str, dict[str, Amount]] = {}
    for key, arrived in by_record(new).items():
        before = known.get(key, ())
        taken = (tallier.contribution(current(before)),) if before else ()
        given = (tallier.contribution(current((*before, *arrived))),)
        change(changed.setdefault(key[0], {}), taken, given)
    return changed
