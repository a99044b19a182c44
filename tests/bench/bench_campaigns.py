"""Essays over HTTP where fifty campaigns were announced, half of them open, against one.

    python -m tests.bench.bench_campaigns [seconds] [rounds]

Two processes of submissions, each with a database and topics of its own. The essays are of one
campaign in both.
"""

import statistics
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import uvloop

from infra.local.issuer import Issuer
from infra.local.processes import Supervisor
from services.chassis.storage.migrations import migrate
from tests.bench.facts import make_topics, publish
from tests.bench.ground import Ground, ground
from tests.bench.intake import (
    WARM_UP_S,
    a_year_later,
    campaign_of_today,
    load,
    port_of,
    shared,
    start_submissions,
    wait_for_campaigns,
)
from tests.bench.rounds import ROUNDS, rounds_of
from tests.support.announcing import announcement, renamed

CAMPAIGNS = 50


def edited(number: int) -> Callable[[str], str]:
    """Makes one of the others of the plan; every second opens next year."""
    rename = renamed(f"campaign-{number}")
    return (lambda text: a_year_later(rename(text))) if number % 2 else rename


def start(supervisor: Supervisor, made: Ground, issuer: Issuer, name: str, campaigns: int) -> int:
    """Submissions with so many campaigns; its port, when it has them."""
    url = made.postgres.create_database(name)
    migrate("submissions", url)
    campaign = campaign_of_today(made.directory)
    prefix = uvloop.run(make_topics(made.kafka, campaign))
    more = [
        announcement(campaign, edit=edited(number), rules=False) for number in range(1, campaigns)
    ]
    if more:
        uvloop.run(publish(made.kafka.bootstrap, prefix, more))
    environment = shared(made, prefix, issuer)
    process = start_submissions(supervisor, made, url, environment, name=name)
    wait_for_campaigns(process, campaigns)
    return port_of(process.what.ready_url)


def main(seconds: int, rounds: int) -> None:
    """Print a line a run and the medians."""
    with ground() as made, Supervisor() as supervisor:
        issuer = Issuer(Path(made.directory) / "issuer")
        issuer.start()
        supervisor.adopt("issuer", issuer)
        ports = {
            f"{campaigns} campaign(s)": start(
                supervisor, made, issuer, f"submissions_{campaigns}", campaigns
            )
            for campaigns in (1, CAMPAIGNS)
        }
        for port in ports.values():
            load(port, issuer, WARM_UP_S)
        results = rounds_of(
            {name: partial(load, port, issuer, seconds) for name, port in ports.items()},
            rounds,
        )
    rates = {name: statistics.median(run.rate for run in runs) for name, runs in results.items()}
    baseline = next(iter(rates.values()))
    print("\n| | requests/s | cost of one | p99 |\n|---|---|---|---|")
    for name, rate in rates.items():
        p99 = statistics.median(run.p99_ms for run in results[name])
        print(f"| {name} | {rate:,.0f} | {baseline / rate:.2f} | {p99:.1f} ms |")


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:3]]
    main(*(given + [8, ROUNDS][len(given) :]))
