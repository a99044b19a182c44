"""What the endpoints of scoring need; what those of one feature need besides, its router names."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from fastapi import Depends

from services.campaigns.path import CampaignPath, campaign_of_path
from services.campaigns.registry import CampaignRegistry
from services.chassis.clock import Clock
from services.chassis.http import context_of
from services.chassis.problems import UNAVAILABLE, Problem, Refusal
from services.chassis.storage.database import Database
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.scored_campaign import ScoredCampaign

NO_RULE_SET = Problem(
    "no-rule-set",
    404,
    "Đợt thi đua chưa có bảng điểm có hiệu lực",
    "The campaign has no rule set in force yet",
    "What is submitted is kept, and is counted when the Board has adopted a rule set:"
    " POST /v1/campaigns/{campaign}/rule-sets.",
)


@dataclass(frozen=True, slots=True)
class ScoringContext:
    """Made once by `app.compose`. It knows no feature."""

    database: Database
    clock: Clock
    campaigns: CampaignRegistry[ScoredCampaign]

    def day(self, campaign: ScoredCampaign) -> date:
        """The campaign's local day."""
        return self.clock.now().astimezone(campaign.plan.zone).date()

    def snapshot(self, campaign: ScoredCampaign, now: datetime | None = None) -> CampaignSnapshot:
        """What points are computed by now. Raises Refusal: 404 for a campaign that has no rule set
        in force, 503 while the first one is being put to work."""
        now = now or self.clock.now()
        if (snapshot := campaign.snapshot(now)) is not None:
            return snapshot
        if campaign.in_force_at(now) is None:
            raise Refusal(NO_RULE_SET, detail=no_rule_set(campaign))
        raise being_computed()


def no_rule_set(campaign: ScoredCampaign) -> tuple[str, str]:
    """Says of a campaign that nothing is scored yet, and what becomes of what is submitted."""
    title = campaign.plan.short_title
    return (
        f"Chưa có bảng điểm nào có hiệu lực cho {title.vi}. Dữ liệu đã tiếp nhận được lưu và sẽ"
        " được tính điểm khi có bảng điểm.",
        f"No rule set is in force for {title.en} yet. What was submitted is kept, and is counted"
        " once there is one.",
    )


def being_computed() -> Refusal:
    """For points that are not yet those of the rules at work."""
    return Refusal(
        UNAVAILABLE,
        detail=(
            "Bảng điểm vừa thay đổi, hệ thống đang tính lại. Thử lại sau vài giây.",
            "The rules have just changed and points are being computed: try again soon.",
        ),
        headers={"Retry-After": "2"},
    )


Context = Annotated[ScoringContext, Depends(context_of(ScoringContext))]
"""Parameter type of endpoints."""


async def _asked(campaign: CampaignPath, context: Context) -> ScoredCampaign:
    return await campaign_of_path(context.campaigns, campaign)


Asked = Annotated[ScoredCampaign, Depends(_asked)]
"""Parameter type: the campaign that the path names. Refuses (404) one that was not announced."""


async def _snapshot(campaign: Asked, context: Context) -> CampaignSnapshot:
    return context.snapshot(campaign)


Scored = Annotated[CampaignSnapshot, Depends(_snapshot)]
"""Parameter type: what its points are computed by now. Refuses as `ScoringContext.snapshot`."""
