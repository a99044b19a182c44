"""A tree of 20,000 units against one of 2,000; and essays of a campaign while another is announced.

    python -m tests.bench.bench_tree [seconds] [rounds]

One process of submissions and one of scoring. Each round checks and announces a campaign of either
size, and asks what units and the Board ask. Then essays of another campaign are sent, at a third of
the rate that intake takes at most: alone, and while one of 20,000 units is announced.
"""

import statistics
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count
from pathlib import Path

import httpx
import uvloop

from infra.local.issuer import Issuer
from infra.local.processes import Supervisor
from services.chassis.storage.migrations import migrate
from services.contracts.rules.loader import read_with_rules
from tests.bench.contenders import address_of, start_scoring
from tests.bench.facts import make_topics
from tests.bench.ground import Ground, ground
from tests.bench.intake import (
    WARM_UP_S,
    Load,
    campaign_of_today,
    load,
    port_of,
    shared,
    start_submissions,
    wait_for_campaigns,
)
from tests.bench.rounds import rounds_of
from tests.support.announcing import renamed
from tests.support.wide_campaign import wide_campaign

SIZES = (2_000, 20_000)
ROUNDS = 3
_PEAK_S = 4.0
_BEFORE_S = 1.0
"""Essays are on their way when the announcement comes."""
_REPEATED = 20
_LONGEST_WAIT_S = 120

Took = Mapping[str, float]
"""Seconds, by what was done."""


class World:
    """Submissions and scoring, with the campaign of the essays and however many more."""

    def __init__(self, made: Ground, supervisor: Supervisor) -> None:
        self._issuer = Issuer(Path(made.directory) / "issuer")
        self._issuer.start()
        supervisor.adopt("issuer", self._issuer)
        prefix = uvloop.run(make_topics(made.kafka, campaign_of_today(made.directory)))
        urls = {name: made.postgres.create_database(name) for name in ("submissions", "scoring")}
        for name, url in urls.items():
            migrate(name, url)
        environment = shared(made, prefix, self._issuer)
        submissions = start_submissions(supervisor, made, urls["submissions"], environment)
        scoring = start_scoring(
            supervisor, made, prefix, urls["scoring"], group="scoring", **environment
        )
        wait_for_campaigns(submissions)
        scoring.wait_until_ready()
        self._port = port_of(submissions.what.ready_url)
        self._scoring = address_of(scoring)
        self._numbers = count(1)
        self._trees = {
            size: wide_campaign(Path(made.directory) / f"tree-{size}", units=size) for size in SIZES
        }

    def tree(self, size: int) -> Took:
        """All that is done with a tree of so many units, once."""
        took = {"thidua campaign check": _timed(lambda: read_with_rules(self._trees[size]))}
        name = f"tree-{next(self._numbers)}"
        took["announcement answered"] = _timed(partial(self._announce, name, size))
        base = f"http://127.0.0.1:{self._port}/v1/campaigns/{name}"
        ask = self._ask
        took["scoring answers, from then on"] = _timed(
            lambda: ask(f"{self._scoring}/v1/campaigns/{name}/units/SNV/points", patient=True)
        )
        took["first obligations of a unit"] = _timed(lambda: ask(f"{base}/obligations?unit=W00001"))
        for what, path, status in (
            ("obligations of a unit", "obligations?unit=SNV", 200),
            ("statistics of the campaign", "statistics", 200),
            ("a code that nobody has", "obligations?unit=OLD", 404),
        ):
            runs = [_timed(lambda: ask(f"{base}/{path}", status)) for _ in range(_REPEATED)]  # noqa: B023
            took[what] = statistics.median(runs)
        standings = f"{self._scoring}/v1/campaigns/{name}/standings"
        took["standings of all clusters"] = statistics.median(
            _timed(lambda: ask(standings)) for _ in range(_REPEATED)
        )
        return took

    def warmed_rate(self) -> float:
        """A third of what intake takes at most."""
        load(self._port, self._issuer, WARM_UP_S)
        return load(self._port, self._issuer, _PEAK_S).rate / 3

    def essays(self, seconds: float, rate: float) -> Load:
        """Of the campaign of 2020, moved to this year."""
        return load(self._port, self._issuer, seconds, rate=rate)

    def essays_beside(self, seconds: float, rate: float, size: int) -> Load:
        """The same while a campaign of so many units is announced."""
        with ThreadPoolExecutor(1) as pool:
            sent = pool.submit(self.essays, seconds, rate)
            time.sleep(_BEFORE_S)
            took = _timed(partial(self._announce, f"tree-{next(self._numbers)}", size))
            print(f"  announced in {took:.1f} s", flush=True)
            return sent.result()

    def _announce(self, name: str, size: int) -> None:
        files = {file.name: file.read_text() for file in self._trees[size].iterdir()}
        for file in ("plan.yaml", "rules.yaml"):
            files[file] = renamed(name)(files[file])
        answer = httpx.post(
            f"http://127.0.0.1:{self._port}/v1/campaigns",
            json={"files": files, "document": "1/MP"},
            headers={**self._board, "Idempotency-Key": name},
            timeout=_LONGEST_WAIT_S,
            trust_env=False,
        )
        answer.raise_for_status()

    def _ask(self, url: str, status: int = 200, *, patient: bool = False) -> None:
        until = time.monotonic() + _LONGEST_WAIT_S
        while True:
            answer = httpx.get(url, headers=self._board, timeout=_LONGEST_WAIT_S, trust_env=False)
            if answer.status_code == status:
                return
            if not patient or time.monotonic() > until:
                raise RuntimeError(f"{url}: {answer.status_code} {answer.text[:300]}")
            time.sleep(0.05)

    @property
    def _board(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._issuer.mint('board')}"}


def _timed(what: Callable[[], object]) -> float:
    begun = time.perf_counter()
    what()
    return time.perf_counter() - begun


def main(seconds: int, rounds: int) -> None:
    """Print what each round took, and both tables."""
    few, many = SIZES
    with ground() as made, Supervisor() as supervisor:
        world = World(made, supervisor)
        trees = rounds_of({f"{size:,} units": partial(world.tree, size) for size in SIZES}, rounds)
        rate = world.warmed_rate()
        print(f"essays at {rate:,.0f}/s", flush=True)
        essays = rounds_of(
            {
                "alone": partial(world.essays, seconds, rate),
                f"while {many:,} units are announced": partial(
                    world.essays_beside, seconds, rate, many
                ),
            },
            rounds,
        )
    medians = [
        {what: statistics.median(run[what] for run in runs) for what in runs[0]}
        for runs in trees.values()
    ]
    print(f"\n| | {few:,} units | {many:,} units | ratio |\n|---|---|---|---|")
    for what, took in medians[0].items():
        other = medians[1][what]
        print(f"| {what} | {1000 * took:,.0f} ms | {1000 * other:,.0f} ms | {other / took:.1f} |")
    print("\n| essays | p50 | p99 | longest |\n|---|---|---|---|")
    for name, runs in essays.items():
        figures = [
            statistics.median(getattr(run, which) for run in runs)
            for which in ("p50_ms", "p99_ms", "longest_ms")
        ]
        print(f"| {name} | " + " | ".join(f"{figure:.0f} ms" for figure in figures) + " |")


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:3]]
    main(*(given + [12, ROUNDS][len(given) :]))
