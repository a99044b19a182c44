"""From a batch of events to stored facts and tallies, in one transaction; no fact counts twice."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NoReturn, Protocol

from services.campaigns.registry import (
    CampaignRegistry,
    UnknownCampaignError,
    UnreadableCampaignError,
)
from services.chassis.clock import Clock
from services.chassis.retry import PermanentError, TransientError
from services.chassis.storage.database import Transaction
from services.contracts.envelope import Event
from services.contracts.events import UnitFact
from services.measuring.fact import Row, known, row_of
from services.measuring.slots import Tally
from services.measuring.tally import merged
from services.scoring.campaign_snapshot import CampaignSnapshot, ClusterKey
from services.scoring.engine.running import deltas
from services.scoring.facts import queries as fact_queries
from services.scoring.scored_campaign import ScoredCampaign
from services.scoring.tallies import queries
from services.scoring.tallies.recount import truth


@dataclass(slots=True)
class DirtyCluster:
    """What made a cluster due."""

    recorded: list[datetime] = field(default_factory=list)
    """Moments at which the facts were recorded by their publisher."""
    cause: str | None = None
    """Trace of the last of them: what is data about the points goes on from there."""

    def add(self, other: "DirtyCluster") -> None:
        """Another batch touched the same cluster."""
        self.recorded += other.recorded
        self.cause = other.cause or self.cause


DirtyClusters = Mapping[ClusterKey, DirtyCluster]
"""Clusters whose tallies changed."""


class Unknown(Protocol):
    """What becomes of facts about what nobody announced here: `services.campaigns.unknown`."""

    def refuse_campaign(self, campaign: str) -> NoReturn:
        """Raises what is to become of it."""

    def refuse_unit(self, campaign: str, unit: str) -> NoReturn:
        """Raises what is to become of it."""


class Ingest:
    """Takes facts of all campaigns. The consumer calls `check` for each, then `handle`."""

    def __init__(
        self,
        campaigns: CampaignRegistry[ScoredCampaign],
        unknown: Unknown,
        clock: Clock,
        mark_dirty: Callable[[DirtyClusters], None],
    ) -> None:
        """`mark_dirty` is called after each commit that changed tallies."""
        self.campaigns = campaigns
        self._unknown = unknown
        self._clock = clock
        self._mark_dirty = mark_dirty

    def check(self, event: Event) -> None:
        """Raise PermanentError for an event that can never be counted."""
        if not isinstance(event.data, UnitFact):
            raise PermanentError("wrong-type", f"{event.data.event} is not about a unit")

    async def handle(self, tx: Transaction, events: Sequence[Event]) -> list[Event]:
        """Store and count the facts of events; the events that were new, each once.

        Those of a campaign that has no rule set at work are stored, and counted when it has one.
        Raises what `Unknown` raises, and CampaignChangedError where this replica is behind.
        """
        campaigns = {name: await self.campaign_of(of) for name, of in _by_campaign(events)}
        await self.campaigns.require_all_current(tx, campaigns.values())
        now, taken = self._clock.now(), []
        for name, of in _by_campaign(events):
            new = await self._stored(tx, name, of)
            if (snapshot := campaigns[name].snapshot(now)) is not None:
                await self._count(tx, snapshot, new)
            taken += [event for event, _ in new]
        return taken

    async def missing(self, tx: Transaction, events: Sequence[Event]) -> list[Event]:
        """Those of some events whose facts are not stored."""
        found = []
        for campaign, of in _by_campaign([e for e in events if isinstance(e.data, UnitFact)]):
            rows = [row_of(event) for event in of]
            absent = await fact_queries.missing(tx, campaign, rows)
            pairs = zip(of, rows, strict=True)
            found += [event for event, row in pairs if fact_queries.key_of(row) in absent]
        return found

    async def campaign_of(self, events: Sequence[Event]) -> ScoredCampaign:
        """The campaign of events of one campaign. Raises what `Unknown` raises where it or one of
        the units is not known, and TransientError for what a newer version announced."""
        name = events[0].data.campaign
        try:
            campaign = await self.campaigns.of(name)
        except UnreadableCampaignError as error:
            raise TransientError(f"{name} can't be read by this version") from error
        except UnknownCampaignError:
            self._unknown.refuse_campaign(name)
        for event in events:
            if event.data.key not in campaign.unit_codes:
                self._unknown.refuse_unit(name, event.data.key)
        return campaign

    async def _stored(
        self, tx: Transaction, campaign: str, events: Sequence[Event]
    ) -> Sequence[tuple[Event, Row]]:
        rows = [row_of(event) for event in events]
        new = await fact_queries.take(tx, campaign, rows)
        # Of events with one key the first is the one that is stored.
        pairs = zip(reversed(events), reversed(rows), strict=True)
        first = {fact_queries.key_of(row): (event, row) for event, row in pairs}
        return [first[key] for key in reversed(first) if key in new]

    async def _count(
        self, tx: Transaction, snapshot: CampaignSnapshot, new: Sequence[tuple[Event, Row]]
    ) -> None:
        concerned = [(e, row) for e, row in new if snapshot.tallier.concerns(e.data.event)]
        if not concerned:
            return
        counted = [event for event, _ in concerned]
        rows = [row for _, row in concerned]
        facts = [known(row) for row in rows]
        # The lock comes before the look at other facts of the same records: see `queries.lock`.
        totals = await queries.lock(tx, snapshot.campaign, {fact.unit for fact in facts})
        records = {(fact.unit, fact.record) for fact in facts}
        counting = [fact_queries.key_of(row) for row in rows]
        before = await fact_queries.of_records(tx, snapshot.campaign, records, without=counting)
        changed = deltas(snapshot.tallier, facts, before)
        if changed:
            grown: dict[str, Tally] = {}
            for unit, delta in changed.items():
                tally = merged(totals[unit], delta)
                grown[unit] = (
                    await truth(tx, snapshot.campaign, snapshot.tallier, unit)
                    if tally is None
                    else tally
                )
            await queries.write(tx, snapshot.campaign, grown)
        dirty = _by_cluster(snapshot, counted, changed)
        tx.on_commit(lambda: self._mark_dirty(dirty))


def _by_campaign(events: Sequence[Event]) -> list[tuple[str, list[Event]]]:
    """By id of the campaign, in the order in which campaigns are locked."""
    found: dict[str, list[Event]] = {}
    for event in events:
        found.setdefault(event.data.campaign, []).append(event)
    return sorted(found.items())


def _by_cluster(
    snapshot: CampaignSnapshot, counted: Sequence[Event], changed: Collection[str]
) -> dict[ClusterKey, DirtyCluster]:
    dirty: dict[ClusterKey, DirtyCluster] = {}
    for event in counted:
        unit = event.data.key
        cluster = snapshot.cluster_counting(unit)
        if cluster is not None and unit in changed:
            touch = dirty.setdefault((snapshot.campaign, cluster), DirtyCluster())
            touch.recorded.append(event.recordedtime)
            touch.cause = event.traceparent or touch.cause
    return dirty
