"""What a contender says while it runs: a line `facts clock` on standard output, now and then.

Standard library only: each peer runs in an environment of its own. The clock is the machine's
monotonic one, which all processes share.
"""

import json
import sys
import time
from typing import Any

_EVERY_S = 0.05


def job() -> dict[str, Any]:
    """What the bench asks for: bootstrap, topics, group, count, database_url, directory."""
    asked: dict[str, Any] = json.loads(sys.argv[1])
    return asked


class Progress:
    """Counts facts that had their effect."""

    def __init__(self, count: int) -> None:
        self._count, self._done, self._printed_at = count, 0, 0.0

    @property
    def complete(self) -> bool:
        """Whether all facts had it."""
        return self._done >= self._count

    def add(self, facts: int) -> None:
        """So many more."""
        self._done += facts
        now = time.monotonic()
        if now - self._printed_at >= _EVERY_S or self.complete:
            print(self._done, now, flush=True)
            self._printed_at = now
