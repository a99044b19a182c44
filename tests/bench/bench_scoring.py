"""From topic to durable points: scoring beside the barest loop that could store its facts.

    python -m tests.bench.bench_scoring [facts] [rounds]

Both read the same topics on Apache Kafka, in turn, each a process on uvloop; the bare loop decodes
with msgspec, upserts each batch in one statement and commits its offsets: no check, no tally, no
point, nothing said. What a fact costs with few and with many stored is in `bench_rules`.
"""

import sys

import uvloop

from tests.bench.contenders import Topics, peer, scoring
from tests.bench.facts import make_topics, publish, season
from tests.bench.ground import ground
from tests.bench.rounds import ROUNDS, compare

SECONDS = 60.0
"""No run is cut short."""

CONTENDERS = {"bare loop (aiokafka, msgspec, upsert)": peer("bare"), "scoring": scoring()}


def main(count: int, rounds: int) -> None:
    """Print a line a run and the table of the medians."""
    with ground() as made:
        prefix = uvloop.run(make_topics(made.kafka))
        published = uvloop.run(publish(made.kafka.bootstrap, prefix, season(count, seed=251)))
        compare(made, Topics(prefix, published), CONTENDERS, rounds=rounds, seconds=SECONDS)


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:3]]
    main(*(given + [300_000, ROUNDS][len(given) :]))
