"""A bounded queue in which nobody's share depends on how much others send."""

from collections import OrderedDict, deque
from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class FullError(Exception):
    """Who adds has the most in the queue already, and the queue is full."""


class FairQueue(Generic[T]):
    """First come, first served within a client; clients take turns.

    When it is full, whoever has the most in it gives up its latest for who has fewer.
    """

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._length = 0
        self._by_client: OrderedDict[Hashable, deque[T]] = OrderedDict()

    def __len__(self) -> int:
        return self._length

    def add(self, client: Hashable, item: T) -> T | None:
        """Put it last of its client's; what had to make room for it, None when there was room.

        Raises FullError.
        """
        displaced = None
        if self._length >= self._longest:
            most = max(self._by_client, key=lambda name: len(self._by_client[name]))
            if len(self._by_client[most]) <= len(self._by_client.get(client, ())) + 1:
                raise FullError
            displaced = self._by_client[most].pop()
            self._length -= 1
        self._by_client.setdefault(client, deque()).append(item)
        self._length += 1
        return displaced

    def discard(self, client: Hashable, item: T) -> None:
        """Take one out that nobody waits for any more; nothing, where it is in no more."""
        items = self._by_client.get(client)
        if items is None or item not in items:
            return
        items.remove(item)
        self._length -= 1
        if not items:
            del self._by_client[client]

    def take(self, most: int) -> list[T]:
        """The next ones, at most so many: one of each client in turn."""
        taken: list[T] = []
        while self._by_client and len(taken) < most:
            client, items = next(iter(self._by_client.items()))
            taken.append(items.popleft())
            if items:
                self._by_client.move_to_end(client)
            else:
                del self._by_client[client]
        self._length -= len(taken)
        return taken
