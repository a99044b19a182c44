"""The rule sets that were adopted: rows, documents, and which one is at work."""

from collections.abc import Sequence
from functools import lru_cache

from sqlmodel import col, func, select

from services.chassis.storage.database import Transaction
from services.contracts.rules import RuleSet
from services.contracts.rules.loader import read_rules
from services.scoring.models import AdoptedRuleSet, Tallied


async def all_of(tx: Transaction, campaign: str) -> Sequence[AdoptedRuleSet]:
    """All rule sets of a campaign, by number."""
    wanted = select(AdoptedRuleSet).where(AdoptedRuleSet.campaign == campaign)
    return (await tx.session.exec(wanted.order_by(col(AdoptedRuleSet.number)))).all()


async def last_number(tx: Transaction, campaign: str) -> int:
    """The number of the rule set that was adopted last; 0 where there is none."""
    last = select(func.max(AdoptedRuleSet.number)).where(AdoptedRuleSet.campaign == campaign)
    return (await tx.session.exec(last)).one() or 0


async def at_work(tx: Transaction, campaign: str) -> int | None:
    """The number of the one that tallies and points are by; None before the first one."""
    tallied = await tx.session.get(Tallied, campaign)
    return tallied.rule_set if tallied else None


@lru_cache(maxsize=64)
def parse_rules(document: str) -> RuleSet:
    """The rule set of a document that was checked when it was adopted. Raises CampaignProblems."""
    return read_rules(document.encode())
