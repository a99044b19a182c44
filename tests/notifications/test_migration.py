"""A database of the release before keeps its subscriptions, each in the campaign it was made in."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from services.chassis.storage.database import Database
from services.chassis.storage.migrations import migrate
from services.contracts.events import DeadlineMissed
from tests.notifications.running import rows, subscribe, take_in
from tests.notifications.several_campaigns import announce, matched
from tests.notifications.support import a_fact, an_event
from tests.support.announcing import announce_in
from tests.support.former import REVISION, migrate_to

MAIL = "reader@snv.example.org"

_SUBSCRIPTION = """
INSERT INTO subscriptions (id, campaign, unit, event_types, channel, target, language, content_type,
                           personal_data, owner_unit, owner_subject, state, failed_in_row,
                           created_at)
VALUES ($1, 'hanoi-2020', 'SNV', '{deadline-missed}', 'email', $2, 'vi', 'application/json',
        false, 'SNV', 'reader', 'active', 0, $3)
"""
_EVENT = """
INSERT INTO events (event_id, type, source, subject, time, recordedtime, partitionkey, dataschema,
                    simulated, data)
VALUES ($1, $2, 'submissions', $3, $4, $4, 'SNV', $5, false, $6)
"""
_DELIVERY = """
INSERT INTO deliveries (id, event_id, subscription_id, channel, state, attempts, attempts_before)
VALUES ($1, $2, $1, 'email', 'pending', 0, 0)
"""


def test_the_migration_says_of_replicas_what_the_manual_says() -> None:
    migration = Path("services/notifications/migrations/versions/2026_12_02_campaigns.py")
    assert "All replicas\nare stopped before" in migration.read_text("utf-8")
    assert "Stop all services, every replica" in Path("docs/operating.md").read_text("utf-8")


async def write_as_the_release_before(url: str, id_: UUID, target: str) -> None:
    """A subscription, an event and its delivery, all three as that release's replicas write."""
    event = an_event(a_fact(DeadlineMissed, unit="SNV"))
    now = datetime.now(UTC)
    connection = await asyncpg.connect(url)
    await connection.execute(_SUBSCRIPTION, id_, target, now)
    more = (event.type, event.subject, now, event.dataschema, event.data.model_dump_json())
    await connection.execute(_EVENT, event.id, *more)
    await connection.execute(_DELIVERY, id_, event.id)
    await connection.close()


async def test_subscriptions_and_deliveries_keep_their_campaign_and_new_ones_may_be_for_all(
    fresh_database: Callable[[], str],
) -> None:
    url = fresh_database()
    await asyncio.to_thread(migrate_to, REVISION, "notifications", url)
    await write_as_the_release_before(url, UUID(int=1), MAIL)
    await asyncio.to_thread(migrate, "notifications", url)
    # A replica of the release before goes on until it is stopped.
    await write_as_the_release_before(url, UUID(int=2), "other@snv.example.org")

    database = Database(url, source="notifications")
    try:
        await announce_in(database)
        await announce(database)
        before = await matched(database)
        assert before == [("other@snv.example.org", "hanoi-2020"), (MAIL, "hanoi-2020")]
        await subscribe(database, "all@snv.example.org", campaign=None)
        events: list[Any] = [
            an_event(a_fact(DeadlineMissed, unit="SNV", campaign=campaign))
            for campaign in ("hanoi-2020", "hanoi-2021")
        ]
        assert await take_in(database, events) == 4
        [kept] = await rows(database, "SELECT campaign FROM subscriptions WHERE target = $1", MAIL)
        assert kept["campaign"] == "hanoi-2020"
    finally:
        await database.close()
