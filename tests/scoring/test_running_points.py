"""The running points on real PostgreSQL: the truth's digest, whatever came twice, in any order."""

import asyncio
from dataclasses import replace
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.chassis.clock import SystemClock
from services.chassis.observability.metrics import Metrics
from services.chassis.retry import PermanentError
from services.chassis.storage.database import Database
from services.contracts.envelope import Event
from services.measuring.records import by_record, current
from services.scoring.engine.digest import digest_of
from services.scoring.engine.score import score
from services.scoring.facts import queries as fact_queries
from services.scoring.metrics import DIVERGENCE, METRICS
from services.scoring.points.guard import Guard
from tests.scoring.campaign import OTHER_WRITTEN, other_contest, sample_snapshot
from tests.scoring.deliveries import UNITS, deliveries
from tests.scoring.facts import essay, event, fulfilled, judged, known_events, missed, withdrawn
from tests.scoring.running import (
    adopts,
    campaign_now,
    campaigns_of,
    digest,
    guarded,
    points_facts,
    put_to_work_in,
    recompute_due,
    snapshot_now,
    take,
    take_all,
)

CONTEST = sample_snapshot()
SEASONED = sorted({CONTEST.cluster_of[unit] for unit in UNITS})


def truth(season: list[Event]) -> str:
    return digest_of(score(known_events(season), CONTEST.clusters, CONTEST.rules))


async def forget(database: Database) -> None:
    """Back to the start, for the next example."""
    async with database.transaction() as tx:
        await tx.execute("TRUNCATE facts")
        await tx.execute("UPDATE unit_measures SET tally = '{}', version = 0 WHERE version > 0")
        await tx.execute("UPDATE clusters SET seen = NULL WHERE cluster = ANY($1)", SEASONED)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(deliveries())
@pytest.mark.parametrize("consumers", [1, 2])
async def test_any_shuffle_and_repetition_gives_the_digest_of_the_truth(
    database: Database, consumers: int, delivery: tuple[list[Event], list[list[Event]]]
) -> None:
    season, batches = delivery
    await forget(database)
    await take_all(database, batches, consumers)
    await recompute_due(database, CONTEST, publish=False)
    assert await digest(database, CONTEST) == truth(season)


BUGGY = tuple(
    event(fact, event_id=UUID(int=number))
    for number in (1, 2)
    for unit in ("SNV", "STP")
    for fact in (
        essay(unit, "a"),
        essay(unit, "b"),
        *(judged(unit, "a", mark, version=2) for mark in ("50", "85", "95")),
    )
)
"""Of a publisher that gives one id to events of several units, records or contents."""


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(BUGGY), min_size=2, max_size=12), st.data())
async def test_points_do_not_depend_on_where_batches_end_even_where_ids_are_not_unique(
    database: Database, news: list[Event], data: st.DataObject
) -> None:
    await forget(database)
    await take(database, news)
    await recompute_due(database, CONTEST, publish=False)
    at_once = await digest(database, CONTEST)
    assert await guarded(database, CONTEST) == [], "what is stored is what was counted"
    await forget(database)
    ends = sorted({*data.draw(st.lists(st.integers(0, len(news)))), 0, len(news)})
    for start, end in pairwise(ends):
        await take(database, news[start:end])
    await recompute_due(database, CONTEST, publish=False)
    assert await digest(database, CONTEST) == at_once


async def test_two_consumers_that_hold_the_same_facts_count_each_once(database: Database) -> None:
    """A partition has moved, and both members still work on the same records."""
    season = [event(essay(unit, f"{unit}{i}")) for i in range(40) for unit in ("SNV", "STP")]
    await asyncio.gather(
        take(database, season),
        take(database, season[::-1]),
        take(database, season[20:] + season[:20]),
    )
    await recompute_due(database, CONTEST)
    assert await digest(database, CONTEST) == truth(season)


