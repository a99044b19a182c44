"""The garbage collector of a process that makes and drops thousands of objects a batch."""

import gc

_YOUNG = 10_000
"""New containers before the youngest are looked at; a batch of 500 events makes about as many.
Python's 700 looked at each batch a dozen times, and found nothing: a third of a consumer's time."""

_OFTENER = (20, 50)
"""How many such looks before the middle-aged, and of those before all."""


def settle() -> None:
    """After the imports: what is there stays, and is not looked at again. Once a process."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, *_OFTENER)
