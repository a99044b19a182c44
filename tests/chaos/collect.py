"""Collects what a run left behind: databases, topics, receiver. Reads only."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from services.chassis.outbox import decode_headers
from services.chassis.settings import SharedSettings
from services.chassis.topic_reader import open_reader
from services.contracts.campaign.units import UnitTree
from services.contracts.envelope import Event, decode
from services.contracts.events import DeadlineMissed, SubscriptionDisabled, UnitFact
from services.contracts.topics import all_topics
from services.notifications.events import TAKES as NOTIFIED
from services.notifications.matching import concerned_units
from services.scoring.contest import Contest
from services.scoring.counting.tallies import from_json, to_json
from services.scoring.engine.digest import campaign_digest, digest_of
from services.scoring.engine.records import KnownFact
from services.scoring.engine.score import score
from services.scoring.events import TAKES as SCORED
from services.scoring.facts.fact import received
from tests.chaos.ledger import Evidence, Miss, Pair, Place

SERVICES = ("submissions", "scoring", "notifications")
GROUPS = ("scoring", "notifications")
PREFIX = "thidua"
_LONGEST_BATCH = timedelta(seconds=2)
_COMMANDED = (
    "essay-submitted",
    "essay-withdrawn",
    "essay-judged",
    "commendation-proposed",
    "figure-reported",
    "conference-reported",
    "contest-reported",
    "ceremony-reported",
)
"""Facts that only a command makes."""


def name_of(fact: UnitFact) -> str:
    """A fact by what it says, whatever its event's id: two events of one name are one too many."""
    return f"{fact.event} {fact.unit} {fact.aggregate} v{fact.version}"


@dataclass(frozen=True)
class Wish:
    """A subscription of the run."""

    id: str
    path: str
    unit: str
    event_types: frozenset[str]


@dataclass
class _Topics:
    """What all topics hold, each event once."""

    valid: dict[str, set[str]] = field(default_factory=dict)
    """Ids by publishing service."""
    for_scoring: set[str] = field(default_factory=set)
    for_notifications: set[str] = field(default_factory=set)
    facts: dict[str, KnownFact] = field(default_factory=dict)
    misses: dict[Miss, set[str]] = field(default_factory=dict)
    wanted: set[Pair] = field(default_factory=set)
    off: list[tuple[str, datetime]] = field(default_factory=list)
    """Subscriptions that were switched off, and when."""
    dead_letters: dict[tuple[str, Place], set[str]] = field(default_factory=dict)


async def collect_topics(
    bootstrap: str, units: UnitTree, wishes: Sequence[Wish], planted: Iterable[Place]
) -> _Topics:
    """Read every topic from its beginning to its end."""
    found = _Topics({service: set() for service in SERVICES})
    settings = SharedSettings(kafka_bootstrap=bootstrap, environment="local")
    bad = set(planted)
    names = [topic.name for topic in all_topics(PREFIX, 1, 1, GROUPS)]
    async with open_reader(settings, names) as reader:
        async for records in reader.to_the_end():
            for record in records:
                if ".dead-letter." in record.topic:
                    _note_dead_letter(found, record)
                elif (record.topic, record.partition, record.offset) not in bad:
                    said = decode(record.key, record.headers, record.value)
                    if isinstance(said, Event):
                        _note(found, said, units, wishes)
    return found


def _note(found: _Topics, event: Event, units: UnitTree, wishes: Sequence[Wish]) -> None:
    id_, fact = str(event.id), event.data
    of_service = found.valid[event.source]
    if id_ in of_service:
        return
    of_service.add(id_)
    if isinstance(fact, SCORED):
        found.for_scoring.add(id_)
        found.facts[id_] = received(event).fact
    if isinstance(fact, NOTIFIED):
        found.for_notifications.add(id_)
        concerned = set(concerned_units(event, units))
        for wish in wishes:
            if fact.event in wish.event_types and (None in concerned or wish.unit in concerned):
                found.wanted.add((id_, wish.id))
    if isinstance(fact, SubscriptionDisabled):
        found.off.append((str(fact.subscription_id), fact.disabled_at))
    if isinstance(fact, DeadlineMissed):
        miss = (fact.unit, fact.obligation, fact.deadline_version)
        found.misses.setdefault(miss, set()).add(id_)


def _note_dead_letter(found: _Topics, record: Any) -> None:
    said = {name: value.decode() for name, value in record.headers if name.startswith("dl_")}
    group = record.topic.rpartition(".")[2]
    at = (said["dl_topic"], int(said["dl_partition"]), int(said["dl_offset"]))
    found.dead_letters.setdefault((group, at), set()).add(said["dl_cause"])
    found.valid[group].add(_letter(group, at))  # a group is named after its service


def _letter(group: str, at: Place) -> str:
    return f"dead letter of {group} {at[0]}/{at[1]}/{at[2]}"


