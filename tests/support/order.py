"""Which files begin: `make test` gives them out to its processes as they are listed.

The longest first, so that both processes end together. Of these the ones that need no Apache Kafka
before the others: on a new clone it is fetched meanwhile. Then those that stop it: a broker comes
back three times faster with a hundred partitions than with the two thousand that later files make.
"""

from collections.abc import Iterable
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]

FIRST = (
    "campaigns/test_the_manual.py",
    "simulated_year/test_year.py",
    "chaos/test_chaos.py",
    "local/test_brokers.py",
    "delivery/test_outages.py",
    "delivery/test_whose_group.py",
    "campaigns/test_announcements_are_followed.py",
    "scoring/test_publication_watermark.py",
    "scoring/test_takeover.py",
    "scoring/test_rebuild_broken_off.py",
)


def in_order(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """The tests, those of `FIRST` first; a file's tests stay together, in their order."""
    if gone := [name for name in FIRST if not (TESTS / name).is_file()]:
        raise pytest.UsageError(f"tests/support/order.py names what is not there: {gone}")
    ranks = {TESTS / name: rank for rank, name in enumerate(FIRST)}
    return sorted(items, key=lambda item: ranks.get(item.path, len(ranks)))
