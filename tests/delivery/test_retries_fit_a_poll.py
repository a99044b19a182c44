"""However its retries are set, a poll is given back before Kafka takes the partitions away."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from services.chassis.consuming import batch
from services.chassis.consuming.batch import BatchProcessor
from services.chassis.dead_letters.letter import OriginalMessage
from services.chassis.observability.registry import BATCH_RETRIES
from services.chassis.process_settings import SettingsError, load_settings
from services.chassis.storage.database import Transaction
from services.contracts.envelope import Event, encode
from tests.delivery.harness import World
from tests.delivery.probe_service import ServiceSettings, check, group_of
from tests.support.facts import essay


@pytest.mark.parametrize(
    ("attempts", "longest_ms", "fits"),
    [
        (5, 10_000, True),
        (8, 10_000, True),
        (20, 10_000, False),  # 156 s for one transaction, and a poll has four
        (3, 60_000, True),
        (50, 60_000, False),
    ],
)
def test_settings_are_held_against_the_whole_poll(
    attempts: int, longest_ms: int, *, fits: bool
) -> None:
    values: dict[str, Any] = {"retry_attempts": attempts, "retry_max_ms": longest_ms}
    try:
        load_settings(ServiceSettings, database_url="postgresql://x@localhost/x", **values)
    except SettingsError as error:
        assert not fits
        assert "4 giao dịch của một lần đọc" in str(error)  # noqa: PT017 - both ways are right
    else:
        assert fits


async def test_attempts_that_take_long_themselves_end_a_poll_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(_tx: Transaction, _events: Sequence[Event]) -> Sequence[Event]:
        raise ConnectionResetError("the database is away")

    monkeypatch.setattr(batch, "MOST_PAUSES_MS", 500)
    processor = BatchProcessor(
        settings=world.settings(retry_attempts=30, retry_base_ms=100, retry_max_ms=100),
        database=world.database,
        check=check,
        handle=fails,
        metrics=world.metrics,
        dead_letter_topic=f"{world.prefix}.dead-letter.{group_of(world.prefix)}",
        attempted=lambda: None,
    )
    _, message = encode(essay("Q001"), source="probe", now=datetime.now(UTC))
    record = OriginalMessage("t", 0, 0, 0, message.key, message.value, message.headers)
    begun = time.monotonic()
    with pytest.raises(ConnectionResetError):
        await processor.process([record])
    assert time.monotonic() - begun < 3  # thirty pauses would be
    assert 3 <= (world.metrics.value(BATCH_RETRIES) or 0) < 30
