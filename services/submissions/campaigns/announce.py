"""The Board announces a campaign: stored, owed by its units, and published, in one transaction."""

from datetime import datetime
from hashlib import sha256

from sqlmodel import col, select

from services.campaigns.models import CampaignVersion
from services.campaigns.take import take_version
from services.chassis.problems import FAULTY, TOO_LARGE, Refusal
from services.chassis.storage.database import Transaction
from services.chassis.storage.outbox import FactTooLargeError
from services.contracts.events import CampaignAnnounced, CampaignFact
from services.submissions.campaigns.check import CheckedDocuments
from services.submissions.campaigns.schemas import AnnouncementIn, CampaignAccepted, DocumentsIn
from services.submissions.obligations.plan_guard import faults_against_rows
from services.submissions.obligations.seed import seed_obligations
from services.submissions.problems import ALREADY_ANNOUNCED


async def announce_campaign(
    tx: Transaction, body: AnnouncementIn, checked: CheckedDocuments, now: datetime
) -> tuple[int, CampaignAccepted]:
    """Announce a campaign whose documents were checked.

    Of two at once with one code the second waits for the first. Raises Refusal: 409 for a code that
    was announced before, 422 where the database has obligations under it that another plan made, or
    of units that are not in this tree.
    """
    campaign = checked.campaign
    fact = announced_fact(checked, 1, body.files, document=body.document, reason=None, now=now)
    owed = 0

    async def on_version(tx: Transaction, _fact: CampaignFact) -> None:
        nonlocal owed
        if faults := await faults_against_rows(tx, campaign):
            raise Refusal(FAULTY, faults)
        owed = await seed_obligations(tx, campaign)

    if not await take_version(tx, fact, on_version):
        raise Refusal(ALREADY_ANNOUNCED, detail=await _why_taken(tx, fact.campaign))
    await publish_documents(tx, fact)
    return 201, CampaignAccepted(
        campaign=fact.campaign,
        version=fact.version,
        announced_at=fact.announced_at,
        units=len(campaign.units),
        owed=owed,
        advice=list(checked.advice),
    )


async def _why_taken(tx: Transaction, code: str) -> tuple[str, str]:
    """The code of a withdrawn campaign is not given free: its documents stay on the topics under
    it, and a reader would take the new ones for its next version (0026)."""
    newest = (
        select(CampaignVersion)
        .where(CampaignVersion.campaign == code)
        .order_by(col(CampaignVersion.version).desc())
        .limit(1)
    )
    if (await tx.session.exec(newest)).one().plan is None:
        return (
            f"Mã “{code}” thuộc một đợt thi đua đã rút lại. Văn bản công bố và rút lại được lưu mãi"
            f" dưới mã này nên không dùng lại được. Chọn mã khác, ví dụ “{code}-2”.",
            f"The code “{code}” belongs to a campaign that was withdrawn. Its documents are kept"
            f" under it for ever, so choose another one, like “{code}-2”.",
        )
    return (
        f"Mã “{code}” đã được dùng cho một đợt thi đua đã công bố. Để thay đổi đợt thi đua đó, ban"
        " hành bản sửa đổi; để công bố đợt mới, chọn mã khác.",
        f"The code “{code}” belongs to a campaign that was announced: amend that one, or choose"
        " another code for a new one.",
    )


def announced_fact(
    checked: CheckedDocuments,
    version: int,
    files: DocumentsIn,
    *,
    document: str,
    reason: str | None,
    now: datetime,
) -> CampaignAnnounced:
    """The fact of a version; only the first one carries rules."""
    campaign, units = checked.campaign, checked.units
    rules = files.rules if version == 1 else None
    return CampaignAnnounced(
        campaign=campaign.plan.campaign,
        version=version,
        plan=files.plan,
        units=units,
        rules=rules,
        plan_digest=_digest(files.plan),
        units_digest=_digest(units),
        rules_digest=None if rules is None else _digest(rules),
        document=document,
        reason=reason,
        announced_at=now.astimezone(campaign.plan.zone),
    )


async def publish_documents(tx: Transaction, fact: CampaignAnnounced) -> None:
    """Raises Refusal (413) where the documents don't fit into one record."""
    try:
        await tx.publish(fact)
    except FactTooLargeError:
        raise Refusal(
            TOO_LARGE,
            detail=(
                "Các tệp của đợt thi đua quá lớn để công bố. Rút gọn danh sách đơn vị hoặc bỏ bớt"
                " chú thích trong các tệp.",
                "The files of the campaign are too large to be announced: shorten the unit list or"
                " the comments in the files.",
            ),
        ) from None


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
