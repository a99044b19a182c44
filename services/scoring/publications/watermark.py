"""The watermark of a publication: every fact recorded before it has been counted by scoring.

    recorded -> outbox -> topic -> consumer -> facts

Each publisher says on a topic up to when its outbox is empty, and where its topics ended then
(`chassis/relay/watermark.py`). Scoring adds that its group has applied everything below these ends,
that none of it lies among the open dead letters, and that it has followed what was announced about
campaigns to the end of its topics. What is missing is waited for a bounded time, then named.
"""

import asyncio
import contextlib
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from services.campaigns.follower import CampaignFollower
from services.chassis.broker.connection import connection_options
from services.chassis.broker.group_positions import committed
from services.chassis.dead_letters.letter import OriginalMessage
from services.chassis.dead_letters.queries import message_of, open_on
from services.chassis.problems import Fault, Problem, Refusal
from services.chassis.retry import still_wanted
from services.chassis.storage.database import Database
from services.contracts.envelope import Event, decode
from services.contracts.events import PublicationWatermark
from services.contracts.titles import SERVICES
from services.contracts.watermark import Watermark, decode_watermark, watermark_topic
from services.contracts.wording import day_vi, number_en, number_vi
from services.scoring.facts.fact import TAKES
from services.scoring.scored_campaign import ScoredCampaign
from services.scoring.settings import ScoringSettings

FACTS_MISSING = Problem(
    "facts-not-counted",
    503,
    "Dữ liệu đã tiếp nhận chưa được tính đủ",
    "Facts that were accepted are not counted yet",
    "Publish again in a minute; `faults` names what is behind. If it stays so, operations looks at"
    " that service (docs/publishing.md).",
)
DEAD_LETTERS_OPEN = Problem(
    "dead-letters-open",
    409,
    "Còn bản tin chưa xử lý được",
    "Facts were set aside and are not decided",
    "Operations redrives or discards the dead letters that are open, then publish again.",
)

PublishedThrough = Callable[[datetime, ScoredCampaign], Awaitable[PublicationWatermark]]
"""Waits until every fact recorded up to a moment is here, those of other campaigns and those about
campaigns too. Raises Refusal: 503; 409 where a dead letter may be a fact of the campaign."""

_PUBLISHERS = {fact.versioned(): fact.sheet.publisher for fact in TAKES}
"""Who publishes the facts that are counted, by versioned event name."""

_TAIL = 300
"""Records of watermarks that are looked through: minutes of all replicas of all publishers."""

_LOOK_EVERY_S = 0.1
_SILENT_S = 2.0
"""Without a look for this long, Kafka is what is missing."""

_CLOSE_S = 2.0
_MILLISECOND = timedelta(milliseconds=1)


class WatermarkWait:
    """Waits for the watermark, for one consumer group of scoring."""

    def __init__(
        self, settings: ScoringSettings, database: Database, announced: CampaignFollower
    ) -> None:
        """`announced`: by what this replica learns of versions of campaigns."""
        self._settings = settings
        self._database = database
        self._announced = announced
        self._group = settings.group_id or "scoring"
        self._prefix = f"{settings.topic_prefix}."

    async def __call__(self, moment: datetime, campaign: ScoredCampaign) -> PublicationWatermark:
        """Every fact recorded up to `moment`, to the millisecond, is in this database.

        Raises Refusal: 503 with what is missing when the time is over, 409 with open dead letters.
        """
        moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
        until = time.monotonic() + self._settings.publish_wait_s
        found = _Found(campaign.id, campaign.zone)
        while time.monotonic() < until:
            try:
                async with asyncio.timeout(until - time.monotonic()), self._reader() as consumer:
                    while not await self._passed(consumer, moment, found):
                        still_wanted()  # each look waits for records
                    return self._watermark(moment, found.newest)
            except (KafkaError, OSError):  # a timeout is one of these
                await asyncio.sleep(_LOOK_EVERY_S)
        raise Refusal(FACTS_MISSING, found.missing_now(), headers={"Retry-After": "5"})

    async def _passed(self, consumer: AIOKafkaConsumer, moment: datetime, found: "_Found") -> bool:
        """One look along the whole way. Raises Refusal (409) for open dead letters."""
        for watermark in await _read(consumer):
            known = found.newest.get(watermark.service)
            if known is None or watermark.through > known.through:
                found.newest[watermark.service] = watermark
        past = {one.service: one for one in found.newest.values() if _is_past(one, moment)}
        missing = [
            _not_published(service, found.newest.get(service), moment, found.zone)
            for service in sorted(set(_PUBLISHERS.values()) - past.keys())
        ]
        ends = self._ends(past)
        missing += _not_applied(await self._behind(consumer, ends))
        if not missing:
            missing += self._not_followed(found)
        if not missing:
            await self._refuse_open_letters(found.campaign, ends)
        found.missing, found.looked_at = missing, time.monotonic()
        return not missing

    def _not_followed(self, found: "_Found") -> list[Fault]:
        """A version that was announced by the moment is on its topic now: is it here too?"""
        if found.past_at is None:
            found.past_at = time.monotonic()
        if self._announced.caught_up_since(found.past_at):
            return []
        self._announced.loop.wake()
        return [_NOT_FOLLOWED]

    def _ends(self, past: Mapping[str, Watermark]) -> dict[TopicPartition, int]:
        """Up to where each partition has to be read, of the services that are past the moment."""
        return {
            TopicPartition(self._prefix + event, number): end
            for event, service in _PUBLISHERS.items()
            if service in past
            for number, end in enumerate(past[service].ends.get(event, ()))
        }

    async def _behind(
        self, consumer: AIOKafkaConsumer, ends: Mapping[TopicPartition, int]
    ) -> dict[TopicPartition, int]:
        """Where this group has not committed all of it, and how many records are left there."""
        reached = await committed(self._settings, self._group)
        behind = {p: end - reached.get(p, 0) for p, end in ends.items() if reached.get(p, 0) < end}
        if behind:
            # Records that were deleted are never read, and their offsets never committed.
            firsts = await consumer.beginning_offsets(list(behind))
            behind = {p: left for p, left in behind.items() if firsts[p] < ends[p]}
        return behind

    async def _refuse_open_letters(self, campaign: str, ends: Mapping[TopicPartition, int]) -> None:
        below = 0
        async with self._database.transaction() as tx:
            for letter in await open_on(tx, {place.topic for place in ends}):
                if letter.offset < ends.get(TopicPartition(letter.topic, letter.partition), 0):
                    below += not _is_of_another(await message_of(tx, letter), campaign)
        if below:
            raise Refusal(DEAD_LETTERS_OPEN, [_open_letters(below)])

    def _watermark(self, moment: datetime, newest: Mapping[str, Watermark]) -> PublicationWatermark:
        return PublicationWatermark(
            through=moment,
            ends={
                event: newest[service].ends.get(event, ()) for event, service in _PUBLISHERS.items()
            },
        )

    @asynccontextmanager
    async def _reader(self) -> AsyncIterator[AIOKafkaConsumer]:
        """A reader of the last watermarks; in no group."""
        consumer = AIOKafkaConsumer(
            **connection_options(self._settings),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=int(_LOOK_EVERY_S * 1000),
        )
        try:
            await consumer.start()
            place = TopicPartition(watermark_topic(self._settings.topic_prefix), 0)
            consumer.assign([place])
            end = (await consumer.end_offsets([place]))[place]
            consumer.seek(place, max(0, end - _TAIL))
            yield consumer
        finally:
            with contextlib.suppress(KafkaError, OSError):
                async with asyncio.timeout(_CLOSE_S):
                    await consumer.stop()


