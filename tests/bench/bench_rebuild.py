"""A rebuild of scoring from a million facts against reading them all and copying them into a table.

    python -m tests.bench.bench_rebuild [facts] [rounds]

Both are processes of their own, from their start to their end, in turn; memory is the most that
either had resident, together with the processes that it started.
"""

import json
import os
import secrets
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass

import psutil
import uvloop

from infra.local.stack import ROOT
from tests.bench.contenders import Topics
from tests.bench.environments import PEERS
from tests.bench.facts import PARTITIONS, make_topics, publish, season
from tests.bench.ground import Ground, ground
from tests.bench.rounds import ROUNDS, rounds_of

_LOOK_EVERY_S = 0.1


@dataclass(frozen=True)
class Ended:
    """A process that did all of it, with those it started."""

    seconds: float
    facts: int
    peak_mb: float

    @property
    def rate(self) -> float:
        """Facts a second."""
        return self.facts / self.seconds

    def __str__(self) -> str:
        return f"{self.rate:8,.0f} facts/s, {self.seconds:.1f} s, peak {self.peak_mb:.0f} MB"


def _to_its_end(facts: int, command: list[str], environment: Mapping[str, str]) -> Ended:
    began, peak = time.monotonic(), 0
    with subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
    ) as process:
        while process.poll() is None:
            peak = max(peak, _resident(process.pid))
            time.sleep(_LOOK_EVERY_S)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Ended(time.monotonic() - began, facts, peak / 1024**2)


def _resident(pid: int) -> int:
    """Bytes of a process and its children; what they share (libraries) counts in each."""
    try:
        first = psutil.Process(pid)
        return sum(one.memory_info().rss for one in (first, *first.children(recursive=True)))
    except psutil.NoSuchProcess:  # one ended meanwhile
        return 0


def copied(made: Ground, on: Topics) -> Ended:
    """The bare way."""
    name = f"copy_{secrets.token_hex(4)}"
    asked = {
        "bootstrap": made.kafka.bootstrap,
        "topics": on.names,
        "partitions": PARTITIONS,
        "count": on.count,
        "database_url": made.postgres.create_database(name),
    }
    ended = _to_its_end(on.count, [str(PEERS / "bare_copy.py"), json.dumps(asked)], {})
    made.postgres.drop_database(name)
    return ended


def rebuilt(made: Ground, on: Topics) -> Ended:
    """`thidua rebuild scoring`, points included."""
    name = f"rebuilt_{secrets.token_hex(4)}"
    url = made.postgres.create_database(name)
    ended = _to_its_end(
        on.count,
        ["-m", "services.cli", "rebuild", "scoring", "--no-compare", "--into", url],
        {
            "SCORING_DATABASE_URL": url,
            "THIDUA_KAFKA_BOOTSTRAP": made.kafka.bootstrap,
            "THIDUA_TOPIC_PREFIX": on.prefix,
            "THIDUA_LOG_LEVEL": "ERROR",
        },
    )
    made.postgres.drop_database(name)
    return ended


def main(count: int, rounds: int) -> None:
    """Print a line a run and the medians."""
    with ground() as made:
        prefix = uvloop.run(make_topics(made.kafka))
        on = Topics(
            prefix, uvloop.run(publish(made.kafka.bootstrap, prefix, season(count, seed=251)))
        )
        results = rounds_of(
            {
                "bare consume and COPY": lambda: copied(made, on),
                "thidua rebuild scoring": lambda: rebuilt(made, on),
            },
            rounds,
        )
    rates = {name: statistics.median(run.rate for run in runs) for name, runs in results.items()}
    baseline = next(iter(rates.values()))
    print("\n| | facts/s | ratio | peak memory |\n|---|---|---|---|")
    for name, rate in rates.items():
        peak = max(run.peak_mb for run in results[name])
        print(f"| {name} | {rate:,.0f} | {rate / baseline:.2f} | {peak:.0f} MB |")


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:3]]
    main(*(given + [1_000_000, ROUNDS][len(given) :]))
