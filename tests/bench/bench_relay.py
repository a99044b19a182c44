"""From outbox rows to acknowledged records: our relay beside the barest loop that could do it.

    python -m tests.bench.bench_relay [rows] [rounds]

The bare loop claims, sends futures and deletes by hand: no topics checked, no failure survived.
"""

import asyncio
import statistics
import sys
from typing import Any

import asyncpg
from aiokafka import AIOKafkaProducer

from services.chassis.broker.producer import close_producer, open_producer
from services.chassis.storage.outbox import decode_headers
from tests.bench.ground import Stopwatch, ground
from tests.bench.rounds import ROUNDS
from tests.delivery.harness import World, running, until
from tests.delivery.probe_service import UNITS
from tests.support.facts import essay

BATCHES = (500, 2000)


async def fill(world: World, rows: int) -> None:
    """Rows in the outbox, as transactions left them."""
    for start in range(0, rows, 1000):
        await world.publish(*(essay(UNITS[n % len(UNITS)]) for n in range(start, start + 1000)))


async def refill(world: World) -> None:
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


async def main(rows: int, rounds: int) -> None:
    """Print one line a batch size: medians of rounds in turn."""
    with ground() as made:
        async with made.world() as world:
            watch = Stopwatch()
            await fill(world, rows)
            print(f"written in transactions of 1000: {watch.rate(rows):8,.0f} facts/s")
            for batch in BATCHES:
                loops, relays = [], []
                for _ in range(rounds):
                    loops.append(await bare(world, rows, batch))
                    await refill(world)
                    relays.append(await ours(world, rows, batch))
                    await refill(world)
                loop, relay = statistics.median(loops), statistics.median(relays)
                print(
                    f"relayed, batch {batch:4}: {relay:8,.0f} rows/s, bare loop {loop:8,.0f},"
                    f" ratio {relay / loop:.2f}",
                    flush=True,
                )


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:3]]
    asyncio.run(main(*(given + [40_000, ROUNDS][len(given) :])))
