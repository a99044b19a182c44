"""What the service does with a batch, with dictionaries for tables: the running way without I/O."""

from collections.abc import Iterable, Mapping, Sequence

from services.contracts.campaign import Unit
from services.contracts.envelope import Event
from services.contracts.rules import RuleSet
from services.measuring.records import KnownFact, RecordKey
from services.measuring.slots import Tally
from services.measuring.tally import merged
from services.scoring.engine.results import Results
from services.scoring.engine.running import deltas
from services.scoring.engine.score import score_cluster
from services.scoring.engine.tallier import tallier_of
from tests.scoring.facts import known_events


class InMemory:
    """Facts and running tallies of one snapshot."""

    def __init__(self, rules: RuleSet, clusters: Mapping[str, Sequence[Unit]]) -> None:
        self.facts: dict[str, KnownFact] = {}
        self.tallies: dict[str, Tally] = {}
        self._rules = rules
        self._clusters = clusters
        self._tallier = tallier_of(rules)

    def take(self, batch: Iterable[Event]) -> set[str]:
        """Count the events of a batch that were not known; the units whose tally changed."""
        new = {one.id: one for one in known_events(batch) if one.id not in self.facts}
        known: dict[RecordKey, list[KnownFact]] = {}
        for fact in self.facts.values():
            known.setdefault((fact.unit, fact.record), []).append(fact)
        changed = deltas(self._tallier, new.values(), known)
        self.facts |= new
        for unit, delta in changed.items():
            tally = merged(self.tallies.get(unit, {}), delta)
            self.tallies[unit] = self.truth(unit) if tally is None else tally
        return set(changed)

    def truth(self, unit: str) -> Tally:
        """What all facts of a unit say."""
        of_unit = [fact for fact in self.facts.values() if fact.unit == unit]
        return self._tallier.tallies(of_unit).get(unit, {})

    def results(self) -> Results:
        """The standings by the running tallies."""
        return Results(
            self._rules.rule_set,
            {
                name: score_cluster(name, units, self.tallies, self._rules)
                for name, units in self._clusters.items()
            },
        )
