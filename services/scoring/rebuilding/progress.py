"""How far a rebuild is, written now and then."""

import time
from collections.abc import Callable

WriteLine = Callable[[str], None]
"""Shows a line to whoever started it."""

_EVERY_S = 2.0


class Progress:
    """Records read, out of a number that is known."""

    def __init__(self, write_line: WriteLine, total: int) -> None:
        self._write_line, self._total = write_line, total
        self._written_at = time.monotonic()
        self.done = 0

    def add(self, number: int) -> None:
        """So many more."""
        self.done += number
        if time.monotonic() - self._written_at >= _EVERY_S:
            self._written_at = time.monotonic()
            self._write_line(f"{self.done:,} / {self._total:,} bản ghi / records")