async def test_facts_of_one_essay_in_two_open_transactions_see_each_other(
    database: Database,
) -> None:
    """Each alone would believe that it has the essay for itself."""
    for number in range(20):
        await asyncio.gather(
            take(database, [event(essay("SNV", f"a{number}"))]),
            take(database, [event(withdrawn("SNV", f"a{number}"))]),
            take(database, [event(judged("SNV", f"a{number}", "90"))]),
        )
    assert await guarded(database, CONTEST) == []


async def test_a_fact_without_effect_on_points_changes_no_version_and_publishes_nothing(
    database: Database,
) -> None:
    await take(database, [event(fulfilled("SNV", "D6", version=3))])
    await recompute_due(database, CONTEST)
    before = await points_facts(database)
    await take(database, [event(missed("SNV", "D6", version=2))])
    await recompute_due(database, CONTEST)
    assert await points_facts(database) == before


async def test_standings_without_any_fact_are_nobodys_news(database: Database) -> None:
    async with database.transaction() as tx:
        assert await tx.fetchval("SELECT count(*) FROM points WHERE version = 1") == 643
    assert await points_facts(database) == []


async def test_points_are_published_for_the_units_that_changed_and_for_no_other(
    database: Database,
) -> None:
    await take(database, [event(essay("SNV", "a"))])
    await recompute_due(database, CONTEST)
    news = await points_facts(database)
    others = {unit.code for unit in CONTEST.clusters["departments"]} - {"SNV"}
    assert {fact.unit for fact in news} == {"SNV", *others}, "all the others lost the first rank"
    snv = next(fact for fact in news if fact.unit == "SNV")
    assert (snv.version, snv.rank, snv.units_in_cluster) == (2, 1, 22)
    assert {fact.rank for fact in news if fact.unit != "SNV"} == {2}
    await take(database, [event(essay("SNV", "b"))])
    await recompute_due(database, CONTEST)
    later = (await points_facts(database))[len(news) :]
    # The leader's number stands in everybody's line, and is part of the explanation.
    assert {fact.unit: fact.version for fact in later}["SNV"] == 3


async def test_the_guard_finds_a_tally_that_is_not_what_the_facts_say_and_mends_it(
    database: Database,
) -> None:
    season = [event(essay("SNV", "a")), event(judged("SNV", "a", "85"))]
    await take(database, season)
    await recompute_due(database, CONTEST)
    async with database.transaction() as tx:
        await tx.execute(
            "UPDATE unit_measures SET tally = '{\"essays\": 7}', version = version + 1"
            " WHERE unit = 'SNV'"
        )
    await recompute_due(database, CONTEST)
    assert await digest(database, CONTEST) != truth(season)
    metrics = Metrics(METRICS)
    assert await guarded(database, CONTEST, metrics) == ["SNV"]
    assert metrics.value(DIVERGENCE, campaign="hanoi-2020", what="tally") == 1
    await recompute_due(database, CONTEST)
    assert await digest(database, CONTEST) == truth(season)


async def test_the_guard_exposes_each_campaign_at_0_a_round_before_it_looks_at_it(
    database: Database,
) -> None:
    """An alert sees no increase of a series that is born at 1."""
    metrics = Metrics(METRICS)
    guard = Guard(database, campaigns_of(database), SystemClock(), metrics, every_s=60)
    await campaign_now(database)
    await take(database, [event(essay("SNV", "a"))])
    async with database.transaction() as tx:
        await tx.execute("UPDATE unit_measures SET tally = '{}' WHERE unit = 'SNV'")
    found = []
    for _ in range(2):
        await guard._tick()
        found.append(metrics.value(DIVERGENCE, campaign="hanoi-2020", what="tally"))
    assert found == [0, 1]


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE points SET total = 99 WHERE unit = 'SNV'",
        "DELETE FROM points WHERE unit = 'SNV'",
        "UPDATE points SET detail = (SELECT detail FROM points WHERE unit = 'STP')"
        " WHERE unit = 'SNV'",
    ],
)
async def test_the_guard_finds_points_that_are_not_what_the_tallies_say_and_mends_them(
    database: Database, damage: str
) -> None:
    await take(database, [event(essay("SNV", "a"))])
    await recompute_due(database, CONTEST)
    async with database.transaction() as tx:
        await tx.execute(damage)
    assert await guarded(database, CONTEST) == ["departments"]
    await recompute_due(database, CONTEST)
    assert await guarded(database, CONTEST) == []


