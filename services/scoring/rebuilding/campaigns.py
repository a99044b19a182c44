"""The campaigns of a database that is rebuilt: from their topics, by the rule sets at work."""

from datetime import UTC, datetime

from services.campaigns.registry import CampaignRegistry
from services.chassis.settings import SharedSettings
from services.chassis.storage.database import Database
from services.scoring import adopted_rules
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.rebuilding.comparison import snapshot_of
from services.scoring.rule_sets.on_topics import read_campaigns
from services.scoring.scored_campaign import ScoredCampaign, scored_campaign
from services.scoring.tallies.put_to_work import put_this_to_work


class RebuiltCampaigns:
    """All campaigns that were announced so far, as the rebuilt database has them."""

    def __init__(
        self, settings: SharedSettings, database: Database, running: Database | None
    ) -> None:
        """`running`: whose rule sets are at work here too, to be compared with; None: it is lost,
        and those in force now are."""
        self.registry: CampaignRegistry[ScoredCampaign] = CampaignRegistry(
            database, scored_campaign
        )
        self.snapshots: dict[str, CampaignSnapshot | None] = {}
        self._settings = settings
        self._database = database
        self._running = running

    async def read(self) -> None:
        """Take what the topics have of campaigns by now, and put its rule sets to work."""
        await (await read_campaigns(self._settings)).put_into(self._database)
        await self.registry.refresh()
        for name in sorted(self.registry.known()):
            await self._put_to_work(name)
            self.snapshots[name] = await snapshot_of(self._running, await self.registry.of(name))

    async def _put_to_work(self, name: str) -> None:
        campaign = await self.registry.of(name)
        wanted = campaign.in_force_at(datetime.now(UTC))
        if self._running is not None:
            async with self._running.transaction() as tx:
                number = await adopted_rules.at_work(tx, name)
            wanted = next((one for one in campaign.adopted if one.row.number == number), None)
        present = campaign.at_work and campaign.at_work.row.number
        if wanted is not None and wanted.row.number != present:
            async with self._database.transaction() as tx:
                await put_this_to_work(tx, campaign, wanted)
            self.registry.stale(name)
