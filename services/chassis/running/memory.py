"""Garbage collector settings for a process that creates and drops thousands of objects a batch."""

import gc

_A_RECORD = 60
"""Containers that a record makes on its way, its headers and what is decoded."""

_LEAST = 10_000
"""Where batches are small: requests make some too."""

_OLDER_GENERATIONS = (10, 20)
"""How many looks at the youngest before the middle-aged, and of those before all."""


def tune_gc(records: int) -> None:
    """After the imports: what is there stays, and is not looked at again. Once a process.

    `records`: most that are in work at once. The youngest containers are looked at when there are
    more of them than a batch makes: a look in the middle of one finds nothing. Without these lines
    a fact costs twice the processor, which is felt after an outage, not on a deadline evening
    (docs/decisions/0066-what-was-tried-for-speed.md).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(max(_LEAST, _A_RECORD * records), *_OLDER_GENERATIONS)
