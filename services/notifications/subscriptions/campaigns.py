"""The campaigns that a request for a subscription is checked against."""

from collections.abc import Sequence

from services.campaigns.registry import UnknownCampaignError, UnreadableCampaignError
from services.chassis.retry import TransientError
from services.notifications.campaign import NotificationsCampaign, Registry
from services.notifications.subscriptions.subscription_request import SubscriptionRequest


async def campaigns_asked_for(
    registry: Registry, request: SubscriptionRequest
) -> Sequence[NotificationsCampaign]:
    """The one that the request names, or all that there are; none where it names an unknown one.

    Raises TransientError for one that a newer version of the service announced.
    """
    if request.campaign is not None:
        try:
            return [await registry.of(request.campaign)]
        except UnreadableCampaignError as error:
            raise TransientError(f"{request.campaign} can't be read by this version") from error
        except UnknownCampaignError:
            return []
    known = await registry.all()
    if not any(request.unit in campaign.units for campaign in known):
        await registry.refresh()  # it may have been announced a moment ago, on another replica
        known = await registry.all()
    return [campaign for campaign in known if not campaign.withdrawn]
