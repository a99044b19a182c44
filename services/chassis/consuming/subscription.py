"""What FastStream and aiokafka are asked for: one subscription of one member of a group."""

import logging
import secrets
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.coordinator.protocol import ConsumerProtocolMemberMetadata
from faststream import AckPolicy
from faststream.kafka import KafkaBroker

from services.chassis.broker.fetch_pace import pace_fetches
from services.chassis.broker.fetched_records import read_every_batch
from services.chassis.broker.group_view import GroupView, Member
from services.chassis.broker.security import broker_security
from services.chassis.consuming.records import Records, decode_nothing, parser_for
from services.chassis.crash import INSIDE_REBALANCE, crash_point
from services.chassis.service_settings import ServiceSettings

_METADATA_MAX_AGE_MS = 30_000
"""So soon a topic is seen that was deleted and made anew; aiokafka's default is five minutes."""


@dataclass(slots=True)
class Membership:
    """Who this process is in its consumer group."""

    group: str
    instance_id: str | None
    """Static membership."""
    process: str = field(init=False)
    """Tells the group which service it is, and which process of several."""
    joined: bool = False
    """It was given its partitions, which may be none."""
    from_start: set[TopicPartition] = field(default_factory=set)
    """To be read from the first record as soon as they are assigned: their log is a new one."""

    def __post_init__(self) -> None:
        self.process = f"{self._prefix}{secrets.token_hex(4)}"

    @classmethod
    def of(cls, settings: ServiceSettings, group: str, topics: Collection[str]) -> "Membership":
        """As the settings have it.

        The static member's name is another one where the subscription is another: a static member
        that comes back is given its old partitions without a look at what it subscribes to now, so
        a release that reads a new topic would never get any of it (seen on Apache Kafka 4.3 with
        aiokafka 0.14).
        """
        name = settings.group_instance_id
        wanted = f"{sorted(topics)} {settings.topic_partitions}"
        return cls(group, name and f"{name}-{sha256(wanted.encode()).hexdigest()[:8]}")

    def rename(self, number: int) -> None:
        """Join as another static member: the old one would be given its old partitions."""
        if self.instance_id is not None:
            self.instance_id = f"{self.instance_id.split('~')[0]}~{number}"

    def rewind(self, consumer: Any, assigned: set[TopicPartition]) -> None:
        """Read those partitions from their first record whose log is a new one."""
        for place in assigned & self.from_start:
            consumer.seek(place, 0)
        self.from_start -= assigned

    def is_ours(self, member: Member) -> bool:
        """Whether a member is a replica of this service, this process among them."""
        return member.process.startswith(self._prefix)

    def same_instance(self, view: GroupView) -> Member | None:
        """Another process that holds this one's static membership: the broker lets the last one
        that joined have it and throws out the other, which joins once more, and so on."""
        if self.instance_id is None:
            return None
        for member in view.members:
            # The broker names a static member by its group_instance_id.
            if member.id.startswith(f"{self.instance_id}-") and member.process != self.process:
                return member
        return None

    @property
    def _prefix(self) -> str:
        return f"thidua-{self.group}-"


def create_broker(settings: ServiceSettings, process: str) -> KafkaBroker:
    """FastStream's broker as every service has it: it consumes only, the relay does the sending.

    A batch whose handler fails is delivered once more (NACK_ON_ERROR), topics are never made by
    accident, and a stop waits for the batch at hand.
    """
    read_every_batch()
    pace_fetches()
    return KafkaBroker(
        settings.kafka_bootstrap.split(","),
        security=broker_security(settings),
        client_id=process,
        metadata_max_age_ms=_METADATA_MAX_AGE_MS,
        consumer_only=True,
        allow_auto_create_topics=False,
        ack_policy=AckPolicy.NACK_ON_ERROR,
        graceful_timeout=settings.drain_timeout_s,
        apply_types=False,  # records come raw; injection would cost and bring nothing
        logger=logging.getLogger("faststream_kafka"),  # its own "faststream" writes by itself
        log_level=logging.DEBUG,
    )


def subscribe(
    broker: KafkaBroker,
    settings: ServiceSettings,
    membership: Membership,
    topics: Sequence[str],
    handle: Callable[[Records], Awaitable[None]],
    *,
    lost_commit: Callable[[], None],
) -> Any:
    """A subscriber on a broker that is not started yet; `handle` is given each batch."""
    subscriber = broker.subscriber(
        *topics,
        batch=True,
        group_id=membership.group,
        group_instance_id=membership.instance_id,
        session_timeout_ms=settings.session_timeout_ms,
        heartbeat_interval_ms=settings.session_timeout_ms // 3,
        # A new group starts with everything there ever was.
        auto_offset_reset="earliest",
        # Partition i of every topic lies with one member: a unit's facts meet in one process.
        partition_assignment_strategy=(_assignor(membership.process),),
        ack_policy=AckPolicy.NACK_ON_ERROR,
        max_records=settings.poll_max_records,
        batch_timeout_ms=settings.batch_wait_ms,
        # A fetch that waits for quiet partitions holds up the others on the same broker.
        fetch_max_wait_ms=max(settings.batch_wait_ms, 10),
        parser=parser_for(lambda: subscriber.consumer, lost_commit),
        decoder=decode_nothing,
        listener=_Listener(membership, lambda: subscriber.consumer),
        no_reply=True,
        include_in_schema=False,  # AsyncAPI is made from the contracts
    )
    subscriber(handle)
    return subscriber


def _assignor(process: str) -> type[RangePartitionAssignor]:
    """Assigns by range, and adds the process to this member's subscription."""

    class Assignor(RangePartitionAssignor):  # type: ignore[misc]  # aiokafka has no types
        @classmethod
        def metadata(cls, topics: Collection[str]) -> ConsumerProtocolMemberMetadata:
            return ConsumerProtocolMemberMetadata(cls.version, list(topics), process.encode())

    return Assignor


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    def __init__(self, membership: Membership, consumer: Callable[[], Any]) -> None:
        self._membership = membership
        self._consumer = consumer

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Another member goes on from what was committed."""
        if revoked:
            crash_point(INSIDE_REBALANCE)

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """This process is in the group, though perhaps with nothing to do."""
        self._membership.joined = True
        self._membership.rewind(self._consumer(), assigned)
