"""Publications put back into a database that is rebuilt: what was frozen stays frozen."""

from collections.abc import Iterable

import msgspec

from services.chassis.storage.database import Database
from services.contracts.events import PointsPublished, StandingsPublished
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.models import Publication, PublishedUnit
from services.scoring.publications.published_facts import counted_in, points_of
from services.scoring.publications.queries import put_back


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
                await put_back(tx, _standings(snapshot, fact))
            else:
                await put_back(tx, _unit(fact))


def _standings(snapshot: CampaignSnapshot, fact: StandingsPublished) -> Publication:
    rules = snapshot.rules
    return Publication(
        campaign=fact.campaign,
        version=fact.version,
        as_of=fact.as_of or fact.published_at,
        published_at=fact.published_at,
        digest=fact.digest,
        rules_digest=fact.rules_digest,
        rule_set=fact.rule_set,
        sample=fact.sample,
        rules=rules.content() if rules.digest() == fact.rules_digest else None,
        units=fact.units or 0,
        facts=fact.facts or 0,
        facts_root=fact.facts_root or "",
        simulated=fact.simulated,
        reason=fact.reason,
        watermark=fact.watermark.model_dump(mode="json") if fact.watermark else None,
    )


def _unit(fact: PointsPublished) -> PublishedUnit:
    return PublishedUnit(
        campaign=fact.campaign,
        version=fact.version,
        unit=fact.unit,
        cluster=fact.cluster,
        digest=fact.digest,
        detail=msgspec.to_builtins(points_of(fact)),
        facts=dict(counted_in(fact) or {}),
        facts_root=fact.facts_root,
    )
