"""Follows the topics of campaigns while the service runs, from their first record at each start.

Without a consumer group: what was taken before is known by its version, and a database that is
empty, restored or made anew gets everything that it lacks, whatever a group has read. Few records,
read in a moment.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from typing import Any

import structlog

from services.campaigns.set_aside import SetAside, first_line
from services.campaigns.take import OtherDocumentError, has_version, require_same
from services.chassis.aside import aside
from services.chassis.broker.topic_reader import TopicReader, TopicsMissingError, open_reader
from services.chassis.loops.loop import Loop
from services.chassis.problems import UNAVAILABLE, Refusal
from services.chassis.retry import TransientError, is_transient
from services.chassis.service_settings import ServiceSettings
from services.chassis.storage.database import Database, Transaction
from services.contracts.campaign.problems import CampaignProblems
from services.contracts.envelope import Event, Invalid, decode
from services.contracts.events import CampaignFact, Fact
from services.contracts.topics import topic_of

_log = structlog.get_logger(__name__)

_EVERY_S = 1.0
_LARGE_BYTES = 50_000
"""A larger record is read aside: requests do not wait for it."""
_WAIT_S = 5.0
"""So long a command that makes a version waits for a service that has just started."""

Take = Callable[[Transaction, Any], Awaitable[bool]]
"""Takes one fact in a transaction; whether it was new."""


class CampaignFollower:
    """Takes what is announced. `loop` is what the service runs."""

    def __init__(
        self,
        settings: ServiceSettings,
        database: Database,
        facts: Sequence[type[Fact]],
        take: Take,
        *,
        set_aside: SetAside | None = None,
        first: Sequence[type[Fact]] = (),
        before_kafka: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """`facts`: the types that the service follows; `set_aside`: where it notes which campaigns
        have a version that can't be taken; at a start those of `first` are read to
        their end before the others, because what is made of these depends on them. `before_kafka`
        is called before each connection: `DeploymentCheck.require`."""
        self.topics = tuple(topic_of(settings.topic_prefix, fact) for fact in facts)
        self._first = tuple(topic_of(settings.topic_prefix, fact) for fact in first)
        self._settings = settings
        self._database = database
        self._take = take
        self._set_aside = set_aside or SetAside()
        self._before_kafka = before_kafka
        self._open: AsyncExitStack | None = None
        self._reader: TopicReader | None = None
        self._caught_up_at: float | None = None
        self.caught_up = asyncio.Event()
        """Set once everything was taken that the topics had when the service started."""
        self._anew = False
        """Whether versions that waited are to be read once more."""
        self.unusable = 0
        """Records of these topics that this version of the service can't take."""
        self.contradicted = 0
        """Records that have another document under a number than the database."""
        self.loop = Loop("campaign topics", self._tick, every_s=_EVERY_S, close=self._close)

    def caught_up_since(self, moment: float) -> bool:
        """Whether everything was taken that was on the topics at a moment (monotonic seconds)."""
        return self._caught_up_at is not None and self._caught_up_at >= moment

    async def require_caught_up(self) -> None:
        """Before a version or a rule set is made here, which gets the next number.

        A database that is new, or was restored to an earlier moment, would give a number for the
        second time, and each service would then go by the document that it met first. Raises
        Refusal (503) until everything was taken that the topics had when this service started.
        """
        try:
            async with asyncio.timeout(_WAIT_S):
                await self.caught_up.wait()
        except TimeoutError:
            raise Refusal(
                UNAVAILABLE,
                detail=(
                    "Dịch vụ vừa khởi động và chưa đọc xong các đợt thi đua đã công bố trên Kafka."
                    " Gửi lại sau ít phút.",
                    "The service has just started and has not yet read from Kafka which campaigns"
                    " were announced: send this again in some minutes.",
                ),
                headers={"Retry-After": "10"},
            ) from None

    def degraded(self) -> str | None:
        """What keeps announcements from being taken."""
        if self.contradicted:
            return (
                f"{self.contradicted} records have another document under a number that the"
                " database has: see the log"
            )
        if self.unusable:
            names = ", ".join(self._set_aside.campaigns())
            of = f" ({names})" if names else ""
            return f"{self.unusable} records can't be taken{of}: a newer version announced them?"
        return None if self._caught_up_at is not None else "not caught up yet"

    async def _tick(self) -> None:
        """To the end that the topics have now. Raises what passes."""
        begun = time.monotonic()
        try:
            if self._reader is not None and self._reader.outgrown():
                await self._close()  # the key of a new campaign may lie in a new partition
            if self._first and self._caught_up_at is None:
                async with AsyncExitStack() as stack:
                    await self._take_all(await self._open_reader(stack, self._first))
            await self._take_all(self._reader or await self._connect())
            if self._anew:
                await self._close()
                self._anew = False
                await self._take_all(await self._connect())
        except TopicsMissingError as error:
            await self._close()
            raise TransientError(str(error)) from error
        except Exception:
            await self._close()
            raise
        self._caught_up_at = begun
        self.caught_up.set()

    async def _take_all(self, reader: TopicReader) -> None:
        async for records in reader.to_the_end():
            for record in records:
                await self._take_record(record)

    async def _take_record(self, record: Any) -> None:
        """Raises what passes. A record that can never be taken holds up none behind it but the
        later versions of its campaign."""
        place = f"{record.topic}:{record.partition}:{record.offset}"
        event = await _read(record)
        if isinstance(event, Invalid):
            self.unusable += 1
            _log.error(
                "record about a campaign can't be read",
                place=place,
                why=event.reason,
                detail=event.detail,
            )
            return
        fact = event.data
        try:
            async with self._database.transaction() as tx:
                if isinstance(fact, CampaignFact) and await self._waits(tx, fact):
                    self.unusable += 1
                    _log.error("campaign waits for a version before", place=place, key=fact.key)
                    return
                new = await self._take(tx, fact)
                if not new and isinstance(fact, CampaignFact):
                    await require_same(tx, fact)
        except OtherDocumentError as error:
            self.contradicted += 1
            _log.error("two documents under one number", place=place, why=str(error))
            return
        except Exception as error:
            if is_transient(error):
                raise
            self.unusable += 1
            if isinstance(fact, CampaignFact):
                self._set_aside.add(fact, first_line(error))
            if isinstance(error, CampaignProblems):
                _log.error("campaign can't be read", place=place, key=fact.key, why=str(error))
            else:
                _log.exception("campaign can't be taken from its topic", place=place)
            return
        if isinstance(fact, CampaignFact):
            self._anew |= self._set_aside.release(fact.campaign, fact.version)
        if new:
            _log.info("campaign taken from its topic", place=place, campaign=fact.key)

    async def _waits(self, tx: Transaction, fact: CampaignFact) -> bool:
        """Whether a version before it can't be taken here, and no other replica took it."""
        before = self._set_aside.before(fact)
        if before is None:
            return False
        if not await has_version(tx, fact.campaign, before):
            return True
        self._anew |= self._set_aside.release(fact.campaign, before)
        return False

    async def _connect(self) -> TopicReader:
        stack = AsyncExitStack()
        self._reader = await self._open_reader(stack, self.topics)
        self._open = stack
        return self._reader

    async def _open_reader(self, stack: AsyncExitStack, topics: Sequence[str]) -> TopicReader:
        self.unusable = self.contradicted = 0  # counted anew from the first record
        if self._before_kafka is not None:
            await self._before_kafka()
        return await stack.enter_async_context(open_reader(self._settings, topics))

    async def _close(self) -> None:
        opened, self._open, self._reader = self._open, None, None
        if opened is not None:
            await opened.aclose()


async def _read(record: Any) -> Event | Invalid:
    if len(record.value or b"") > _LARGE_BYTES:
        return await aside(decode, record.key, record.headers, record.value)
    return decode(record.key, record.headers, record.value)
