"""The watermark promises that nothing recorded before it is still on its way."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from infra.local.issuer import Issuer
from services.chassis.observability.metrics import Metrics
from services.chassis.observability.registry import CHASSIS_METRICS
from services.chassis.relay import watermark
from services.chassis.relay.watermark import ALLOWED_SKEW, WatermarkPublisher
from services.chassis.storage.database import Database
from services.contracts.topics import topic_of
from tests.chassis.toy import toy_settings
from tests.scoring.facts import essay

ESSAY = essay("SNV", "a")


@pytest.fixture
async def database(toy_database: str) -> AsyncIterator[Database]:
    """The chassis' tables, open."""
    database = Database(toy_database, 10, source="toy")
    yield database
    await database.close()


@pytest.fixture
def publisher(toy_database: str, database: Database, issuer: Issuer) -> WatermarkPublisher:
    """Computes the watermark of that database; it never needs Kafka for that."""
    return WatermarkPublisher(
        toy_settings(toy_database, issuer),
        database,
        topics=[topic_of("thidua", type(ESSAY))],
        metrics=Metrics(CHASSIS_METRICS),
    )


async def _through(publisher: WatermarkPublisher) -> datetime:
    through = await publisher.published_through()
    assert through is not None
    return through


async def _relay(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute("DELETE FROM outbox")


async def test_without_anything_to_publish_it_follows_the_clock(
    publisher: WatermarkPublisher,
) -> None:
    before = datetime.now(UTC)
    assert before - ALLOWED_SKEW <= await _through(publisher) <= datetime.now(UTC) - ALLOWED_SKEW


async def test_an_open_transaction_holds_it_back_then_what_it_left_in_the_outbox(
    database: Database, publisher: WatermarkPublisher
) -> None:
    async with database.transaction() as tx:
        await tx.publish(ESSAY)
        recorded = datetime.now(UTC)
        await asyncio.sleep(1)
        assert await _through(publisher) < recorded
    assert await _through(publisher) < recorded
    await _relay(database)
    assert await _through(publisher) > recorded - ALLOWED_SKEW


async def test_a_backup_holds_nothing_back(
    toy_database: str, publisher: WatermarkPublisher
) -> None:
    backup = await asyncpg.connect(toy_database, server_settings={"application_name": "pg_dump"})
    async with backup.transaction():
        await backup.fetchval("SELECT count(*) FROM event_log")
        begun = datetime.now(UTC)
        await asyncio.sleep(0.1)
        assert await _through(publisher) > begun - ALLOWED_SKEW
    await backup.close()


async def test_whatever_commits_when_nothing_before_it_comes_later(
    database: Database, publisher: WatermarkPublisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Transactions of all lengths, committed in any order, relayed while others are under way.

    Without the margin for clocks that differ: here there is one clock.
    """
    monkeypatch.setattr(watermark, "ALLOWED_SKEW", timedelta(milliseconds=1))
    draw = random.Random(11)  # noqa: S311 - not a secret
    ending = asyncio.Event()

    async def write(pauses: list[float]) -> None:
        for before, after in zip(pauses[::2], pauses[1::2], strict=True):
            async with database.transaction() as tx:
                await tx.fetchval("SELECT 1")
                await asyncio.sleep(before)
                await tx.publish(ESSAY)
                await asyncio.sleep(after)

    async def relay() -> None:
        while not ending.is_set():
            await _relay(database)
            await asyncio.sleep(0.01)

    promises: list[tuple[datetime, int]] = []
    async with asyncio.TaskGroup() as group:
        writers = [
            group.create_task(write([draw.choice([0, 0.01, 0.3]) for _ in range(20)]))
            for _ in range(6)
        ]
        group.create_task(relay())
        while not all(writer.done() for writer in writers):
            through = await _through(publisher)
            promises.append((through, await _recorded(database, through)))
            await asyncio.sleep(0.02)
        ending.set()
    assert promises[-1][0] > promises[0][0]
    for through, counted in promises:
        assert await _recorded(database, through) == counted


async def _recorded(database: Database, through: datetime) -> int:
    """Facts recorded up to a moment that are on their topics now."""
    async with database.transaction() as tx:
        count: int = await tx.fetchval(
            "SELECT count(*) FROM event_log l WHERE recorded_at <= $1"
            " AND NOT EXISTS (SELECT FROM outbox o WHERE o.seq = l.seq)",
            through,
        )
        return count
