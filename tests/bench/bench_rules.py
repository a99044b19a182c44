"""What points cost: all of them again, one event more, a what-if.

    python -m tests.bench.bench_rules [rounds]

All again: `score` over 10,000 and 1,000,000 facts, each run in a process of its own for its peak of
memory, beside a bare loop that reads the same rows and puts the facts together in dictionaries.
One more: an event on the running engine with 10,000 and with 1,000,000 facts stored, in turn.
What if: the season by another rule set, both scored and compared.
"""

import asyncio
import itertools
import logging
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import asyncpg
import msgspec
import structlog
import uvloop

from infra.local.postgres import PostgresCluster
from services.chassis.clock import SystemClock
from services.chassis.storage.database import Database
from services.chassis.storage.migrations import migrate
from services.contracts.envelope import Event
from services.measuring.fact import decode_fields
from services.measuring.records import KnownFact
from services.scoring.engine.digest import digest_of
from services.scoring.engine.score import score
from services.scoring.points.recompute import at_once, recompute
from services.scoring.tallies.ingest import DirtyClusters, Ingest
from services.scoring.what_if.comparison import Sides, WhatIf, what_if
from tests.bench import stored
from tests.scoring.campaign import other_rules, sample_snapshot, sample_timeline
from tests.scoring.facts import essay, event, fulfilled, judged
from tests.scoring.running import (
    UnknownForGood,
    announce,
    campaign_now,
    campaigns_of,
    recompute_due,
)
from tests.support.announcing import announcement

FEW, MANY = 10_000, 1_000_000
CONTEST = sample_snapshot()

# ---- all of them again


def truth(path: Path) -> None:
    """Standings and digest of all facts."""
    digest_of(score(stored.read(path), CONTEST.clusters, CONTEST.rules))


def bare(path: Path) -> None:
    """The same facts, of each record the highest version, and how many a unit has. No point."""
    records: dict[tuple[str, str], dict[str, dict[str, object]]] = {}
    with path.open() as file:
        for line in file:
            unit, record, _, name, _, data = line.rstrip("\n").split("\t")
            fields = decode_fields(data)
            current = records.setdefault((unit, record), {})
            if name not in current or fields["version"] > current[name]["version"]:
                current[name] = fields
    counts: dict[str, int] = {}
    for unit, _ in records:
        counts[unit] = counts.get(unit, 0) + 1


WAYS: dict[str, Callable[[Path], None]] = {"score": truth, "bare": bare}


class Run(msgspec.Struct):
    """What one run came to."""

    seconds: float
    megabytes: float
    """What the process needed at its peak more than before."""


