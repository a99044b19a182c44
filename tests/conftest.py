"""Real servers for every test: started when the first test asks, stopped when the session ends.

A test that asks for none costs nothing. Apache Kafka's jars are shared with the stack, under
`.local/kafka/lib`; all data lives in a temporary directory of the session.
"""

import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infra.local.broker import Broker
from infra.local.kafka import KafkaBroker, KafkaUnavailableError, fetch_jars, why_not_kafka
from infra.local.postgres import PostgresCluster
from infra.local.wheel_broker import WheelBroker

LOCAL = Path(__file__).parents[1] / ".local"
JARS = LOCAL / "kafka" / "lib"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresCluster]:
    """PostgreSQL 18, running. A test that stops or kills it starts it again."""
    cluster = PostgresCluster(tmp_path_factory.mktemp("postgres"))
    cluster.start()
    yield cluster
    cluster.stop()


@pytest.fixture
def fresh_database(postgres: PostgresCluster) -> Iterator[Callable[[], str]]:
    """A factory of empty databases, each with a role of its own; `fresh_database()` is a DSN.

    All are dropped, whoever is still connected, when the test is over.
    """
    made: list[str] = []

    def make() -> str:
        name = f"test_{secrets.token_hex(6)}"
        made.append(name)
        return postgres.create_database(name)

    yield make
    postgres.start()
    for name in made:
        postgres.drop_database(name)


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaBroker]:
    """Apache Kafka, running. Without Java or Maven: skipped aloud, or failed where CI=true."""
    try:
        if reason := why_not_kafka(JARS):
            raise KafkaUnavailableError(reason)
        fetch_jars(JARS)
    except KafkaUnavailableError as error:
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(f"Apache Kafka is a must in CI: {error}", pytrace=False)
        pytest.skip(f"!! NOT TRIED, NO APACHE KAFKA: {error}")
    broker = KafkaBroker(tmp_path_factory.mktemp("kafka"), JARS)
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture(scope="session")
def broker(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Broker]:
    """A broker, running: Apache Kafka (the same as `kafka`) where it can be had, else the wheel."""
    must_be_kafka = os.environ.get("CI", "").lower() == "true"
    wanted = os.environ.get("BROKER", "auto")
    if wanted != "wheel" and (wanted == "kafka" or must_be_kafka or why_not_kafka(JARS) is None):
        yield request.getfixturevalue("kafka")
        return
    wheel = WheelBroker(tmp_path_factory.mktemp("wheel"))
    wheel.start()
    yield wheel
    wheel.stop()
