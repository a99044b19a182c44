"""From a batch of events to stored facts and tallies, in one transaction; no fact counts twice."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.chassis.consuming.classify import OtherCampaignError
from services.chassis.retry import PermanentError
from services.chassis.storage.database import Transaction
from services.contracts.envelope import Event
from services.contracts.events import UnitFact
from services.scoring.campaign_snapshot import CurrentSnapshot
from services.scoring.engine.running import deltas
from services.scoring.engine.tally import Tally, merged
from services.scoring.facts import queries as fact_queries
from services.scoring.facts.fact import Row, known, row_of
from services.scoring.generation import require_current
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


DirtyClusters = Mapping[str, DirtyCluster]
"""Clusters whose tallies changed."""


class Ingest:
    """Takes facts of one campaign. The consumer calls `check` for each, then `handle`."""

    def __init__(
        self, snapshot: CurrentSnapshot, mark_dirty: Callable[[DirtyClusters], None]
    ) -> None:
        """`mark_dirty` is called after each commit that changed tallies."""
        self._now = snapshot
        self._mark_dirty = mark_dirty

    def check(self, event: Event) -> None:
        """Raise PermanentError for an event that can never be counted here, OtherCampaignError for
        one of another campaign's snapshot."""
        data = event.data
        if not isinstance(data, UnitFact):
            raise PermanentError("wrong-type", f"{data.event} is not about a unit")
        snapshot = self._now()
        if data.campaign != snapshot.campaign:
            raise OtherCampaignError(data.campaign)
        if data.unit not in snapshot.units:
            raise PermanentError("unknown-unit", f"{data.unit} is not in units.csv")

    async def handle(self, tx: Transaction, events: Sequence[Event]) -> list[Event]:
        """Store and count the facts of events; the events that were new, each once.

        Raises SupersededError after other rules or units were adopted.
        """
        await require_current(tx, self._now())
        if not events:
            return []
        new = await self._stored(tx, events)
        await self._count(tx, new)
        return [event for event, _ in new]

    async def _stored(
        self, tx: Transaction, events: Sequence[Event]
    ) -> Sequence[tuple[Event, Row]]:
        rows = [row_of(event) for event in events]
        new = await fact_queries.take(tx, self._now().campaign, rows)
        # Of events with one key the first is the one that is stored.
        pairs = zip(reversed(events), reversed(rows), strict=True)
        first = {fact_queries.key_of(row): (event, row) for event, row in pairs}
        return [first[key] for key in reversed(first) if key in new]

    async def _count(self, tx: Transaction, new: Sequence[tuple[Event, Row]]) -> None:
        snapshot = self._now()
        concerned = [(e, row) for e, row in new if snapshot.tallier.concerns(e.data.event)]
        if not concerned:
            return
        counted = [event for event, _ in concerned]
        rows = [row for _, row in concerned]
        facts = [known(row) for row in rows]
        # The lock comes before the look at other facts of the same records: see `queries.lock`.
        totals = await queries.lock(tx, snapshot.campaign, {fact.unit for fact in facts})
        if missing := sorted({fact.unit for fact in facts} - totals.keys()):
            raise PermanentError(
                "unknown-unit",
                f"{', '.join(missing)} came into units.csv since scoring was started: restart it",
            )
        records = {(fact.unit, fact.record) for fact in facts}
        counting = [fact_queries.key_of(row) for row in rows]
        before = await fact_queries.of_records(tx, records, without=counting)
        changed = deltas(snapshot.tallier, facts, before)
        if changed:
            grown: dict[str, Tally] = {}
            for unit, delta in changed.items():
                tally = merged(totals[unit], delta)
                grown[unit] = await truth(tx, snapshot, unit) if tally is None else tally
            await queries.write(tx, snapshot.campaign, grown)
        dirty = self._by_cluster(counted, changed)
        tx.on_commit(lambda: self._mark_dirty(dirty))

    def _by_cluster(
        self, counted: Sequence[Event], changed: Collection[str]
    ) -> dict[str, DirtyCluster]:
        dirty: dict[str, DirtyCluster] = {}
        cluster_of = self._now().cluster_of
        for event in counted:
            unit = event.data.key
            cluster = cluster_of.get(unit)
            if cluster is not None and unit in changed:
                touch = dirty.setdefault(cluster, DirtyCluster())
                touch.recorded.append(event.recordedtime)
                touch.cause = event.traceparent or touch.cause
        return dirty
