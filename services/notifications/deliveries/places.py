"""Who may be sent to now: fair by subscription and by host. Pure.

A channel has a number of places, and an attempt takes one. A receiver that does not answer would
keep its places for as long as an attempt may last; four such receivers would have them all. So:

- a subscription, and a host, has a few places at most;
- an attempt that takes longer than the channel's patience gives its place to others and goes on
  beside them (a call that waits costs a socket), up to four times as many as there are places;
- a host that did not answer is *silent*: until it answers again, all silent hosts share a quarter
  of the places, which they take beside the others, one place each.

So what others see of a receiver that does not answer is a moment, once.
"""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

_MOST_BESIDE = 4
"""Attempts under way in all, as a multiple of the places."""
_SILENT_SHARE = 4
"""Silent hosts share one place in so many."""
_MOST_SILENT = 10_000
"""Hosts that are remembered as silent; the ones remembered longest are forgotten first."""


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """One attempt under way."""

    subscription: UUID
    host: str
    since: float
    silent: bool
    """It was begun in the share of the silent hosts."""


class Places:
    """The places of one channel in one process."""

    def __init__(
        self,
        *,
        concurrency: int,
        per_subscription: int,
        per_host: int,
        patience_s: float | None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`patience_s`: see ChannelKind. `now`: a clock that only goes forward. Seconds."""
        self._concurrency = concurrency
        self._per_subscription = per_subscription
        self._per_host = per_host
        self._patience_s = patience_s
        self._now = now
        self._taken: set[Place] = set()
        self._silent: dict[str, None] = {}

    def __len__(self) -> int:
        return len(self._taken)

    def take(self, subscription: UUID, host: str) -> Place:
        """Begin an attempt."""
        place = Place(subscription, host, self._now(), host in self._silent)
        self._taken.add(place)
        return place

    def release(self, place: Place, *, unanswered: bool) -> None:
        """End it. `unanswered`: the host kept us waiting for nothing."""
        self._taken.discard(place)
        self._silent.pop(place.host, None)
        if unanswered:
            self._silent[place.host] = None
            while len(self._silent) > _MOST_SILENT:
                del self._silent[next(iter(self._silent))]

    def room(self) -> int:
        """Attempts that may begin now, at hosts that are not silent; at most `per_host`, so that
        what begins together stays within a host's share."""
        self._lose_patience()
        if self._patience_s is None:
            free = self._concurrency - len(self._taken)
        else:
            quick = sum(1 for one in self._taken if not one.silent and not self._is_slow(one))
            beside = _MOST_BESIDE * self._concurrency - len(self._taken)
            free = min(self._concurrency - quick, beside)
        return max(0, min(free, self._per_host))

    def silent_room(self) -> int:
        """Attempts that may begin now at silent hosts."""
        share = max(1, self._concurrency // _SILENT_SHARE)
        free = share - sum(1 for one in self._taken if one.silent)
        if self._patience_s is None:
            free = min(free, self._concurrency - len(self._taken))
        return max(0, free)

    def seconds_to_room(self) -> float | None:
        """When an attempt that is under way gives up its place, if none ends before that."""
        if self._patience_s is None:
            return None
        begun = [one.since for one in self._taken if not one.silent and not self._is_slow(one)]
        return min(begun) + self._patience_s - self._now() if begun else None

    def full_subscriptions(self) -> list[UUID]:
        """Subscriptions that have enough under way."""
        count = Counter(one.subscription for one in self._taken)
        return [subscription for subscription, n in count.items() if n >= self._per_subscription]

    def full_hosts(self) -> list[str]:
        """Hosts that have enough under way, and those that are silent."""
        count = Counter(one.host for one in self._taken)
        return [*self._silent, *(host for host, n in count.items() if n >= self._per_host)]

    def idle_silent_hosts(self) -> list[str]:
        """Silent hosts with nothing under way: each may be tried once."""
        busy = {one.host for one in self._taken}
        return [host for host in self._silent if host not in busy]

    def _is_slow(self, place: Place) -> bool:
        return self._patience_s is not None and self._now() - place.since >= self._patience_s

    def _lose_patience(self) -> None:
        for one in self._taken:
            if self._is_slow(one):
                self._silent.setdefault(one.host, None)
