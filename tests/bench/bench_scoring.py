"""From topic to durable points: scoring beside the barest loop that could store its facts.

    python -m tests.bench.bench_scoring [facts] [rounds]

Both read the same topics on Apache Kafka, alternately, in one process, on uvloop; the bare loop
decodes with msgspec, upserts each batch in one statement and commits its offsets: no check, no
tally, no point, nothing said. Then: what a fact costs with 10,000 and with 200,000 stored.
"""

import asyncio
import logging
import random
import secrets
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import structlog
import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from infra.local.postgres import PostgresCluster
from services.chassis.memory import settle
from services.chassis.migrations import migrate
from services.chassis.registry import APPLIED
from services.chassis.service import create_app
from services.chassis.topic_admin import ensure_topics
from services.contracts.envelope import Event, decode, encode
from services.contracts.events import (
    UnitFact,
)
from services.contracts.topics import all_topics, topic_of
from services.scoring.app import compose
from services.scoring.events import topics
from services.scoring.points.recompute import clusters_due
from services.scoring.settings import ScoringSettings
from tests.bench.ground import Ground, ground
from tests.scoring.campaign import DIRECTORY, sample_contest
from tests.scoring.running import take
from tests.scoring.said import essay, fulfilled, judged, proposed

PARTITIONS = 6
STORED = (10_000, 200_000)
UNITS = [unit.code for unit in sample_contest().units if unit.level != "city"]


def season(count: int, seed: int) -> Iterator[UnitFact]:
    """Facts as a year has them: most are essays and their marks."""
    draw = random.Random(seed)  # noqa: S311 - not a secret
    number = 0
    while number < count:
        unit = draw.choice(UNITS)
        name = f"{seed}-{number}"
        kind = draw.random()
        if kind < 0.9:
            yield essay(unit, name, late=draw.random() < 0.1)
            number += 1
            if kind < 0.4 and number < count:
                yield judged(unit, name, str(draw.randint(40, 99)))
                number += 1
        elif kind < 0.96:
            yield proposed(unit, name)
            number += 1
        else:
            yield fulfilled(unit, draw.choice(["D2", "D6", "D7"]), version=draw.randint(1, 9))
            number += 1


async def publish(bootstrap: str, prefix: str, facts: Iterator[UnitFact]) -> int:
    """Put facts on their topics; their number."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, acks="all", linger_ms=5, max_batch_size=256 * 1024
    )
    await producer.start()
    sent, size = [], 0
    for fact in facts:
        _, message = encode(fact, source="bench", now=datetime.now(UTC))
        topic = topic_of(prefix, type(fact))
        sent.append(await producer.send(topic, message.value, message.key, headers=message.headers))
        size += len(message.value)
    await asyncio.gather(*sent)
    await producer.stop()
    print(f"{len(sent):,} facts of {size / len(sent):.0f} bytes on {PARTITIONS} partitions")
    return len(sent)


@dataclass(frozen=True)
class Run:
    """What one run came to."""

    rate: float
    """Facts a second."""
    cpu_us: float
    """Processor time of this process for a fact, microseconds; the database's is not in it."""


class Start:
    """When a run began, by the clock and by the processor."""

    def __init__(self) -> None:
        self._clock, self._processor = time.perf_counter(), time.process_time()

    def run(self, facts: int) -> Run:
        """The run that ends now."""
        clock, processor = time.perf_counter(), time.process_time()
        return Run(facts / (clock - self._clock), 1e6 * (processor - self._processor) / facts)


# ---- the bare loop


class Seen(msgspec.Struct):
    """What the bare loop reads of a fact."""

    unit: str
    campaign: str
    version: int = 1


_BARE = """
INSERT INTO bare_facts (event_id, unit, topic, version, data)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::bytea[])
ON CONFLICT (event_id) DO NOTHING
"""


