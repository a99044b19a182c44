"""Topics: one for each event type, one of dead letters for each consumer group, one of watermarks.

The prefix comes from the settings, so that two systems can share a broker. All topics of events
have the same number of partitions: what is keyed by one unit then lies in the partition of the same
number everywhere, and with the range assignor with one member of a group.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.contracts.events import FACTS, Fact
from services.contracts.watermark import watermark_topic

_HEADERS_BYTES = 100_000
"""For headers, key and the batch around a message."""

# Kafka allows 249 characters; "." joins our parts, so that an ACL on "<prefix>." means all of ours.
_NAME = re.compile(r"[A-Za-z0-9._-]{1,120}")


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """A topic as it is to be provisioned."""

    name: str
    partitions: int
    replication: int
    config: Mapping[str, str]
    """Kafka topic configuration, by its Kafka names."""


def topic_of(prefix: str, fact_type: type[Fact]) -> str:
    """The topic of an event type, e.g. `thidua.essay-submitted.v1`."""
    return f"{prefix}.{fact_type.versioned()}"


def topic_by_name(prefix: str, name: str) -> str:
    """A topic by its own name, or by that of its event.

    Raises LookupError for a name that can be neither: every topic's has a dot.
    """
    by_event = {fact.event: topic_of(prefix, fact) for fact in FACTS}
    if name not in by_event and "." not in name:
        raise LookupError(f"no such topic or event: {name}; events are {', '.join(by_event)}")
    return by_event.get(name, name)


def dead_letter_topic(prefix: str, group: str) -> str:
    """Where a consumer group leaves what it can never process."""
    return f"{prefix}.dead-letter.{group}"


def all_topics(
    prefix: str, partitions: int, replication: int, groups: Iterable[str]
) -> list[TopicSpec]:
    """Every topic of the system, facts first, watermarks last.

    Raises ValueError for a prefix or group that Kafka would refuse, and for counts below one.
    """
    groups = list(groups)
    for name in (prefix, *groups):
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} can't be part of a topic's name: letters, digits, . _ -")
    if partitions < 1 or replication < 1:
        raise ValueError("a topic has at least one partition and one replica")
    config = {
        # Facts are the record that services rebuild themselves from: nothing expires.
        "cleanup.policy": "delete",
        "retention.ms": "-1",
        "retention.bytes": "-1",
        # With acks=all: a write survives the loss of a broker, and one broker may be down.
        "min.insync.replicas": str(max(1, replication - 1)),
    }
    # A message that just fits its topic must fit here too, with the headers that say why.
    for_dead_letters = config | {"max.message.bytes": str(2 * 1024 * 1024)}
    names = {topic_of(prefix, fact): config | _room(fact) for fact in FACTS}
    names |= {dead_letter_topic(prefix, group): for_dead_letters for group in groups}
    # The newest watermark of each service counts. Short segments: the open one is not compacted.
    newest = {
        "cleanup.policy": "compact",
        "segment.ms": str(10 * 60 * 1000),
        "min.insync.replicas": config["min.insync.replicas"],
    }
    return [
        *(TopicSpec(name, partitions, replication, its) for name, its in names.items()),
        TopicSpec(watermark_topic(prefix), 1, replication, newest),
    ]


def _room(fact: type[Fact]) -> dict[str, str]:
    """What the topic of a type needs where its facts may be larger than the broker's default."""
    if fact.most_bytes == Fact.most_bytes:
        return {}
    return {"max.message.bytes": str(fact.most_bytes + _HEADERS_BYTES)}
