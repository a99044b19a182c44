"""Whether a consumer group makes progress on its topics, whichever member owns them.

Pure but for the gauges: it is given views of the group and the time, and remembers since when the
events of each partition have waited without a commit.
"""

from collections.abc import Callable, Iterable

from aiokafka import TopicPartition

from services.chassis.broker.group_view import GroupView, Member
from services.chassis.observability.metrics import Metrics
from services.chassis.observability.registry import (
    CONSUMER_FOREIGN_MEMBERS,
    CONSUMER_LAG,
    CONSUMER_WAITING_SECONDS,
)

WORTH_A_WORD_S = 30.0
"""Events that waited so long without any commit on their partition are reported."""

_UNOWNED_LOOKS = 3
"""So many looks in a row at a partition that nobody owns: then it is no rebalance."""


class GroupProgress:
    """How far one group has come with what waits for it."""

    def __init__(
        self, metrics: Metrics, is_ours: Callable[[Member], bool], clock: Callable[[], float]
    ) -> None:
        """`is_ours`: whether a member is a replica of this service. `clock`: seconds, monotonic."""
        self._metrics = metrics
        self._is_ours = is_ours
        self._clock = clock
        self._view: GroupView | None = None
        self._since: dict[TopicPartition, tuple[int, float]] = {}
        self._unowned: dict[TopicPartition, int] = {}
        self._seen_ends: dict[TopicPartition, int] = {}
        self._shown: set[TopicPartition] = set()
        self._reported: dict[TopicPartition, int] = {}

    def update(self, view: GroupView) -> set[TopicPartition]:
        """Take a new view in. Returns partitions whose log was made anew: it ends before what was
        committed, or before where it ended once."""
        now, waiting = self._clock(), view.waiting()
        remade = self._remade(view)
        self._view, self._seen_ends = view, self._seen_ends | view.ends
        self._since = {
            place: known
            if (known := self._since.get(place)) and known[0] == view.committed[place]
            else (view.committed[place], now)
            for place in waiting
        }
        unowned = view.unowned()
        self._unowned = {place: self._unowned.get(place, 0) + 1 for place in unowned}
        self._expose(view, waiting)
        return remade

    def forget(self) -> None:
        """The brokers do not answer: nothing is known until the next view."""
        self._view = None
        self._since.clear()
        self._unowned.clear()

    def waits_s(self, places: Iterable[TopicPartition] | None = None) -> float:
        """The longest time without a commit on a partition with events; of these, or of all."""
        among = self._since.keys() if places is None else self._since.keys() & set(places)
        return max((self._clock() - self._since[place][1] for place in among), default=0.0)

    def unowned(self) -> set[TopicPartition]:
        """Partitions that nobody has had for several looks."""
        return {place for place, looks in self._unowned.items() if looks >= _UNOWNED_LOOKS}

    def foreign(self) -> set[Member]:
        """Members that are no replica of this service."""
        return {m for m in (self._view.members if self._view else ()) if not self._is_ours(m)}

    def trouble(self) -> str | None:
        """What is wrong, for people; None where all is well or nothing is known.

        Without hosts: health pages are open.
        """
        view = self._view
        if view is None:
            return None
        parts = []
        if view.missing:
            parts.append(f"no such topic: {', '.join(sorted(view.missing))}")
        waiting, late = view.waiting(), self._late()
        if late:
            count = sum(waiting[place] for place in late)
            owners = {place: m.client for m in view.members for place in m.places}
            shown = ", ".join(
                f"{place.topic}:{place.partition} ({owners.get(place, 'nobody')} has it)"
                for place in late[:3]
            )
            parts.append(
                f"{count} events wait on {len(late)} partitions, nothing was committed there for"
                f" {self.waits_s(late):.0f} s: {shown}{', …' if len(late) > 3 else ''}"  # noqa: PLR2004
            )
        elif unowned := self.unowned():
            parts.append(f"{len(unowned)} partitions have no member of the group")
        if foreign := self.foreign():
            names = ", ".join(sorted(member.client for member in foreign))
            parts.append(f"members that are no replica of this service: {names}")
        return "; ".join(parts) or None

    def _remade(self, view: GroupView) -> set[TopicPartition]:
        """Each log once: what was committed of the old one stays until something of the new is."""
        behind = {place for place, end in view.ends.items() if end < view.committed[place]}
        shorter = {p for p, end in view.ends.items() if end < self._seen_ends.get(p, 0)}
        known = {p for p in behind if self._reported.get(p) == view.committed[p]}
        self._reported = {place: view.committed[place] for place in behind}
        return (behind - known) | shorter

    def _late(self) -> list[TopicPartition]:
        now = self._clock()
        return sorted(p for p, (_, since) in self._since.items() if now - since >= WORTH_A_WORD_S)

    def _expose(self, view: GroupView, waiting: dict[TopicPartition, int]) -> None:
        for place in self._shown - view.places:  # of a topic that is gone
            self._metrics.forget(CONSUMER_LAG, topic=place.topic, partition=str(place.partition))
        for place in view.places:
            self._metrics.set(
                CONSUMER_LAG,
                waiting.get(place, 0),
                topic=place.topic,
                partition=str(place.partition),
            )
        self._shown = set(view.places)
        self._metrics.set(CONSUMER_WAITING_SECONDS, self.waits_s())
        self._metrics.set(CONSUMER_FOREIGN_MEMBERS, len(self.foreign()))
