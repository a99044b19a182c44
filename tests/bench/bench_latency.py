"""From the accepted essay to visible points, at a third of the rate that intake takes at most.

    python -m tests.bench.bench_latency [seconds] [rounds]

Ours: HTTP, one transaction, relay, Kafka, scoring, points; from the outbox row to the commit of
points that count it, by scoring's own exact percentiles. Bare: send, receive, insert, in one
process, at the same rate: no outbox, no fact kept twice, no cluster scored.
"""

import asyncio
import statistics
import sys
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from infra.local.issuer import Issuer
from infra.local.processes import Supervisor
from services.chassis.storage.migrations import migrate
from services.contracts.events import PointsPublished
from services.contracts.topics import topic_of
from tests.bench.contenders import address_of, start_scoring
from tests.bench.facts import make_topics
from tests.bench.ground import Ground, ground
from tests.bench.intake import (
    WARM_UP_S,
    campaign_of_today,
    load,
    port_of,
    shared,
    start_submissions,
    wait_for_campaigns,
)
from tests.bench.rounds import ROUNDS, rounds_of

PEAK_S = 4.0
VALUE = b"x" * 300
_LONGEST_WAIT_S = 30
_FEW = 0.02
"""Share of the rate at which a run begins. These facts are counted too."""


@dataclass(frozen=True)
class Latency:
    """Of the facts of one run, milliseconds."""

    facts: int
    p50_ms: float
    p99_ms: float

    def __str__(self) -> str:
        return f"{self.facts:6,} facts, p50 {self.p50_ms:6.1f} ms, p99 {self.p99_ms:6.1f} ms"


async def bare(made: Ground, topic: str, url: str, rate: float, seconds: float) -> Latency:
    """Send, receive, insert."""
    connection: Any = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE IF NOT EXISTS bare (id uuid PRIMARY KEY, data bytea)")
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=made.kafka.bootstrap, auto_offset_reset="latest"
    )
    producer = AIOKafkaProducer(bootstrap_servers=made.kafka.bootstrap, acks="all")
    await consumer.start()
    await producer.start()
    await consumer.seek_to_end()
    sent, took = 0, list[float]()
    begun = time.perf_counter()

    async def send() -> None:
        nonlocal sent
        while (due := sent / rate) < seconds:
            await asyncio.sleep(max(0.0, begun + due - time.perf_counter()))
            stamp = repr(time.perf_counter()).encode()
            await producer.send(topic, VALUE, uuid.uuid4().bytes, headers=[("at", stamp)])
            sent += 1

    sending = asyncio.create_task(send())
    while not sending.done() or len(took) < sent:
        polled = await consumer.getmany(timeout_ms=10)
        records = [record for some in polled.values() for record in some]
        if records:
            await connection.executemany(
                "INSERT INTO bare VALUES ($1, $2)",
                [(uuid.UUID(bytes=record.key), record.value) for record in records],
            )
            now = time.perf_counter()
            took += [now - float(dict(record.headers)["at"]) for record in records]
    await sending
    await producer.stop()
    await consumer.stop()
    await connection.close()
    took.sort()
    return Latency(len(took), 1000 * took[len(took) // 2], 1000 * took[len(took) * 99 // 100])


class World:
    """Submissions that runs all the time, scoring that is new in each round: it counts since its
    start."""

    def __init__(self, made: Ground, supervisor: Supervisor) -> None:
        self.made, self.supervisor = made, supervisor
        self.issuer = Issuer(Path(made.directory) / "issuer")
        self.issuer.start()
        supervisor.adopt("issuer", self.issuer)
        campaign = campaign_of_today(made.directory)
        self.prefix = uvloop.run(make_topics(made.kafka, campaign))
        self.urls = {}
        for name in ("submissions", "scoring"):
            self.urls[name] = made.postgres.create_database(name)
            migrate(name, self.urls[name])
        self.urls["bare"] = made.postgres.create_database("bare")
        self.environment = shared(made, self.prefix, self.issuer)
        submissions = start_submissions(
            supervisor, made, self.urls["submissions"], self.environment
        )
        wait_for_campaigns(submissions)
        self.port = port_of(submissions.what.ready_url)

    def peak(self) -> float:
        """Most requests a second, with scoring beside it."""
        scoring = self._scoring()
        load(self.port, self.issuer, WARM_UP_S)
        rate = load(self.port, self.issuer, PEAK_S).rate
        scoring.stop()
        return rate

    def ours(self, rate: float, seconds: float) -> Latency:
        """One run. A new process does everything for the first time: for a few facts before it."""
        scoring = self._scoring()
        accepted = load(self.port, self.issuer, WARM_UP_S, rate=rate * _FEW).accepted
        accepted += load(self.port, self.issuer, seconds, rate=rate).accepted
        found = self._settled(address_of(scoring), accepted)
        scoring.stop()
        return Latency(found["samples"], found["p50_ms"], found["p99_ms"])

    def _settled(self, address: str, accepted: int) -> dict[str, Any]:
        """Scoring's percentiles, when each accepted essay is in them: the slowest too."""
        found: dict[str, Any] = {}
        for _ in range(_LONGEST_WAIT_S):
            time.sleep(1.0)
            answer = httpx.get(
                f"{address}/v1/latency",
                headers={"Authorization": f"Bearer {self.issuer.mint('ops')}"},
                trust_env=False,
            )
            found = answer.raise_for_status().json()
            if found["samples"] >= accepted:
                return found
        raise TimeoutError(f"not all points after {_LONGEST_WAIT_S} s: {found}")

    def bare(self, rate: float, seconds: float) -> Latency:
        """One run, on a topic that neither service reads."""
        topic = topic_of(self.prefix, PointsPublished)
        return uvloop.run(bare(self.made, topic, self.urls["bare"], rate, seconds))

    def _scoring(self) -> Any:
        scoring = start_scoring(
            self.supervisor,
            self.made,
            self.prefix,
            self.urls["scoring"],
            group="scoring",
            **self.environment,
        )
        scoring.wait_until_ready()
        return scoring


def main(seconds: int, rounds: int) -> None:
    """Print a line a run and the medians."""
    with ground() as made, Supervisor() as supervisor:
        world = World(made, supervisor)
        peak = world.peak()
        rate = peak / 3
        print(f"peak {peak:,.0f} essays/s, measured at {rate:,.0f}/s", flush=True)
        results = rounds_of(
            {
                "bare send, receive, insert": lambda: world.bare(rate, seconds),
                "accepted to visible": lambda: world.ours(rate, seconds),
            },
            rounds,
        )
    medians = {
        name: [
            statistics.median(getattr(run, which) for run in runs) for which in ("p50_ms", "p99_ms")
        ]
        for name, runs in results.items()
    }
    baseline = next(iter(medians.values()))
    print("\n| | p50 | p99 | ratios |\n|---|---|---|---|")
    for name, (p50, p99) in medians.items():
        ratios = f"{p50 / baseline[0]:.1f} / {p99 / baseline[1]:.1f}"
        print(f"| {name} | {p50:.1f} ms | {p99:.1f} ms | {ratios} |")


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:3]]
    main(*(given + [10, ROUNDS][len(given) :]))
