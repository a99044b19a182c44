"""HTTP: campaigns, announced by the Board and read by everyone."""

from functools import partial
from typing import Annotated

from fastapi import Depends, Path, Response

from services.campaigns.path import NUMBERS
from services.campaigns.withdrawn import CAMPAIGN_WITHDRAWN
from services.chassis.aside import aside
from services.chassis.http import CurrentChassis, Once, Router, access, context_of
from services.chassis.http.auth import ROLES
from services.chassis.problems import NOT_FOUND, TOO_LARGE
from services.chassis.storage.database import Transaction
from services.contracts.events.campaigns import MOST_DOCUMENT_BYTES
from services.submissions.campaigns.amend import amend_campaign
from services.submissions.campaigns.announce import announce_campaign
from services.submissions.campaigns.check import check_documents
from services.submissions.campaigns.queries import version_of
from services.submissions.campaigns.schemas import (
    AmendmentIn,
    AnnouncementIn,
    CampaignAccepted,
    CampaignAmended,
    CampaignChanged,
    CampaignList,
    CampaignOut,
    CampaignWithdrawalIn,
    VersionOut,
)
from services.submissions.campaigns.withdraw import withdraw_campaign
from services.submissions.command import Command
from services.submissions.context import Context, Registry
from services.submissions.obligations.deadline_clock import DeadlineClock
from services.submissions.problems import (
    ALREADY_ANNOUNCED,
    AMENDED_MEANWHILE,
    CAMPAIGN_OPENED,
)

router = Router(prefix="/v1/campaigns", tags=["campaigns"])


@router.post(
    "",
    status_code=201,
    response_model=CampaignAccepted,
    dependencies=[NUMBERS],
    openapi_extra=access(
        "board", refuses=[ALREADY_ANNOUNCED, TOO_LARGE], max_body_bytes=MOST_DOCUMENT_BYTES
    ),
)
async def announce(
    body: AnnouncementIn, once: Once, chassis: CurrentChassis, campaigns: Registry
) -> Response:
    """Announce a campaign: plan, units and, where it is there, the first rule set.

    422 names everything that is wrong in the files, each with file and line.
    """
    checked = await aside(check_documents, body.files.by_name())
    campaigns.require_taken(checked.campaign.plan.campaign)

    async def effect(tx: Transaction) -> tuple[int, CampaignAccepted]:
        tx.on_commit(partial(campaigns.stale, checked.campaign.plan.campaign))
        return await announce_campaign(tx, body, checked, chassis.clock.now())

    return await once(effect)


@router.post(
    "/{campaign}/versions",
    status_code=201,
    response_model=CampaignAmended,
    dependencies=[NUMBERS],
    openapi_extra=access(
        "board",
        refuses=[NOT_FOUND, AMENDED_MEANWHILE, CAMPAIGN_WITHDRAWN, TOO_LARGE],
        max_body_bytes=MOST_DOCUMENT_BYTES,
    ),
)
async def amend(
    body: AmendmentIn,
    command: Command,
    chassis: CurrentChassis,
    deadlines: Annotated[DeadlineClock, Depends(context_of(DeadlineClock))],
) -> Response:
    """Amend a campaign: plan and units from now on, as a whole.

    docs/campaigns.md says what follows for what units did, missed or were released from.
    """
    context = command.context
    checked = await aside(check_documents, body.files.by_name())

    async def effect(tx: Transaction) -> tuple[int, CampaignAmended]:
        tx.on_commit(deadlines.loop.wake)
        # In the transaction, not at receipt: what was published meanwhile is by the version before.
        was = command.receipt
        receipt = context.receipt(chassis.clock.now(), was.command_id, was.account)
        return await amend_campaign(tx, context, body, checked, receipt)

    return await command.alone(effect)


@router.post(
    "/{campaign}/withdrawal",
    response_model=CampaignChanged,
    dependencies=[NUMBERS],
    openapi_extra=access("board", refuses=[NOT_FOUND, CAMPAIGN_OPENED, CAMPAIGN_WITHDRAWN]),
)
async def withdraw(body: CampaignWithdrawalIn, command: Command) -> Response:
    """Take a campaign back before it opens; its code stays taken, because what was announced under
    it is on the topics for ever."""
    context, receipt = command.context, command.receipt
    return await command.alone(lambda tx: withdraw_campaign(tx, context, body, receipt))


@router.get("", openapi_extra=access(*ROLES))
async def listed(chassis: CurrentChassis, campaigns: Registry) -> CampaignList:
    """All campaigns, with where each of them is."""
    await campaigns.refresh()
    now = chassis.clock.now()
    found = [CampaignOut.of(one, now) async for one in campaigns.each()]
    return CampaignList(now=now, campaigns=sorted(found, key=lambda one: one.campaign))


@router.get("/{campaign}", openapi_extra=access(*ROLES, refuses=[NOT_FOUND]))
async def read(context: Context, chassis: CurrentChassis) -> CampaignOut:
    """One campaign as it is now."""
    return CampaignOut.of(context, chassis.clock.now())


@router.get("/{campaign}/versions/{version}", openapi_extra=access(*ROLES, refuses=[NOT_FOUND]))
async def read_version(
    version: Annotated[int, Path(ge=1, le=1_000_000)], context: Context, chassis: CurrentChassis
) -> VersionOut:
    """A version with its documents, as it was announced."""
    async with chassis.database.transaction() as tx:
        return await version_of(tx, context, version)
