"""A small service made of the chassis, to be killed: it accepts facts, relays and consumes them.

    python -m tests.delivery.probe_service '{"write": 100, "consume": true}'

One line on standard output for each fact it accepted, like an HTTP 201, and `idle` when it has
written all. What it consumes it notes in `effects`, which allows doubles: they would show.
"""

import asyncio
import json
import signal
import sys
from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from services.chassis import crash
from services.chassis.broker.producer import open_producer
from services.chassis.consuming.consumer import EventConsumer
from services.chassis.consuming.deduplicate import deduplicated
from services.chassis.observability.logs import configure_logs
from services.chassis.observability.metrics import Metrics
from services.chassis.observability.registry import CHASSIS_METRICS
from services.chassis.relay.relay import Relay
from services.chassis.retry import PermanentError, is_transient
from services.chassis.service_settings import ServiceSettings
from services.chassis.storage.database import Database, Transaction
from services.chassis.storage.tables import CHASSIS
from services.contracts.envelope import Event
from services.contracts.events import EssaySubmitted
from services.contracts.topics import topic_of
from tests.support.facts import essay

SERVICE = "probe"
UNITS = tuple(f"Q{n:03}" for n in range(20))
CURSED = 666
"""Words of an essay that the database refuses to store: an item whose effect fails."""

EFFECTS = f"""
CREATE TABLE effects (
    event_id uuid NOT NULL,
    unit text NOT NULL,
    words integer NOT NULL CONSTRAINT no_curse CHECK (words <> {CURSED})
)
"""


def group_of(prefix: str) -> str:
    """A consumer group of its own for each test: one that was killed is remembered for a while."""
    return f"{SERVICE}-{prefix}"


def settings_of(database_url: str, bootstrap: str, prefix: str, **more: Any) -> ServiceSettings:
    """Settings of a probe; the environment has no say."""
    values: dict[str, Any] = {
        "group_id": group_of(prefix),
        "batch_wait_ms": 10,
        "drain_timeout_s": 5,
        "retry_base_ms": 20,
    } | more
    return ServiceSettings(
        database_url=database_url,
        kafka_bootstrap=bootstrap,
        topic_prefix=prefix,
        environment="local",
        **values,
    )


def check(event: Event) -> None:
    """The wrong unit: one that no campaign knows."""
    if event.partitionkey not in UNITS:
        raise PermanentError("unknown-unit", f"no unit {event.partitionkey}")


async def effect(tx: Transaction, events: Sequence[Event]) -> None:
    """One row an event, in one statement."""
    await tx.execute(
        "INSERT INTO effects SELECT * FROM unnest($1::uuid[], $2::text[], $3::int[])",
        [event.id for event in events],
        [event.partitionkey for event in events],
        [getattr(event.data, "words", 0) for event in events],
    )


def relay_of(settings: ServiceSettings, metrics: Metrics, **more: Any) -> Relay:
    """The relay of a probe."""
    options = {"batch": settings.relay_batch, "safety_poll_s": 1.0} | more
    return Relay(
        settings.database_url,
        partial(open_producer, settings),
        name=SERVICE,
        metrics=metrics,
        **options,
    )


def consumer_of(
    settings: ServiceSettings, database: Database, metrics: Metrics, **more: Any
) -> EventConsumer:
    """The consumer of a probe."""
    edges: dict[str, Any] = {
        "check": check,
        "handle": deduplicated(more.pop("effect", effect)),
        "topics": [topic_of(settings.topic_prefix, EssaySubmitted)],
    } | more
    return EventConsumer(
        service=SERVICE,
        settings=settings,
        database=database,
        metrics=metrics,
        **edges,
    )


async def create_tables(database_url: str) -> None:
    """The tables of every service, and `effects`."""
    engine = create_async_engine(database_url.replace("postgresql:", "postgresql+asyncpg:", 1))
    async with engine.begin() as connection:
        await connection.run_sync(_create_chassis)
        await connection.exec_driver_sql(EFFECTS)
    await engine.dispose()


def _create_chassis(connection: Connection) -> None:
    CHASSIS.create_all(connection)


async def _write(database: Database, count: int) -> None:
    for number in range(count):
        unit = UNITS[number % len(UNITS)]
        while True:
            try:
                async with database.transaction() as tx:
                    event_id = await tx.publish(essay(unit, 1 + number))
                break
            except Exception as error:
                if not is_transient(error):
                    raise
                await asyncio.sleep(0.1)  # a client would be told 503 and come again
        sys.stdout.write(f"{event_id}\n")
        sys.stdout.flush()
    sys.stdout.write("idle\n")
    sys.stdout.flush()


async def main(orders: dict[str, Any]) -> None:
    """Do as ordered until SIGTERM."""
    configure_logs(SERVICE)  # to standard error: standard output says what was accepted
    crash.arm("local")
    settings = settings_of(
        orders["database"],
        orders["bootstrap"],
        orders["prefix"],
        group_instance_id=f"{SERVICE}-0",  # the next of us takes over at once, not after a timeout
    )
    metrics = Metrics(CHASSIS_METRICS)
    database = Database(settings.database_url, 4, source=SERVICE, topic_prefix=orders["prefix"])
    running: list[Relay | EventConsumer] = []
    if orders.get("relay"):
        running.append(relay_of(settings, metrics))
    if orders.get("consume"):
        running.append(consumer_of(settings, database, metrics))
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    tasks = [asyncio.create_task(each.run()) for each in running]
    tasks.append(asyncio.create_task(_write(database, orders.get("write", 0))))
    await stop.wait()
    for each in running:
        await each.stop()
    await asyncio.gather(*tasks)
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
