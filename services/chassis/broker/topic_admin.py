"""Topics on the broker: which there are, which are missing, and making them so."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, UnknownTopicOrPartitionError, for_code

from services.chassis.broker.connection import connection_options
from services.chassis.language import speak
from services.chassis.retry import still_wanted
from services.chassis.settings import SharedSettings
from services.contracts.topics import TopicSpec

_TIMEOUT_S = 30.0
_CREATE_WITHIN_S = 90.0


class TopicError(RuntimeError):
    """The broker did not make a topic as asked; the message names topic and reason."""


@dataclass(slots=True)
class Provisioned:
    """What `ensure_topics` did."""

    created: list[str] = field(default_factory=list)
    widened: list[str] = field(default_factory=list)
    """Given more partitions."""
    kept: list[str] = field(default_factory=list)
    wider: list[str] = field(default_factory=list)
    """Kept with more partitions than asked for: they can't be taken away."""


@asynccontextmanager
async def admin_client(
    settings: SharedSettings, *, within_s: float = _TIMEOUT_S
) -> AsyncIterator[AIOKafkaAdminClient]:
    """A client that asks and orders, all of it within that time.

    Raises KafkaError or TimeoutError when no broker answers.
    """
    admin = AIOKafkaAdminClient(
        **connection_options(settings), request_timeout_ms=int(_TIMEOUT_S * 1000)
    )
    async with asyncio.timeout(within_s):
        try:
            await admin.start()
            yield admin
        finally:
            await admin.close()


async def places_of(
    admin: AIOKafkaAdminClient, topics: Collection[str] | None = None
) -> dict[str, list[TopicPartition]]:
    """The partitions that each topic has now, in the order of their numbers; of all topics, or of
    these, those left out that there are not.

    The broker is asked for all: asked for one by its name, it may make it. Raises KafkaError, also
    for a topic of which the broker can't tell now.
    """
    found = {}
    for topic in await admin.describe_topics():
        name, code = topic["topic"], topic["error_code"]
        if code == UnknownTopicOrPartitionError.errno or not (topics is None or name in topics):
            continue
        if code:
            raise for_code(code)(name)
        numbers = sorted(partition["partition"] for partition in topic["partitions"])
        found[name] = [TopicPartition(name, number) for number in numbers]
    return found


async def partitions_of(settings: SharedSettings) -> dict[str, int]:
    """Every topic under the settings' prefix and its partitions.

    Raises KafkaError or TimeoutError when no broker answers.
    """
    async with admin_client(settings) as admin:
        return await _present(admin, settings.topic_prefix)


async def missing_topics(settings: SharedSettings, names: Iterable[str]) -> list[str]:
    """Those of `names` that the broker does not have."""
    present = await partitions_of(settings)
    return sorted(set(names) - set(present))


async def ensure_topics(settings: SharedSettings, specs: Sequence[TopicSpec]) -> Provisioned:
    """Make what is missing, widen what is too narrow; nothing is ever taken away.

    Returns when the broker shows it all: whoever starts next finds the topics.
    Raises TopicError, KafkaError or TimeoutError.
    """
    async with admin_client(settings, within_s=_CREATE_WITHIN_S) as admin:
        present = await _present(admin, settings.topic_prefix)
        done = Provisioned()
        done.created = await _create(admin, [spec for spec in specs if spec.name not in present])
        done.widened = await _widen(
            admin,
            [spec for spec in specs if present.get(spec.name, spec.partitions) < spec.partitions],
        )
        changed = {*done.created, *done.widened}
        wanted = {spec.name: spec.partitions for spec in specs if spec.name in changed}
        now = present
        # It answers before it is done.
        while any(now.get(name, 0) < count for name, count in wanted.items()):
            still_wanted()
            await asyncio.sleep(0.1)
            now = await _present(admin, settings.topic_prefix)
        for spec in specs:
            if (have := present.get(spec.name, 0)) >= spec.partitions:
                (done.wider if have > spec.partitions else done.kept).append(spec.name)
        return done


async def _present(admin: AIOKafkaAdminClient, prefix: str) -> dict[str, int]:
    places = await places_of(admin)
    return {name: len(of) for name, of in places.items() if name.startswith(f"{prefix}.")}


async def _create(admin: AIOKafkaAdminClient, specs: Sequence[TopicSpec]) -> list[str]:
    if not specs:
        return []
    new = [
        NewTopic(
            name=spec.name,
            num_partitions=spec.partitions,
            replication_factor=spec.replication,
            topic_configs=dict(spec.config),
        )
        for spec in specs
    ]
    answer = await admin.create_topics(new)
    # aiokafka raises nothing for what the broker refused: it is in the answer.
    failed = speak("Kafka không tạo được topic", "the broker did not create")
    _raise_refusals(failed, answer.topic_errors, but=TopicAlreadyExistsError)
    return [spec.name for spec in specs]


async def _widen(admin: AIOKafkaAdminClient, specs: Sequence[TopicSpec]) -> list[str]:
    if not specs:
        return []
    wanted = {spec.name: NewPartitions(total_count=spec.partitions) for spec in specs}
    answer = await admin.create_partitions(wanted)
    failed = speak("Kafka không thêm được phân vùng cho topic", "the broker did not widen")
    _raise_refusals(failed, answer.topic_errors)
    return [spec.name for spec in specs]


def _raise_refusals(
    failed: str, topic_errors: Iterable[Sequence[object]], but: type[Exception] | None = None
) -> None:
    refused = []
    for name, code, *message in topic_errors:
        error = for_code(code)
        if code and error is not but:
            refused.append(f"{name}: {message[0] if message and message[0] else error.__name__}")
    if refused:
        raise TopicError(f"{failed}: {'; '.join(refused)}")
