"""Essays over HTTP, each in one transaction with its outbox row, against bare FastAPI and asyncpg.

    python -m tests.bench.bench_intake [seconds] [rounds]

Both write the same rows into the same tables, in databases of their own, one process each; the
clients are another process, 16 of them, each with one request at a time. Ours also checks the
token, the rules of the contest and the key, locks the obligation, and relays to Kafka meanwhile;
and what waits while it commits it keeps in one transaction.
"""

import statistics
import sys
from pathlib import Path

import uvloop

from infra.local.issuer import Issuer
from infra.local.ports import free_port
from infra.local.processes import Process, Supervisor
from infra.local.stack import ROOT
from services.chassis.storage.migrations import migrate
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


def start_bare(supervisor: Supervisor, made: Ground, url: str) -> int:
    """The bare application; its port, when it serves."""
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.bare_http", url, str(port)]
    ready = f"http://127.0.0.1:{port}/health/ready"
    bare = Process("bare", command, made.directory / "bare.log", ready_url=ready, directory=ROOT)
    supervisor.start(bare).wait_until_ready()
    return port


def main(seconds: int, rounds: int) -> None:
    """Print a line a run and the medians."""
    with ground() as made, Supervisor() as supervisor:
        issuer = Issuer(Path(made.directory) / "issuer")
        issuer.start()
        supervisor.adopt("issuer", issuer)
        urls = {name: made.postgres.create_database(name) for name in ("bare", "submissions")}
        for url in urls.values():
            migrate("submissions", url)
        campaign = campaign_of_today(made.directory)
        prefix = uvloop.run(make_topics(made.kafka, campaign))
        bare = start_bare(supervisor, made, urls["bare"])
        environment = shared(made, prefix, issuer)
        submissions = start_submissions(supervisor, made, urls["submissions"], environment)
        wait_for_campaigns(submissions)
        ours = port_of(submissions.what.ready_url)
        for port in (bare, ours):
            load(port, issuer, WARM_UP_S)
        results = rounds_of(
            {
                "bare FastAPI and asyncpg": lambda: load(bare, issuer, seconds),
                "submissions": lambda: load(ours, issuer, seconds),
            },
            rounds,
        )
    rates = {name: statistics.median(run.rate for run in runs) for name, runs in results.items()}
    baseline = next(iter(rates.values()))
    print("\n| | requests/s | ratio | p50 | p99 |\n|---|---|---|---|---|")
    for name, rate in rates.items():
        p50 = statistics.median(run.p50_ms for run in results[name])
        p99 = statistics.median(run.p99_ms for run in results[name])
        print(f"| {name} | {rate:,.0f} | {rate / baseline:.2f} | {p50:.1f} ms | {p99:.1f} ms |")


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:3]]
    main(*(given + [8, ROUNDS][len(given) :]))
