"""What a service that keeps campaigns is wired with: made once in `app.compose`.

campaigns = Campaigns(chassis, follows=[CampaignAnnounced, CampaignWithdrawn], take=…, make=…)
Service(chassis, loops=[*campaigns.loops, …], topics=[*campaigns.topics, …],
        on_start=[campaigns.start, …])
"""

from collections.abc import Sequence
from typing import Generic

from services.campaigns.follower import CampaignFollower, Take
from services.campaigns.registry import CampaignRegistry, Make, T
from services.campaigns.set_aside import SetAside
from services.campaigns.take import CHANNEL
from services.campaigns.unknown import UnknownFacts
from services.chassis.base import Chassis
from services.chassis.loops.loop import Loop
from services.contracts.events import Fact


class Campaigns(Generic[T]):
    """Follower, registry and what becomes of facts that came before their campaign."""

    def __init__(
        self,
        chassis: Chassis,
        *,
        follows: Sequence[type[Fact]],
        take: Take,
        make: Make[T],
        first: Sequence[type[Fact]] = (),
    ) -> None:
        """`follows`: the types of facts about campaigns that the service takes by `take`; `first`:
        those of them that a start reads before the others."""
        settings = chassis.settings
        set_aside = SetAside()
        self.registry: CampaignRegistry[T] = CampaignRegistry(chassis.database, make, set_aside)
        self.follower = CampaignFollower(
            settings,
            chassis.database,
            follows,
            take,
            set_aside=set_aside,
            first=first,
            before_kafka=chassis.deployment.require,
        )
        self.unknown = UnknownFacts(self.follower, settings.campaign_wait_s, self.registry.known)
        self.loops: Sequence[Loop] = (self.follower.loop, self.registry.loop)
        """For `Service.loops`."""
        self.topics = self.follower.topics
        """For `Service.topics`: health says which are missing."""
        chassis.listener.on(CHANNEL, self.registry.loop.wake)
        chassis.health.report("campaign topics", self.follower.degraded)
        chassis.health.report("campaigns", self.registry.degraded)
        chassis.health.tell("campaigns", self._known)

    async def start(self) -> None:
        """Before the first request: which campaigns the database has. For `Service.on_start`."""
        await self.registry.refresh()

    def _known(self) -> str:
        return ", ".join(sorted(self.registry.known())) or "none was announced"
