"""Scoring that reads its facts again has the digest, the facts and the versions it had; and a
database that lacks them is not served before."""

import asyncio

import pytest
from typer.testing import CliRunner

from infra.local.broker import Broker
from infra.local.issuer import Issuer
from infra.local.postgres import PostgresCluster
from services.chassis.broker.topic_admin import ensure_topics
from services.chassis.consuming.own_positions import WrongGroupError
from services.chassis.observability.registry import REPEATED
from services.chassis.running.service import create_app
from services.chassis.storage.migrations import migrate
from services.cli.main import app as cli
from services.contracts.events import EssaySubmitted
from services.contracts.topics import all_topics, topic_of
from services.scoring.app import compose
from tests.scoring.facts import API
from tests.scoring.service import PARTITIONS, beside, running, until, until_ready, world
from tests.scoring.test_service import some_facts, truth


async def test_a_replay_from_the_beginning_changes_no_point_and_publishes_nothing(
    scoring_url: str, broker: Broker, issuer: Issuer
) -> None:
    async with world(scoring_url, broker.bootstrap, issuer, replicas=0) as one:
        group = f"scoring-{one.settings.topic_prefix}"
        settings = one.settings.model_copy(update={"group_id": group})
        await ensure_topics(settings, all_topics(settings.topic_prefix, PARTITIONS, 1, [group]))
        async with running(settings) as first:
            one.replicas.append(first)
            await until_ready(first)
            events = await one.publish(*some_facts(("SNV", "STP")))
            await one.has_stored(len(events))
            assert await one.digest() == truth(events)

            async def published() -> int:
                return len(await one.points_published())

            await until(published)
        before = await one.points_published()
        one.replicas.clear()
        answer = await asyncio.to_thread(
            CliRunner().invoke,
            cli,
            ["replay", "scoring", "--to-beginning"],
            env={
                "THIDUA_KAFKA_BOOTSTRAP": settings.kafka_bootstrap,
                "THIDUA_TOPIC_PREFIX": settings.topic_prefix,
                "SCORING_GROUP_ID": group,
            },
        )
        assert answer.exit_code == 0, answer.output
        assert f"{group}: {len(events)} bản ghi" in answer.output
        async with running(settings) as second:
            one.replicas.append(second)
            await until_ready(second)
            submitted = topic_of(settings.topic_prefix, EssaySubmitted)

            async def all_repeated() -> bool:
                return second.chassis.metrics.value(REPEATED, topic=submitted) == 24

            await until(all_repeated)
            await one.has_stored(len(events))
            assert await one.digest() == truth(events)
        assert {e.id for e in await one.points_published()} == {e.id for e in before}


async def test_an_empty_database_is_refused_until_its_group_is_replayed_and_then_has_every_point(
    scoring_url: str, broker: Broker, issuer: Issuer, postgres: PostgresCluster
) -> None:
    async with world(scoring_url, broker.bootstrap, issuer, replicas=0) as one:
        group = f"scoring-{one.settings.topic_prefix}"
        settings = one.settings.model_copy(update={"group_id": group})
        await ensure_topics(settings, all_topics(settings.topic_prefix, PARTITIONS, 1, [group]))
        async with running(settings) as first:
            one.replicas.append(first)
            await until_ready(first)
            events = await one.publish(*some_facts(("SNV", "STP")))
            await one.has_stored(len(events))
            digest = await one.digest()
        one.replicas.clear()
        url = beside(postgres, scoring_url)
        await asyncio.to_thread(migrate, "scoring", url)
        empty = settings.model_copy(update={"database_url": url})
        app = create_app(compose(empty))
        with pytest.raises(WrongGroupError, match=f"thidua replay {group} --to-beginning"):
            async with app.router.lifespan_context(app):
                pass
        assert app.state.lifespan.refused is not None
        answer = await asyncio.to_thread(
            CliRunner().invoke,
            cli,
            ["replay", group, "--to-beginning"],
            env={
                "THIDUA_KAFKA_BOOTSTRAP": settings.kafka_bootstrap,
                "THIDUA_TOPIC_PREFIX": settings.topic_prefix,
            },
        )
        assert answer.exit_code == 0, answer.output
        async with running(empty) as second:
            one.replicas.append(second)
            await one.has_stored(len(events))
            headers = {"Authorization": f"Bearer {issuer.mint('board')}"}

            async def as_before() -> bool:
                # 503 for as long as its campaign and rules are being taken from their topics.
                answer = await second.client.get(f"{API}/digest", headers=headers)
                return answer.is_success and answer.json()["digest"] == digest

            await until(as_before)