def alone(way: str, path: Path) -> None:
    """Run it here, and print what it took: what a process of its own does."""
    before = _peak()
    start = time.perf_counter()
    WAYS[way](path)
    took = Run(time.perf_counter() - start, _peak() - before)
    print(msgspec.json.encode(took).decode())


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured(way: str, path: Path) -> Run:
    """One run in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.bench_rules", way, str(path)]
    done = subprocess.run(command, check=True, capture_output=True)
    return msgspec.json.decode(done.stdout, type=Run)


def score_from_scratch(files: dict[int, Path], rounds: int) -> None:
    """Both ways in turn, the medians and their ratio."""
    for count, path in files.items():
        runs: dict[str, list[Run]] = {way: [] for way in WAYS}
        for _ in range(rounds):
            for way in WAYS:
                runs[way].append(measured(way, path))
        seconds = {way: statistics.median(run.seconds for run in runs[way]) for way in WAYS}
        megabytes = {way: statistics.median(run.megabytes for run in runs[way]) for way in WAYS}
        print(
            f"all again, {count:9,} facts: score {seconds['score']:6.2f} s"
            f" ({1e6 * seconds['score'] / count:.1f} µs a fact, {megabytes['score']:,.0f} MB),"
            f" bare loop {seconds['bare']:6.2f} s ({megabytes['bare']:,.0f} MB),"
            f" ratio {seconds['score'] / seconds['bare']:.2f}",
            flush=True,
        )


# ---- one event more


@dataclass
class Engine:
    """A database with so many facts, and the running engine on it."""

    database: Database
    touched: list[DirtyClusters]

    async def take(self, batch: Sequence[Event]) -> None:
        """A batch as the consumer takes it."""
        ingest = Ingest(
            campaigns_of(self.database), UnknownForGood(), SystemClock(), self.touched.append
        )
        async with self.database.transaction() as tx:
            await ingest.handle(tx, batch)

    async def score(self) -> None:
        """The clusters that are due by it, as the worker scores them."""
        due = dict.fromkeys(cluster for touched in self.touched for _, cluster in touched)
        self.touched.clear()
        for some in at_once(list(due)):
            async with self.database.transaction() as tx:
                await recompute(tx, CONTEST, some, now=datetime.now(UTC))


async def engine(postgres: PostgresCluster, path: Path, count: int) -> Engine:
    """The rows copied into the tables that the migrations made, counted and scored."""
    url = postgres.create_database(f"bench_{count}")
    await asyncio.to_thread(migrate, "scoring", url)
    connection = await asyncpg.connect(url)
    await connection.copy_to_table("facts", source=path, columns=stored.COLUMNS, format="text")
    database = Database(url, 2, source="scoring")
    await announce(database, announcement())
    await recompute_due(database, CONTEST, publish=False)
    await connection.execute("VACUUM (ANALYZE)")  # as autovacuum left it long ago
    await connection.close()
    return Engine(database, [])


BATCH, BATCHES, SINGLE = 500, 4, 200
"""A round takes so many events in so many batches, then so many one by one; after each batch, or
event, the points are up to it."""


def news(path: Path, round_: int) -> list[Event]:
    """Events that nobody stored: new essays, marks of stored ones, obligations fulfilled again."""
    draw = random.Random(round_)  # noqa: S311 - no secret
    essays = [one for one in stored.read(path) if one.event == "essay-submitted"]
    found: list[Event] = []
    for number in range(BATCH * BATCHES + SINGLE):
        kind, unit = draw.random(), draw.choice(stored.UNITS)
        if kind < 0.5:
            found.append(event(essay(unit, f"{round_}-{number}")))
        elif kind < 0.9:
            of = draw.choice(essays)
            mark = judged(of.unit, "", str(draw.randint(40, 99)), version=2 + number)
            found.append(event(mark.model_copy(update={"essay_id": UUID(of.record)})))
        else:
            found.append(event(fulfilled(unit, "D6", version=10 + number, days_late=number % 4)))
    return found


Costs = dict[int, list[float]]
"""Microseconds an event, by how many facts are stored."""


async def take_in_turn(engines: dict[int, Engine], batches: Sequence[Sequence[Event]]) -> Costs:
    """Each batch on few and on many, one after the other: a busy neighbour hits both alike."""
    found: Costs = {count: [] for count in engines}
    for batch in batches:
        for count, one in engines.items():
            start = time.perf_counter()
            await one.take(batch)
            await one.score()
            found[count].append(1e6 * (time.perf_counter() - start) / len(batch))
    return found


async def one_more(postgres: PostgresCluster, files: dict[int, Path], rounds: int) -> None:
    """The same events on few and on many, in turn; the medians and their ratio."""
    engines = {count: await engine(postgres, path, count) for count, path in files.items()}
    ways = {f"in batches of {BATCH}": (BATCH, BATCHES), "one by one": (1, SINGLE)}
    found: dict[str, Costs] = {way: {count: [] for count in engines} for way in ways}
    for round_ in range(rounds + 1):
        events = iter(news(files[FEW], round_))
        for way, (size, times) in ways.items():
            batches = [list(itertools.islice(events, size)) for _ in range(times)]
            took = await take_in_turn(engines, batches)
            if round_:  # the first one makes the plans and warms the caches
                for count, costs in took.items():
                    found[way][count].append(statistics.median(costs))
    for way, costs_of in found.items():
        few, many = (statistics.median(costs_of[count]) for count in files)
        print(
            f"one event more, {way}: {few:,.0f} µs with {FEW:,} stored, {many:,.0f} µs with"
            f" {MANY:,} stored, ratio {many / few:.2f}",
            flush=True,
        )
    await a_draft(engines[FEW], files[FEW], rounds)
    for one in engines.values():
        await one.database.close()


# ---- what if


def in_memory(sides: Sides, facts: Sequence[KnownFact]) -> WhatIf:
    """Both scored and compared, from facts that were read."""
    of_unit: dict[str, list[KnownFact]] = {}
    for fact in facts:
        of_unit.setdefault(fact.unit, []).append(fact)
    for cluster, units in sides.clusters():
        sides.add(cluster, [fact for unit in units for fact in of_unit.get(unit, ())])
    return sides.compared(datetime.now(UTC))


async def a_draft(one: Engine, path: Path, rounds: int) -> None:
    """The season by a rule set with other measures: nothing of the one serves the other."""
    timeline, draft = sample_timeline(), other_rules()
    present, other = timeline.on(CONTEST.day), timeline.under(draft).on(CONTEST.day)
    now, facts = datetime.now(UTC), list(stored.read(path))
    campaign = await campaign_now(one.database)
    computed, asked, scored = [], [], []
    for _ in range(rounds):
        start = time.perf_counter()
        score(facts, CONTEST.clusters, CONTEST.rules)
        scored.append(time.perf_counter() - start)
        start = time.perf_counter()
        moved = in_memory(Sides(present, other), facts).change.movers
        computed.append(time.perf_counter() - start)
        start = time.perf_counter()
        await what_if(one.database, campaign, draft, now)
        asked.append(time.perf_counter() - start)
    alone, both, whole = map(statistics.median, (scored, computed, asked))
    print(
        f"what if, {len(facts):,} facts, {len(moved)} of {len(CONTEST.units)} units move:"
        f" {both:.2f} s, {both / alone:.1f} times one score; {whole:.2f} s with reading the facts"
    )


def main(rounds: int) -> None:
    """Print all results."""
    logging.disable(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}")
    with tempfile.TemporaryDirectory() as directory:
        files = {count: Path(directory) / f"{count}.rows" for count in (FEW, MANY)}
        for count, path in files.items():
            stored.write(path, count)
        score_from_scratch(files, rounds)
        postgres = PostgresCluster(Path(directory) / "postgres")
        postgres.start()
        try:
            uvloop.run(one_more(postgres, files, rounds))
        finally:
            postgres.stop()


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in WAYS:
        alone(sys.argv[1], Path(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else 5)
