"""Scoring is started before the first campaign is announced, while facts of a season lie there."""

import asyncio

from infra.local.broker import Broker
from infra.local.issuer import Issuer
from infra.local.postgres import PostgresCluster
from services.chassis.observability.registry import BATCH_RETRIES, CONSUMER_STOPPED
from services.chassis.storage.migrations import migrate
from tests.scoring.facts import essay
from tests.scoring.service import beside, until, world
from tests.support.announcing import announcement


async def test_it_waits_for_the_campaign_sets_nothing_aside_and_goes_on_by_itself(
    broker: Broker, issuer: Issuer, postgres: PostgresCluster, scoring_url: str
) -> None:
    """More facts than may be set aside in a row."""
    url = beside(postgres, scoring_url)
    await asyncio.to_thread(migrate, "scoring", url)
    async with world(
        url,
        broker.bootstrap,
        issuer,
        announced=False,
        campaign_wait_s=0,
        dead_letter_run_limit=5,
        retry_base_ms=10,
        retry_max_ms=50,
    ) as one:
        await one.publish(*(essay("SNV", f"e{number}") for number in range(12)))
        (metrics,) = (replica.chassis.metrics for replica in one.replicas)

        async def waits() -> bool:
            return metrics.value(BATCH_RETRIES) > 3

        await until(waits)
        await one.publish(announcement())
        await one.has_stored(12)
        assert await one.dead_letters() == []
        assert metrics.value(CONSUMER_STOPPED) == 0