@dataclass
class _Found:
    """What was found on the way so far."""

    campaign: str
    zone: ZoneInfo
    newest: dict[str, Watermark] = field(default_factory=dict)
    missing: Sequence[Fault] = ()
    looked_at: float = -math.inf
    past_at: float | None = None
    """When all else was here for the first time. Monotonic seconds."""

    def missing_now(self) -> list[Fault]:
        """What is missing; also that nothing could be asked lately."""
        silent = time.monotonic() - self.looked_at > _SILENT_S
        return [*([_KAFKA_SILENT] if silent else []), *self.missing]


async def _read(consumer: AIOKafkaConsumer) -> list[Watermark]:
    batches = await consumer.getmany(timeout_ms=int(_LOOK_EVERY_S * 1000))
    read = (decode_watermark(record.value) for records in batches.values() for record in records)
    return [watermark for watermark in read if watermark is not None]


def _is_of_another(message: OriginalMessage | None, campaign: str) -> bool:
    """Whether what was set aside is for certain a fact of another campaign."""
    if message is None or not isinstance(message.value, bytes):
        return False
    event = decode(message.key, message.headers, message.value)
    return isinstance(event, Event) and event.data.campaign != campaign


def _is_past(watermark: Watermark, moment: datetime) -> bool:
    """Whether it covers the whole millisecond of the moment: ids have no finer time."""
    return watermark.through >= moment + _MILLISECOND


_KAFKA_SILENT = Fault(
    "",
    "Kafka không trả lời: chưa biết dữ liệu đã tiếp nhận được chuyển đến đâu.",
    "Kafka does not answer: how far the accepted facts have come is not known.",
)

_NOT_FOLLOWED = Fault(
    "",
    "Dịch vụ chấm điểm chưa đọc hết các văn bản về đợt thi đua đã công bố.",
    "What was announced about campaigns is not read to its end yet.",
)


def _vi(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local:%H:%M:%S} ngày {day_vi(local.date())}"


def _en(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat(timespec="milliseconds")


def _not_published(
    service: str, watermark: Watermark | None, moment: datetime, zone: ZoneInfo
) -> Fault:
    title = SERVICES[service]
    if watermark is None:
        reached_vi, reached_en = "chưa rõ đến thời điểm nào", "up to an unknown moment"
    else:
        reached_vi = f"mới đến {_vi(watermark.through, zone)}"
        reached_en = f"up to {_en(watermark.through, zone)}"
    return Fault(
        "",
        f"Dữ liệu của dịch vụ {title.vi} {reached_vi}; cần đến {_vi(moment, zone)}.",
        f"The facts of {title.en} are published {reached_en}; needed: {_en(moment, zone)}.",
    )


def _not_applied(behind: Mapping[TopicPartition, int]) -> list[Fault]:
    left = sum(behind.values())
    if not left:
        return []
    vi = f"Còn {number_vi(left)} dữ liệu đã tiếp nhận chưa được tính điểm."
    return [Fault("", vi, f"{number_en(left)} accepted facts are not counted yet.")]


def _open_letters(count: int) -> Fault:
    return Fault(
        "",
        f"Có {number_vi(count)} bản tin chưa xử lý được trong dữ liệu phải tính. Đề nghị người vận"
        " hành xử lý lại hoặc loại bỏ từng bản tin.",
        f"Of the facts to be counted, {number_en(count)} are open dead letters: operations redrives"
        " or discards each.",
    )
