"""Writes how far a rebuild is, every two seconds."""

import time
from collections.abc import Callable

from services.chassis.language import speak
from services.contracts.wording import number

WriteLine = Callable[[str], None]
"""Shows a line to whoever started it."""

_EVERY_S = 2.0


class RebuildProgress:
    """Records read, out of a number that is known."""

    def __init__(self, write_line: WriteLine, total: int) -> None:
        self._write_line, self._total = write_line, total
        self._written_at = time.monotonic()
        self.done = 0

    def add(self, records: int) -> None:
        """So many more."""
        self.done += records
        if time.monotonic() - self._written_at >= _EVERY_S:
            self._written_at = time.monotonic()
            done, total = number(self.done), number(self._total)
            self._write_line(
                speak(f"{done.vi}/{total.vi} bản ghi", f"{done.en} of {total.en} records")
            )
