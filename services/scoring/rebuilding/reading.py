"""Reads the topics to their end: takes facts as the consumer does, notes what scoring published."""

from dataclasses import dataclass, field
from typing import Any, NoReturn

from services.campaigns.registry import CampaignRegistry
from services.chassis.broker.offsets import last_offsets
from services.chassis.broker.topic_reader import TopicReader
from services.chassis.clock import SystemClock
from services.chassis.consuming.classify import classify_batch
from services.chassis.retry import PermanentError
from services.chassis.storage.database import Database
from services.contracts.envelope import Event, Invalid, decode
from services.contracts.events import PointsPublished, PointsRecomputed, StandingsPublished
from services.contracts.topics import topic_of
from services.scoring.rebuilding.checkpoint import mark
from services.scoring.rebuilding.progress import RebuildProgress
from services.scoring.rebuilding.published_points import PublishedPoints
from services.scoring.scored_campaign import ScoredCampaign
from services.scoring.tallies.ingest import Ingest

_OWN = (PointsRecomputed, PointsPublished, StandingsPublished)
"""What scoring publishes and does not take."""


def own_topics(prefix: str) -> list[str]:
    """Topics of what scoring publishes and does not take."""
    return [topic_of(prefix, fact) for fact in _OWN]


@dataclass
class TopicsRead:
    """What was read so far."""

    records: int = 0
    new: int = 0
    """Facts that the database did not have."""
    set_aside: int = 0
    points: dict[tuple[str, str], PublishedPoints] = field(default_factory=dict)
    """By campaign and unit what was published last of its points: the rebuilt ones go on from its
    version."""
    published: list[StandingsPublished | PointsPublished] = field(default_factory=list)

    async def read(
        self,
        reader: TopicReader,
        own: frozenset[str],
        database: Database,
        campaigns: CampaignRegistry[ScoredCampaign],
        progress: RebuildProgress,
    ) -> None:
        """Everything up to the end that the topics have now; `own` are those of `own_topics`.

        Each batch is one transaction together with the positions behind its facts: a rebuild that
        is broken off goes on from there.
        """
        ingest = Ingest(campaigns, _UnknownForGood(), SystemClock(), lambda _: None)
        async for records in reader.to_the_end():
            for record in records:
                if record.topic in own:
                    self._note(decode(record.key, record.headers, record.value))
            await self._take(
                [record for record in records if record.topic not in own], database, ingest
            )
            self.records += len(records)
            progress.add(len(records))

    async def _take(self, facts: list[Any], database: Database, ingest: Ingest) -> None:
        classified = await classify_batch(facts, ingest.check)
        events, unknown = await _known(ingest, list(classified.events.values()))
        async with database.transaction() as tx:
            new = await ingest.handle(tx, events)
            await mark(tx, {place: last + 1 for place, last in last_offsets(facts).items()})
        self.new += len(new)
        self.set_aside += len(classified.failures) + unknown

    def _note(self, event: Event | Invalid) -> None:
        if not isinstance(event, Event):
            return
        if isinstance(event.data, PointsRecomputed):
            points = event.data
            key = (points.campaign, points.unit)
            before = self.points.get(key)
            if before is None or before.version <= points.version:
                self.points[key] = PublishedPoints(*key, points.version, points.digest)
        elif isinstance(event.data, StandingsPublished | PointsPublished):
            self.published.append(event.data)


async def _known(ingest: Ingest, events: list[Event]) -> tuple[list[Event], int]:
    """Those whose campaign and unit were announced, and how many are not among them."""
    known = []
    for event in events:
        try:
            await ingest.campaign_of([event])
        except PermanentError:
            continue
        known.append(event)
    return known, len(events) - len(known)


class _UnknownForGood:
    """All campaigns were read before: what is not known by now was never announced."""

    def refuse_campaign(self, campaign: str) -> NoReturn:
        raise PermanentError("unknown-campaign", campaign)

    def refuse_unit(self, campaign: str, unit: str) -> NoReturn:
        raise PermanentError("unknown-unit", f"{campaign}: {unit}")