async def bare(database_url: str, settings: ScoringSettings, count: int) -> Run:
    """Facts a second of getmany, msgspec, one upsert a batch, commit."""
    connection: Any = await asyncpg.connect(database_url)
    await connection.execute(
        "CREATE TABLE bare_facts (event_id uuid PRIMARY KEY, unit text, topic text, version int,"
        " data bytea)"
    )
    consumer = AIOKafkaConsumer(
        *topics(settings.topic_prefix),
        bootstrap_servers=settings.kafka_bootstrap,
        group_id=f"bare-{secrets.token_hex(4)}",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    read = msgspec.json.Decoder(Seen).decode
    await consumer.start()
    done, first, began = 0, 0, None
    try:
        while done < count:
            polled = await consumer.getmany(
                timeout_ms=settings.batch_wait_ms, max_records=settings.batch_max_records
            )
            records = [record for some in polled.values() for record in some]
            if not records:
                continue
            seen = [read(record.value) for record in records]
            await connection.execute(
                _BARE,
                [UUID(dict(record.headers)["ce_id"].decode()) for record in records],
                [one.unit for one in seen],
                [record.topic for record in records],
                [one.version for one in seen],
                [record.value for record in records],
            )
            await consumer.commit()
            done += len(records)
            if began is None:
                first, began = done, Start()
        assert began is not None
        run = began.run(done - first)
        assert await connection.fetchval("SELECT count(*) FROM bare_facts") == count
        return run
    finally:
        await consumer.stop()
        await connection.close()


# ---- scoring


async def ours(settings: ScoringSettings, count: int) -> Run:
    """Facts a second of the whole service, until the points count all of them."""
    service = compose(settings)
    app = create_app(service)
    metrics, database = service.chassis.metrics, service.chassis.database
    # Not `metrics.value`: it collects everything each time, and would be most of the cost.
    counted: Any = metrics._counters[APPLIED.name]

    def applied() -> int:
        return int(sum(child._value.get() for child in counted._metrics.values()))

    async with app.state.life.lifespan(app):
        while not (first := applied()):  # noqa: ASYNC110 - nobody tells the bench
            await asyncio.sleep(0.001)
        began = Start()
        while applied() < count:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        while True:
            async with database.transaction() as tx:
                if not await clusters_due(tx, sample_contest()):
                    break
            await asyncio.sleep(0.005)
        return began.run(count - first)


def settings_for(database_url: str, bootstrap: str, prefix: str) -> ScoringSettings:
    """As in production, but a group of its own: it reads from the beginning."""
    return ScoringSettings(
        database_url=database_url,
        kafka_bootstrap=bootstrap,
        topic_prefix=prefix,
        topic_partitions=PARTITIONS,
        group_id=f"scoring-{secrets.token_hex(4)}",
        campaign_dir=DIRECTORY,
    )


def database_for(postgres: PostgresCluster) -> str:
    """A new database with the tables of scoring."""
    url = postgres.create_database(f"bench_{secrets.token_hex(4)}")
    migrate("scoring", url)
    return url


async def topics_for(made: Ground, facts: Iterator[UnitFact]) -> tuple[str, int]:
    """Topics with these facts; prefix and number."""
    prefix = f"b{secrets.token_hex(4)}"
    settings = settings_for("postgresql://none", made.kafka.bootstrap, prefix)
    await ensure_topics(settings, all_topics(prefix, PARTITIONS, 1, ["scoring"]))
    return prefix, await publish(made.kafka.bootstrap, prefix, facts)


def run(work: Any) -> Any:
    """A coroutine on a loop of its own, as the services run theirs."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


def throughput(made: Ground, count: int, rounds: int) -> None:
    """Alternating rounds of both, the medians and their ratio."""
    prefix, published = run(topics_for(made, season(count, seed=251)))
    bare_runs, our_runs = [], []
    for number in range(rounds):
        settings = settings_for(
            made.postgres.create_database(f"bare_{secrets.token_hex(4)}"),
            made.kafka.bootstrap,
            prefix,
        )
        bare_runs.append(run(bare(settings.database_url, settings, published)))
        settings = settings_for(database_for(made.postgres), made.kafka.bootstrap, prefix)
        our_runs.append(run(ours(settings, published)))
        print(
            f"round {number + 1}: bare loop {shown(bare_runs[-1])}, scoring {shown(our_runs[-1])}"
        )
    bare_rate = statistics.median(each.rate for each in bare_runs)
    our_rate = statistics.median(each.rate for each in our_runs)
    print(
        f"median: bare loop {bare_rate:,.0f} facts/s, scoring {our_rate:,.0f} facts/s,"
        f" ratio {our_rate / bare_rate:.2f}"
    )


def shown(each: Run) -> str:
    """One run in a few words."""
    return f"{each.rate:8,.0f} facts/s ({each.cpu_us:.0f} µs of processor each)"


async def store(database_url: str, count: int) -> None:
    """So many facts in the database, as if they had come long ago."""
    service = compose(settings_for(database_url, "127.0.0.1:9", "none"))
    for hook in service.on_start:
        await hook()
    database, now, batch = service.chassis.database, datetime.now(UTC), []
    for fact in season(count, seed=count):
        _, message = encode(fact, source="bench", now=now)
        event = decode(message.key, list(message.headers), message.value)
        assert isinstance(event, Event)
        batch.append(event)
        if len(batch) == 5000:
            await take(database, sample_contest(), batch)
            batch = []
    await take(database, sample_contest(), batch)
    await database.close()


def cost_by_stored(made: Ground, count: int, rounds: int) -> None:
    """What a fact costs on top of few and of many."""
    prefix, published = run(topics_for(made, season(count, seed=11)))
    costs: dict[int, list[float]] = {stored: [] for stored in STORED}
    for _ in range(rounds):
        for stored in STORED:
            url = database_for(made.postgres)
            run(store(url, stored))
            done = run(ours(settings_for(url, made.kafka.bootstrap, prefix), published))
            costs[stored].append(1e6 / done.rate)
    few, many = (statistics.median(costs[stored]) for stored in STORED)
    print(
        f"a fact costs {few:.0f} µs with {STORED[0]:,} stored, {many:.0f} µs with {STORED[1]:,}"
        f" stored, ratio {many / few:.2f}"
    )


def main(count: int, rounds: int) -> None:
    """Print both results."""
    logging.disable(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    settle(8000)  # as each service does; the bare loop gains by it too
    with ground() as made:
        throughput(made, count, rounds)
        cost_by_stored(made, count // 2, max(1, rounds // 2))


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:3]]
    main(*(given + [60_000, 3][len(given) :]))
