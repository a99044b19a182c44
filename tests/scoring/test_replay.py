"""Scoring that reads its facts again has the digest, the facts and the versions it had."""

import asyncio

from typer.testing import CliRunner

from infra.local.broker import Broker
from infra.local.issuer import Issuer
from services.chassis.broker.topic_admin import ensure_topics
from services.chassis.observability.registry import REPEATED
from services.cli.main import app
from services.contracts.events import EssaySubmitted
from services.contracts.topics import all_topics, topic_of
from tests.scoring.service import PARTITIONS, running, until, until_ready, world
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
            app,
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
