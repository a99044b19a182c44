"""Both brokers of the one-machine stack keep what they acknowledged."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import UnknownTopicOrPartitionError

from infra.local.broker import Broker, choose_broker
from infra.local.kafka import KafkaBroker
from infra.local.topic import group_lag
from infra.local.wheel_broker import WheelBroker
from tests.conftest import JARS


@pytest.fixture
def own_kafka(kafka: KafkaBroker, tmp_path: Path) -> Iterator[KafkaBroker]:  # noqa: ARG001 - skips
    broker = KafkaBroker(tmp_path / "kafka", JARS)
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def wheel(tmp_path: Path) -> Iterator[WheelBroker]:
    broker = WheelBroker(tmp_path / "wheel")
    broker.start()
    yield broker
    broker.stop()


async def create_topic(broker: Broker, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(topic, num_partitions=2, replication_factor=1)])
    await admin.close()


async def produce(broker: Broker, topic: str, values: list[bytes]) -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=broker.bootstrap, acks="all", enable_idempotence=True
    )
    await producer.start()
    for value in values:
        await producer.send_and_wait(topic, value, key=value)
    await producer.stop()


async def consume(broker: Broker, topic: str, count: int, group: str) -> list[bytes]:
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=broker.bootstrap,
        group_id=group,
        group_instance_id="reader",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    await consumer.start()
    try:
        got = [(await consumer.getone()).value for _ in range(count)]
        await consumer.commit()
    finally:
        await consumer.stop()
    return sorted(value for value in got if value is not None)


@pytest.mark.broken
async def test_kafka_keeps_what_it_acknowledged_through_a_sigkill_and_a_restart(
    own_kafka: KafkaBroker,
) -> None:
    await create_topic(own_kafka, "facts")
    await produce(own_kafka, "facts", [b"a", b"b"])
    own_kafka.kill()
    assert own_kafka.pid is None
    own_kafka.start()
    assert await consume(own_kafka, "facts", 2, "before") == [b"a", b"b"]

    own_kafka.restart()
    await produce(own_kafka, "facts", [b"c"])
    assert await group_lag(own_kafka.bootstrap, "before") == 1
    assert await group_lag(own_kafka.bootstrap, "never-was") == 0
    assert await consume(own_kafka, "facts", 1, "before") == [b"c"]
    assert await consume(own_kafka, "facts", 3, "after") == [b"a", b"b", b"c"]


@pytest.mark.broken
async def test_kafka_makes_no_topic_that_was_not_provisioned(kafka: KafkaBroker) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    try:
        described = await admin.describe_topics(["never-provisioned"])
    finally:
        await admin.close()
    assert described[0]["error_code"] == UnknownTopicOrPartitionError.errno


async def test_the_wheel_produces_consumes_and_keeps_data_over_a_restart(
    wheel: WheelBroker,
) -> None:
    await create_topic(wheel, "facts")
    await produce(wheel, "facts", [b"a", b"b"])
    assert await consume(wheel, "facts", 2, "first") == [b"a", b"b"]
    assert await group_lag(wheel.bootstrap, "never-was") == 0
    assert await group_lag(wheel.bootstrap, "first") == 0
    wheel.restart()
    assert await consume(wheel, "facts", 2, "second") == [b"a", b"b"]


async def test_the_wheel_starts_again_after_a_sigkill(wheel: WheelBroker) -> None:
    wheel.kill()
    assert wheel.pid is None
    wheel.start()
    await create_topic(wheel, "later")
    await produce(wheel, "later", [b"a"])
    assert await consume(wheel, "later", 1, "first") == [b"a"]


def test_without_java_the_wheel_is_chosen_and_one_loud_line_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.delenv("BROKER", raising=False)
    announced: list[str] = []
    chosen = choose_broker(None, tmp_path, tmp_path / "lib", announce=announced.append)
    assert isinstance(chosen, WheelBroker)
    assert len(announced) == 1
    assert "KHÔNG CÓ KAFKA: không tìm thấy Java" in announced[0]


def test_the_environment_decides_the_broker_by_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROKER", "wheel")
    assert isinstance(choose_broker(None, tmp_path, JARS), WheelBroker)
    monkeypatch.setenv("BROKER", "rabbit")
    with pytest.raises(ValueError, match="`auto`, `kafka` hoặc `wheel`"):
        choose_broker(None, tmp_path, JARS)
