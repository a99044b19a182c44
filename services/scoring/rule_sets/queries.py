"""Which rule set was in force when: a row each time scoring starts under another one."""

from collections.abc import Sequence
from datetime import datetime, time

import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from services.chassis.storage.database import Transaction
from services.chassis.storage.models import without
from services.contracts.rules import RuleSet
from services.scoring.campaign_snapshot import CampaignTimeline
from services.scoring.generation import lock_campaign
from services.scoring.models import RuleSetInForce

log = structlog.get_logger(__name__)


async def record(tx: Transaction, timeline: CampaignTimeline, now: datetime) -> int | None:
    """Note that these rules and units are in force from `now` on; the number, None where they were.

    The first rule set of a campaign is in force from its first local day on: no other one was
    there before it (docs/decisions/0065-as-of-is-what-was-known.md). Replicas that start at once
    write one row. Needs the campaign's row, which `prepare` makes.
    """
    await lock_campaign(tx, timeline.campaign)  # the second replica sees the first one's row
    known = await all_of(tx, timeline.campaign)
    digests = (timeline.rules_digest, timeline.units_digest)
    if known and (known[0].rules_digest, known[0].units_digest) == digests:
        return None
    opens = datetime.combine(timeline.opens, time.min, timeline.rules.zone)
    number = known[0].number + 1 if known else 1
    tx.session.add(
        RuleSetInForce(
            campaign=timeline.campaign,
            number=number,
            rule_set=timeline.rules.rule_set,
            rules_digest=timeline.rules_digest,
            units_digest=timeline.units_digest,
            rules=timeline.rules.content(),
            in_force_since=now if known else min(now, opens),
            recorded_at=now,
        )
    )
    log.info("another rule set is in force", number=number, digest=timeline.rules_digest)
    return number


async def all_of(tx: Transaction, campaign: str) -> Sequence[RuleSetInForce]:
    """What was in force when, the present one first: each row without `rules` (see `rules_of`)."""
    wanted = _of_campaign(campaign).options(without(RuleSetInForce.rules))
    return (await tx.session.exec(wanted.order_by(col(RuleSetInForce.number).desc()))).all()


async def carry_over(running: Transaction, rebuilt: Transaction, campaign: str) -> None:
    """Put what was in force into a database that is rebuilt, from the running one: no topic has it.

    Rows that are there already stay.
    """
    whole = await running.session.exec(_of_campaign(campaign))
    if rows := [row.model_dump() for row in whole]:
        await rebuilt.session.exec(insert(RuleSetInForce).on_conflict_do_nothing(), params=rows)


async def rules_of(tx: Transaction, row: RuleSetInForce) -> RuleSet:
    """The rule set itself."""
    wanted = select(RuleSetInForce.rules).where(
        RuleSetInForce.campaign == row.campaign, RuleSetInForce.number == row.number
    )
    return RuleSet.model_validate((await tx.session.exec(wanted)).one())


def _of_campaign(campaign: str) -> SelectOfScalar[RuleSetInForce]:
    return select(RuleSetInForce).where(RuleSetInForce.campaign == campaign)
