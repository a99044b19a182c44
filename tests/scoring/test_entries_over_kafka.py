"""Marks come back to scoring by their own topic, and a rebuild from the topics knows them all."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
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
from tests.scoring.entered_scores import HEAD, Marking, mark, marked_contest, marked_directory
from tests.scoring.facts import essay
from tests.scoring.served_scoring import standing
from tests.scoring.service import World, until, world
from tests.scoring.test_service import beside


@pytest_asyncio.fixture
async def one(
    scoring_url: str, broker: Broker, issuer: Issuer, tmp_path: Path
) -> AsyncIterator[World]:
    directory = marked_directory(tmp_path)
    async with world(scoring_url, broker.bootstrap, issuer, campaign_dir=directory) as made:
        yield made


async def entered(world: World, unit: str, body: dict[str, Any]) -> dict[str, Any]:
    """A mark by the Board."""
    headers = {
        "Authorization": f"Bearer {world.issuer.mint('board')}",
        "Idempotency-Key": str(uuid4()),
    }
    answer = await world.replicas[0].client.post(
        f"/v1/units/{unit}/score-entries", json=body, headers=headers
    )
    assert answer.status_code == httpx.codes.CREATED, answer.text
    taken: dict[str, Any] = answer.json()
    return taken


async def came_back(world: World, marks: int) -> None:
    """Wait until so many marks were read from their topic, each as a repetition."""
    topic = topic_of(world.settings.topic_prefix, ScoreEntered)

    async def read() -> bool:
        return world.replicas[0].chassis.metrics.value(REPEATED, topic=topic) == marks

    await until(read)


async def test_a_mark_is_on_its_topic_and_changes_nothing_when_it_comes_back(one: World) -> None:
    await one.publish(essay("STP", "a"))
    first = await entered(one, "STP", mark())
    second = await entered(one, "STP", mark(points="6", replaces=1))

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
    (entry,) = (await one.read("/v1/units/STP/score-entries"))["score_entries"]
    assert [version["version"] for version in entry["versions"]] == [2, 1]


async def test_a_rebuild_has_the_same_points_and_goes_on_from_the_same_versions(
    one: World, postgres: PostgresCluster, issuer: Issuer
) -> None:
    await one.publish(essay("STP", "a"), essay(HEAD, "b"))
    await entered(one, "STP", mark())
    await entered(one, "STP", mark(points="3.75", replaces=1))
    await entered(one, HEAD, mark("II.2", points="-1.5"))
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
        running = await one.read("/v1/units/STP/score-entries")
        assert await other.read("/v1/units/STP/score-entries") == running
        marking = Marking(other, marked_contest(one.settings.campaign_dir))
        await marking.refused(409, "STP", mark(replaces=1))
        assert (await marking.enters("STP", mark(replaces=2)))["version"] == 3
