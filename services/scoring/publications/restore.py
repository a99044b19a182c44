"""Publications put back into a database that is rebuilt: what was frozen stays frozen."""

from collections.abc import Iterable

import msgspec

from services.chassis.storage.database import Database
from services.contracts.events import PointsPublished, StandingsPublished
from services.scoring.models import Publication, PublishedUnit
from services.scoring.publications.published_facts import counted_in, points_of
from services.scoring.publications.queries import put_back
from services.scoring.scored_campaign import ScoredCampaign


async def restore_publications(
    database: Database,
    campaign: ScoredCampaign,
    facts: Iterable[StandingsPublished | PointsPublished],
) -> None:
    """Store publications of a campaign as the topics have them, each once; more may come with
    another call."""
    async with database.transaction() as tx:
        for fact in facts:
            if isinstance(fact, StandingsPublished):
                await put_back(tx, _standings(campaign, fact))
            else:
                await put_back(tx, _unit(fact))


def _standings(campaign: ScoredCampaign, fact: StandingsPublished) -> Publication:
    adopted = campaign.adopted_as(fact.rules_digest)
    return Publication(
        campaign=fact.campaign,
        version=fact.version,
        as_of=fact.as_of or fact.published_at,
        published_at=fact.published_at,
        digest=fact.digest,
        rules_digest=fact.rules_digest,
        rule_set=fact.rule_set,
        sample=fact.sample,
        rules=adopted.rules.content() if adopted else None,
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
