"""Scoring as it runs: facts in by Kafka, points out by HTTP and Kafka."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest_asyncio

from infra.local.broker import Broker
from infra.local.issuer import Issuer
from infra.local.postgres import PostgresCluster
from services.chassis.observability.registry import REPEATED
from services.contracts.envelope import Event
from services.contracts.events import EssaySubmitted, PointsRecomputed, UnitFact
from services.contracts.topics import topic_of
from services.contracts.wording import plain
from services.scoring.engine.digest import digest_of
from services.scoring.engine.score import score
from services.scoring.rebuilding.rebuild import rebuild
from tests.scoring.campaign import sample_snapshot
from tests.scoring.facts import (
    API,
    essay,
    event,
    fulfilled,
    judged,
    known_events,
    missed,
    proposed,
    withdrawn,
)
from tests.scoring.running import take
from tests.scoring.service import World, beside, running, until, world

CONTEST = sample_snapshot()
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def truth(events: list[Event]) -> str:
    return digest_of(score(known_events(events), CONTEST.clusters, CONTEST.rules))


@pytest_asyncio.fixture
async def one(scoring_url: str, broker: Broker, issuer: Issuer) -> AsyncIterator[World]:
    async with world(scoring_url, broker.bootstrap, issuer) as made:
        yield made


def some_facts(units: tuple[str, ...] = ("SNV", "STP", "Q001", "Q009", "X00004")) -> list[UnitFact]:
    facts: list[UnitFact] = []
    for unit in units:
        for number in range(12):
            name = f"{unit}-{number}"
            facts += [essay(unit, name, late=number % 5 == 0), judged(unit, name, "84.5")]
        facts += [withdrawn(unit, f"{unit}-3", version=3), proposed(unit, f"p-{unit}")]
        facts += [missed(unit, "D6"), fulfilled(unit, "D6", version=2, days_late=2)]
    return facts


async def test_a_fact_becomes_points_within_a_second(one: World) -> None:
    for number in range(1, 8):  # one after the other: the first also waits for new topics
        await one.publish(essay("SNV", f"a{number}"))

        async def visible(points: str = plain(Decimal(number) / 2)) -> bool:
            return await one.line("SNV", "I.1") == points

        await until(visible)
    latency = await one.read("/v1/latency", role="ops")
    assert latency["samples"] == latency["kept"] == 7
    assert 0 < latency["p50_ms"] < 1000
    assert latency["p50_ms"] <= latency["p99_ms"] == latency["longest_ms"]


async def test_points_that_changed_are_published_under_the_trace_of_their_fact(one: World) -> None:
    await one.publish(essay("SNV", "a"), traceparent=TRACE)

    async def published() -> list[Event]:
        return [e for e in await one.points_published() if e.subject == "hanoi-2020:SNV"]

    (snv,) = await until(published)
    assert isinstance(snv.data, PointsRecomputed)
    assert (snv.data.rank, snv.data.version, snv.data.sample) == (1, 2, True)
    explanation = await one.read(f"{API}/units/SNV/points")
    assert (explanation["digest"], explanation["version"]) == (snv.data.digest, snv.data.version)
    assert snv.traceparent is not None
    assert snv.traceparent.split("-")[1] == TRACE.split("-")[1]


async def test_what_is_delivered_twice_counts_once(one: World) -> None:
    events = await one.publish(*some_facts(), times=3)
    await one.has_stored(len(events))
    metrics = one.replicas[0].chassis.metrics
    submitted = topic_of(one.settings.topic_prefix, EssaySubmitted)

    async def all_read() -> bool:
        return metrics.value(REPEATED, topic=submitted) == 2 * 60

    await until(all_read)
    assert await one.digest() == truth(events)


async def test_a_burst_is_counted_whole_and_the_latency_of_each_fact_is_known(one: World) -> None:
    events = await one.publish(*(essay("SNV", f"a{number}") for number in range(1500)))
    await one.has_stored(len(events))
    assert await one.digest() == truth(events)

    async def samples() -> int:
        latency = await one.read("/v1/latency", role="ops")
        return int(latency["samples"])

    # A round may show facts of whose commit this process has yet to learn: they follow.
    async def all_known() -> bool:
        return await samples() >= len(events)

    await until(all_known)
    assert await samples() == len(events)


async def test_what_can_never_be_counted_is_set_aside_and_stops_nothing(one: World) -> None:
    await one.publish(essay("NOWHERE", "a"))
    await one.publish_wrongly(EssaySubmitted, b"{", [("ce_type", b"nonsense")])
    events = await one.publish(essay("SNV", "c"))
    await one.has_stored(1)
    assert await one.digest() == truth(events)

    async def set_aside() -> list[dict[str, str]] | None:
        letters = await one.dead_letters()
        return letters if len(letters) == 2 else None

    letters = await until(set_aside)
    assert {letter["dl_cause"] for letter in letters} == {"unknown-unit", "unknown-type"}


async def test_two_replicas_have_the_digest_of_one(
    scoring_url: str, broker: Broker, issuer: Issuer
) -> None:
    async with world(scoring_url, broker.bootstrap, issuer, replicas=2) as two:
        events = await two.publish(*some_facts(tuple(CONTEST.cluster_of)[::20]), times=2)
        await two.has_stored(len(events))
        assert await two.digest() == truth(events)
        assert (await two.read(f"{API}/digest", 1))["digest"] == truth(events)
        shares = [await two.read("/v1/latency", n, role="ops") for n in range(2)]
        assert all(share["samples"] > 0 for share in shares), "both did some of the work"
        published = await two.points_published()
        versions = {
            (e.subject, e.data.version) for e in published if isinstance(e.data, PointsRecomputed)
        }
        assert len(versions) == len(published), "no version was published twice"


async def test_points_follow_facts_that_a_dead_process_had_not_scored(
    scoring_url: str, broker: Broker, issuer: Issuer
) -> None:
    async with world(scoring_url, broker.bootstrap, issuer, sweep_s=0.2) as made:
        database = made.replicas[0].chassis.database
        # As if another process had taken these facts and died before it scored them.
        events = [event(essay("STP", "a"))]
        await take(database, events)
        expected = truth(events)

        async def swept() -> bool:
            document = await made.read(f"{API}/digest")
            return str(document["digest"]) == expected

        await until(swept)
        # And a process that starts scores such facts before it answers its first request.
        events.append(event(essay("STP", "b")))
        await take(database, events)
        slow = made.settings.model_copy(update={"sweep_s": 300.0})
        async with running(slow) as other:
            made.replicas.append(other)
            assert (await made.read(f"{API}/digest", 1))["digest"] == truth(events)


async def test_a_rebuild_from_the_topics_gives_the_running_digest(
    one: World, postgres: PostgresCluster
) -> None:
    events = await one.publish(*some_facts(), times=2)
    await one.publish(essay("NOWHERE", "a"))
    await one.has_stored(len(events))
    expected = await one.digest()
    assert expected == truth(events)
    url = beside(postgres, one.settings.database_url)
    lines: list[str] = []
    code = await asyncio.to_thread(rebuild, one.settings, url, write_line=lines.append)
    assert code == 0, lines
    assert sum(expected in line for line in lines) == 2
    async with one.replicas[0].chassis.database.transaction() as tx:
        await tx.execute("UPDATE clusters SET digest = 'damaged' WHERE cluster = 'departments'")
    rebuilt_url = beside(postgres, one.settings.database_url)
    assert await asyncio.to_thread(rebuild, one.settings, rebuilt_url, write_line=lines.append) == 1
    assert lines[-1] == "KHÁC NHAU"
