"""Digests of the campaigns in two databases of scoring, and what the running one was scored by."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import col, func, select

from services.chassis.language import speak
from services.chassis.storage.database import Database
from services.contracts.wording import count_en, number_vi
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.engine.digest import campaign_digest
from services.scoring.models import ClusterState, StoredFact
from services.scoring.points import queries as point_queries
from services.scoring.repeatable_read import repeatable_read
from services.scoring.scored_campaign import ScoredCampaign

Snapshots = Mapping[str, CampaignSnapshot | None]
"""By campaign what its points are computed by; None where no rule set is at work."""


@dataclass(frozen=True, slots=True)
class State:
    """What a database of scoring has of a campaign."""

    digest: str | None
    """None where no rule set is at work."""
    facts: int
    up_to_date: bool

    def like(self, other: "State") -> bool:
        """Whether both have the same number of facts, and points up to them."""
        return self.facts == other.facts and self.up_to_date and other.up_to_date

    def __str__(self) -> str:
        digest = self.digest or speak("chưa có bảng điểm", "no rule set yet")
        vi = f"{number_vi(self.facts)} dữ liệu đã lưu"
        return f"{digest} ({speak(vi, count_en(self.facts, 'fact') + ' stored')})"


States = Mapping[str, State]
"""By campaign."""


def equal(one: States, two: States) -> bool:
    """Whether both databases have the same points of every campaign; without a rule set, as many
    facts."""
    return {name: state.digest or state.facts for name, state in one.items()} == {
        name: state.digest or state.facts for name, state in two.items()
    }


def settled(one: States, two: States) -> bool:
    """Whether waiting mends nothing: as many facts of each campaign, and points up to them."""
    return one.keys() == two.keys() and all(state.like(two[name]) for name, state in one.items())


async def states_of(database: Database, snapshots: Snapshots) -> dict[str, State]:
    """Each campaign read in one snapshot."""
    return {name: await _state_of(database, name, of) for name, of in sorted(snapshots.items())}


async def _state_of(database: Database, campaign: str, snapshot: CampaignSnapshot | None) -> State:
    async with repeatable_read(database) as tx:
        counted = select(func.count()).where(col(StoredFact.campaign) == campaign)
        facts = (await tx.session.exec(counted)).one()
        if snapshot is None:
            return State(None, facts, up_to_date=True)
        states = await point_queries.clusters(tx, snapshot)
    digest = campaign_digest({name: state.digest for name, state in states.items()})
    return State(digest, facts, all(state.up_to_date for state in states.values()))


async def snapshot_of(
    running: Database | None, campaign: ScoredCampaign
) -> CampaignSnapshot | None:
    """The snapshot by which the running service scored last; today's where none fits."""
    timeline = campaign.current
    if timeline is None:
        return None
    fitting = []
    if running is not None:
        async with running.transaction() as tx:
            basis = select(ClusterState.basis).where(ClusterState.campaign == campaign.id)
            scored_by = set(await tx.session.exec(basis))
        fitting = [one for one in timeline.snapshots() if scored_by.issuperset(one.basis.values())]
    return fitting[-1] if fitting else timeline.at(datetime.now(UTC))
