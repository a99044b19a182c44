"""Updates running tallies by a batch of new facts, at constant cost."""

from collections.abc import Iterable, Mapping, Sequence

from services.measuring.records import KnownFact, RecordKey, by_record, current
from services.measuring.tally import Delta, Tallier, without_zeros


def deltas(
    tallier: Tallier,
    new: Iterable[KnownFact],
    known: Mapping[RecordKey, Sequence[KnownFact]],
) -> dict[str, Delta]:
    """By unit what new facts change in its tally, where it is anything; amounts may be negative.

    `new` are facts that were not counted before, `known` the ones that were, of the same records.
    For each record: its contribution with the new facts, less the one without them.
    """
    changed: dict[str, Delta] = {}
    for key, arrived in by_record(new).items():
        delta = changed.get(key[0])
        if delta is None:
            delta = changed[key[0]] = Delta()
        types = {fact.event for fact in arrived} if len(arrived) > 1 else (arrived[0].event,)
        now = current(arrived)
        if before := known.get(key):
            was, now = current(before), current([*before, *arrived])
            if tallier.moved(was, now):
                tallier.add(was, delta, because_of=was, times=-1)
                tallier.add(now, delta, because_of=now)
                continue
            tallier.add(was, delta, because_of=types, times=-1)
        tallier.add(now, delta, because_of=types)
    for delta in changed.values():
        delta.sums = without_zeros(delta.sums)
    return {unit: delta for unit, delta in changed.items() if delta}
