"""From topic to a durable effect: the chassis' consumer beside the barest loop that could do it.

    python -m tests.bench.bench_consumer [facts] [rounds]

Both read the same topic from the beginning, in turn. Ours: FastStream, envelope and data checked,
inbox, one insert a batch, metrics, ack. Bare: getmany, msgspec, one upsert a batch, commit.
"""

import asyncio
import secrets
import statistics
import sys
import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import uvloop
from aiokafka import AIOKafkaConsumer

from services.chassis.broker.producer import close_producer, open_producer
from services.chassis.observability.logs import configure_logs
from services.chassis.storage.database import Transaction
from services.contracts.envelope import Event, encode
from tests.bench.ground import Ground, ground
from tests.bench.rounds import ROUNDS
from tests.delivery import probe_service
from tests.delivery.harness import World, running
from tests.delivery.probe_service import UNITS
from tests.support.facts import essay

BATCH = 500

_BARE = """
INSERT INTO bare SELECT * FROM unnest($1::uuid[], $2::text[], $3::int[])
ON CONFLICT (event_id) DO NOTHING
"""


class Seen(msgspec.Struct):
    """What the bare loop reads of an essay."""

    unit: str
    words: int


async def publish(world: World, count: int) -> None:
    """Facts on the topic, past the outbox."""
    producer = await open_producer(world.settings())
    sent = []
    for number in range(count):
        fact = essay(UNITS[number % len(UNITS)])
        _, message = encode(fact, source="bench", now=fact.moment)
        sent.append(
            await producer.send(world.topic, message.value, message.key, headers=message.headers)
        )
    await asyncio.gather(*sent)
    await close_producer(producer)


async def ours(world: World, count: int) -> float:
    """Events a second of the chassis, from the first batch to the last."""
    await world.sql("TRUNCATE effects, inbox")
    done, first, began = 0, 0, 0.0
    finished = asyncio.Event()

    async def counted(tx: Transaction, events: Sequence[Event]) -> None:
        await probe_service.effect(tx, events)
        tx.on_commit(lambda: count_on(len(events)))

    def count_on(number: int) -> None:
        nonlocal done, first, began
        done += number
        if not began:
            first, began = done, time.perf_counter()
        if done == count:
            finished.set()

    settings = world.settings(group_id=f"ours-{secrets.token_hex(4)}", batch_max_records=BATCH)
    async with running(world.consumer(settings=settings, effect=counted)):
        await finished.wait()
        return (done - first) / (time.perf_counter() - began)


async def bare(world: World, count: int) -> float:
    """Events a second of the loop without anything."""
    connection: Any = await asyncpg.connect(world.database_url)
    await connection.execute("DROP TABLE IF EXISTS bare")
    await connection.execute("CREATE TABLE bare (event_id uuid PRIMARY KEY, unit text, words int)")
    consumer = AIOKafkaConsumer(
        world.topic,
        bootstrap_servers=world.bootstrap,
        group_id=f"bare-{secrets.token_hex(4)}",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    read = msgspec.json.Decoder(Seen).decode
    await consumer.start()
    done, first, began = 0, 0, 0.0
    try:
        while done < count:
            polled = await consumer.getmany(timeout_ms=100, max_records=BATCH)
            records = [record for some in polled.values() for record in some]
            if not records:
                continue
            seen = [read(record.value) for record in records]
            ids = [UUID(dict(record.headers)["ce_id"].decode()) for record in records]
            await connection.execute(
                _BARE, ids, [one.unit for one in seen], [one.words for one in seen]
            )
            await consumer.commit()
            done += len(records)
            if not began:
                first, began = done, time.perf_counter()
        return (done - first) / (time.perf_counter() - began)
    finally:
        await consumer.stop()
        await connection.close()


async def main(made: Ground, count: int, rounds: int) -> None:
    """Print a line a round and the median of the ratios."""
    async with made.world() as world:
        await publish(world, count)
        ratios = []
        for _ in range(rounds):
            loop, chassis = await bare(world, count), await ours(world, count)
            ratios.append(chassis / loop)
            print(f"chassis {chassis:8,.0f} events/s, bare {loop:8,.0f}, ratio {ratios[-1]:.2f}")
        print(f"median ratio {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    configure_logs("bench", level="WARNING")
    given = [int(argument) for argument in sys.argv[1:3]]
    with ground() as prepared:
        uvloop.run(main(prepared, *(given + [60_000, ROUNDS][len(given) :])))
