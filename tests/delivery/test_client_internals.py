"""What is used of libraries although it is private: each use is listed, with the test that notices.

A new use fails the first test until it is listed. A release of a library that changes one fails
the test that is named for it.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.consumer import fetcher
from aiokafka.producer.sender import Sender

from services.chassis.broker.fetched_records import FetchedRecords, read_every_batch
from tests.delivery.harness import ROOT

FOLDERS = ("services", "infra", "tests/support")

HISTOGRAM = (
    "chassis/test_metrics.py",
    "test_many_values_at_once_make_the_histogram_that_they_make_one_by_one",
)
UNREADABLE = (
    "delivery/test_unreadable_header_names.py",
    "test_the_client_by_itself_still_can_not_read_them",
)

PACE = (
    "delivery/test_fetch_pace.py",
    "test_a_broker_that_holds_no_fetch_is_asked_fifty_times_a_second_at_most",
)

DOCUMENTED = {"_replace", "_getframe"}
"""Of named tuples and of `sys`: Python's manual has them."""

NOTICED_BY = {
    # Their `observe` walks all buckets for each of ten thousand values.
    ("services/chassis/observability/metrics.py", "_buckets"): HISTOGRAM,
    ("services/chassis/observability/metrics.py", "_sum"): HISTOGRAM,
    # aiokafka's `stop()` waits for a broker that is gone for ever.
    ("services/chassis/broker/producer.py", "_sender"): (
        "delivery/test_client_internals.py",
        "test_the_sender_of_a_producer_is_there",
    ),
    # It asks a broker that does not hold a fetch again at once.
    ("services/chassis/broker/fetch_pace.py", "_proc_fetch_request"): PACE,
    # The builder in C writes no header name that is not UTF-8.
    ("tests/support/unreadable.py", "_DefaultRecordBatchBuilderPy"): UNREADABLE,
    ("tests/support/unreadable.py", "_builder"): UNREADABLE,
}


def test_each_private_name_that_is_used_is_listed() -> None:
    found = set()
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = str(path.relative_to(ROOT))
            found |= {(name, private) for private in _foreign_private_names(path)}
    assert found == set(NOTICED_BY)


@pytest.mark.parametrize(("file", "test"), sorted(set(NOTICED_BY.values())))
def test_the_test_that_notices_is_there(file: str, test: str) -> None:
    tree = ast.parse((ROOT / "tests" / file).read_text())
    assert test in {getattr(node, "name", "") for node in tree.body}


async def test_the_sender_of_a_producer_is_there() -> None:
    producer = AIOKafkaProducer()
    try:
        assert isinstance(producer._sender, Sender | None)
        assert isinstance(Sender.sender_task, property)
    finally:
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


def _foreign_private_names(path: Path) -> Iterator[str]:
    """Of objects other than `self`, and of modules; but for what the file itself defines."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    own = {node.name for node in nodes if isinstance(node, definitions)}
    own |= {
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    }
    own |= DOCUMENTED
    for node in nodes:
        names: list[str] = []
        if isinstance(node, ast.Attribute):
            if not isinstance(node.value, ast.Name) or node.value.id not in ("self", "cls"):
                names = [node.attr]
        elif isinstance(node, ast.Import | ast.ImportFrom):
            dotted = [alias.name for alias in node.names]
            dotted.append(getattr(node, "module", None) or "")
            names = [part for one in dotted for part in one.split(".")]
        yield from (
            n for n in names if n.startswith("_") and not n.startswith("__") and n not in own
        )
