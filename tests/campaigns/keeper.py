"""A service that keeps campaigns and does nothing else, as many replicas of it as a test wants."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from sqlalchemy.ext.asyncio import create_async_engine

from services.campaigns.announced import AnnouncedCampaign
from services.campaigns.models import CAMPAIGNS
from services.campaigns.parts import Campaigns
from services.campaigns.take import take_version
from services.chassis.base import Chassis
from services.chassis.broker.producer import close_producer, open_producer
from services.chassis.loops.loop import Loop
from services.chassis.service_settings import ServiceSettings
from services.chassis.storage.database import Transaction
from services.chassis.storage.tables import CHASSIS
from services.contracts.envelope import encode
from services.contracts.events import CampaignAnnounced, CampaignFact, CampaignWithdrawn
from services.contracts.topics import all_topics, topic_of

FOLLOWED = (CampaignAnnounced, CampaignWithdrawn)
PARTITIONS = 3


@dataclass(frozen=True)
class Kept:
    """What this service makes of a campaign."""

    announced: AnnouncedCampaign

    @property
    def id(self) -> str:
        return self.announced.id

    @property
    def generation(self) -> int:
        return self.announced.generation

    @property
    def units(self) -> int:
        return len(self.announced.newest.units)


async def create_tables(database_url: str) -> None:
    """The tables of every service, and those of campaigns."""
    engine = create_async_engine(database_url.replace("postgresql:", "postgresql+asyncpg:", 1))
    async with engine.begin() as connection:
        await connection.run_sync(CHASSIS.create_all)
        await connection.run_sync(CAMPAIGNS.create_all)
    await engine.dispose()


def settings_of(database_url: str, bootstrap: str, prefix: str, **more: Any) -> ServiceSettings:
    """Settings of a keeper; the environment has no say."""
    return ServiceSettings(
        database_url=database_url,
        kafka_bootstrap=bootstrap,
        topic_prefix=prefix,
        environment="local",
        **more,
    )


@dataclass
class Keeper:
    """One replica; nothing of it runs unless `running` says so."""

    settings: ServiceSettings
    chassis: Chassis = field(init=False)
    campaigns: Campaigns[Kept] = field(init=False)
    made: list[str] = field(default_factory=list)
    """Campaigns that were read from the database, each time."""
    acted: list[tuple[str, int]] = field(default_factory=list)
    """Versions that the service did something about."""
    newest: CampaignFact | None = None
    """The last of them."""
    fails: Exception | None = None
    """What it raises instead."""

    def __post_init__(self) -> None:
        self.chassis = Chassis("keeper", self.settings)
        self.campaigns = Campaigns(self.chassis, follows=FOLLOWED, take=self.take, make=self._make)

    async def take(self, tx: Transaction, fact: Any) -> bool:
        """As services do."""
        return await take_version(tx, fact, self._act)

    async def announce(self, fact: CampaignFact) -> bool:
        """Take it in a transaction of its own."""
        async with self.chassis.database.transaction() as tx:
            return await self.take(tx, fact)

    async def of(self, campaign: str = "hanoi-2020") -> Kept:
        """What it makes of a campaign now."""
        return await self.campaigns.registry.of(campaign)

    async def rows(self) -> list[tuple[str, int]]:
        """The versions it has stored."""
        async with self.chassis.database.transaction() as tx:
            rows = await tx.fetch(
                "SELECT campaign, version FROM campaign_versions ORDER BY campaign, version"
            )
        return [(row["campaign"], row["version"]) for row in rows]

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Keeper"]:
        """Its loops run while the block does."""
        loops: Sequence[Loop] = [self.chassis.listener.loop, *self.campaigns.loops]
        await self.campaigns.start()
        tasks = [
            asyncio.create_task(loop.run(clock=self.chassis.clock, metrics=self.chassis.metrics))
            for loop in loops
        ]
        try:
            yield self
            for task in tasks:
                assert not task.done(), f"ended by itself: {task.exception()!r}"
        finally:
            await asyncio.gather(*(loop.stop() for loop in loops))
            await asyncio.gather(*tasks)

    async def _act(self, _tx: Transaction, fact: CampaignFact) -> None:
        if self.fails is not None:
            raise self.fails
        self.acted.append((fact.campaign, fact.version))
        self.newest = fact

    async def _make(self, _tx: Transaction, announced: AnnouncedCampaign) -> Kept:
        self.made.append(announced.id)
        return Kept(announced)


async def publish(settings: ServiceSettings, *facts: CampaignFact) -> None:
    """Facts onto their topics, as the relay of submissions does."""
    producer = await open_producer(settings)
    try:
        for fact in facts:
            _, message = encode(fact, source="submissions", now=datetime.now(UTC))
            topic = topic_of(settings.topic_prefix, type(fact))
            await producer.send_and_wait(
                topic, message.value, message.key, headers=list(message.headers)
            )
    finally:
        await close_producer(producer)


async def create_topics(settings: ServiceSettings) -> None:
    """The topics of campaigns, as `thidua topics create` makes them."""
    wanted = {topic_of(settings.topic_prefix, fact) for fact in FOLLOWED}
    specs = [s for s in all_topics(settings.topic_prefix, PARTITIONS, 1, []) if s.name in wanted]
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    await admin.start()
    try:
        await admin.create_topics(
            [NewTopic(s.name, s.partitions, 1, topic_configs=dict(s.config)) for s in specs]
        )
    finally:
        await admin.close()
