"""Whatever a season was and however it arrived, the topics alone give its points again.

The property of `test_two_ways`, with nothing made up: Hypothesis draws, Kafka keeps, PostgreSQL
counts.
"""

import asyncio
import secrets
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from aiokafka import AIOKafkaProducer
from hypothesis import HealthCheck, Phase, given, settings

from infra.local.broker import Broker
from infra.local.issuer import Issuer
from infra.local.postgres import PostgresCluster
from services.chassis.broker.topic_admin import ensure_topics
from services.contracts.envelope import Event, encode
from services.contracts.events import EssaySubmitted
from services.contracts.topics import all_topics, topic_of
from services.contracts.wording import number_vi
from services.scoring.engine.digest import digest_of
from services.scoring.engine.score import score
from services.scoring.rebuilding.rebuild import rebuild
from services.scoring.settings import ScoringSettings
from tests.scoring.campaign import sample_snapshot
from tests.scoring.deliveries import deliveries
from tests.scoring.facts import essay, event, known_events
from tests.scoring.served_scoring import settings_of
from tests.support.announcing import announcement
from tests.support.unreadable import BAD_NAME, produce_strangely

CONTEST = sample_snapshot()
PARTITIONS = 2

_ANNOUNCED = [event(announcement())]
"""Its rule set is adopted from it: what scoring published of it is not on these topics."""

Delivery = tuple[list[Event], list[list[Event]]]
Settings = Callable[[], ScoringSettings]


@pytest.fixture
def new_topics(
    scoring_url: str, postgres: PostgresCluster, broker: Broker, issuer: Issuer
) -> Iterator[Settings]:
    """Settings under a prefix of their own at each call, over one database to rebuild into.

    The role may create none; the one beside its own is there, and a rebuild empties it each time.
    """
    broker.start()
    parts = urlsplit(scoring_url)
    name, role = f"{parts.path[1:]}_rebuild", parts.username
    assert role
    postgres.execute('CREATE DATABASE :"name" OWNER :"role"', name=name, role=role)
    yield lambda: settings_of(
        scoring_url,
        issuer,
        kafka_bootstrap=broker.bootstrap,
        topic_prefix=f"t{secrets.token_hex(4)}",
        topic_partitions=PARTITIONS,
    )
    postgres.execute('DROP DATABASE :"name" WITH (FORCE)', name=name)


async def _publish(settings: ScoringSettings, arriving: Sequence[Event]) -> None:
    """New topics, and on them these events in this order, those that are repeated repeated."""
    await ensure_topics(settings, all_topics(settings.topic_prefix, PARTITIONS, 1, []))
    producer = AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap, acks="all", linger_ms=2)
    await producer.start()
    try:
        sent = []
        for one in (*_ANNOUNCED, *arriving):
            topic = topic_of(settings.topic_prefix, type(one.data))
            _, message = encode(one.data, source=one.source, now=datetime.now(UTC), event_id=one.id)
            sent.append(
                await producer.send(topic, message.value, message.key, headers=message.headers)
            )
        await asyncio.gather(*sent)
    finally:
        await producer.stop()


@settings(
    max_examples=6,  # a second or two each: topics, a migration, and the rebuild
    deadline=None,
    # Not shrunk: that would take minutes, and `test_two_ways` finds the small example.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(deliveries().filter(lambda drawn: len(drawn[0]) >= 10))
def test_a_rebuild_of_any_season_shuffled_and_repeated_has_the_digest_of_its_facts(
    new_topics: Settings, delivery: Delivery
) -> None:
    season, batches = delivery
    arriving = [one for batch in batches for one in batch]
    its_own = new_topics()
    asyncio.run(_publish(its_own, arriving))
    lines: list[str] = []
    rebuild(its_own, compare=False, write_line=lines.append)
    truth = digest_of(score(known_events(season), CONTEST.clusters, CONTEST.rules))
    assert f"mới đọc {number_vi(len(season))} dữ liệu, để riêng 0 bản ghi" in lines
    assert lines[-1] == f"hanoi-2020: dựng lại: {truth} ({number_vi(len(season))} dữ liệu đã lưu)"


def test_a_rebuild_passes_over_a_record_that_no_client_can_read(new_topics: Settings) -> None:
    its_own = new_topics()
    events = [event(essay("SNV", name)) for name in ("a", "b")]
    _, message = encode(events[0].data, source="submissions", now=datetime.now(UTC))
    strange = (message.key, [*message.headers, (BAD_NAME, b"")], message.value)

    async def publish() -> None:
        await _publish(its_own, events[:1])
        topic = topic_of(its_own.topic_prefix, EssaySubmitted)
        for partition in range(PARTITIONS):  # also the one where facts stand before and behind it
            await produce_strangely(its_own.kafka_bootstrap, topic, [strange], partition=partition)
        await _publish(its_own, events[1:])

    asyncio.run(publish())
    lines: list[str] = []
    rebuild(its_own, compare=False, write_line=lines.append)
    assert f"mới đọc 2 dữ liệu, để riêng {PARTITIONS} bản ghi" in lines
    truth = digest_of(score(known_events(events), CONTEST.clusters, CONTEST.rules))
    assert truth in lines[-1]
