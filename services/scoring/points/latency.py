"""From acceptance to visible points: every sample kept, so that the percentiles are exact."""

import math
from array import array
from collections.abc import Iterable
from datetime import UTC, datetime


class Latencies:
    """Seconds from the publisher's record of a fact to the commit of points that count it.

    Bounded: of more than `most` samples the latest are kept, 8 bytes each.
    """

    def __init__(self, most: int = 100_000) -> None:
        self._most = most
        self._samples = array("d")
        self.since = datetime.now(UTC)
        self.count = 0
        """Samples since start, kept or not."""

    def add(self, recorded: Iterable[datetime], visible_at: datetime) -> list[float]:
        """Note facts; their latencies in seconds, never below zero (clocks of two machines)."""
        visible = visible_at.timestamp()
        seconds = [max(0.0, visible - moment.timestamp()) for moment in recorded]
        for each in seconds:
            if len(self._samples) < self._most:
                self._samples.append(each)
            else:
                self._samples[self.count % self._most] = each
            self.count += 1
        return seconds

    @property
    def kept(self) -> int:
        """Samples that the percentiles are made of."""
        return len(self._samples)

    def percentiles(self, *wanted: float) -> list[float | None]:
        """Nearest-rank percentiles (0 to 100) of the kept samples, seconds; None without any."""
        ordered = sorted(self._samples)
        if not ordered:
            return [None for _ in wanted]
        return [ordered[max(0, math.ceil(len(ordered) * p / 100) - 1)] for p in wanted]
