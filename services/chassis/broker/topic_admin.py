"""Topics on the broker: which there are, which are missing, and making them so."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

from services.chassis.broker.connection import connection_options
from services.chassis.settings import SharedSettings
from services.contracts.topics import TopicSpec

_TIMEOUT_S = 30.0


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


async def partitions_of(settings: SharedSettings) -> dict[str, int]:
    """Every topic under the settings' prefix and its partitions.

    Raises KafkaError or TimeoutError when no broker answers.
    """
    async with _Admin(settings) as admin:
        return await admin.partitions(settings.topic_prefix + ".")


async def missing_topics(settings: SharedSettings, names: Iterable[str]) -> list[str]:
    """Those of `names` that the broker does not have."""
    present = await partitions_of(settings)
    return sorted(set(names) - set(present))


async def ensure_topics(settings: SharedSettings, specs: Sequence[TopicSpec]) -> Provisioned:
    """Make what is missing, widen what is too narrow; nothing is ever taken away.

    Returns when the broker shows it all: whoever starts next finds the topics.
    Raises TopicError, KafkaError or TimeoutError.
    """
    async with _Admin(settings) as admin:
        present = await admin.partitions(settings.topic_prefix + ".")
        done = Provisioned()
        done.created = await admin.create([spec for spec in specs if spec.name not in present])
        narrow = [
            spec for spec in specs if present.get(spec.name, spec.partitions) < spec.partitions
        ]
        done.widened = await admin.widen(narrow)
        await admin.wait_for([*done.created, *done.widened], specs, settings.topic_prefix + ".")
        for spec in specs:
            if (have := present.get(spec.name, 0)) >= spec.partitions:
                (done.wider if have > spec.partitions else done.kept).append(spec.name)
        return done


class _Admin:
    def __init__(self, settings: SharedSettings) -> None:
        self._client = AIOKafkaAdminClient(
            **connection_options(settings), request_timeout_ms=int(_TIMEOUT_S * 1000)
        )

    async def __aenter__(self) -> "_Admin":
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                await self._client.start()
        except BaseException:
            await self._client.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()

    async def partitions(self, prefix: str) -> dict[str, int]:
        names = [name for name in await self._client.list_topics() if name.startswith(prefix)]
        if not names:
            return {}
        topics = await self._client.describe_topics(names)
        return {topic["topic"]: len(topic["partitions"]) for topic in topics}

    async def create(self, specs: Sequence[TopicSpec]) -> list[str]:
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
        answer = await self._client.create_topics(new)
        # aiokafka raises nothing for what the broker refused: it is in the answer.
        _raise_refusals("create", answer.topic_errors, but=TopicAlreadyExistsError)
        return [spec.name for spec in specs]

    async def widen(self, specs: Sequence[TopicSpec]) -> list[str]:
        if not specs:
            return []
        wanted = {spec.name: NewPartitions(total_count=spec.partitions) for spec in specs}
        answer = await self._client.create_partitions(wanted)
        _raise_refusals("widen", answer.topic_errors)
        return [spec.name for spec in specs]

    async def wait_for(self, names: Sequence[str], specs: Sequence[TopicSpec], prefix: str) -> None:
        """Until the broker shows what it has accepted: it answers before it is done."""
        wanted = {spec.name: spec.partitions for spec in specs if spec.name in names}
        async with asyncio.timeout(_TIMEOUT_S):
            while wanted:
                present = await self.partitions(prefix)
                if all(present.get(name, 0) >= count for name, count in wanted.items()):
                    return
                await asyncio.sleep(0.1)


def _raise_refusals(
    verb: str, topic_errors: Iterable[Sequence[object]], but: type[Exception] | None = None
) -> None:
    refused = []
    for name, code, *message in topic_errors:
        error = for_code(code)
        if code and error is not but:
            refused.append(f"{name}: {message[0] if message and message[0] else error.__name__}")
    if refused:
        raise TopicError(f"the broker did not {verb} " + "; ".join(refused))
