"""From outbox rows to acknowledged records: our relay beside the barest loop that could do it.

    python -m tests.bench.bench_relay [rows]

The bare loop claims, sends futures and deletes by hand: no topics checked, no failure survived.
"""

import asyncio
import sys
from typing import Any

import asyncpg
from aiokafka import AIOKafkaProducer

from services.chassis.outbox import decode_headers
from services.chassis.producer import close_producer, open_producer
from tests.bench.ground import Stopwatch, ground
from tests.delivery.harness import World, running, until
from tests.delivery.probe_service import UNITS, essay

BATCHES = (500, 2000)


async def fill(world: World, rows: int) -> None:
    """Rows in the outbox, as transactions left them."""
    for start in range(0, rows, 1000):
        await world.say(*(essay(UNITS[n % len(UNITS)]) for n in range(start, start + 1000)))


async def again(world: World) -> None:
    """The same rows once more."""
    await world.sql("INSERT INTO outbox SELECT seq FROM event_log")
    await world.sql("SELECT FROM outbox LIMIT 1")


async def ours(world: World, rows: int, batch: int) -> float:
    """Rows a second of the relay."""
    relay = world.relay(batch=batch)
    watch = Stopwatch()
    async with running(relay):
        await until(world.relayed, seconds=300, every=0.02)
        return watch.rate(rows)


async def bare(world: World, rows: int, batch: int) -> float:
    """Rows a second of the loop without anything."""
    connection: Any = await asyncpg.connect(world.database_url)
    producer: AIOKafkaProducer = await open_producer(world.settings())
    watch = Stopwatch()
    try:
        while True:
            async with connection.transaction():
                found = await connection.fetch(
                    "SELECT o.seq, l.topic, l.key, l.headers, l.value FROM outbox o"
                    " JOIN event_log l USING (seq) ORDER BY o.seq LIMIT $1"
                    " FOR UPDATE OF o SKIP LOCKED",
                    batch,
                )
                if not found:
                    return watch.rate(rows)
                sent = [
                    await producer.send(row[1], row[4], row[2], headers=decode_headers(row[3]))
                    for row in found
                ]
                await asyncio.gather(*sent)
                await connection.execute(
                    "DELETE FROM outbox WHERE seq = ANY ($1)", [row[0] for row in found]
                )
    finally:
        await close_producer(producer)
        await connection.close()


async def main(rows: int) -> None:
    """Print one line a batch size."""
    with ground() as made:
        async with made.world() as world:
            watch = Stopwatch()
            await fill(world, rows)
            print(f"written in transactions of 1000: {watch.rate(rows):8,.0f} facts/s")
            for batch in BATCHES:
                loop = await bare(world, rows, batch)
                await again(world)
                relay = await ours(world, rows, batch)
                await again(world)
                print(
                    f"relayed, batch {batch:4}: {relay:8,.0f} rows/s, bare loop {loop:8,.0f},"
                    f" ratio {relay / loop:.2f}"
                )


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 40_000))
