"""Long computations beside the event loop, so that it goes on answering meanwhile.

One thread for all of them: they compete with the event loop for Python's lock, and each further
thread would take a share of it from whoever asks for little.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_THREAD = ThreadPoolExecutor(1, thread_name_prefix="aside")


async def aside(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What the function returns or raises; it runs in the thread, after those that came before.

    Inside a transaction the caller keeps its turn for the database meanwhile (`storage/turns.py`):
    that bounds how many wait here, and clients take turns.
    """
    call = partial(copy_context().run, function, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(_THREAD, call)
