"""Publications put back into a database that is rebuilt: what was frozen stays frozen."""

from collections.abc import Iterable

import msgspec

from services.chassis.storage.database import Database, Transaction
from services.contracts.events import PointsPublished, StandingsPublished
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.publications.published_facts import counted_in, points_of

_encode = msgspec.json.Encoder(decimal_format="string").encode


async def restore_publications(
    database: Database,
    snapshot: CampaignSnapshot,
    facts: Iterable[StandingsPublished | PointsPublished],
) -> None:
    """Store publications as the topics have them, each once; more may come with another call.

    The rule set itself is on no topic: it is put back where the contest's is the one published.
    """
    async with database.transaction() as tx:
        for fact in facts:
            if isinstance(fact, StandingsPublished):
                await _restore_standings(tx, snapshot, fact)
            else:
                await _restore_unit(tx, fact)


async def _restore_standings(
    tx: Transaction, snapshot: CampaignSnapshot, fact: StandingsPublished
) -> None:
    rules = snapshot.rules
    await tx.execute(
        """
        INSERT INTO publications (campaign, version, as_of, published_at, digest, rules_digest,
                                  rule_set, sample, rules, units, facts, facts_root, simulated,
                                  reason, watermark)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        ON CONFLICT DO NOTHING
        """,
        fact.campaign,
        fact.version,
        fact.as_of or fact.published_at,
        fact.published_at,
        fact.digest,
        fact.rules_digest,
        fact.rule_set,
        fact.sample,
        rules.model_dump_json(by_alias=True, exclude_defaults=True)
        if rules.digest() == fact.rules_digest
        else None,
        fact.units or 0,
        fact.facts or 0,
        fact.facts_root or "",
        fact.simulated,
        fact.reason,
        fact.watermark.model_dump_json() if fact.watermark else None,
    )


async def _restore_unit(tx: Transaction, fact: PointsPublished) -> None:
    await tx.execute(
        """
        INSERT INTO published_points (campaign, version, unit, cluster, digest, detail, facts,
                                      facts_root)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT DO NOTHING
        """,
        fact.campaign,
        fact.version,
        fact.unit,
        fact.cluster,
        fact.digest,
        _encode(points_of(fact)).decode(),
        _encode(counted_in(fact) or {}).decode(),
        fact.facts_root,
    )
