"""The rest of the topics, taken as every day: what came since the database was counted, and what
scoring said itself."""

from dataclasses import dataclass, field

from services.chassis.broker.topic_reader import TopicReader
from services.chassis.consuming.classify import classify_batch
from services.chassis.storage.database import Database
from services.contracts.envelope import Event, Invalid, decode
from services.contracts.events import PointsPublished, PointsRecomputed, StandingsPublished
from services.contracts.topics import topic_of
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.rebuilding.progress import Progress
from services.scoring.rebuilding.report import RebuildReport
from services.scoring.rebuilding.storing import Stored
from services.scoring.tallies.ingest import Ingest

_OWN = (PointsRecomputed, PointsPublished, StandingsPublished)
"""What scoring said itself and does not take."""


def own_topics(prefix: str) -> list[str]:
    """Topics of what scoring said itself."""
    return [topic_of(prefix, fact) for fact in _OWN]


@dataclass
class Rest:
    """What was read so far, facts and what scoring said itself."""

    stored: Stored
    """Of the facts, also those that were stored before in bulk."""
    said: dict[str, RebuildReport] = field(default_factory=dict)
    """What was last published of each unit's points: the rebuilt ones go on from its version."""
    published: list[StandingsPublished | PointsPublished] = field(default_factory=list)

    async def read(
        self,
        reader: TopicReader,
        own: frozenset[str],
        database: Database,
        snapshot: CampaignSnapshot,
        progress: Progress,
    ) -> None:
        """Everything up to the end that the topics have now; `own` are those of `own_topics`."""
        ingest = Ingest(lambda: snapshot, lambda _: None)
        async for records in reader.to_the_end():
            for record in records:
                if record.topic in own:
                    self._note(snapshot, decode(record.key, record.headers, record.value))
            facts = [record for record in records if record.topic not in own]
            judged = await classify_batch(facts, ingest.check)
            events = list(judged.events.values())
            async with database.transaction() as tx:
                new = await ingest.handle(tx, events)
            self.stored.add(Stored(len(records), len(new), len(judged.faults)))
            progress.add(len(records))

    def _note(self, snapshot: CampaignSnapshot, said: Event | Invalid) -> None:
        """Versions go on from it, and what was published stands."""
        if not isinstance(said, Event) or said.data.campaign != snapshot.campaign:
            return
        if isinstance(said.data, PointsRecomputed):
            fact = said.data
            before = self.said.get(fact.unit)
            if before is None or before.version <= fact.version:
                self.said[fact.unit] = RebuildReport(fact.unit, fact.version, fact.digest)
        elif isinstance(said.data, StandingsPublished | PointsPublished):
            self.published.append(said.data)
