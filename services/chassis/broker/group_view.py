"""A consumer group seen from outside: who is in it, what waits for it, in all its topics.

From outside, because a consumer knows only of the partitions it was given: of those that nobody
has, or somebody else holds and never commits, it hears nothing.
"""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.coordinator.protocol import ConsumerProtocol

from services.chassis.broker.connection import connection_options
from services.chassis.broker.group_answers import described, positions_of
from services.chassis.broker.topic_admin import places_of
from services.chassis.settings import SharedSettings

_TIMEOUT_S = 5.0
_SETTLED = ("Stable", "Empty", "Dead")


@dataclass(frozen=True, slots=True)
class Member:
    """One member of the group."""

    id: str
    """Of a static member it begins with its group_instance_id."""
    client: str
    host: str
    process: str
    """The user data of its subscription: replicas of a service name themselves there. Its client
    would not do: of a static member the broker keeps that of the first process."""
    places: frozenset[TopicPartition]
    """What was assigned to it."""

    def __str__(self) -> str:
        """As people look for it."""
        return f"{self.client}@{self.host}"


@dataclass(frozen=True, slots=True)
class GroupView:
    """One look."""

    settled: bool
    """No rebalance is under way."""
    members: list[Member]
    places: set[TopicPartition]
    """All partitions of the topics that the group must read, as far as those exist."""
    ends: dict[TopicPartition, int]
    committed: dict[TopicPartition, int]
    """Where the group goes on; the first offset where it has committed nothing."""
    missing: set[str] = field(default_factory=set)
    """Topics that do not exist."""

    def waiting(self) -> dict[TopicPartition, int]:
        """Events that were not committed, by partition; those with none left out."""
        left = {place: end - self.committed[place] for place, end in self.ends.items()}
        return {place: count for place, count in left.items() if count > 0}

    def unowned(self) -> set[TopicPartition]:
        """Partitions that no member was given; none while the group rebalances."""
        if not self.settled:
            return set()
        return self.places.difference(*(member.places for member in self.members))


class GroupObserver:
    """Looks at one group, with connections of its own; it is no member."""

    def __init__(self, settings: SharedSettings, group: str, topics: Collection[str]) -> None:
        self._settings = settings
        self._group = group
        self._topics = set(topics)
        self._clients: tuple[AIOKafkaAdminClient, AIOKafkaConsumer] | None = None

    async def look(self) -> GroupView:
        """Ask the brokers. Raises KafkaError, OSError or TimeoutError."""
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                return await self._look(*await self._connected())
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Give the connections back; the next look makes new ones."""
        if self._clients is not None:
            admin, consumer = self._clients
            self._clients = None
            await admin.close()
            await consumer.stop()

    async def _connected(self) -> tuple[AIOKafkaAdminClient, AIOKafkaConsumer]:
        if self._clients is None:
            options = connection_options(self._settings)
            self._clients = (AIOKafkaAdminClient(**options), AIOKafkaConsumer(**options))
            for client in self._clients:
                await client.start()
        return self._clients

    async def _look(self, admin: AIOKafkaAdminClient, consumer: AIOKafkaConsumer) -> GroupView:
        by_topic = await places_of(admin, self._topics)
        places = {place for of_one in by_topic.values() for place in of_one}
        found = await positions_of(admin, self._group, places)
        committed = {place: at.offset for place, at in found.items()}
        fresh = [place for place in places if place not in committed]
        ends = await consumer.end_offsets(list(places)) if places else {}
        committed |= await consumer.beginning_offsets(fresh) if fresh else {}
        state, members = await described(admin, self._group)
        return GroupView(
            settled=state in _SETTLED,
            members=[member_of(*member[:5]) for member in members],
            places=places,
            ends=ends,
            committed=committed,
            missing=self._topics - by_topic.keys(),
        )


async def members_in(admin: AIOKafkaAdminClient, group: str) -> list[Member]:
    """Who is in a group now. Raises KafkaError."""
    _, members = await described(admin, group)
    return [member_of(*member[:5]) for member in members]


def member_of(id_: str, client: str, host: str, metadata: bytes, assignment: bytes) -> Member:
    """A member as the broker describes it."""
    return Member(id_, client, host.lstrip("/"), _process(metadata), frozenset(_places(assignment)))


def _process(metadata: bytes) -> str:
    try:
        user_data: bytes | None = ConsumerProtocol.METADATA.decode(metadata).user_data
    except Exception:
        return ""
    return (user_data or b"").decode(errors="replace")


def _places(assignment: bytes) -> Collection[Any]:
    """What the assignment of a member has; of a stranger it may be anything, or nothing yet."""
    try:
        partitions: Collection[Any] = ConsumerProtocol.ASSIGNMENT.decode(assignment).partitions()
    except Exception:
        return ()
    return partitions
