"""Which rule set was in force when: a row each time scoring starts under another one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

import structlog

from services.chassis.storage.database import Transaction
from services.contracts.rules import RuleSet
from services.scoring.campaign_snapshot import CampaignTimeline

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class InForce:
    """A rule set and since when it was in force."""

    number: int
    rule_set: str
    rules_digest: str
    units_digest: str
    since: datetime
    recorded_at: datetime
    """When scoring first ran under it: later than `since` for the first one only."""


_COLUMNS = "number, rule_set, rules_digest, units_digest, in_force_since AS since, recorded_at"
_STORED = "campaign, number, rule_set, rules_digest, units_digest, in_force_since, recorded_at"
_STORE = (
    f"INSERT INTO rule_sets ({_STORED}, rules) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"  # noqa: S608 - constants
    " ON CONFLICT DO NOTHING"
)


async def record(tx: Transaction, timeline: CampaignTimeline, now: datetime) -> int | None:
    """Note that these rules and units are in force from `now` on; the number, None where they were.

    The first rule set of a campaign is in force from its first local day on: no other one was
    there before it (docs/decisions/0065-as-of-is-what-was-known.md). Replicas that start at once
    write one row. Needs the campaign's row, which `prepare` makes.
    """
    # The lock of the campaign: the second replica sees the first one's row.
    await tx.execute("SELECT FROM campaigns WHERE campaign = $1 FOR UPDATE", timeline.campaign)
    last = await tx.fetchrow(
        f"SELECT {_COLUMNS} FROM rule_sets WHERE campaign = $1 ORDER BY number DESC LIMIT 1",  # noqa: S608 - constants
        timeline.campaign,
    )
    digests = (timeline.rules_digest, timeline.units_digest)
    if last is not None and (last["rules_digest"], last["units_digest"]) == digests:
        return None
    opens = datetime.combine(timeline.opens, time.min, timeline.rules.zone)
    number = 1 if last is None else last["number"] + 1
    await tx.execute(
        _STORE,
        timeline.campaign,
        number,
        timeline.rules.rule_set,
        *digests,
        min(now, opens) if last is None else now,
        now,
        timeline.rules.model_dump_json(by_alias=True, exclude_defaults=True),
    )
    log.info("another rule set is in force", number=number, digest=timeline.rules_digest)
    return number


async def all_of(tx: Transaction, campaign: str) -> Sequence[InForce]:
    """Every rule set that was in force, the present one first."""
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM rule_sets WHERE campaign = $1 ORDER BY number DESC",  # noqa: S608 - constants
        campaign,
    )
    return [InForce(**row) for row in rows]


async def carry_over(running: Transaction, rebuilt: Transaction, campaign: str) -> None:
    """Put what was in force into a database that is rebuilt, from the running one: no topic has it.

    Rows that are there already stay.
    """
    rows = await running.fetch(
        f"SELECT {_STORED}, rules::text FROM rule_sets WHERE campaign = $1",  # noqa: S608 - constants
        campaign,
    )
    await rebuilt.executemany(_STORE, [tuple(row) for row in rows])


async def rules_of(tx: Transaction, campaign: str, number: int) -> RuleSet:
    """The rule set itself."""
    text: str = await tx.fetchval(
        "SELECT rules::text FROM rule_sets WHERE campaign = $1 AND number = $2", campaign, number
    )
    return RuleSet.model_validate_json(text)
