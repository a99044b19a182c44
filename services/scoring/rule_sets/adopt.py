"""A rule set is adopted: stored, published, and in force from its moment on.

Each step is in the caller's transaction, in which the campaign's row is locked: two adoptions have
two numbers, and nobody counts meanwhile. To count by it is the work of tallies/put_to_work.py.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

import structlog

from services.campaigns.take import OtherDocumentError, lock_head, renew, take_version
from services.chassis.aside import aside
from services.chassis.storage.database import Transaction
from services.contracts.campaign.loader import PLAN, UNITS, load_campaign
from services.contracts.campaign.problems import CampaignProblems
from services.contracts.events import CampaignAnnounced, CampaignFact, Fact, RuleSetAdopted
from services.contracts.rules import RuleSet
from services.scoring import adopted_rules
from services.scoring.models import AdoptedRuleSet

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Adoption:
    """What is adopted, by which document, and since when it holds."""

    rules: RuleSet
    written: str
    """rules.yaml."""
    document: str
    reason: str | None
    in_force_since: datetime
    adopted_at: datetime


async def adopt(tx: Transaction, campaign: str, adoption: Adoption) -> AdoptedRuleSet:
    """The next rule set of a campaign, whose row is locked."""
    rules = adoption.rules
    row = AdoptedRuleSet(
        campaign=campaign,
        number=await adopted_rules.last_number(tx, campaign) + 1,
        rule_set=rules.rule_set,
        sample=rules.sample,
        rules=adoption.written,
        rules_digest=rules.digest(),
        in_force_since=adoption.in_force_since,
        document=adoption.document,
        reason=adoption.reason,
        adopted_at=adoption.adopted_at,
    )
    tx.session.add(row)
    await tx.publish(adopted_fact(row, adoption.document))
    await renew(tx, campaign)
    _log.info("rule set adopted", campaign=campaign, number=row.number, digest=row.rules_digest)
    return row


async def take(tx: Transaction, fact: Fact) -> bool:
    """What the follower of campaigns brings: a version, or a rule set; whether it was new here."""
    if isinstance(fact, RuleSetAdopted):
        return await _take_adopted(tx, fact)
    if isinstance(fact, CampaignFact):
        return await take_version(tx, fact, on_version)
    raise TypeError(f"{type(fact).__name__} is not about a campaign")


async def on_version(tx: Transaction, fact: CampaignFact) -> None:
    """A campaign that is announced with a rule set has it from then on.

    The first rule set is in force from the campaign's first day at the latest, because no other one
    was there before it. One of before campaigns were announced keeps its number and its days.
    """
    if not isinstance(fact, CampaignAnnounced) or fact.version != 1:
        return
    rows = await adopted_rules.all_of(tx, fact.campaign)
    # What the topics had already is of a database before this one, which took this announcement.
    decided = any(row.document and row.adopted_at >= fact.announced_at for row in rows)
    await _publish_former(tx, fact, rows)
    if fact.rules is None or decided:
        return
    last = rows[-1] if rows else None
    opens = await aside(_opens, fact)  # what can't be read is taken, rules included, when it can
    try:
        rules = await aside(adopted_rules.parse_rules, fact.rules)
    except CampaignProblems as error:
        # It was checked when it was announced: by another version. The Board can adopt one here.
        _log.error("rule set can't be read", campaign=fact.campaign, problems=str(error))
        return
    if last is not None and last.rules_digest == rules.digest():
        return
    await adopt(
        tx,
        fact.campaign,
        Adoption(
            rules,
            fact.rules,
            fact.document,
            reason=fact.reason,
            in_force_since=fact.announced_at if last else min(fact.announced_at, opens),
            adopted_at=fact.announced_at,
        ),
    )


async def _publish_former(
    tx: Transaction, fact: CampaignAnnounced, rows: Sequence[AdoptedRuleSet]
) -> None:
    """Publish rule sets that are on no topic yet."""
    for row in rows:
        if row.document is None:
            row.document = fact.document
            await tx.publish(adopted_fact(row, fact.document))


async def _take_adopted(tx: Transaction, fact: RuleSetAdopted) -> bool:
    """A rule set as it is on the topic, which this database may lack: it was made anew."""
    await lock_head(tx, fact.campaign)
    known = await tx.session.get(AdoptedRuleSet, (fact.campaign, fact.version))
    if known is not None:
        if known.rules_digest != fact.rules_digest:
            raise OtherDocumentError(f"{fact.campaign}, rule set {fact.version}")
        return False
    tx.session.add(adopted_row(fact))
    await renew(tx, fact.campaign)
    return True


def adopted_row(fact: RuleSetAdopted) -> AdoptedRuleSet:
    """A rule set as it is kept."""
    return AdoptedRuleSet(
        campaign=fact.campaign,
        number=fact.version,
        rule_set=fact.rule_set,
        sample=fact.sample,
        rules=fact.rules,
        rules_digest=fact.rules_digest,
        in_force_since=fact.in_force_since,
        document=fact.document,
        reason=fact.reason,
        adopted_at=fact.adopted_at,
    )


def _opens(fact: CampaignAnnounced) -> datetime:
    plan = load_campaign({PLAN: fact.plan.encode(), UNITS: fact.units.encode()}).plan
    return datetime.combine(plan.opens, time.min, plan.zone)


def adopted_fact(row: AdoptedRuleSet, document: str) -> RuleSetAdopted:
    """A rule set as it is published."""
    return RuleSetAdopted(
        campaign=row.campaign,
        version=row.number,
        rule_set=row.rule_set,
        sample=row.sample,
        rules=row.rules,
        document_digest=hashlib.sha256(row.rules.encode()).hexdigest(),
        rules_digest=row.rules_digest,
        in_force_since=row.in_force_since,
        document=document,
        reason=row.reason,
        adopted_at=row.adopted_at,
    )
