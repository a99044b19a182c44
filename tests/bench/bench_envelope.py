"""What the envelope costs, against the JSON decoder alone in the same run.

    python -m tests.bench.bench_envelope

Only the ratios mean something on another machine.
"""

import timeit
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

from services.contracts.envelope import Event, decode, encode
from services.contracts.events import (
    EssayJudged,
    EssaySubmitted,
    Fact,
    ObligationFulfilled,
    PointsRecomputed,
)
from services.contracts.examples import TRACEPARENT, example, example_message

MEASURED: tuple[type[Fact], ...] = (
    EssaySubmitted,
    EssayJudged,
    ObligationFulfilled,
    PointsRecomputed,
)
CALLS = 2000
ROUNDS = 15


def best_of_interleaved(tasks: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Seconds a call, the best of several rounds in turn: a busy neighbour hits all alike."""
    best = dict.fromkeys(tasks, float("inf"))
    for _ in range(ROUNDS):
        for name, task in tasks.items():
            best[name] = min(best[name], timeit.timeit(task, number=CALLS) / CALLS)
    return best


def measure(fact_type: type[Fact]) -> dict[str, float]:
    """Seconds of each step for the example of one event."""
    fact, message, now = example(fact_type), example_message(fact_type), datetime.now(UTC)
    assert isinstance(decode(message.key, message.headers, message.value), Event)
    return best_of_interleaved(
        {
            "json": lambda: msgspec.json.decode(message.value),
            "decode": lambda: decode(message.key, message.headers, message.value),
            "encode": lambda: encode(fact, source="bench", now=now, traceparent=TRACEPARENT),
        }
    )


def main() -> None:
    """Print a row for each event."""
    print(f"{'µs an event':24}{'msgspec':>9}{'decode':>9}{'ratio':>7}{'encode':>9}")
    for fact_type in MEASURED:
        took = {name: seconds * 1e6 for name, seconds in measure(fact_type).items()}
        print(
            f"{fact_type.event:24}{took['json']:9.2f}{took['decode']:9.2f}"
            f"{took['decode'] / took['json']:7.1f}{took['encode']:9.2f}"
        )


if __name__ == "__main__":
    main()
