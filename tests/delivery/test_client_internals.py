"""What is used of the Kafka clients although it is private: each use is listed here, and is there.

A new use fails the first test until it is listed; a release that renames one fails the second.
"""

import ast
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.client import AIOKafkaClient
from aiokafka.consumer import fetcher
from aiokafka.producer.sender import Sender

from services.chassis.broker.fetched_records import FetchedRecords, read_every_batch
from tests.delivery.harness import ROOT

FOLDERS = ("broker", "consuming", "dead_letters", "relay")

USED = {
    (
        "broker/producer.py",
        "_sender",
    ): "aiokafka's `stop()` waits for a broker that is gone for ever",
    ("broker/topic_reader.py", "_client"): "no public call asks for new metadata",
}


def test_each_private_name_that_is_used_is_listed() -> None:
    found = set()
    for folder in FOLDERS:
        for path in sorted((ROOT / "services/chassis" / folder).glob("*.py")):
            found |= {(f"{folder}/{path.name}", name) for name in _foreign_private_names(path)}
    assert found == set(USED)


async def test_they_are_there() -> None:
    consumer, producer = AIOKafkaConsumer(), AIOKafkaProducer()
    try:
        assert isinstance(consumer._client, AIOKafkaClient)
        assert callable(consumer._client.force_metadata_update)
        assert isinstance(producer.client, AIOKafkaClient)
        assert isinstance(producer._sender, Sender | None)
        assert isinstance(Sender.sender_task, property)
    finally:
        await consumer.stop()
        await producer.stop()


def test_the_fetcher_asks_of_a_fetch_what_ours_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is replaced where the fetcher looks it up, and nothing else is asked of it."""
    monkeypatch.setattr(fetcher, "MemoryRecords", fetcher.MemoryRecords)  # put back afterwards
    read_every_batch()
    assert fetcher.MemoryRecords is FetchedRecords
    source = ast.parse(Path(fetcher.__file__).read_text())
    asked = {
        node.attr
        for node in ast.walk(source)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in ("records", "next_batch")
    }
    ours = {name for name in dir(FetchedRecords) if not name.startswith("_")}
    # Of transactions that were undone we never ask: it is for readers of committed records only.
    of_batches = {"validate_crc", "is_control_batch", "base_offset", "next_offset"}
    assert asked <= ours | of_batches | {"producer_id", "is_transactional", "append"}
    assert ours | of_batches <= asked


def _foreign_private_names(path: Path) -> set[str]:
    return {
        node.attr
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and node.attr.startswith("_")
        and not node.attr.startswith("__")
        and node.attr != "_replace"  # of named tuples, and public
        and not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"))
    }
