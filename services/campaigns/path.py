"""The campaign that a route names: /v1/campaigns/{campaign}/…

    async def _context(campaign: CampaignPath, campaigns: Registry) -> CampaignContext:
        return await campaign_of_path(campaigns, campaign)

Each service makes such a dependency; its routes then ask for what the service makes of a campaign.
"""

from typing import Annotated, TypeVar

from fastapi import Depends, Path

from services.campaigns.follower import CampaignFollower
from services.campaigns.registry import (
    CampaignRegistry,
    Made,
    UnknownCampaignError,
    UnreadableCampaignError,
)
from services.chassis.http import context_of
from services.chassis.problems import NOT_FOUND, Refusal
from services.chassis.retry import TransientError

T = TypeVar("T", bound=Made)

CampaignPath = Annotated[
    str,
    Path(max_length=63, description="Id of the campaign.", examples=["hanoi-2020"]),
]
"""Parameter type of a path. Any text: what is no id is an unknown campaign, as every other one."""


async def campaign_of_path(registry: CampaignRegistry[T], campaign: str) -> T:
    """What the service makes of it. Raises Refusal (404) where none of that id was announced, and
    TransientError for one that a newer version of the service announced."""
    try:
        return await registry.of(campaign)
    except UnreadableCampaignError as error:
        raise TransientError(f"{campaign} can't be read by this version") from error
    except UnknownCampaignError:
        raise Refusal(
            NOT_FOUND,
            detail=(
                f"Không tìm thấy đợt thi đua có mã “{campaign}”. Kiểm tra lại mã trong danh sách"
                " các đợt thi đua.",
                f"No campaign with the code “{campaign}” was announced: look into the list of"
                " campaigns.",
            ),
        ) from None


async def _caught_up(
    follower: Annotated[CampaignFollower, Depends(context_of(CampaignFollower))],
) -> None:
    await follower.require_caught_up()


NUMBERS = Depends(_caught_up)
"""For `dependencies` of a route that makes a version or a rule set: refused (503) while the service
does not know yet which numbers are taken."""
