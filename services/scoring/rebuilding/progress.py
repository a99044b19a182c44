"""How far a rebuild is, said now and then."""

import time
from collections.abc import Callable

Say = Callable[[str], None]
"""Says a line to whoever started it."""

_EVERY_S = 2.0


class Progress:
    """Things done out of a number that is known."""

    def __init__(self, say: Say, total: int, of_what: str) -> None:
        self._say, self._total, self._of_what = say, total, of_what
        self._said_at = time.monotonic()
        self.done = 0

    def add(self, number: int) -> None:
        """So many more."""
        self.done += number
        if time.monotonic() - self._said_at >= _EVERY_S:
            self._said_at = time.monotonic()
            self._say(f"{self.done:,} / {self._total:,} {self._of_what}")
