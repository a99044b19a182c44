"""Garbage collector settings for a process that creates and drops thousands of objects a batch."""

import gc

_A_RECORD = 60
"""Containers that a record makes on its way, its headers and what is decoded."""

_LEAST = 10_000
"""Where batches are small: requests make some too."""

_OFTENER = (10, 20)
"""How many looks at the youngest before the middle-aged, and of those before all."""


def tune_gc(records: int) -> None:
    """After the imports: what is there stays, and is not looked at again. Once a process.

    `records`: most that are in work at once. The youngest containers are looked at when there are
    more of them than those make. Nearly all go by themselves with their batch: a look in the middle
    of one finds nothing. At ten times the deadline evening of Hanoi, one event a second, Python's
    own 700 would do as well. A replay of a year takes a third of its time for such looks, and a
    fifth with 10,000: that, and `make bench ARGS=scoring`, are what these three lines are for
    (docs/decisions/0066-what-was-tried-for-speed.md).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(max(_LEAST, _A_RECORD * records), *_OFTENER)
