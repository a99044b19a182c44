"""From a batch of events to durable facts and tallies: one transaction, whatever comes twice."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from services.chassis.database import Transaction
from services.chassis.retry import PermanentError
from services.contracts.envelope import Event
from services.contracts.events import UnitFact
from services.scoring import fact_store, tallies
from services.scoring.contest import Contest
from services.scoring.engine.running import deltas
from services.scoring.engine.tally import change
from services.scoring.facts import ReceivedFact, received

Touched = Mapping[str, Sequence[datetime]]
"""Clusters whose tallies changed, each with the moments at which the facts were recorded."""


class Ingest:
    """Takes facts of one contest. Three steps, as the consumer calls them: judge, admit, apply."""

    def __init__(self, contest: Contest, touched: Callable[[Touched], None]) -> None:
        """`touched` is called after each commit that changed tallies."""
        self._contest = contest
        self._touched = touched

    def judge(self, event: Event) -> None:
        """Raise PermanentError for an event that can never be counted here."""
        said = event.data
        if not isinstance(said, UnitFact):
            raise PermanentError("wrong-type", f"{said.event} is not about a unit")
        if said.campaign != self._contest.campaign:
            raise PermanentError(
                "unknown-campaign",
                f"{said.campaign} is not scored here, {self._contest.campaign} is",
            )
        if said.unit not in self._contest.units:
            raise PermanentError("wrong-unit", f"{said.unit} is not in units.csv")

    async def admit(self, tx: Transaction, events: Sequence[Event]) -> list[Event]:
        """Store the events' facts; the events that were not known before, each once."""
        self._batch = {event.id: received(event) for event in events}
        new = await fact_store.take(tx, list(self._batch.values()))
        self._batch = {id_: fact for id_, fact in self._batch.items() if id_ in new}
        return [
            event for event in {event.id: event for event in events}.values() if event.id in new
        ]

    async def apply(self, tx: Transaction, events: Sequence[Event]) -> None:
        """Count what `admit` found new, in the same transaction."""
        contest = self._contest
        counted = [
            one
            for event in events
            if contest.tallier.concerns((one := self._batch[event.id]).fact.event)
        ]
        if not counted:
            return
        facts = [one.fact for one in counted]
        # The lock comes before the look at other facts of the same records: see `tallies.lock`.
        totals = await tallies.lock(tx, contest.campaign, {fact.unit for fact in facts})
        records = {(fact.unit, fact.record) for fact in facts}
        known = await fact_store.of_records(tx, records, without=[fact.id for fact in facts])
        changed = {
            unit: delta for unit, delta in deltas(contest.tallier, facts, known).items() if delta
        }
        for unit, delta in changed.items():
            change(totals[unit], (), (delta,))
        if changed:
            await tallies.write(tx, contest.campaign, {unit: totals[unit] for unit in changed})
        touched = self._by_cluster(counted, changed)
        tx.on_commit(lambda: self._touched(touched))

    def _by_cluster(
        self, counted: Sequence[ReceivedFact], changed: Collection[str]
    ) -> dict[str, list[datetime]]:
        touched: dict[str, list[datetime]] = {}
        for one in counted:
            cluster = self._contest.cluster_of.get(one.fact.unit)
            if cluster is not None and one.fact.unit in changed:
                touched.setdefault(cluster, []).append(one.recorded_at)
        return touched
