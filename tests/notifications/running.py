"""Parts of notifications, running: senders over a database, without Kafka or with it."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from services.campaigns.parts import Campaigns
from services.chassis.base import Chassis
from services.chassis.loops.loop import Loop
from services.chassis.storage.database import Database
from services.chassis.storage.outbox import decode_headers
from services.contracts.envelope import Event, Invalid, decode
from services.contracts.events import Fact
from services.notifications.campaign import NotificationsCampaign, campaigns_of, names_in
from services.notifications.channels.channel import Channel
from services.notifications.channels.registry import CHANNELS
from services.notifications.deliveries.schedule import Scheduler
from services.notifications.deliveries.sender import Sender
from services.notifications.deliveries.take import CHANNEL
from services.notifications.metrics import METRICS
from services.notifications.models import Subscription
from services.notifications.secret_encryption import SecretEncryption, new_webhook_secret
from services.notifications.settings import NotificationsSettings
from tests.notifications.support import KEY

SECRET = new_webhook_secret()


@asynccontextmanager
async def sending(
    settings: NotificationsSettings, *channels: str, channel: Channel | None = None
) -> AsyncIterator[Chassis]:
    """One replica's senders over the settings' database while the block runs."""
    chassis = Chassis("notifications", settings, metrics=METRICS)
    names = names_in(campaigns_of(chassis).registry)
    loops: list[Loop] = [chassis.listener.loop]
    for name in channels or CHANNELS:
        kind = CHANNELS[name]
        loop = Sender(chassis, settings, kind, channel or kind.open(settings, names)).loop
        chassis.listener.on(CHANNEL, loop.wake)
        loops.append(loop)
    tasks = [
        asyncio.create_task(loop.run(clock=chassis.clock, metrics=chassis.metrics))
        for loop in loops
    ]
    try:
        yield chassis
    finally:
        stops = [asyncio.create_task(loop.stop()) for loop in loops]
        done, _ = await asyncio.wait(tasks, timeout=20)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, *stops, return_exceptions=True)
        await chassis.database.close()
    for task in done:
        task.result()


async def subscribe(database: Database, target: str, **changes: Any) -> UUID:
    """An active subscription of SNV to everything it can be told, changes as keywords."""
    channel = "webhook" if target.startswith("http") else "email"
    row = Subscription.model_validate(
        {
            "id": uuid4(),
            "campaign": "hanoi-2020",
            "unit": "SNV",
            "event_types": ["deadline-missed", "essay-submitted", "points-recomputed"],
            "channel": channel,
            "target": target,
            "host": CHANNELS[channel].host(target),
            "owner_unit": "SNV",
            "owner_subject": "test",
            "secret": SecretEncryption([KEY]).encrypt(SECRET) if channel == "webhook" else None,
            "created_at": datetime.now(UTC),
            **changes,
        }
    )
    async with database.transaction() as tx:
        tx.session.add(row)
    return row.id


def campaigns_over(database: Database) -> Campaigns[NotificationsCampaign]:
    """What one replica knows of the campaigns in a database; it follows no topics."""
    settings = NotificationsSettings(database_url=database.url, secret_key=KEY)
    return campaigns_of(Chassis("notifications", settings, database=database))


async def take_in(database: Database, events: Sequence[Event]) -> int:
    """What the consumer does with a batch; how many deliveries it made."""
    count = "SELECT count(*) FROM deliveries"
    async with database.transaction() as tx:
        before: int = await tx.fetchval(count)
        await Scheduler(campaigns_over(database), lambda: None).handle(tx, events)
        return int(await tx.fetchval(count)) - before


async def rows(database: Database, sql: str, *args: object) -> list[Any]:
    """What a query finds."""
    async with database.transaction() as tx:
        return await tx.fetch(sql, *args)


async def states(database: Database) -> dict[str, int]:
    """Deliveries by state."""
    found = await rows(database, "SELECT state, count(*) FROM deliveries GROUP BY state")
    return {row["state"]: row["count"] for row in found}


async def attempts(database: Database) -> list[tuple[int, str | None, int | None]]:
    """Number, outcome and code of every attempt, in order."""
    found = await rows(
        database, "SELECT number, outcome, code FROM delivery_attempts ORDER BY started_at, number"
    )
    return [(row["number"], row["outcome"], row["code"]) for row in found]


async def published_facts(database: Database) -> list[Fact]:
    """What notifications published, in order."""
    found = await rows(database, "SELECT key, headers, value FROM event_log ORDER BY seq")
    facts = []
    for row in found:
        event = decode(row["key"], decode_headers(row["headers"]), row["value"])
        assert not isinstance(event, Invalid), event
        facts.append(event.data)
    return facts


async def until(what: Callable[[], Awaitable[bool]], seconds: float = 60.0) -> None:
    """Wait until it is so; fail when it does not become so."""
    deadline = time.monotonic() + seconds
    while not await what():
        assert time.monotonic() < deadline, "it did not come to that"
        await asyncio.sleep(0.02)


async def until_states(database: Database, wanted: dict[str, int], seconds: float = 60.0) -> None:
    """Wait until the deliveries are in these states."""
    found: dict[str, int] = {}
    deadline = time.monotonic() + seconds
    while (found := await states(database)) != wanted:
        assert time.monotonic() < deadline, f"{found} instead of {wanted}"
        await asyncio.sleep(0.02)
