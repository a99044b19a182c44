"""Who takes facts from topics, each as a process: scoring, the bare loop, and the peers.

All are measured alike: from the moment when the first facts had their effect to that of the last,
or as far as a slow one gets in its time. So nobody's start is in it, in no figure.
"""

import asyncio
import json
import re
import secrets
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import httpx
import psutil

from infra.local.ports import free_port
from infra.local.processes import Process, ProcessError, Running, Supervisor
from infra.local.spawn import tail
from infra.local.stack import ROOT
from services.chassis.observability.registry import APPLIED
from services.chassis.storage.database import Database
from services.chassis.storage.migrations import migrate
from services.contracts.topics import topic_of
from services.scoring.points.queries import clusters_due
from tests.bench.environments import PEERS, python_for
from tests.bench.facts import PARTITIONS, SEASON_FACTS
from tests.bench.ground import Ground
from tests.scoring.campaign import sample_snapshot

_LONGEST_START_S = 30.0
_WAITS_S = 0.05
"""Between two looks for a first effect."""
_ASKS_S = 0.25
"""Between two looks after it. An answer about metrics takes some 5 ms: asked every 0.05 s, scoring
spent a twelfth of its time on answers, and the peers, who print what they did, none."""
_LINE = re.compile(r"^(\d+) (\d+\.\d+)$", re.MULTILINE)


@dataclass(frozen=True)
class Run:
    """What one run came to."""

    rate: float
    """Facts a second."""
    facts: int
    """How many had their effect while it was measured."""
    cpu_us: float
    """Processor time of the contender's processes for a fact, microseconds; the database's and the
    broker's are not in it."""

    def __str__(self) -> str:
        return f"{self.rate:8,.0f} facts/s ({self.cpu_us:4.0f} µs of processor each)"


@dataclass(frozen=True)
class Topics:
    """Where the facts are, and how many."""

    prefix: str
    count: int

    @property
    def names(self) -> list[str]:
        """The topics that have any."""
        return sorted(topic_of(self.prefix, fact) for fact in SEASON_FACTS)


Contender = Callable[[Ground, Topics, float], Run]
"""Runs from the first record, for at most so many seconds after its first effect."""

Seen = tuple[int, float]
"""Facts that had their effect, and when (monotonic clock)."""


class Mark(NamedTuple):
    """How far a contender was."""

    facts: int
    at: float
    cpu_s: float
    """Processor seconds that its processes had used by then."""


def briefly(contender: Contender, longest: float) -> Contender:
    """A slow one, measured for so many seconds at most."""
    return lambda made, on, seconds: contender(made, on, min(seconds, longest))


def scoring(processes: int = 1) -> Contender:
    """The service as in production, so many processes of it; done when the points count all."""

    def run(made: Ground, on: Topics, seconds: float) -> Run:
        name = f"bench_{secrets.token_hex(4)}"
        url = made.postgres.create_database(name)
        migrate("scoring", url)
        group = f"scoring-{secrets.token_hex(4)}"
        with Supervisor() as supervisor, httpx.Client(trust_env=False, timeout=10) as client:
            started = [
                start_scoring(supervisor, made, on.prefix, url, group=group)
                for _ in range(processes)
            ]
            marks = _marks(lambda: _applied(client, started), started, on.count, seconds)
            if marks[-1].facts >= on.count:
                asyncio.run(_until_points_count_all(url))
                marks.append(_mark((marks[-1].facts, time.monotonic()), started))
            result = _run(marks)
        made.postgres.drop_database(name)
        return result

    return run


def start_scoring(
    supervisor: Supervisor, made: Ground, prefix: str, url: str, *, group: str, **more: str
) -> Running:
    """One process of the service; does not wait until it is ready."""
    name, port = f"scoring-{secrets.token_hex(4)}", free_port()
    address = f"http://127.0.0.1:{port}"
    return supervisor.start(
        Process(
            name,
            [sys.executable, "-m", "services.scoring"],
            made.directory / f"{name}.log",
            environment={
                "SCORING_DATABASE_URL": url,
                "SCORING_GROUP_ID": group,
                "SCORING_HTTP_PORT": str(port),
                "THIDUA_KAFKA_BOOTSTRAP": made.kafka.bootstrap,
                "THIDUA_TOPIC_PREFIX": prefix,
                "THIDUA_TOPIC_PARTITIONS": str(PARTITIONS),
                "THIDUA_LOG_LEVEL": "WARNING",
                **more,
            },
            ready_url=f"{address}/health/ready",
            directory=ROOT,
        )
    )


