"""The consumer's group, looked at from outside now and then, and when to leave it for that."""

import time
from collections.abc import Collection

import structlog
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from services.chassis.broker.group_view import GroupObserver, GroupView, Member
from services.chassis.consuming.progress import GroupProgress
from services.chassis.consuming.subscription import Membership
from services.chassis.observability.metrics import Metrics
from services.chassis.observability.registry import CONSUMER_RECOVERIES
from services.chassis.service_settings import ServiceSettings

_log = structlog.get_logger(__name__)

_REJOIN_EVERY_S = 60.0
"""At most so often the group is joined anew for partitions that nobody has: a rebalance each."""


class GroupWatch:
    """What one member knows of its group from outside."""

    def __init__(
        self,
        settings: ServiceSettings,
        topics: Collection[str],
        membership: Membership,
        metrics: Metrics,
    ) -> None:
        """`topics` are those that the group must read. Nothing is connected yet."""
        self.same_instance: Member | None = None
        """Another process that has this one's place in the group."""
        self._membership = membership
        self._metrics = metrics
        self._observer = GroupObserver(settings, membership.group, topics)
        self._progress = GroupProgress(metrics, membership.is_ours, time.monotonic)
        self._unanswered: str | None = None
        self._strangers: list[str] = []
        self._rejoins = 0
        self._rejoined_at = -_REJOIN_EVERY_S

    async def look(self) -> GroupView | None:
        """Ask the brokers; None where they don't answer. Of a log that was made anew the membership
        learns that it is to be read from its start."""
        try:
            view = await self._observer.look()
        except (KafkaError, OSError) as error:
            self._progress.forget()
            if self._unanswered is None:
                _log.warning("the group can't be looked at", error=repr(error))
            self._unanswered = type(error).__name__
            return None
        self._unanswered = None
        if remade := self._progress.update(view):
            self._recovers("remade", topics=sorted({place.topic for place in remade}))
            self._membership.from_start |= remade
        strangers = sorted(str(member) for member in self._progress.foreign())
        if strangers and strangers != self._strangers:
            _log.warning("members of the group that are no replica of this service", who=strangers)
        self._strangers = strangers
        return view

    def must_leave(self, view: GroupView, *, joined: bool) -> bool:
        """Whether to leave the group: until another process with the same id is gone, or to join
        it anew at once.

        `joined`: whether this process was in the group before the view was taken.
        """
        other = self._membership.same_instance(view) if joined else None
        # Both see each other: the one with the greater name yields.
        if other and other.process < self._membership.process:
            self.same_instance = other
            self._recovers("same-instance-id", other=str(other))
            return True
        unowned = self._progress.unowned()
        if not unowned or time.monotonic() - self._rejoined_at < _REJOIN_EVERY_S:
            return False
        self._rejoined_at = time.monotonic()
        self._rejoins += 1
        self._membership.rename(self._rejoins)
        self._recovers("unowned", partitions=len(unowned))
        return True

    async def same_instance_is_there(self) -> bool:
        """Whether the process for which this one left still has the place; true while unknown."""
        if self.same_instance and (view := await self.look()):
            self.same_instance = self._membership.same_instance(view)
        return self.same_instance is not None

    def degraded(self) -> str | None:
        """What is wrong with the group, or with this process's place in it."""
        if self.same_instance:
            return (
                f"{self.same_instance.process} has the same group_instance_id and works; give each"
                " replica its own"
            )
        if self._unanswered:
            return f"the brokers do not answer how far the group is ({self._unanswered})"
        if not self._membership.joined:
            return "not in its group yet"
        return self._progress.trouble()

    def waits_s(self, ours: set[TopicPartition]) -> float:
        """The longest time without a commit where events wait that are `ours`, or nobody's."""
        return self._progress.waits_s(ours | self._progress.unowned())

    async def close(self) -> None:
        """Give the connections back."""
        await self._observer.close()

    def _recovers(self, reason: str, **what: object) -> None:
        self._metrics.count(CONSUMER_RECOVERIES, reason=reason)
        _log.warning("consumer recovers by itself", reason=reason, **what)
