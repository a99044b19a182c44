"""Notifications that read their facts again send nothing again: deliveries know their event."""

import asyncio
from collections.abc import Callable
from typing import Any

from typer.testing import CliRunner

from infra.local.issuer import Issuer
from infra.local.webhook import WebhookCatcher
from services.chassis.broker.topic_admin import ensure_topics
from services.chassis.observability.registry import REPEATED
from services.cli.main import app
from services.contracts.events import DeadlineMissed
from services.contracts.topics import all_topics, topic_of
from services.notifications.settings import NotificationsSettings
from tests.notifications.running import subscribe, until, until_states
from tests.notifications.support import a_fact
from tests.notifications.test_service import on_kafka, publish, replica

__all__ = ["on_kafka", "publish"]


async def test_a_replay_from_the_beginning_delivers_nothing_twice(
    on_kafka: NotificationsSettings,
    publish: Callable[..., Any],
    issuer: Issuer,
    webhook_catcher: WebhookCatcher,
) -> None:
    group = f"tellers-{on_kafka.topic_prefix}"
    settings = on_kafka.model_copy(update={"group_id": group})
    await ensure_topics(settings, all_topics(settings.topic_prefix, 2, 1, [group]))
    missed = [a_fact(DeadlineMissed, unit="SNV") for _ in range(5)]
    async with replica(settings, issuer) as (_, chassis):
        await subscribe(chassis.database, webhook_catcher.url)
        await publish(*missed)
        await until_states(chassis.database, {"accepted": 5})
    answer = await asyncio.to_thread(
        CliRunner().invoke,
        app,
        ["replay", "notifications", "--to-beginning"],
        env={
            "THIDUA_KAFKA_BOOTSTRAP": settings.kafka_bootstrap,
            "THIDUA_TOPIC_PREFIX": settings.topic_prefix,
            "NOTIFICATIONS_GROUP_ID": group,
        },
    )
    assert answer.exit_code == 0, answer.output
    async with replica(settings, issuer) as (_, chassis):
        topic = topic_of(settings.topic_prefix, DeadlineMissed)

        async def all_repeated() -> bool:
            return chassis.metrics.value(REPEATED, topic=topic) == 5

        await until(all_repeated, seconds=30)
        await until_states(chassis.database, {"accepted": 5})
    assert len(webhook_catcher.requests) == 5