def address_of(running: Running) -> str:
    """Where it serves."""
    return str(running.what.ready_url).removesuffix("/health/ready")


def peer(name: str, **more: int) -> Contender:
    """A script of `peers/`, in an environment of its own; `more` is told to it."""

    def run(made: Ground, on: Topics, seconds: float) -> Run:
        database = f"peer_{secrets.token_hex(4)}"
        output = made.directory / database / "output"
        asked = {
            "bootstrap": made.kafka.bootstrap,
            "topics": on.names,
            "partitions": PARTITIONS,
            "group": f"{name}-{secrets.token_hex(4)}",
            "count": on.count,
            "database_url": made.postgres.create_database(database),
            "directory": str(output.with_name("state")),
            **more,
        }
        command = [str(python_for(name)), str(PEERS / f"{name}.py"), json.dumps(asked)]
        try:
            result = _raced(name, command, output, on.count, seconds)
        except ProcessError:  # faust, for one, now and then misses the topic that it has just made
            print(f"{name} did not start, once more", flush=True)
            result = _raced(name, command, output.with_name("again"), on.count, seconds)
        made.postgres.drop_database(database)
        return result

    return run


def _raced(name: str, command: list[str], output: Path, count: int, seconds: float) -> Run:
    with Supervisor() as supervisor:
        started = [supervisor.start(Process(name, command, output))]
        result = _run(_marks(lambda: _printed_last(output), started, count, seconds))
        started[0].kill()  # what it would do at its end is not measured
    return result


def _run(marks: Sequence[Mark]) -> Run:
    first, last = marks[0], marks[-1]
    facts = last.facts - first.facts
    return Run(facts / (last.at - first.at), facts, 1e6 * (last.cpu_s - first.cpu_s) / facts)


def _mark(seen: Seen, started: Sequence[Running]) -> Mark:
    return Mark(*seen, sum(_cpu_s(each) for each in started))


def _marks(
    ask: Callable[[], Seen | None], started: Sequence[Running], count: int, seconds: float
) -> list[Mark]:
    """How far it was, from its first effect to its last, or until its time is over."""
    marks: list[Mark] = []
    began = time.monotonic()
    while not marks or (marks[-1].facts < count and marks[-1].at - marks[0].at < seconds):
        if (seen := ask()) is not None:
            marks.append(_mark(seen, started))
        elif time.monotonic() - began > _LONGEST_START_S:
            end = tail(started[0].what.log)
            raise ProcessError(f"nothing taken in {_LONGEST_START_S:.0f} s; the log ends:\n{end}")
        if not marks or marks[-1].facts < count:
            for each in started:
                each.check()
        time.sleep(_pause(marks, count))
    return marks


def _pause(marks: Sequence[Mark], count: int) -> float:
    """Until the next look: short ones at both ends, which are what is measured."""
    first, last = (marks[0], marks[-1]) if marks else (None, None)
    if first is None or last is None or last.facts == first.facts:
        return _WAITS_S
    left_s = (count - last.facts) * (last.at - first.at) / (last.facts - first.facts)
    return max(0.01, min(_ASKS_S, 0.8 * left_s))


def _applied(client: httpx.Client, started: Sequence[Running]) -> Seen | None:
    """By the counters of scoring; None before anything, as long as any of them is not up."""
    found = 0.0
    for each in started:
        try:
            text = client.get(f"{address_of(each)}/metrics").text
        except httpx.TransportError:
            return None
        lines = (line for line in text.splitlines() if line.startswith(f"{APPLIED.name}{{"))
        found += sum(float(line.rsplit(" ", 1)[1]) for line in lines)
    return (int(found), time.monotonic()) if found else None


def _printed_last(output: Path) -> Seen | None:
    """What a peer printed last."""
    lines = _LINE.findall(output.read_text(errors="replace")) if output.exists() else []
    return (int(lines[-1][0]), float(lines[-1][1])) if lines else None


async def _until_points_count_all(url: str) -> None:
    database = Database(url, 1, source="bench")
    try:
        while True:
            async with database.transaction() as tx:
                if not await clusters_due(tx, sample_snapshot()):
                    return
            await asyncio.sleep(0.02)
    finally:
        await database.close()


def _cpu_s(running: Running) -> float:
    """Processor seconds so far."""
    try:
        times = psutil.Process(running.pid).cpu_times()
    except psutil.NoSuchProcess:
        return float("nan")
    return float(times.user + times.system)
