"""Facts to measure with: 300 bytes of JSON, keyed by the 643 units, on topics of six partitions."""

import asyncio
import random
import secrets
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from aiokafka import AIOKafkaProducer

from infra.local.kafka import KafkaBroker
from services.chassis.broker.topic_admin import ensure_topics
from services.contracts.envelope import encode, uuid7
from services.contracts.events import (
    CommendationProposed,
    EssayJudged,
    EssaySubmitted,
    Fact,
    ObligationFulfilled,
    UnitFact,
)
from services.contracts.topics import all_topics, topic_of
from services.scoring.settings import ScoringSettings
from tests.scoring.campaign import DIRECTORY, sample_snapshot
from tests.scoring.facts import essay, fulfilled, judged, proposed
from tests.support.announcing import announcement

PARTITIONS = 6
UNITS = [unit.code for unit in sample_snapshot().units]
SEASON_FACTS = (EssaySubmitted, EssayJudged, CommendationProposed, ObligationFulfilled)
"""What a season is made of here."""
_UNSENT = 20_000
"""Sends that may wait for their acknowledgement: a million futures at once would be gigabytes."""


def season(count: int, seed: int) -> Iterator[UnitFact]:
    """Facts as a year has them: most are essays and their marks."""
    draw = random.Random(seed)  # noqa: S311 - not a secret
    number = 0
    while number < count:
        unit = draw.choice(UNITS)
        name = f"{seed}-{number}"
        kind = draw.random()
        if kind < 0.9:
            # Ids as submissions makes them: in the order of time.
            submitted = essay(unit, name, late=draw.random() < 0.1).model_copy(
                update={"essay_id": uuid7(datetime.now(UTC))}
            )
            yield submitted
            number += 1
            if kind < 0.4 and number < count:
                mark = judged(unit, name, str(draw.randint(40, 99)))
                yield mark.model_copy(update={"essay_id": submitted.essay_id})
                number += 1
        elif kind < 0.96:
            yield proposed(unit, name)
            number += 1
        else:
            yield fulfilled(unit, draw.choice(["D2", "D6", "D7"]), version=draw.randint(1, 9))
            number += 1


async def publish(bootstrap: str, prefix: str, facts: Iterable[Fact]) -> int:
    """Put facts on their topics; their number."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, acks="all", linger_ms=5, max_batch_size=256 * 1024
    )
    await producer.start()
    count, size, open_sends = 0, 0, []
    for fact in facts:
        _, message = encode(fact, source="bench", now=datetime.now(UTC))
        topic = topic_of(prefix, type(fact))
        open_sends.append(
            await producer.send(topic, message.value, message.key, headers=message.headers)
        )
        count, size = count + 1, size + len(message.value)
        if len(open_sends) == _UNSENT:
            await asyncio.gather(*open_sends)
            open_sends = []
    await asyncio.gather(*open_sends)
    await producer.stop()
    print(f"{count:,} facts of {size / count:.0f} bytes on {PARTITIONS} partitions", flush=True)
    return count


def settings_for(database_url: str, bootstrap: str, prefix: str) -> ScoringSettings:
    """As in production, but a group of its own: it reads from the beginning."""
    return ScoringSettings(
        database_url=database_url,
        kafka_bootstrap=bootstrap,
        topic_prefix=prefix,
        topic_partitions=PARTITIONS,
        group_id=f"scoring-{secrets.token_hex(4)}",
    )


async def make_topics(kafka: KafkaBroker, campaign: Path = DIRECTORY) -> str:
    """Every topic of a world of its own, with the campaign announced; its prefix."""
    prefix = f"b{secrets.token_hex(4)}"
    settings = settings_for("postgresql://none", kafka.bootstrap, prefix)
    specs = all_topics(prefix, PARTITIONS, 1, ["scoring", "submissions", "notifications"])
    await ensure_topics(settings, specs)
    await publish(kafka.bootstrap, prefix, [announcement(campaign)])
    return prefix
