"""A service with one promise taken out: python -m tests.chaos.sabotage PROMISE services.scoring

No switch in production code turns a promise off. This module puts a function in place
of another and then runs the service's ordinary main, so that a test can see the ledger go red.
"""

import asyncio
import runpy
import sys
from collections.abc import Callable, Collection, Sequence
from typing import Any

from aiokafka import AIOKafkaProducer, ConsumerRecord

from services.chassis.broker.offsets import last_offsets
from services.chassis.consuming import consumer, deduplicate
from services.chassis.crash import AFTER_EFFECT, AFTER_PUBLISH, crash_point
from services.chassis.relay import relay
from services.chassis.relay.send import send_rows
from services.chassis.storage import outbox
from services.chassis.storage.database import Transaction
from services.contracts.envelope import Event
from services.measuring.fact import Row
from services.scoring.facts import queries as fact_queries


def without_inbox() -> None:
    """Every event is taken for new, however often it comes."""
    new_in_inbox, take = deduplicate.new_in_inbox, fact_queries.take

    async def all_of_them(tx: Transaction, events: Sequence[Event]) -> list[Event]:
        await new_in_inbox(tx, events)
        return list(events)

    async def take_all(
        tx: Transaction, campaign: str, rows: Sequence[Row]
    ) -> set[fact_queries.Key]:
        await take(tx, campaign, rows)
        return {fact_queries.key_of(row) for row in rows}  # none of them was known

    deduplicate.new_in_inbox, fact_queries.take = all_of_them, take_all


def deleted_before_acknowledged() -> None:
    """The outbox forgets a row before the broker has it."""

    async def relay_once(self: Any, connection: Any, producer: AIOKafkaProducer) -> int:
        rows = await connection.fetch(claim_and_delete, self._batch, [])
        if rows:
            crash_point(AFTER_PUBLISH)
            await send_rows(producer, rows, timeout_s=self._send_timeout_s)
        return len(rows)

    claim_and_delete = (
        f"WITH claimed AS ({relay.CLAIM}), gone AS ("  # noqa: S608 - constants
        "DELETE FROM outbox USING claimed WHERE outbox.seq = claimed.seq)"
        " SELECT * FROM claimed ORDER BY seq"
    )
    relay.Relay._relay_once = relay_once


def read_by_a_cursor() -> None:
    """The relay reads on behind the last number it saw, as pollers of a table like to.

    So that numbers are sure to be committed out of their order, every fifth transaction takes its
    time before it commits, which is anyone's right.
    """
    write, seen = outbox.write, [0]
    written = [0]

    async def slow_write(connection: Any, messages: Sequence[outbox.Outgoing]) -> None:
        await write(connection, messages)
        written[0] += 1
        if written[0] % 5 == 0:
            await asyncio.sleep(0.5)

    async def relay_once(self: Any, connection: Any, producer: AIOKafkaProducer) -> int:
        rows = await connection.fetch(
            "SELECT o.seq, l.topic, l.key, l.headers, l.value"
            "  FROM outbox o JOIN event_log l USING (seq) WHERE o.seq > $2 ORDER BY o.seq LIMIT $1",
            self._batch,
            seen[0],
        )
        if rows:
            sent = await send_rows(producer, rows, timeout_s=self._send_timeout_s)
            seen[0] = rows[-1]["seq"]
            # What it went past counts as sent.
            await connection.execute("DELETE FROM outbox WHERE seq <= $1", seen[0])
            assert not sent.broken
        return len(rows)

    outbox.write = slow_write
    relay.Relay._relay_once = relay_once


def acknowledged_before_committed() -> None:
    """A batch is acknowledged first and has its effect after."""
    handle = consumer.EventConsumer._handle

    async def handle_acknowledged(self: Any, records: tuple[ConsumerRecord[Any, Any], ...]) -> None:
        ends = {place: last + 1 for place, last in last_offsets(records).items()}
        await self._subscriber.consumer.commit(ends)
        crash_point(AFTER_EFFECT)
        await handle(self, records)

    consumer.EventConsumer._handle = handle_acknowledged


SABOTAGES: dict[str, Callable[[], None]] = {
    "inbox": without_inbox,
    "order": deleted_before_acknowledged,
    "cursor": read_by_a_cursor,
    "ack": acknowledged_before_committed,
}


def main(words: Collection[str]) -> None:
    """Take the promise out, then be the service."""
    promise, module = words
    SABOTAGES[promise]()
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
