"""Freezes standings: computes them from the facts up to a watermark and stores them.

In two steps, because the first reads every fact: `draw_up` computes what is to be published in one
snapshot, outside any other transaction; `publish` freezes it in the transaction of the command.
Facts recorded after the watermark are not counted, whether they are here already or not.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from services.campaigns.registry import CampaignRegistry
from services.chassis.problems import FAULTY, Fault, Problem, Refusal
from services.chassis.storage.database import Database, Transaction
from services.contracts.events import PublicationWatermark
from services.measuring.records import KnownFact
from services.scoring.as_of.known import recorded_at
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.engine.digest import campaign_digest, digest_of_cluster, unit_digest
from services.scoring.engine.proof import facts_root, hashes, units_root
from services.scoring.engine.results import ClusterResult
from services.scoring.facts import queries as fact_queries
from services.scoring.models import Publication, PublishedUnit
from services.scoring.points import queries as point_queries
from services.scoring.publications import queries
from services.scoring.publications.published_facts import (
    Issue,
    points_published,
    standings_published,
)
from services.scoring.repeatable_read import repeatable_read
from services.scoring.scored_campaign import ScoredCampaign

NOTHING_CHANGED = Problem(
    "nothing-changed",
    409,
    "Kết quả không khác lần công bố trước",
    "The standings are those of the last publication",
    "Nothing to do: a correction is published when points, facts or rules differ.",
)
OTHER_PUBLICATION = Problem(
    "other-publication",
    409,
    "Đã có lần công bố khác",
    "There is another publication",
    "Read the last publication; to correct it, send its version in `replaces`, with a reason.",
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """Standings drawn up from the facts, not yet published."""

    snapshot: CampaignSnapshot
    as_of: datetime
    watermark: PublicationWatermark
    clusters: Mapping[str, ClusterResult]
    counted: Mapping[str, Mapping[str, str]]
    """By unit the facts that were counted: hash by id."""

    @property
    def digests(self) -> dict[str, str]:
        """Digest by cluster."""
        return {name: digest_of_cluster(result) for name, result in self.clusters.items()}

    @property
    def roots(self) -> dict[str, str]:
        """Merkle root of its facts, by unit."""
        return {unit: facts_root(counted) for unit, counted in self.counted.items()}


async def draw_up(
    database: Database,
    snapshot: CampaignSnapshot,
    as_of: datetime,
    watermark: PublicationWatermark,
) -> Drawn:
    """What the facts up to the watermark amount to, read in one snapshot, a cluster at a time.

    Memory is that of the largest cluster's facts; computing leaves the event loop free.
    """
    clusters: dict[str, ClusterResult] = {}
    counted: dict[str, Mapping[str, str]] = {}
    async with repeatable_read(database) as tx:
        for name in sorted(snapshot.clusters):
            facts = await fact_queries.of_units(tx, snapshot.campaign, snapshot.members(name))
            result, of_units = await asyncio.to_thread(_scored, snapshot, name, facts, watermark)
            clusters[name] = result
            counted |= of_units
    return Drawn(snapshot, as_of, watermark, clusters, counted)


def _scored(
    snapshot: CampaignSnapshot,
    cluster: str,
    facts: list[KnownFact],
    watermark: PublicationWatermark,
) -> tuple[ClusterResult, dict[str, Mapping[str, str]]]:
    counted = countable(snapshot, facts, watermark.through)
    result = snapshot.standings(counted, cluster).clusters[cluster]
    by_unit = counted_by_unit(snapshot, counted, [points.unit for points in result.units])
    return result, {unit: hashes(of_unit) for unit, of_unit in by_unit.items()}


def countable(
    snapshot: CampaignSnapshot, facts: Iterable[KnownFact], through: datetime
) -> list[KnownFact]:
    """The facts recorded up to a moment that can change any measure of the rule set."""
    return [
        fact
        for fact in facts
        if snapshot.tallier.concerns(fact.event) and recorded_at(fact) <= through
    ]


def counted_by_unit(
    snapshot: CampaignSnapshot, facts: Iterable[KnownFact], units: Iterable[str]
) -> dict[str, list[KnownFact]]:
    """Facts by the unit for which they count, of some units: their own, and those of units that
    they took over."""
    found: dict[str, list[KnownFact]] = {unit: [] for unit in units}
    for unit, fact in snapshot.counting(facts):
        if unit in found:
            found[unit].append(fact)
    return found


async def publish(
    tx: Transaction,
    campaigns: CampaignRegistry[ScoredCampaign],
    drawn: Drawn,
    *,
    replaces: int | None,
    reason: str | None,
    now: datetime,
) -> Publication:
    """Freeze what was drawn up and publish it; its row.

    Raises Refusal: 409 where another publication came first or nothing changed, 422 for a
    correction without a reason, 503 where the running points are computed by other rules; and
    CampaignChangedError where the campaign is another one than when it was drawn up.
    """
    snapshot = drawn.snapshot
    await campaigns.require_current_alone(tx, snapshot)  # one publication at a time
    last = await queries.last_of(tx, snapshot.campaign)
    _check_number(last, replaces, reason)
    await point_queries.clusters(tx, snapshot)  # refuses while another rule set is at work
    digest, root = campaign_digest(drawn.digests), units_root(drawn.roots)
    if last is not None and (last.digest, last.facts_root, last.rules_digest) == (
        digest,
        root,
        snapshot.rules.digest(),
    ):
        raise Refusal(NOTHING_CHANGED)
    issue = Issue(
        campaign=snapshot.campaign,
        version=1 if last is None else last.version + 1,
        rules=snapshot.rules,
        published_at=now,
        as_of=drawn.as_of,
        watermark=drawn.watermark,
        reason=reason,
        simulated=any(result.simulated for result in drawn.clusters.values()),
    )
    row = _store(tx, issue, drawn, digest, root)
    for result in drawn.clusters.values():
        for points in result.units:
            await tx.publish(points_published(issue, result, points, drawn.counted[points.unit]))
    await tx.publish(
        standings_published(issue, digest=digest, units=row.units, facts=row.facts, root=root)
    )
    return row


def _check_number(last: Publication | None, replaces: int | None, reason: str | None) -> None:
    """A correction names what it corrects, and why."""
    present = None if last is None else last.version
    if replaces != present:
        vi, en = "Chưa có lần công bố nào để thay thế.", "There is no publication to replace yet."
        if present:
            vi = f"Lần công bố gần nhất là lần {present}. Kiểm tra lại số lần được thay thế."
            en = f"The last publication is number {present}: that is the one to replace."
        raise Refusal(OTHER_PUBLICATION, [Fault("/replaces", vi, en)])
    if present is not None and reason is None:
        raise Refusal(
            FAULTY,
            [
                Fault(
                    "/reason",
                    "Lần công bố sau phải có lý do điều chỉnh.",
                    "A correction needs its reason.",
                )
            ],
        )


def _store(tx: Transaction, issue: Issue, drawn: Drawn, digest: str, root: str) -> Publication:
    row = Publication(
        campaign=issue.campaign,
        version=issue.version,
        as_of=issue.as_of,
        published_at=issue.published_at,
        digest=digest,
        rules_digest=issue.rules.digest(),
        rule_set=issue.rules.rule_set,
        sample=issue.rules.sample,
        rules=issue.rules.content(),
        units=len(drawn.counted),
        facts=sum(map(len, drawn.counted.values())),
        facts_root=root,
        simulated=issue.simulated,
        reason=issue.reason,
        watermark=drawn.watermark.model_dump(mode="json"),
    )
    tx.session.add(row)
    roots = drawn.roots
    for name, result in drawn.clusters.items():
        for points in result.units:
            tx.session.add(
                PublishedUnit(
                    campaign=issue.campaign,
                    version=issue.version,
                    unit=points.unit,
                    cluster=name,
                    digest=unit_digest(points),
                    detail=msgspec.to_builtins(points),
                    facts=dict(drawn.counted[points.unit]),
                    facts_root=roots[points.unit],
                )
            )
    return row
