"""A publication held against the facts on the topics: is it what these facts amount to?

Pure. Nobody has to be believed: both kinds of events are made again from the facts and the rule
set, every field is compared, and what differs is named by unit, criterion and fact.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from services.contracts.events import PointsPublished, StandingsPublished
from services.scoring.campaign_snapshot import CampaignSnapshot, CampaignTimeline
from services.scoring.engine.digest import (
    campaign_digest,
    cluster_digest,
    digest_of,
    unit_digest,
)
from services.scoring.engine.explain import facts_by_criterion, facts_by_knock_out
from services.scoring.engine.proof import facts_root, hashes, units_root
from services.scoring.engine.records import KnownFact
from services.scoring.publications.differences import Finding, fields, lines
from services.scoring.publications.publish import countable
from services.scoring.publications.published_facts import (
    Issue,
    counted_in,
    points_of,
    points_published,
    standings_published,
)

_JUDGED_AS_A_WHOLE = ("digest", "rules_digest", "facts_root")
_JUDGED_IN_PARTS = ("digest", "facts", "facts_root", "groups")
"""Fields of which more is said than that they differ."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found."""

    published: str
    """Digest that was published."""
    computed: str
    """Digest of what the facts on the topics amount to."""
    units: int
    facts: int
    sample: bool
    """Whether the rule set is a sample and nobody's official table."""
    simulated: bool
    """Whether simulated facts were counted."""
    findings: Sequence[Finding]

    @property
    def holds(self) -> bool:
        """Whether the publication is what the facts say."""
        return not self.findings and self.published == self.computed


@dataclass
class Publication:
    """One version of a publication as the topics tell it."""

    standings: StandingsPublished | None = None
    points: dict[str, PointsPublished] = field(default_factory=dict)
    contradictions: list[Finding] = field(default_factory=list)

    def add(self, fact: StandingsPublished | PointsPublished) -> None:
        """Note one; the first of its kind counts, and another that says otherwise is told."""
        if isinstance(fact, StandingsPublished):
            first: StandingsPublished | PointsPublished = self.standings or fact
            self.standings = self.standings or fact
            unit = None
        else:
            first = self.points.setdefault(fact.unit, fact)
            unit = fact.unit
        if first != fact:
            self.contradictions.append(
                Finding(
                    "công bố hai lần khác nhau dưới cùng một số",
                    "published twice under one number, and not the same",
                    unit=unit,
                )
            )


def verify(
    timeline: CampaignTimeline, publication: Publication, facts: Iterable[KnownFact]
) -> Verdict:
    """Compute a publication again from all facts of its campaign on the topics.

    Raises LookupError where the publication has no standings-published.
    """
    standings = publication.standings
    if standings is None:
        raise LookupError("standings-published is missing")
    as_of = standings.as_of or standings.published_at
    snapshot = timeline.at(as_of)
    told = countable(snapshot, list(facts), as_of)
    results = snapshot.standings(told)
    issue = Issue(
        campaign=timeline.campaign,
        version=standings.version,
        rules=snapshot.rules,
        published_at=standings.published_at,
        as_of=as_of,
        reason=standings.reason,
        simulated=any(cluster.simulated for cluster in results.clusters.values()),
    )
    computed = {
        points.unit: (cluster, points)
        for cluster in results.clusters.values()
        for points in cluster.units
    }
    by_unit: dict[str, list[KnownFact]] = {
        unit: [] for unit in computed.keys() | publication.points.keys()
    }
    for fact in told:
        if fact.unit in by_unit:
            by_unit[fact.unit].append(fact)
    counted = sum(len(by_unit[unit]) for unit in computed)
    findings = [
        *publication.contradictions,
        *_whole(snapshot, standings, publication.points),
        *fields(
            standings,
            standings_published(
                issue,
                digest=standings.digest,
                units=len(computed),
                facts=counted,
                root=units_root({unit: facts_root(hashes(by_unit[unit])) for unit in computed}),
            ),
            but=_JUDGED_AS_A_WHOLE,
            rules=snapshot.rules,
            unit=None,
        ),
    ]
    for unit in sorted(by_unit):
        said = publication.points.get(unit)
        if said is None or unit not in computed:
            findings.append(_only_one_side(unit, published=said is not None))
        else:
            now = points_published(issue, *computed[unit], hashes(by_unit[unit]))
            findings += _unit(snapshot, said, now, by_unit[unit])
    return Verdict(
        published=standings.digest,
        computed=digest_of(results),
        units=len(computed),
        facts=counted,
        sample=snapshot.rules.sample,
        simulated=issue.simulated,
        findings=findings,
    )


