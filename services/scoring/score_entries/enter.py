"""Score entries: facts of their own, published and counted in one transaction.

There is one entry a campaign, unit, criterion and stage; a correction is its next version. There is
no table of entries: the facts are the record, so that a rebuild from the topics knows the same
versions (docs/decisions/0064-score-entries-are-facts.md).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from services.chassis.observability import trace
from services.chassis.problems import FAULTY, Faults
from services.chassis.storage.database import Transaction
from services.contracts.campaign import Unit
from services.contracts.envelope import Event
from services.contracts.events import ScoreEntered
from services.contracts.rules import Stage
from services.contracts.wording import without_zeros
from services.measuring.measures import values_of
from services.measuring.records import KnownFact, by_record
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.engine.parts import YearPart, of_part
from services.scoring.engine.stages import stage_of, written_stage
from services.scoring.engine.texts import title_of
from services.scoring.facts import queries as fact_queries
from services.scoring.score_entries.rights import Enterer
from services.scoring.score_entries.rules import (
    check_assigned,
    check_open,
    check_points,
    check_scorer,
    check_simulated,
    check_stage,
    criterion_to_score,
)
from services.scoring.score_entries.schemas import (
    ScoreEntryCreated,
    ScoreEntryIn,
    ScoreEntryOut,
    ScoreEntryVersionOut,
)
from services.scoring.score_entries.versions import next_version
from services.scoring.tallies import queries as tally_queries
from services.scoring.tallies.ingest import Ingest

_ENTRIES = UUID("2d1f4c52-7a0e-5d6b-8a3c-9b4d1c7e6f08")
"""Namespace of entries."""


def entry_id(
    campaign: str, unit: str, criterion: str, stage: Stage, scorer: str | None = None
) -> UUID:
    """The id of an entry, the same for whoever enters it: its facts are one record. Each scorer's
    mark is one of its own."""
    by = stage if scorer is None else f"{stage}/{scorer}"
    return uuid5(_ENTRIES, f"{campaign}/{unit}/{criterion}/{by}")


@dataclass(frozen=True, slots=True)
class ScoreEntries:
    """Takes score entries."""

    allow_simulated: bool
    ingest: Ingest
    """Counts an entry as it counts what comes from a topic."""

    async def enter(
        self,
        tx: Transaction,
        snapshot: CampaignSnapshot,
        unit: Unit,
        parts: Sequence[YearPart],
        entry: ScoreEntryIn,
        *,
        by: Enterer,
        seats: Sequence[str],
        at: datetime,
    ) -> tuple[int, ScoreEntryCreated]:
        """Keep an entry or a correction, publish it and count it. Raises Refusal.

        `parts` have the unit's tables up to today, `at` is the arrival of the request, `seats` are
        the scorers for which the caller may enter a mark. The lock on the unit's tally makes two
        entries at once one entry and one refusal.
        """
        await self.ingest.campaigns.require_current(tx, snapshot)
        tally = (await tally_queries.lock(tx, snapshot.campaign, [unit.code]))[unit.code]
        local = at.astimezone(snapshot.rules.zone)
        faults = Faults()
        check_open(faults, snapshot.plan.opens, local.date())
        check_simulated(faults, entry.simulated, allowed=self.allow_simulated)
        scorer = check_scorer(faults, entry.stage, entry.scorer, seats)
        if found := criterion_to_score(faults, parts, entry.criterion):
            part, groups, criterion = found
            before, _ = await tally_queries.read(
                tx, snapshot.campaign, snapshot.predecessors.get(unit.code, ())
            )
            counted = snapshot.counted({**before, unit.code: tally})[unit.code]
            names = frozenset(part.table.measures())
            values = values_of(names, snapshot.rules.measured, of_part(counted, part))
            check_assigned(faults, groups, criterion, unit, values)
            check_stage(faults, criterion, entry.stage)
            check_points(faults, criterion, snapshot.rules, entry.points, scorer)
        faults.refuse_as(FAULTY)
        id_ = entry_id(snapshot.campaign, unit.code, entry.criterion, entry.stage, scorer)
        known = await fact_queries.of_records(
            tx, snapshot.campaign, [(unit.code, str(id_))], without=[]
        )
        fact = ScoreEntered(
            campaign=snapshot.campaign,
            simulated=entry.simulated,
            unit=unit.code,
            version=next_version(entry.replaces, known.get((unit.code, str(id_)), ())),
            entry_id=id_,
            criterion=entry.criterion,
            criterion_title=title_of(criterion.title),
            stage=written_stage(entry.stage),
            scorer=scorer,
            points=without_zeros(entry.points),
            reason=entry.reason,
            evidence=entry.evidence,
            entered_by=by.unit,
            entered_at=local,
        )
        event_id = await publish_and_count(tx, self.ingest, fact)
        created = fact.model_dump(include=_CREATED)
        return 201, ScoreEntryCreated(event_id=event_id, stage=entry.stage, **created)


_CREATED = (set(ScoreEntryCreated.model_fields) & set(ScoreEntered.model_fields)) - {"stage"}


async def publish_and_count(tx: Transaction, ingest: Ingest, fact: ScoreEntered) -> UUID:
    """Publish a fact and count it in the same transaction; its event id.

    What comes back by the topic is then a repetition: it has the id under which it is stored.
    """
    event_id = await tx.publish(fact)
    event = Event(
        id=event_id,
        type=fact.ce_type(),
        source="scoring",
        subject=fact.aggregate,
        time=fact.moment,
        recordedtime=datetime.now(UTC),  # wall clock: latencies are measured from it
        partitionkey=fact.key,
        traceparent=trace.traceparent(),
        dataschema=fact.dataschema(),
        data=fact,
    )
    await ingest.handle(tx, [event])
    return event_id


def entries_of(facts: Iterable[KnownFact]) -> list[ScoreEntryOut]:
    """The score entries among the facts of units, each with all versions, newest first."""
    entries = by_record(fact for fact in facts if fact.event == ScoreEntered.event)
    newest_first = [
        sorted(of, key=lambda fact: fact.order, reverse=True) for of in entries.values()
    ]
    newest_first.sort(key=lambda versions: (versions[0].time, versions[0].id), reverse=True)
    return [_entry_out(versions) for versions in newest_first]


def _entry_out(versions: list[KnownFact]) -> ScoreEntryOut:
    newest = versions[0].fields
    return ScoreEntryOut(
        unit=newest["unit"],
        entry_id=newest["entry_id"],
        criterion=newest["criterion"],
        stage=stage_of(newest),
        scorer=newest.get("scorer"),
        versions=[
            ScoreEntryVersionOut(event_id=UUID(fact.id), **_shown(fact.fields)) for fact in versions
        ],
    )


def _shown(fields: Any) -> dict[str, Any]:
    return {
        name: fields.get(name) for name in ScoreEntryVersionOut.model_fields if name != "event_id"
    }
