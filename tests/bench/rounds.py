"""Rounds: every contender once, in turn, again and again; then medians against the first.

A busy neighbour hits all alike, so the ratios hold where the figures don't.
"""

import statistics
from collections.abc import Callable, Mapping
from typing import TypeVar

from tests.bench.contenders import Contender, Run, Topics
from tests.bench.ground import Ground

R = TypeVar("R")
ROUNDS = 5


def rounds_of(contenders: Mapping[str, Callable[[], R]], rounds: int) -> dict[str, list[R]]:
    """What each came to in each round, printed as it comes."""
    results: dict[str, list[R]] = {name: [] for name in contenders}
    for number in range(1, rounds + 1):
        for name, run in contenders.items():
            results[name].append(run())
            print(f"round {number}: {name:34} {results[name][-1]}", flush=True)
    return results


def compare(
    made: Ground, on: Topics, contenders: Mapping[str, Contender], *, rounds: int, seconds: float
) -> dict[str, float]:
    """Medians in facts a second, printed as the rows of a table, with the ratio to the first."""

    def bound(contender: Contender) -> Callable[[], Run]:
        return lambda: contender(made, on, seconds)

    results = rounds_of({name: bound(one) for name, one in contenders.items()}, rounds)
    rates = {name: statistics.median(run.rate for run in runs) for name, runs in results.items()}
    baseline = next(iter(rates.values()))
    print("\n| | facts/s | ratio | µs of its processor |\n|---|---|---|---|")
    for name, rate in rates.items():
        cpu = statistics.median(run.cpu_us for run in results[name])
        print(f"| {name} | {rate:,.0f} | {rate / baseline:.2f} | {cpu:.0f} |")
    return rates
