"""Promise: the upgrade as docs/operating.md has it: all services, with PostgreSQL and Kafka."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
from aiokafka import AIOKafkaConsumer, TopicPartition

from infra.local.broker import Broker
from infra.local.issuer import Issuer
from infra.local.postgres import PostgresCluster
from services.chassis.broker.group_positions import committed
from services.chassis.broker.topic_admin import admin_client, ensure_topics
from services.chassis.broker.topic_reader import end_offsets
from services.chassis.running.service import Service, create_app
from services.chassis.settings import SharedSettings
from services.chassis.storage.migrations import migrate
from services.chassis.storage.outbox import republish
from services.cli.parts import SERVICES
from services.contracts.topics import all_topics, topic_of
from services.notifications import events as notifications_events
from services.notifications.app import compose as compose_notifications
from services.notifications.settings import NotificationsSettings
from services.scoring import events as scoring_events
from services.scoring.app import compose as compose_scoring
from services.scoring.publications.verify import verify_published
from services.scoring.settings import ScoringSettings
from services.submissions.app import compose as compose_submissions
from services.submissions.settings import SubmissionsSettings
from tests.notifications.support import KEY
from tests.scoring.service import until
from tests.support.former import CAMPAIGN, contents, digests, restore
from tests.support.serving import served

READERS = {"scoring": scoring_events.HANDLERS, "notifications": notifications_events.HANDLERS}
"""What each consumer group reads."""

GROWS = {"campaigns", "campaign_versions", "event_log", "outbox", "idempotency_keys", "rule_sets"}
"""What an announcement writes."""
OWNER = {"deployment"}
"""Each service notes at its first start whose the database is."""
SCORED_ONCE = {"clusters"}
"""When they were scored, after the upgrade once more."""
SENT = {"deliveries", "delivery_attempts"}
"""What waited is tried once more."""

PARTITIONS = 6
"""As that release had them: its publications name an offset of each, up to which they count."""


@dataclass
class Upgrade:
    """Migrated databases, topics that have the season's events, and settings over both."""

    issuer: Issuer
    urls: dict[str, str]
    settings: SharedSettings

    def service(self, name: str) -> Service:
        """One of the services, as its process composes it."""
        common = {
            **self.settings.model_dump(exclude_unset=True),
            "batch_wait_ms": 20,
            "database_url": self.urls[name],
            "jwks_url": self.issuer.jwks_url,
            "token_issuer": self.issuer.url,
        }
        if name == "submissions":
            return compose_submissions(
                SubmissionsSettings(
                    **common, clock="simulated", simulated_start="2020-01-01T00:00:00+07:00"
                )
            )
        if name == "scoring":
            return compose_scoring(ScoringSettings(**common))
        return compose_notifications(
            NotificationsSettings(**common, secret_key=KEY, allow_internal_webhooks=True)
        )

    @asynccontextmanager
    async def running(self, name: str) -> AsyncIterator[httpx.AsyncClient]:
        """It serves, with all its loops, consumers and its relay."""
        app = create_app(self.service(name))
        async with served(app) as url, httpx.AsyncClient(base_url=url, timeout=60) as client:

            async def ready() -> bool:
                return (await client.get("/health/ready")).status_code == httpx.codes.OK

            await until(ready)
            yield client
        assert app.state.lifespan.died is None

    def board(self) -> dict[str, str]:
        """Headers of a request of the Board."""
        token = self.issuer.mint("board")
        return {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}

    async def rows(self, name: str) -> dict[str, Any]:
        """Everything in a service's database."""
        return await contents(self.urls[name])

    async def nothing_waits(self, name: str) -> None:
        """Everything that a service published is on its topics."""

        async def relayed() -> bool:
            return not (await self.rows(name))["outbox"].rows

        await until(relayed)


async def prepare(
    postgres: PostgresCluster, fresh_database: Callable[[], str], issuer: Issuer, bootstrap: str
) -> Upgrade:
    """Databases of that release, migrated; its events wait for topics that are new here."""
    prefix = f"t{secrets.token_hex(4)}"
    settings = SharedSettings(environment="local", kafka_bootstrap=bootstrap, topic_prefix=prefix)
    groups = ["scoring", "notifications"]
    await ensure_topics(settings, all_topics(prefix, PARTITIONS, 1, groups))
    urls = {name: fresh_database() for name in SERVICES}
    for name, url in urls.items():
        await restore(postgres, url, name, prefix)
        await asyncio.to_thread(migrate, name, url)
        connection = await asyncpg.connect(url)
        await republish(connection)
        await connection.close()
    return Upgrade(issuer, urls, settings)


async def test_a_season_goes_on_over_the_upgrade_with_the_digests_that_it_had(
    postgres: PostgresCluster, fresh_database: Callable[[], str], issuer: Issuer, broker: Broker
) -> None:
    """Every event of the season is read once more by all who read it, and changes nothing."""
    upgrade = await prepare(postgres, fresh_database, issuer, broker.bootstrap)
    before = {name: await upgrade.rows(name) for name in SERVICES}
    names = ("plan.yaml", "units.csv", "rules.yaml")
    files = {name: (CAMPAIGN / name).read_text() for name in names}
    async with upgrade.running("submissions") as submissions:
        answer = await submissions.post(
            "/v1/campaigns",
            json={"files": files, "document": "Văn bản mô phỏng 1"},
            headers=upgrade.board(),
        )
        assert answer.status_code == httpx.codes.CREATED, answer.text
        async with (
            upgrade.running("scoring") as scoring,
            upgrade.running("notifications"),
        ):
            api = "/v1/campaigns/hanoi-2020"

            async def digest() -> str | None:
                answer = await scoring.get(f"{api}/digest", headers=upgrade.board())
                if answer.status_code != httpx.codes.OK or not answer.json()["up_to_date"]:
                    return None
                return str(answer.json()["digest"])

            assert await until(digest) == digests()["standings"]
            for name in SERVICES:
                await upgrade.nothing_waits(name)
            for group, handlers in READERS.items():
                topics = [topic_of(upgrade.settings.topic_prefix, fact) for fact in handlers]
                await until(partial(has_read_all, upgrade.settings, group, topics))
            assert await until(digest) == digests()["standings"]
    after = {name: await upgrade.rows(name) for name in SERVICES}
    for name in SERVICES:
        changed = {table for table in after[name] if after[name][table] != before[name][table]}
        assert changed <= GROWS | OWNER | SCORED_ONCE | SENT, name
        kept = set(before[name]["event_log"].of(["event_id", "value"]))
        assert kept <= set(after[name]["event_log"].of(["event_id", "value"])), name
    await verified(upgrade)


async def has_read_all(settings: SharedSettings, group: str, topics: Sequence[str]) -> bool:
    """Whether a group has committed every record of its topics."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap, enable_auto_commit=False
    )
    await consumer.start()
    try:
        async with admin_client(settings) as admin:
            ends = await end_offsets(admin, consumer, topics)
    finally:
        await consumer.stop()
    reached = await committed(settings, group)
    return all(
        reached.get(TopicPartition(topic, number), 0) >= end
        for topic, of_one in ends.items()
        for number, end in enumerate(of_one)
    )


async def verified(upgrade: Upgrade) -> None:
    """Whoever reads the topics computes the digests that were published before the upgrade."""
    for version, published in digests()["publications"].items():
        found = await verify_published(
            upgrade.settings, "hanoi-2020", version=int(version), write_line=lambda _: None
        )
        assert (found.published, found.computed) == (published, published), found.findings
        assert found.holds
