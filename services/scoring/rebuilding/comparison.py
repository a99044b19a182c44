"""Digests of two databases of scoring, and the rule set and units that the running one used."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import col, func, select

from services.chassis.language import speak
from services.chassis.storage.database import Database
from services.contracts.wording import count_en, number_vi
from services.scoring.campaign_snapshot import CampaignSnapshot, CampaignTimeline
from services.scoring.engine.digest import campaign_digest
from services.scoring.models import ClusterState, StoredFact
from services.scoring.points import queries as point_queries
from services.scoring.repeatable_read import repeatable_read


@dataclass(frozen=True, slots=True)
class State:
    """What a database of scoring has."""

    digest: str
    facts: int
    up_to_date: bool

    def like(self, other: "State") -> bool:
        """Whether both have the same number of facts, and points up to them."""
        return self.facts == other.facts and self.up_to_date and other.up_to_date

    def __str__(self) -> str:
        vi = f"{number_vi(self.facts)} dữ liệu đã lưu"
        return f"{self.digest} ({speak(vi, count_en(self.facts, 'fact') + ' stored')})"


async def state_of(database: Database, snapshot: CampaignSnapshot) -> State:
    """Read in one snapshot."""
    async with repeatable_read(database) as tx:
        states = await point_queries.clusters(tx, snapshot)
        counted = select(func.count()).where(col(StoredFact.campaign) == snapshot.campaign)
        facts = (await tx.session.exec(counted)).one()
    digest = campaign_digest({name: state.digest for name, state in states.items()})
    return State(digest, facts, all(state.up_to_date for state in states.values()))


async def snapshot_of(running: Database, timeline: CampaignTimeline) -> CampaignSnapshot:
    """The snapshot by which the running service scored last; today's where none fits."""
    async with running.transaction() as tx:
        basis = select(ClusterState.basis).where(ClusterState.campaign == timeline.campaign)
        scored_by = set(await tx.session.exec(basis))
    fitting = [one for one in timeline.snapshots() if scored_by.issuperset(one.basis.values())]
    return fitting[-1] if fitting else timeline.at(datetime.now(UTC))
