"""The campaigns that a request for a subscription is checked against."""

from collections.abc import Callable, Sequence

from services.campaigns.registry import UnknownCampaignError, UnreadableCampaignError
from services.chassis.retry import TransientError
from services.notifications.campaign import NotificationsCampaign, Registry
from services.notifications.subscriptions.subscription_request import SubscriptionRequest


async def campaigns_asked_for(
    registry: Registry,
    request: SubscriptionRequest,
    may: Callable[[NotificationsCampaign], bool],
) -> Sequence[NotificationsCampaign]:
    """The one that the request names; for one to all campaigns, one that decides it: in which the
    caller `may` subscribe, else one that has the unit, else any. None where there is none.

    Raises TransientError for one that a newer version of the service announced.
    """
    if request.campaign is not None:
        try:
            return [await registry.of(request.campaign)]
        except UnreadableCampaignError as error:
            raise TransientError(f"{request.campaign} can't be read by this version") from error
        except UnknownCampaignError:
            return []
    found = await _deciding(registry, request.unit, may)
    if not any(request.unit in campaign.units for campaign in found):
        await registry.refresh()  # it may have been announced a moment ago, on another replica
        found = await _deciding(registry, request.unit, may)
    return found


async def _deciding(
    registry: Registry, unit: str, may: Callable[[NotificationsCampaign], bool]
) -> Sequence[NotificationsCampaign]:
    has_it = some = None
    async for campaign in registry.each():
        if campaign.withdrawn:
            continue
        some = some or campaign
        if unit in campaign.units:
            if may(campaign):
                return [campaign]
            has_it = has_it or campaign
    found = has_it or some
    return [found] if found else []