async def collect(
    evidence: Evidence,
    *,
    databases: dict[str, str],
    topics: _Topics,
    contest: Contest,
    silent: set[str],
    resumed: Sequence[tuple[str, datetime]],
) -> None:
    """Put into `evidence` what databases and topics say."""
    evidence.published = topics.valid
    evidence.for_scoring, evidence.for_notifications = topics.for_scoring, topics.for_notifications
    evidence.misses, evidence.wanted = topics.misses, topics.wanted
    evidence.dead_letters = topics.dead_letters
    evidence.logged = {}
    for service, url in databases.items():
        connection = await asyncpg.connect(url)
        try:
            evidence.logged[service] = await _log(connection, service, evidence)
            match service:
                case "submissions":
                    await _deadlines(connection, evidence, silent)
                case "scoring":
                    await _points(connection, evidence, contest, topics)
                case _:
                    await _deliveries(connection, evidence, topics.off, resumed)
        finally:
            await connection.close()


async def _log(connection: Any, service: str, evidence: Evidence) -> set[str]:
    logged = set()
    rows = await connection.fetch("SELECT event_id, topic, key, headers, value FROM event_log")
    for event_id, topic, key, headers, value in rows:
        if ".dead-letter." in topic:
            said = {
                name: raw.decode() for name, raw in decode_headers(headers) if name[:3] == "dl_"
            }
            at = (said["dl_topic"], int(said["dl_partition"]), int(said["dl_offset"]))
            logged.add(_letter(topic.rpartition(".")[2], at))
            continue
        logged.add(str(event_id))
        if service == "submissions" and topic.split(".")[1] in _COMMANDED:
            event = decode(key, decode_headers(headers), value)
            assert isinstance(event, Event), event
            assert isinstance(event.data, UnitFact)
            evidence.commanded[name_of(event.data)] += 1
    return logged


async def _deadlines(connection: Any, evidence: Evidence, silent: set[str]) -> None:
    rows = await connection.fetch(
        "SELECT unit, obligation, deadline_version FROM obligations WHERE status = 'missed'"
    )
    evidence.must_be_missed = {tuple(row) for row in rows} | {(unit, "D1", 1) for unit in silent}
    due = await connection.fetch(
        "SELECT unit, obligation, way, distance FROM timers"
        " WHERE due_at < (SELECT now FROM simulated_clock) - interval '2 minutes'"
    )
    evidence.timers_due = [str(tuple(row)) for row in due]


async def _points(connection: Any, evidence: Evidence, contest: Contest, topics: _Topics) -> None:
    rows = await connection.fetch("SELECT event_id FROM facts")
    evidence.facts = Counter(str(row[0]) for row in rows)
    rows = await connection.fetch(
        "SELECT unit, tally::text FROM unit_measures WHERE version > 0 AND campaign = $1",
        contest.campaign,
    )
    evidence.tallies = {unit: _plain(from_json(tally)) for unit, tally in rows}
    facts = list(topics.facts.values())
    truth = contest.tallier.tallies(facts)
    evidence.true_tallies = {unit: _plain(tally) for unit, tally in truth.items() if tally}
    evidence.tallies = {u: t for u, t in evidence.tallies.items() if t != "{}"}
    rows = await connection.fetch(
        "SELECT cluster, digest FROM clusters WHERE campaign = $1 AND digest IS NOT NULL",
        contest.campaign,
    )
    evidence.digest = campaign_digest(dict(map(tuple, rows)))
    evidence.true_digest = digest_of(score(facts, contest.clusters, contest.rules))


def _plain(tally: Any) -> str:
    return to_json(dict(sorted(tally.items())))


async def _deliveries(
    connection: Any,
    evidence: Evidence,
    off: Sequence[tuple[str, datetime]],
    resumed: Sequence[tuple[str, datetime]],
) -> None:
    rows = await connection.fetch("SELECT event_id, received_at FROM inbox")
    evidence.inbox = Counter(str(event) for event, _ in rows)
    taken_in = {str(event): at for event, at in rows}
    evidence.not_owed = {
        (event, wish)
        for event, wish in evidence.wanted
        for begins, ends in _spans_off(wish, off, resumed)
        if event in taken_in and begins <= taken_in[event] <= ends
    }
    found: dict[Pair, list[str]] = {}
    for event, wish, state in await connection.fetch(
        "SELECT event_id, subscription_id, state FROM deliveries"
    ):
        found.setdefault((str(event), str(wish)), []).append(state)
    evidence.deliveries = found


def _spans_off(
    wish: str, off: Sequence[tuple[str, datetime]], resumed: Sequence[tuple[str, datetime]]
) -> Iterator[tuple[datetime, datetime]]:
    """From a little before it was switched off (a batch may have begun by then) to its return."""
    for which, began in off:
        if which == wish:
            returns = [at for one, at in resumed if one == wish and at >= began]
            yield began - _LONGEST_BATCH, min(returns, default=datetime.max.replace(tzinfo=UTC))


async def group_behind(bootstrap: str, group: str) -> int:
    """Records that a group has yet to commit, those of partitions it never committed included."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        committed = await admin.list_consumer_group_offsets(group)
    finally:
        await admin.close()
    taken = SCORED if group == "scoring" else NOTIFIED
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        await consumer._client.force_metadata_update()
        places = [
            TopicPartition(topic, number)
            for topic in (f"{PREFIX}.{fact.versioned()}" for fact in taken)
            for number in consumer.partitions_for_topic(topic) or ()
        ]
        ends = await consumer.end_offsets(places)
    finally:
        await consumer.stop()
    behind = 0
    for place, end in ends.items():
        known = committed.get(place)
        behind += end - max(0, known.offset if known else 0)
    return behind
