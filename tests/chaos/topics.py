"""What the topics hold after a run, read from their beginning to their end without a group."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient

from services.chassis.broker.group_answers import positions_of
from services.chassis.broker.topic_admin import places_of
from services.chassis.broker.topic_reader import open_reader
from services.chassis.dead_letters.letter import parted
from services.chassis.settings import SharedSettings
from services.contracts.campaign.campaign import Campaign
from services.contracts.envelope import Event, decode
from services.contracts.events import DeadlineMissed, DeliveryFailed, SubscriptionDisabled
from services.contracts.topics import all_topics
from services.measuring.fact import known, row_of
from services.measuring.records import KnownFact
from services.notifications.events import HANDLERS as NOTIFIED
from services.notifications.subscriptions.matching import concerned_units
from services.scoring.events import HANDLERS as SCORED
from tests.chaos.deadlines import Submissions
from tests.chaos.evidence import Miss, NoMore, OutgoingMessage, Pair, Place

SERVICES = ("submissions", "scoring", "notifications")
GROUPS = ("scoring", "notifications")
PREFIX = "thidua"


@dataclass(frozen=True)
class SubscriptionRequest:
    """A subscription of the run."""

    id: str
    path: str
    unit: str
    event_types: frozenset[str]


@dataclass
class OnTopics:
    """What all topics hold, each event once."""

    valid: dict[str, set[str]] = field(default_factory=dict)
    """Ids by publishing service."""
    for_scoring: set[str] = field(default_factory=set)
    for_notifications: set[str] = field(default_factory=set)
    facts: dict[str, KnownFact] = field(default_factory=dict)
    submissions: Submissions = field(default_factory=Submissions)
    misses: dict[Miss, set[str]] = field(default_factory=dict)
    wanted: set[Pair] = field(default_factory=set)
    no_more: list[NoMore] = field(default_factory=list)
    dead_letters: set[OutgoingMessage] = field(default_factory=set)


async def collect_topics(
    bootstrap: str,
    campaign: Campaign,
    subscriptions: Sequence[SubscriptionRequest],
    planted: Iterable[Place],
) -> OnTopics:
    """Read every topic from its beginning to its end."""
    found = OnTopics({service: set() for service in SERVICES})
    settings = SharedSettings(kafka_bootstrap=bootstrap, environment="local")
    bad = set(planted)
    names = [topic.name for topic in all_topics(PREFIX, 1, 1, GROUPS)]
    async with open_reader(settings, names) as reader:
        async for records in reader.to_the_end():
            for record in records:
                if ".dead-letter." in record.topic:
                    _note_deadletter(found, record)
                elif (record.topic, record.partition, record.offset) not in bad:
                    event = decode(record.key, record.headers, record.value)
                    if isinstance(event, Event):
                        _note(found, event, campaign, subscriptions)
    return found


def _note(
    found: OnTopics, event: Event, campaign: Campaign, subscriptions: Sequence[SubscriptionRequest]
) -> None:
    id_, fact = str(event.id), event.data
    of_service = found.valid[event.source]
    if id_ in of_service:
        return
    of_service.add(id_)
    found.submissions.note(event)
    if isinstance(fact, tuple(SCORED)):
        found.for_scoring.add(id_)
        found.facts[id_] = known(row_of(event))
    if isinstance(fact, tuple(NOTIFIED)):
        found.for_notifications.add(id_)
        concerned = set(concerned_units(event, campaign.units, campaign.plan.zone))
        for request in subscriptions:
            if fact.event in request.event_types and (
                None in concerned or request.unit in concerned
            ):
                found.wanted.add((id_, request.id))
    if isinstance(fact, SubscriptionDisabled):
        subscription = str(fact.subscription_id)
        found.no_more.append(NoMore(subscription, fact.reason, fact.disabled_at, off=True))
    if isinstance(fact, DeliveryFailed):
        subscription = str(fact.subscription_id)
        found.no_more.append(NoMore(subscription, fact.cause, fact.failed_at, off=False))
    if isinstance(fact, DeadlineMissed):
        miss = (fact.unit, fact.obligation, fact.deadline_version)
        found.misses.setdefault(miss, set()).add(id_)


def _note_deadletter(found: OnTopics, record: Any) -> None:
    # Not all of them are text: the bytes of a name that is none, a key that was null.
    _, own = parted(record.headers)
    id_, topic, cause = ((own[name] or b"").decode() for name in ("dl_id", "dl_topic", "dl_cause"))
    place = (topic, int(own["dl_partition"] or b""), int(own["dl_offset"] or b""))
    group = record.topic.rpartition(".")[2]  # a group is named after its service
    found.dead_letters.add(OutgoingMessage(id_, group, place, cause))
    found.valid[group].add(id_)


async def group_behind(bootstrap: str, group: str) -> int:
    """Records that a group has yet to commit, those of partitions it never committed included."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        taken = SCORED if group == "scoring" else NOTIFIED
        by_topic = await places_of(admin, [f"{PREFIX}.{fact.versioned()}" for fact in taken])
        places = {place for of_one in by_topic.values() for place in of_one}
        committed = await positions_of(admin, group, places)
    finally:
        await admin.close()
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        ends = await consumer.end_offsets(list(places))
    finally:
        await consumer.stop()
    behind = 0
    for place, end in ends.items():
        known = committed.get(place)
        behind += end - (known.offset if known else 0)
    return behind
