"""What the broker says of a consumer group, with the errors that aiokafka leaves in the answers.

A coordinator that has just started reads its topic before it knows any group, and says so beside
an empty answer. Taken for "this group has read nothing", it would let a group pass that has.
"""

from collections.abc import Collection, Sequence
from typing import Any

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import CoordinatorLoadInProgressError, NoError, for_code
from aiokafka.structs import OffsetAndMetadata


async def positions_of(
    admin: AIOKafkaAdminClient, group: str, places: Collection[TopicPartition]
) -> dict[TopicPartition, OffsetAndMetadata]:
    """Where a group goes on, by partition: of these, as far as it has committed anything there.

    Asked by name, the broker answers for each partition, with -1 where nothing was committed: one
    without an answer means that the whole answer is an error, which aiokafka does not look at.
    Raises CoordinatorLoadInProgressError, which passes, and what Kafka raises.
    """
    if not places:
        return {}
    try:
        found = await admin.list_consumer_group_offsets(group, partitions=list(places))
    except NoError as error:  # an error of one partition, which it reads at the wrong place
        raise CoordinatorLoadInProgressError(group) from error
    if places - found.keys():
        raise CoordinatorLoadInProgressError(group)
    return {place: at for place, at in found.items() if at.offset >= 0}


async def described(admin: AIOKafkaAdminClient, group: str) -> tuple[str, Sequence[Any]]:
    """The state of a group and its members as Kafka's protocol has them; `Dead` and nobody for one
    that there is not. Raises KafkaError."""
    ((answer, *_),) = [one.groups for one in await admin.describe_consumer_groups([group])]
    code, _, state, _, _, members, *_ = answer
    if code:
        raise for_code(code)(group)
    return state, members
