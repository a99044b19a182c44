"""Two and three scoring processes against one: the same group, the same database.

    python -m tests.bench.bench_scale [facts] [rounds]

On two cores that also carry broker and database, the second process gets what is left of them.
"""

import sys

import uvloop

from tests.bench.contenders import Topics, scoring
from tests.bench.facts import make_topics, publish, season
from tests.bench.ground import ground
from tests.bench.rounds import ROUNDS, compare

SECONDS = 60.0
"""No run is cut short: the last facts of the slowest process are part of it."""

CONTENDERS = {f"scoring, {number} process(es)": scoring(number) for number in (1, 2, 3)}


def main(count: int, rounds: int) -> None:
    """Print a line a run and the table of the medians."""
    with ground() as made:
        prefix = uvloop.run(make_topics(made.kafka))
        published = uvloop.run(publish(made.kafka.bootstrap, prefix, season(count, seed=251)))
        compare(made, Topics(prefix, published), CONTENDERS, rounds=rounds, seconds=SECONDS)


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:3]]
    main(*(given + [200_000, ROUNDS][len(given) :]))
