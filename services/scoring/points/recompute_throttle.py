"""When to score: which clusters are due, and how long to wait between two rounds. Pure.

All times are monotonic seconds, given by the caller.
"""

from collections.abc import Iterable
from typing import Generic, TypeVar

K = TypeVar("K")
"""What names a cluster."""

_REST_PROMPT = 1.0
"""Rest after a round, in lengths of the round, while facts are taken as soon as they are there:
half of the time is then left for those that come, and so far it was enough. Of rounds over 0.3 s
the rest is shorter, for `PERIOD_S`."""

_REST_LATE = 5.0
"""The same while facts are taken late; shorter for rounds over 0.1 s."""

_REST_BEHIND = 20.0
"""The same while behind."""

LATE_S = 0.1
"""Facts that are taken later than this after they were recorded had to wait: for a round, or for a
processor that is full, which shorter rests would fill still more. Way to here from the outbox: some
0.02 s. A publisher whose clock is behind ours makes all facts late, and points as slow as on a full
machine. Seconds."""

PERIOD_S = 0.6
"""Longest time from the start of one round to the start of the next, rest included, where rounds
are shorter than it: points follow facts within a second. A fact waits a period and a round at
worst, and some 0.1 s (p99 0.2 s) before them to be taken, as measured in the demo on two cores that
were full. What is left of the second is reserve; a shorter period costs more rounds. Seconds."""

BEHIND_S = 3.0
"""Facts that are taken later than this come from an outage or a replay. No rest saves their second
any more, and a longer one takes more of them a round. Far above what a busy hour does, so that a
longer rest is never what makes facts late. Seconds."""

QUIET_S = 0.5
"""Without a new fact for this long nothing is held up by scoring: the rest is over. Seconds."""

LONGEST_REST_S = 3.0
"""The longest rest while behind: standings move on, however much there is to catch up. Rounds after
rests of 0.75 s took a sixth of the time that facts needed. Seconds."""


class RecomputeThrottle(Generic[K]):
    """When clusters are scored: the first at once, each once in `interval_s`, with rests."""

    def __init__(self, interval_s: float) -> None:
        self._interval_s = interval_s
        self._begun_at: dict[K, float] = {}
        self._rest_until = float("-inf")
        self._touched_at = float("inf")
        self._late_s = 0.0

    def mark_dirty(self, now: float, *, late_s: float) -> None:
        """Facts were taken, the first of them so long after it was recorded.

        Not how late points are: the pauses make them so.
        """
        self._touched_at = now
        self._late_s = late_s

    def due(self, waiting: Iterable[K], now: float) -> list[K]:
        """Those of the waiting clusters that a round which starts now scores."""
        if now < self._rested_at():
            return []
        return [cluster for cluster in waiting if self._due_at(cluster) <= now]

    def scored(self, clusters: Iterable[K], began: float, now: float) -> None:
        """A round is over.

        A cluster's interval counts from the start of the round: counted from its end, a long round
        would make its clusters miss the next one, and wait for a second.
        """
        self._begun_at.update(dict.fromkeys(clusters, began))
        self._rest_until = now + max(0.0, self._rest(now - began))

    def next_round(self, waiting: Iterable[K]) -> float:
        """When at least one of these clusters is due."""
        return max(self._rested_at(), min(map(self._due_at, waiting)))

    def _rest(self, took: float) -> float:
        if self._late_s > BEHIND_S:
            return min(LONGEST_REST_S, _REST_BEHIND * took)
        lengths = _REST_LATE if self._late_s > LATE_S else _REST_PROMPT
        return min(PERIOD_S - took, lengths * took)

    def _rested_at(self) -> float:
        return min(self._rest_until, self._touched_at + QUIET_S)

    def _due_at(self, cluster: K) -> float:
        return self._begun_at.get(cluster, float("-inf")) + self._interval_s