def _whole(
    snapshot: CampaignSnapshot, standings: StandingsPublished, points: Mapping[str, PointsPublished]
) -> Iterator[Finding]:
    """The publication against itself and the rule set."""
    if standings.rules_digest != snapshot.rules.digest():
        yield Finding(
            f"bảng điểm ở đây ({snapshot.rules.digest()[:16]}…) không phải bảng điểm đã công bố "
            f"({standings.rules_digest[:16]}…)",
            f"the rule set here ({snapshot.rules.digest()[:16]}…) is not the one published "
            f"({standings.rules_digest[:16]}…)",
        )
    if standings.units is not None and standings.units != len(points):
        yield Finding(
            f"công bố {standings.units} đơn vị, trên chủ đề có {len(points)}",
            f"{standings.units} units were published, {len(points)} are on the topic",
        )
    roots = {unit: said.facts_root for unit, said in points.items()}
    if standings.facts_root is not None and standings.facts_root != units_root(roots):
        yield Finding(
            "gốc Merkle của các sự kiện không khớp với các đơn vị",
            "the Merkle root of the facts is not that of the units",
        )
    clusters: dict[str, dict[str, str]] = {}
    for said in points.values():
        clusters.setdefault(said.cluster, {})[said.unit] = said.digest
    if standings.digest != _digest(clusters):
        yield Finding(
            "mã kiểm của lần công bố không khớp với các đơn vị đã công bố",
            "the digest of the publication is not that of the units published",
        )


def _digest(clusters: Mapping[str, Mapping[str, str]]) -> str:
    return campaign_digest({name: cluster_digest(name, units) for name, units in clusters.items()})


def _only_one_side(unit: str, *, published: bool) -> Finding:
    if published:
        return Finding("công bố nhưng không được chấm", "was published and is not scored", unit)
    return Finding("không có trong lần công bố", "is not in the publication", unit)


def _unit(
    snapshot: CampaignSnapshot,
    said: PointsPublished,
    now: PointsPublished,
    facts: Sequence[KnownFact],
) -> Iterator[Finding]:
    if unit_digest(points_of(said)) != said.digest:
        yield Finding(
            "điểm đã công bố không khớp với mã kiểm của chính nó",
            "the points published are not those of their own digest",
            unit=said.unit,
        )
    yield from _facts(snapshot, said, now, facts)
    yield from lines(said, now, snapshot.rules)
    yield from fields(said, now, but=_JUDGED_IN_PARTS, rules=snapshot.rules, unit=said.unit)


def _facts(
    snapshot: CampaignSnapshot,
    said: PointsPublished,
    now: PointsPublished,
    facts: Sequence[KnownFact],
) -> Iterator[Finding]:
    """The facts that were counted against those on the topics."""
    counted, present = counted_in(said), hashes(facts)
    if counted is None:
        if said.facts_root != facts_root(present):
            yield Finding(
                f"các sự kiện đã tính ({said.facts_counted}) không phải các sự kiện trên chủ đề "
                f"({len(present)})",
                f"the facts counted ({said.facts_counted}) are not those on the topics "
                f"({len(present)})",
                unit=said.unit,
            )
        return
    if said.facts_root != facts_root(counted):
        yield Finding(
            "gốc Merkle không phải của các sự kiện đã liệt kê",
            "the Merkle root is not that of the facts listed",
            unit=said.unit,
        )
    touches = _criteria_by_fact(snapshot, now, facts)
    for id_ in sorted(counted.keys() | present.keys()):
        if counted.get(id_) == present.get(id_):
            continue
        if id_ not in present:
            vi, en = "đã tính nhưng không có trên chủ đề", "was counted and is on no topic"
        elif id_ not in counted:
            vi, en = (
                "có trên chủ đề, xảy ra trước lúc chốt, nhưng chưa được tính",
                "is on the topics, happened before the freeze, and was not counted",
            )
        else:
            vi, en = "nội dung khác với lúc chốt", "says something else than when it was counted"
        criteria = touches.get(id_, ()) or (None,)
        for criterion in criteria:
            yield Finding(vi, en, unit=said.unit, criterion=criterion, fact=id_)


def _criteria_by_fact(
    snapshot: CampaignSnapshot, now: PointsPublished, facts: Sequence[KnownFact]
) -> dict[str, list[str]]:
    table = next(table for table in snapshot.rules.tables if table.id == now.table)
    found: dict[str, list[str]] = {}
    for explained in (facts_by_criterion, facts_by_knock_out):
        for id_, standing_on in explained(facts, table, snapshot.rules).items():
            for fact in standing_on:
                found.setdefault(fact.id, []).append(id_)
    return found
