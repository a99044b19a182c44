"""The rule set that has come into force is put to work: tallies are by it from the commit on.

For all replicas at once, because the campaign's row is locked and gets another generation. Which
one is at work stands in the database and not in a clock, so two replicas whose clocks differ never
count by different rules.
"""

from collections.abc import Collection
from datetime import datetime

import structlog

from services.campaigns.take import renew
from services.chassis.storage.database import Transaction
from services.scoring.campaign_snapshot import measures_digest
from services.scoring.engine.tallier import tallier_of
from services.scoring.generation import lock_current
from services.scoring.models import Tallied
from services.scoring.scored_campaign import AdoptedRules, ScoredCampaign
from services.scoring.tallies.recount import recount, units_with_facts

_log = structlog.get_logger(__name__)


async def put_to_work(tx: Transaction, campaign: ScoredCampaign, now: datetime) -> bool:
    """Put to work what is in force now; False where that is at work already.

    Raises CampaignChangedError where another replica was first.
    """
    due = campaign.due_at(now)
    if due is None:
        return False
    await put_this_to_work(tx, campaign, due)
    return True


async def put_this_to_work(tx: Transaction, campaign: ScoredCampaign, due: AdoptedRules) -> None:
    """Put one rule set to work, whatever the time is. Raises CampaignChangedError as above."""
    await lock_current(tx, campaign.id, campaign.generation)
    row = await tx.session.get(Tallied, campaign.id)
    if row is None:
        row = Tallied(campaign=campaign.id, rule_set=due.row.number, measures_digest="")
        tx.session.add(row)
    wanted, changed = measures_digest(due.rules), 0
    if row.measures_digest != wanted:
        changed = await _recount_all(tx, campaign.id, due, campaign.unit_codes)
    row.rule_set, row.measures_digest = due.row.number, wanted
    await renew(tx, campaign.id)
    _log.info(
        "rule set put to work", campaign=campaign.id, number=due.row.number, recounted=changed
    )


async def _recount_all(
    tx: Transaction, campaign: str, due: AdoptedRules, units: Collection[str]
) -> int:
    """Tallies by other measures: every unit with facts is counted again; how many changed."""
    tallier, changed = tallier_of(due.rules), 0
    for unit in await units_with_facts(tx, campaign, units):
        changed += await recount(tx, campaign, tallier, unit)
    return changed
