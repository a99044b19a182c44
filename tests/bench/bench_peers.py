"""From topic to deduplicated durable facts to points: scoring beside what people would use.

    python -m tests.bench.bench_peers [facts] [rounds]

One process each, the same topics on one broker, in turn. What each of them does not promise is said
at the head of its script in `peers/`.
"""

import sys

import uvloop

from tests.bench.contenders import Topics, briefly, peer, scoring
from tests.bench.facts import make_topics, publish, season
from tests.bench.ground import ground
from tests.bench.rounds import ROUNDS, compare

SECONDS = 60.0
"""Nobody who is near is cut short: points and checkpoints are in it."""

SLOW_S = 5.0
"""For so long those are measured that would take minutes."""

CONTENDERS = {
    "bare loop (aiokafka, msgspec, upsert)": peer("bare"),
    "scoring": scoring(),
    "FastStream, one message, ack": briefly(peer("faststream_one"), SLOW_S),
    "Quix Streams, checkpoint every 5 s": peer("quix"),
    "Quix Streams, every 2,000 facts": peer("quix", commit_every=2000),
    "faust-streaming, table": briefly(peer("faust_table"), SLOW_S),
}


def main(count: int, rounds: int) -> None:
    """Print a line a run and the table of the medians."""
    with ground() as made:
        prefix = uvloop.run(make_topics(made.kafka))
        published = uvloop.run(publish(made.kafka.bootstrap, prefix, season(count, seed=251)))
        compare(made, Topics(prefix, published), CONTENDERS, rounds=rounds, seconds=SECONDS)


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:3]]
    main(*(given + [300_000, ROUNDS][len(given) :]))
