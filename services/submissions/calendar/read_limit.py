"""How often a link is read: calendar programs ask hourly, and writing a large calendar takes half
a second of the one thread for such work."""

import time
from collections import Counter
from uuid import UUID

from services.chassis.problems import Refusal
from services.submissions.problems import TOO_MANY_READS

MOST_READS = 6
"""Of one link by one replica in each minute."""
_WINDOW_S = 60.0


class ReadLimit:
    """Counts the reads of each link in windows of a minute, of this process."""

    def __init__(self) -> None:
        self._reads: Counter[UUID] = Counter()
        self._begun = time.monotonic()

    def count(self, link: UUID) -> None:
        """One more read. Raises Refusal (429) where there were too many."""
        now = time.monotonic()
        if now - self._begun >= _WINDOW_S:
            self._reads.clear()
            self._begun = now
        self._reads[link] += 1
        if self._reads[link] > MOST_READS:
            left = int(self._begun + _WINDOW_S - now) + 1
            raise Refusal(TOO_MANY_READS, headers={"Retry-After": str(left)})
