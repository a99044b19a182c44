"""The ground on which everything is measured: PostgreSQL and Apache Kafka of this run, fresh."""

import logging
import secrets
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.local.kafka import KafkaBroker, fetch_jars
from infra.local.postgres import PostgresCluster
from tests.conftest import JARS
from tests.delivery.harness import World
from tests.delivery.probe_service import create_tables


@dataclass
class Ground:
    """Both servers, running."""

    postgres: PostgresCluster
    kafka: KafkaBroker
    directory: Path
    """Gone at the end."""

    @asynccontextmanager
    async def world(self) -> AsyncIterator[World]:
        """A database and topics of their own."""
        url = self.postgres.create_database(f"bench_{secrets.token_hex(4)}")
        await create_tables(url)
        world = World(url, self.kafka.bootstrap, f"b{secrets.token_hex(4)}")
        await world.create_topics()
        yield world
        await world.database.close()


@contextmanager
def ground() -> Iterator[Ground]:
    """Start both; stop both. Clients stay silent: that a leader is being elected is no news."""
    logging.disable(logging.WARNING)
    fetch_jars(JARS)
    with tempfile.TemporaryDirectory() as directory:
        postgres = PostgresCluster(Path(directory) / "postgres")
        kafka = KafkaBroker(Path(directory) / "kafka", JARS, for_load=True)
        try:
            postgres.start()
            kafka.start()
            yield Ground(postgres, kafka, Path(directory))
        finally:
            kafka.stop()
            postgres.stop()


class Stopwatch:
    """Seconds since it was made, and rates."""

    def __init__(self) -> None:
        self._start = time.perf_counter()

    def rate(self, count: int) -> float:
        """Things a second since the start."""
        return count / (time.perf_counter() - self._start)
