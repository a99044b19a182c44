"""Points are a function of the set of facts, by the truth and by the running way."""

from collections.abc import Iterable

from hypothesis import HealthCheck, given, settings

from services.contracts.envelope import Event
from services.scoring.engine.digest import digest_of
from services.scoring.engine.records import KnownFact, RecordKey
from services.scoring.engine.results import ClusterResult, Results
from services.scoring.engine.running import deltas
from services.scoring.engine.score import score, score_cluster
from services.scoring.engine.tally import Tally, merged
from tests.scoring.campaign import sample_contest
from tests.scoring.said import known_events
from tests.scoring.seasons import deliveries

CONTEST = sample_contest()
CLUSTERS = {
    "departments": CONTEST.clusters["departments"],
    "urban": CONTEST.clusters["urban-districts"],
}


class InMemory:
    """What the service does with a batch, with dictionaries for tables."""

    def __init__(self) -> None:
        self.facts: dict[str, KnownFact] = {}
        self.tallies: dict[str, Tally] = {}

    def take(self, batch: Iterable[Event]) -> None:
        new = {one.id: one for one in known_events(batch) if one.id not in self.facts}
        known: dict[RecordKey, list[KnownFact]] = {}
        for fact in self.facts.values():
            known.setdefault((fact.unit, fact.record), []).append(fact)
        for unit, delta in deltas(CONTEST.tallier, new.values(), known).items():
            tally = merged(self.tallies.get(unit, {}), delta)
            if tally is None:
                of_unit = [f for f in (self.facts | new).values() if f.unit == unit]
                tally = dict(CONTEST.tallier.tallies(of_unit).get(unit, {}))
            self.tallies[unit] = tally
        self.facts |= new

    def results(self) -> Results:
        results: dict[str, ClusterResult] = {
            name: score_cluster(name, units, self.tallies, CONTEST.rules)
            for name, units in CLUSTERS.items()
        }
        return Results(CONTEST.rules.rule_set, results)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(deliveries())
def test_any_shuffle_and_repetition_of_a_season_gives_the_same_digest_both_ways(
    delivery: tuple[list[Event], list[list[Event]]],
) -> None:
    season, batches = delivery
    truth = digest_of(score(known_events(season), CLUSTERS, CONTEST.rules))
    arrived = [one for batch in batches for one in batch]
    assert digest_of(score(known_events(arrived), CLUSTERS, CONTEST.rules)) == truth
    running = InMemory()
    for batch in batches:
        running.take(batch)
    assert digest_of(running.results()) == truth


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(deliveries())
def test_totals_are_the_sums_of_their_lines_under_the_caps(
    delivery: tuple[list[Event], list[list[Event]]],
) -> None:
    rules = CONTEST.rules
    table = rules.tables[0]
    caps = {group.id: group.cap for group in table.groups}
    for result in score(known_events(delivery[0]), CLUSTERS, rules).clusters.values():
        for points in result.units:
            for group in points.groups:
                lines = sum(line.points for line in group.lines)
                cap = caps[group.group]
                assert group.points == (lines if cap is None else min(lines, cap))
                assert all(line.points <= line.maximum for line in group.lines)
                assert group.points <= group.maximum
            assert points.total == sum(group.points for group in points.groups)
            assert points.total <= points.maximum


def test_nothing_said_is_a_standing_too() -> None:
    """All share the first rank, by number and not by accident."""
    results = score([], CLUSTERS, CONTEST.rules)
    assert {points.rank for points in results.clusters["urban"].units} == {1}
