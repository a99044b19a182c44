"""A fresh world for each test of delivery: a database with the chassis' tables, two topics."""

import secrets
from collections.abc import AsyncIterator, Callable

import pytest

from infra.local.broker import Broker
from infra.local.kafka import KafkaBroker
from tests.delivery.harness import Probe, World
from tests.delivery.probe_service import create_tables


@pytest.fixture
async def world(fresh_database: Callable[[], str], broker: Broker) -> AsyncIterator[World]:
    """On the broker that this machine has; one that a test left dead is started again."""
    broker.start()
    async for made in _make(fresh_database(), broker.bootstrap):
        yield made


@pytest.fixture
async def kafka_world(
    fresh_database: Callable[[], str], kafka: KafkaBroker
) -> AsyncIterator[World]:
    """On Apache Kafka, for tests that break something."""
    kafka.start()
    async for made in _make(fresh_database(), kafka.bootstrap):
        yield made


@pytest.fixture
def probes() -> object:
    """Start probe processes; all are gone after the test."""
    made: list[Probe] = []

    def start(world: World, **orders: object) -> Probe:
        made.append(Probe(world, **orders))  # type: ignore[arg-type]
        return made[-1]

    yield start
    for probe in made:
        probe.kill()


async def _make(database_url: str, bootstrap: str) -> AsyncIterator[World]:
    await create_tables(database_url)
    world = World(database_url, bootstrap, f"t{secrets.token_hex(4)}")
    await world.create_topics()
    yield world
    await world.database.close()
