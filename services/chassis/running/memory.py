"""The garbage collector of a process that makes and drops thousands of objects a batch."""

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
    of one found nothing, and took a fifth of a consumer's time; with Python's 700 a third.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(max(_LEAST, _A_RECORD * records), *_OFTENER)