async def test_a_rule_set_with_other_measures_counts_the_stored_facts_again(
    database: Database,
) -> None:
    season = [event(essay("SNV", "a")), event(judged("SNV", "a", "55"))]
    await take(database, season)
    await recompute_due(database, CONTEST)
    other = other_contest()
    await adopts(database, OTHER_WRITTEN)
    assert not await put_to_work_in(database)
    await recompute_due(database, await snapshot_now(database))
    expected = digest_of(score(known_events(season), other.clusters, other.rules))
    assert await digest(database, other) == expected != truth(season)


async def test_a_fact_of_no_unit_or_campaign_that_was_announced_is_refused(
    database: Database,
) -> None:
    last_year = essay("SNV", "a").model_copy(update={"campaign": "hanoi-2019"})
    for fact, why in ((essay("NOWHERE", "a"), "unknown-unit"), (last_year, "unknown-campaign")):
        with pytest.raises(PermanentError) as refusal:
            await take(database, [event(fact)])
        assert refusal.value.reason == why


async def test_a_unit_that_the_rules_score_no_more_leaves_the_standings_and_keeps_its_history(
    database: Database,
) -> None:
    """Another edition of the rules leaves one unit of a cluster out."""
    await take(database, [event(essay("SNV", "a")), event(essay("STP", "b"))])
    await recompute_due(database, CONTEST)
    cluster = CONTEST.cluster_of["SNV"]
    left = tuple(unit for unit in CONTEST.clusters[cluster] if unit.code != "SNV")
    without = replace(
        CONTEST,
        clusters={**CONTEST.clusters, cluster: left},
        cluster_of={unit: name for unit, name in CONTEST.cluster_of.items() if unit != "SNV"},
        basis={**CONTEST.basis, cluster: "0" * 64},
    )
    await recompute_due(database, without)
    async with database.transaction() as tx:
        rows = await tx.fetch("SELECT unit FROM points WHERE cluster = $1", cluster)
        past = await tx.fetchval("SELECT count(*) FROM points_history WHERE unit = 'SNV'")
    assert {row["unit"] for row in rows} == {unit.code for unit in left}
    assert past
    await recompute_due(database, CONTEST)
    async with database.transaction() as tx:
        version = await tx.fetchval("SELECT version FROM points WHERE unit = 'SNV'")
    assert version == past + 1, "when it is scored again its versions go on"


@pytest.mark.parametrize("batches", [[[0, 1]], [[1, 0]], [[0], [1]], [[1], [0]], [[1], [0], [1]]])
async def test_of_two_facts_with_one_version_the_later_event_id_counts_by_every_way(
    database: Database, batches: list[list[int]]
) -> None:
    """As after a publisher's database lost its last seconds, and gave version 2 a second time."""
    twice = [
        event(judged("SNV", "a", mark, version=2), event_id=UUID(int=(7 << 76) + (2 << 62) + at))
        for at, mark in enumerate(["95", "10"])
    ]
    await take(database, [event(essay("SNV", "a"))])
    for batch in batches:
        await take(database, [twice[at] for at in batch])
    await recompute_due(database, CONTEST)
    async with database.transaction() as tx:
        facts = await fact_queries.of_unit(tx, CONTEST.campaign, "SNV")
    assert await guarded(database, CONTEST) == []  # the running way is the truth
    (essay_record,) = by_record(facts).values()
    assert current(essay_record)["essay-judged"].fields["mark"] == "10"
    only_the_later = [fact for fact in facts if fact.id != str(twice[0].id)]
    assert CONTEST.tallier.tallies(facts) == CONTEST.tallier.tallies(only_the_later)
