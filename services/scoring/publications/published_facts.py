"""Standings as facts for the topics, and read back from them: one shape, both ways."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.contracts.events import (
    CountedFact,
    PointsPublished,
    PublicationWatermark,
    PublishedGroup,
    PublishedLine,
    PublishedPart,
    PublishedSubtotal,
    StandingsPublished,
)
from services.contracts.events.publications import MOST_FACTS
from services.contracts.rules import RuleSet
from services.scoring.engine.digest import unit_digest
from services.scoring.engine.proof import facts_root
from services.scoring.engine.results import (
    ClusterResult,
    GroupPoints,
    Line,
    PartPoints,
    Subtotal,
    UnitPoints,
)
from services.scoring.engine.texts import level_title


@dataclass(frozen=True, slots=True)
class Issue:
    """What the facts of one publication have in common."""

    campaign: str
    version: int
    rules: RuleSet
    published_at: datetime
    as_of: datetime
    watermark: PublicationWatermark | None
    reason: str | None
    simulated: bool


def points_published(
    issue: Issue, cluster: ClusterResult, points: UnitPoints, counted: Mapping[str, str]
) -> PointsPublished:
    """The frozen points of one unit; `counted` are its facts, hash by id."""
    listed = None
    if len(counted) <= MOST_FACTS:
        listed = tuple(CountedFact(id=UUID(id_), hash=hash_) for id_, hash_ in counted.items())
    return PointsPublished(
        campaign=issue.campaign,
        simulated=cluster.simulated,
        unit=points.unit,
        version=issue.version,
        cluster=cluster.cluster,
        table=points.table,
        total=points.total,
        maximum=points.maximum,
        comparable=points.comparable,
        rank=points.rank,
        units_in_cluster=len(cluster.units),
        level=points.level,
        level_title=level_title(issue.rules, points),
        flag_candidate=points.flag_candidate,
        knocked_out=points.knocked_out,
        groups=tuple(_group_out(group) for group in points.groups),
        subtotals=tuple(
            PublishedSubtotal(
                group=each.group,
                within=each.within,
                points=each.points,
                maximum=each.maximum,
                capped=each.capped,
                bonus=each.bonus,
                criteria=each.criteria,
            )
            for group in points.groups
            for each in group.subtotals
        ),
        parts=tuple(
            PublishedPart(table=part.table, total=part.total, maximum=part.maximum)
            for part in points.parts
        ),
        rule_set=issue.rules.rule_set,
        sample=issue.rules.sample,
        digest=unit_digest(points),
        facts_counted=len(counted),
        facts_root=facts_root(counted),
        facts=listed,
        published_at=issue.published_at,
    )


def _group_out(group: GroupPoints) -> PublishedGroup:
    return PublishedGroup(
        group=group.group,
        points=group.points,
        maximum=group.maximum,
        capped=group.capped,
        bonus=group.bonus,
        lines=tuple(
            PublishedLine(
                criterion=line.criterion,
                points=line.points,
                maximum=line.maximum,
                assigned=line.assigned,
                inputs=dict(line.inputs),
            )
            for line in group.lines
        ),
    )


def standings_published(
    issue: Issue, *, digest: str, units: int, facts: int, root: str
) -> StandingsPublished:
    """The publication as a whole."""
    return StandingsPublished(
        campaign=issue.campaign,
        simulated=issue.simulated,
        version=issue.version,
        rule_set=issue.rules.rule_set,
        sample=issue.rules.sample,
        digest=digest,
        rules_digest=issue.rules.digest(),
        reason=issue.reason,
        published_at=issue.published_at,
        as_of=issue.as_of,
        units=units,
        facts=facts,
        facts_root=root,
        watermark=issue.watermark,
    )


def _subtotals(published: PointsPublished) -> dict[str, list[Subtotal]]:
    """By outermost group the sub-totals of the groups in it; each comes before those in it.

    One that is in no group of these is left out: whoever compares digests then finds another one.
    """
    outermost = {group.group: group.group for group in published.groups}
    found: dict[str, list[Subtotal]] = {group: [] for group in outermost}
    for each in published.subtotals:
        outer = outermost.get(each.within)
        if outer is None:
            continue
        outermost[each.group] = outer
        found[outer].append(
            Subtotal(
                group=each.group,
                within=each.within,
                points=each.points,
                maximum=each.maximum,
                capped=each.capped,
                bonus=each.bonus,
                criteria=each.criteria,
            )
        )
    return found


def points_of(published: PointsPublished) -> UnitPoints:
    """The points of a published fact, as they were computed."""
    subtotals = _subtotals(published)
    return UnitPoints(
        unit=published.unit,
        table=published.table,
        groups=tuple(
            GroupPoints(
                group=group.group,
                points=group.points,
                maximum=group.maximum,
                lines=tuple(
                    Line(line.criterion, line.points, line.maximum, line.inputs, line.assigned)
                    for line in group.lines
                ),
                capped=group.capped,
                bonus=group.bonus,
                subtotals=tuple(subtotals[group.group]),
            )
            for group in published.groups
        ),
        total=published.total,
        maximum=published.maximum,
        comparable=published.comparable,
        level=published.level,
        rank=published.rank,
        flag_candidate=published.flag_candidate,
        knocked_out=published.knocked_out,
        parts=tuple(PartPoints(part.table, part.total, part.maximum) for part in published.parts),
    )


def counted_in(published: PointsPublished) -> dict[str, str] | None:
    """The facts that were counted, hash by id; None where they are too many to be listed."""
    if published.facts is None:
        return None
    return {str(fact.id): fact.hash for fact in published.facts}
