"""An event loop whose clock jumps to the next timer instead of waiting for it."""

import asyncio
import selectors
from collections.abc import Sequence
from typing import Any


class JumpingLoop(asyncio.SelectorEventLoop):
    """Hours of pauses pass at once. Only for work that waits for timers and nothing else."""

    def __init__(self) -> None:
        self._jumped_s = 0.0
        super().__init__(_NeverWaits(self))

    def time(self) -> float:
        """The machine's monotonic clock and all that was jumped over."""
        return super().time() + self._jumped_s

    def jump(self, seconds: float) -> None:
        """Let that much time pass."""
        self._jumped_s += seconds


class _NeverWaits(selectors.SelectSelector):
    def __init__(self, loop: JumpingLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> Sequence[Any]:
        if timeout:
            self._loop.jump(timeout)
        return super().select(0)
