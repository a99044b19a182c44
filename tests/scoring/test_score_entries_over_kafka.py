"""Score entries come back by their own topic, and a rebuild from the topics knows them all."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest_asyncio

from infra.local.broker import Broker
from infra.local.issuer import Issuer
from infra.local.postgres import PostgresCluster
from services.chassis.observability.registry import REPEATED
from services.chassis.storage.database import Database
from services.contracts.events import ScoreEntered
from services.contracts.topics import topic_of
from services.scoring.rebuilding.rebuild import rebuild
from tests.scoring.facts import API, essay
from tests.scoring.running import adopts
from tests.scoring.score_entries import (
    HEAD,
    WRITTEN,
    EntryReplica,
    an_entry,
)
from tests.scoring.served_scoring import standing
from tests.scoring.service import World, until, world
from tests.scoring.test_service import beside


@pytest_asyncio.fixture
async def one(
    database: Database, scoring_url: str, broker: Broker, issuer: Issuer
) -> AsyncIterator[World]:
    await adopts(database, WRITTEN)
    async with world(scoring_url, broker.bootstrap, issuer) as made:
        yield made


async def entered(world: World, unit: str, body: dict[str, Any]) -> dict[str, Any]:
    """A score entry by the Board."""
    headers = {
        "Authorization": f"Bearer {world.issuer.mint('board')}",
        "Idempotency-Key": str(uuid4()),
    }
    answer = await world.replicas[0].client.post(
        f"{API}/units/{unit}/score-entries", json=body, headers=headers
    )
    assert answer.status_code == httpx.codes.CREATED, answer.text
    taken: dict[str, Any] = answer.json()
    return taken


async def came_back(world: World, entries: int) -> None:
    """Wait until so many entries were read from their topic, each as a repetition."""
    topic = topic_of(world.settings.topic_prefix, ScoreEntered)

    async def read() -> bool:
        return world.replicas[0].chassis.metrics.value(REPEATED, topic=topic) == entries

    await until(read)


async def test_a_score_entry_is_on_its_topic_and_changes_nothing_when_it_comes_back(
    one: World,
) -> None:
    await one.publish(essay("STP", "a"))
    first = await entered(one, "STP", an_entry())
    second = await entered(one, "STP", an_entry(points="6", replaces=1))

    async def visible() -> bool:
        return await one.line("STP", "II.1") == "6"

    await until(visible)
    await one.has_stored(3)
    before = await one.digest()
    await came_back(one, 2)
    assert await one.digest() == before
    assert await one.stored_facts() == 3
    records = await one.on_topic(topic_of(one.settings.topic_prefix, ScoreEntered))
    ids = {dict(record.headers)["ce_id"].decode() for record in records}
    assert ids == {first["event_id"], second["event_id"]}
    (entry,) = (await one.read(f"{API}/units/STP/score-entries"))["score_entries"]
    assert [version["version"] for version in entry["versions"]] == [2, 1]


async def test_a_rebuild_has_the_same_points_and_goes_on_from_the_same_versions(
    one: World, postgres: PostgresCluster, issuer: Issuer
) -> None:
    await one.publish(essay("STP", "a"), essay(HEAD, "b"))
    await entered(one, "STP", an_entry())
    await entered(one, "STP", an_entry(points="3.75", replaces=1))
    await entered(one, HEAD, an_entry("II.2", points="-1.5"))
    await one.has_stored(5)
    await came_back(one, 3)
    await one.digest()
    url = beside(postgres, one.settings.database_url)
    lines: list[str] = []
    assert await asyncio.to_thread(rebuild, one.settings, url, write_line=lines.append) == 0, lines
    # It has not taken over: looked at beside the running one, without its mark.
    database = Database(url, 1, source="a test")
    async with database.transaction() as tx:
        await tx.execute("DELETE FROM rebuild_positions")
    await database.close()
    rebuilt = one.settings.model_copy(update={"database_url": url})
    async with standing(rebuilt, issuer) as other:
        running = await one.read(f"{API}/units/STP/score-entries")
        assert await other.read(f"{API}/units/STP/score-entries") == running
        replica = EntryReplica(other)
        await replica.refused(409, "STP", an_entry(replaces=1))
        assert (await replica.enters("STP", an_entry(replaces=2)))["version"] == 3
