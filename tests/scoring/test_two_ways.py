"""Points are a function of the set of facts, by the truth and by the running way."""

from hypothesis import HealthCheck, given, settings

from services.contracts.envelope import Event
from services.scoring.engine.digest import digest_of
from services.scoring.engine.score import score
from tests.scoring.campaign import sample_snapshot
from tests.scoring.deliveries import deliveries
from tests.scoring.facts import known_events
from tests.scoring.in_memory import InMemory

CONTEST = sample_snapshot()
CLUSTERS = {
    "departments": CONTEST.clusters["departments"],
    "urban": CONTEST.clusters["urban-districts"],
}


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(deliveries())
def test_any_shuffle_and_repetition_of_a_season_gives_the_same_digest_both_ways(
    delivery: tuple[list[Event], list[list[Event]]],
) -> None:
    season, batches = delivery
    truth = digest_of(score(known_events(season), CLUSTERS, CONTEST.rules))
    arrived = [one for batch in batches for one in batch]
    assert digest_of(score(known_events(arrived), CLUSTERS, CONTEST.rules)) == truth
    running = InMemory(CONTEST.rules, CLUSTERS)
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


def test_no_facts_at_all_give_a_standing_too() -> None:
    """All share the first rank, by number and not by accident."""
    results = score([], CLUSTERS, CONTEST.rules)
    assert {points.rank for points in results.clusters["urban"].units} == {1}
