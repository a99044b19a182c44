"""Essays over HTTP where fifty campaigns were announced, against one; and a tree of 20,000 units.

    python -m tests.bench.bench_campaigns [seconds] [rounds]

Two processes of submissions, each with a database and topics of its own. The essays are of one
campaign in both. Then a campaign of 20,000 units is checked and announced to both of them.
"""

import statistics
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import uvloop

from infra.local.issuer import Issuer
from infra.local.processes import Supervisor
from services.chassis.storage.migrations import migrate
from services.contracts.rules.loader import read_with_rules
from tests.bench.facts import make_topics, publish
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
from tests.support.announcing import announcement, renamed
from tests.support.wide_campaign import wide_campaign

CAMPAIGNS = 50
UNITS = 20_000


def start(supervisor: Supervisor, made: Ground, issuer: Issuer, name: str, campaigns: int) -> int:
    """Submissions with so many campaigns; its port, when it has them."""
    url = made.postgres.create_database(name)
    migrate("submissions", url)
    campaign = campaign_of_today(made.directory)
    prefix = uvloop.run(make_topics(made.kafka, campaign))
    more = [
        announcement(campaign, edit=renamed(f"campaign-{number}"), rules=False)
        for number in range(1, campaigns)
    ]
    if more:
        uvloop.run(publish(made.kafka.bootstrap, prefix, more))
    environment = shared(made, prefix, issuer)
    process = start_submissions(supervisor, made, url, environment, name=name)
    wait_for_campaigns(process, campaigns)
    return port_of(process.what.ready_url)


def announce_wide(port: int, issuer: Issuer, directory: Path) -> None:
    """Print how long the check, the announcement and the first answer of a wide tree take."""
    begun = time.perf_counter()
    loaded, problems = read_with_rules(directory)
    assert loaded, problems
    print(f"check of {UNITS:,} units: {time.perf_counter() - begun:.1f} s", flush=True)
    files = {file.name: file.read_text() for file in directory.iterdir()}
    files["plan.yaml"] = renamed("wide")(files["plan.yaml"])
    del files["rules.yaml"]
    body: dict[str, Any] = {"files": files, "document": "1/MP"}
    headers = {"Authorization": f"Bearer {issuer.mint('board')}", "Idempotency-Key": "wide"}
    with httpx.Client(
        base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=120, trust_env=False
    ) as client:
        owed = "/v1/campaigns/wide/obligations?unit=SNV"
        for what, method, path, sent in (
            ("announced", "POST", "/v1/campaigns", body),
            ("first answer", "GET", owed, None),
            ("second answer", "GET", owed, None),
        ):
            begun = time.perf_counter()
            answer = client.request(method, path, json=sent)
            took = time.perf_counter() - begun
            answer.raise_for_status()
            print(f"{what}: {took:.2f} s", flush=True)


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
        wide = wide_campaign(Path(made.directory) / "wide", units=UNITS)
        announce_wide(next(iter(ports.values())), issuer, wide)
    rates = {name: statistics.median(run.rate for run in runs) for name, runs in results.items()}
    baseline = next(iter(rates.values()))
    print("\n| | requests/s | cost of one | p99 |\n|---|---|---|---|")
    for name, rate in rates.items():
        p99 = statistics.median(run.p99_ms for run in results[name])
        print(f"| {name} | {rate:,.0f} | {baseline / rate:.2f} | {p99:.1f} ms |")


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:3]]
    main(*(given + [8, ROUNDS][len(given) :]))
