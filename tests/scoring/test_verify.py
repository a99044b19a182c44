"""A publication is proved by whoever can read the topics, without any database."""

import asyncio
import json
import secrets
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from infra.local.broker import Broker
from infra.local.issuer import Issuer
from infra.local.postgres import PostgresCluster
from services.chassis.broker.topic_admin import ensure_topics
from services.chassis.storage.database import Database
from services.contracts.events import EssayJudged
from services.contracts.topics import all_topics, topic_of
from services.contracts.watermark import watermark_topic
from services.scoring.publications.verify import NothingPublishedError, report, verify_published
from services.scoring.rebuilding.rebuild import rebuild
from services.scoring.settings import ScoringSettings
from tests.scoring.facts import API, essay, fulfilled, judged, proposed
from tests.scoring.service import PARTITIONS, World, beside, until, world

Change = Callable[[Any], bytes]


async def _published(one: World) -> None:
    """A small season, frozen, and on its topics."""
    facts = [
        essay("SNV", "a"),
        judged("SNV", "a", "85"),
        essay("STP", "b"),
        proposed("STP", "p"),
        fulfilled("SNV", "D6"),
    ]
    await one.publish(*facts, times=2)
    await one.has_stored(len(facts))
    await one.has_published_all()
    headers = {
        "Authorization": f"Bearer {one.issuer.mint('board')}",
        "Idempotency-Key": str(uuid4()),
    }
    replica = one.replicas[0]

    async def frozen() -> bool:
        answer = await replica.client.post(f"{API}/publications", json={}, headers=headers)
        return answer.status_code == httpx.codes.CREATED

    await until(frozen)
    await until(lambda: _relayed(replica.chassis.database))


async def _relayed(database: Any) -> bool:
    async with database.transaction() as tx:
        return bool(await tx.fetchval("SELECT count(*) = 0 FROM outbox"))


async def _copied(one: World, change: Change) -> ScoringSettings:
    """All topics again under another prefix, as somebody might have changed them."""
    settings = one.settings.model_copy(update={"topic_prefix": f"t{secrets.token_hex(4)}"})
    await ensure_topics(settings, all_topics(settings.topic_prefix, PARTITIONS, 1, ["scoring"]))
    old, new = one.settings.topic_prefix, settings.topic_prefix
    for spec in all_topics(old, PARTITIONS, 1, []):
        if spec.name == watermark_topic(old):
            continue
        for record in await one.on_topic(spec.name):
            await one.producer.send(
                spec.name.replace(old, new, 1),
                change(record),
                record.key,
                headers=list(record.headers),
            )
    await one.producer.flush()
    return settings


async def test_a_publication_holds_and_a_planted_change_is_named(
    scoring_url: str, broker: Broker, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THIDUA_LANG", "en")
    async with world(scoring_url, broker.bootstrap, issuer) as one:
        with pytest.raises(NothingPublishedError):
            await verify_published(one.settings, "hanoi-2020", write_line=lambda _: None)
        await _published(one)
        verdict = await verify_published(one.settings, "hanoi-2020", write_line=lambda _: None)
        assert verdict.findings == []
        assert verdict.holds
        assert verdict.facts == 5
        assert (await one.read(f"{API}/publications/1"))["digest"] == verdict.computed
        marks = topic_of(one.settings.topic_prefix, EssayJudged)

        def forged(record: Any) -> bytes:
            value: bytes = record.value
            return value.replace(b'"85"', b'"95"') if record.topic == marks else value

        forgery = await _copied(one, forged)
        verdict = await verify_published(
            forgery, "hanoi-2020", version=1, write_line=lambda _: None
        )
        assert not verdict.holds
        named = {(found.unit, found.criterion) for found in verdict.findings if found.fact}
        assert ("SNV", "II.3") in named
        text = "\n".join(report(verdict))
        assert "says something else than when it was counted" in text
        assert "published 0, computed 1" in text


async def test_a_rebuild_puts_back_what_was_published(
    scoring_url: str, broker: Broker, issuer: Issuer, postgres: PostgresCluster
) -> None:
    async with world(scoring_url, broker.bootstrap, issuer) as one:
        await _published(one)
        url = beside(postgres, one.settings.database_url)
        lines: list[str] = []
        assert await asyncio.to_thread(rebuild, one.settings, url, write_line=lines.append) == 0, (
            lines
        )
        rebuilt = Database(url, 2, source="scoring")
        try:
            for table in ("publications", "published_points"):
                here = await _rows(one.replicas[0].chassis.database, table)
                assert await _rows(rebuilt, table) == here
                assert here
        finally:
            await rebuilt.close()


async def _rows(database: Database, table: str) -> list[dict[str, Any]]:
    async with database.transaction() as tx:
        rows = await tx.fetch(f"SELECT * FROM {table} ORDER BY version, digest")  # noqa: S608
    return [{name: _value(value) for name, value in row.items()} for row in rows]


def _value(value: Any) -> Any:
    """JSON as what it says: white space is none of it."""
    return json.loads(value) if isinstance(value, str) and value.startswith("{") else value
