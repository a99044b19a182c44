"""Compares a publication with what is computed from the facts on the topics.

Pure. Nobody has to be believed: both kinds of events are made again from the facts and the rule
set, every field is compared, and what differs is named by unit, criterion and fact.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from services.chassis.language import speak
from services.contracts.events import PointsPublished, PublicationWatermark, StandingsPublished
from services.contracts.wording import Bilingual, number_vi
from services.measuring.records import KnownFact
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.engine.digest import (
    campaign_digest,
    cluster_digest,
    digest_of,
    unit_digest,
)
from services.scoring.engine.explain import facts_by_criterion, facts_by_knock_out
from services.scoring.engine.proof import facts_root, hashes, units_root
from services.scoring.parts_explained import explained_parts
from services.scoring.publications.differences import Finding, fields, lines
from services.scoring.publications.publish import countable, counted_by_unit
from services.scoring.publications.published_facts import (
    Issue,
    counted_in,
    points_of,
    points_published,
    standings_published,
)
from services.scoring.scored_campaign import ScoredCampaign

_NO_END = datetime.max.replace(tzinfo=UTC)

_JUDGED_AS_A_WHOLE = ("digest", "rules_digest", "facts_root")
_JUDGED_IN_PARTS = ("digest", "facts", "facts_root", "groups", "subtotals")
"""Fields of which more is reported than that they differ."""


class StandingsMissingError(LookupError):
    """A publication without the event about it as a whole can't be verified."""


class RulesMissingError(LookupError):
    """A publication of before the first rule set on the topics can't be verified."""


@dataclass(frozen=True, slots=True)
class Verification:
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
    unit_names: Mapping[str, Bilingual]
    """By code what a sentence calls a unit."""

    @property
    def holds(self) -> bool:
        """Whether the publication is what the facts say."""
        return not self.findings and self.published == self.computed


@dataclass
class PublicationOnTopics:
    """One version of a publication as it is on the topics."""

    standings: StandingsPublished | None = None
    points: dict[str, PointsPublished] = field(default_factory=dict)
    contradictions: list[Finding] = field(default_factory=list)

    def add(self, fact: StandingsPublished | PointsPublished) -> None:
        """Note one; the first of its kind counts, and another one that differs is a finding."""
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
                    cause=True,
                )
            )


Place = tuple[str, int, int]
"""Where a fact lies: versioned event name, partition, offset."""


def verify(
    campaign: ScoredCampaign,
    publication: PublicationOnTopics,
    facts: Iterable[KnownFact],
    places: Mapping[str, Place] | None = None,
) -> Verification:
    """Compute a publication again from all facts of its campaign on the topics.

    `places`: by fact where it was first found; to say of one that was not counted how it came late.
    By the version of the campaign and the rule set that the topics have for its moment. Raises
    StandingsMissingError where it has no standings-published, and RulesMissingError.
    """
    standings = publication.standings
    if standings is None:
        raise StandingsMissingError(
            speak(
                "Trên topic chỉ có điểm các đơn vị của lần công bố này, không có bảng tổng hợp"
                " (standings-published)",
                "of this publication the topics have only points of units, and no"
                " standings-published",
            )
        )
    facts = list(facts)
    as_of = standings.as_of or standings.published_at
    adopted = campaign.in_force_at(as_of)
    if adopted is None:
        raise RulesMissingError(
            speak(
                "Trên topic chưa có bảng điểm nào có hiệu lực vào lúc công bố (rule-set-adopted)",
                "the topics have no rule set that was in force at the publication"
                " (rule-set-adopted)",
            )
        )
    snapshot = campaign.timeline(campaign.announced.known_at(as_of), adopted).at(as_of)
    watermark = standings.watermark
    counted = countable(snapshot, facts, watermark.through if watermark else _NO_END)
    results = snapshot.standings(counted)
    issue = Issue(
        campaign=campaign.id,
        version=standings.version,
        rules=snapshot.rules,
        published_at=standings.published_at,
        as_of=as_of,
        watermark=watermark,
        reason=standings.reason,
        simulated=any(cluster.simulated for cluster in results.clusters.values()),
    )
    computed = {
        points.unit: (cluster, points)
        for cluster in results.clusters.values()
        for points in cluster.units
    }
    by_unit = counted_by_unit(snapshot, counted, computed.keys() | publication.points.keys())
    number = sum(len(by_unit[unit]) for unit in computed)
    findings = [
        *publication.contradictions,
        *_whole(snapshot, standings, publication.points),
        *fields(
            standings,
            standings_published(
                issue,
                digest=standings.digest,
                units=len(computed),
                facts=number,
                root=units_root({unit: facts_root(hashes(by_unit[unit])) for unit in computed}),
            ),
            but=_JUDGED_AS_A_WHOLE,
            rules=snapshot.rules,
            unit=None,
        ),
    ]
    on_topics = _OnTopics(watermark, {fact.id for fact in facts}, places or {})
    for unit in sorted(by_unit):
        published = publication.points.get(unit)
        if published is None or unit not in computed:
            findings.append(_only_one_side(unit, published=published is not None))
        else:
            now = points_published(issue, *computed[unit], hashes(by_unit[unit]))
            findings += _unit(snapshot, published, now, by_unit[unit], on_topics)
    return Verification(
        published=standings.digest,
        computed=digest_of(results),
        units=len(computed),
        facts=number,
        sample=snapshot.rules.sample,
        simulated=issue.simulated,
        findings=sorted(findings, key=lambda finding: not finding.cause),
        unit_names={
            unit.code: Bilingual(unit.name_in_text, unit.name)
            for unit in map(snapshot.unit, [unit.code for unit in snapshot.units])
        },
    )


@dataclass(frozen=True, slots=True)
class _OnTopics:
    """What is known of facts beside what they say."""

    watermark: PublicationWatermark | None
    ids: Collection[str]
    places: Mapping[str, Place]

    def not_counted(self, id_: str) -> tuple[str, str]:
        """Why a fact should have been counted."""
        place = self.places.get(id_)
        if self.watermark is not None and place is not None:
            event, partition, offset = place
            ends = self.watermark.ends.get(event, ())
            if partition >= len(ends) or offset >= ends[partition]:
                return (
                    "được ghi nhận trước thời điểm chốt số liệu, đến topic sau thời điểm đó và "
                    "chưa được tính",
                    "was recorded before the watermark, came onto its topic after it, and was not"
                    " counted",
                )
        return (
            "có trên topic, được ghi nhận trước thời điểm chốt số liệu, nhưng chưa được tính",
            "is on the topics, was recorded before the watermark, and was not counted",
        )

    def counted_too_much(self, id_: str) -> tuple[str, str]:
        """Why a fact should not have been counted."""
        if id_ in self.ids:
            return (
                "đã tính, nhưng được ghi nhận sau thời điểm chốt số liệu",
                "was counted and was recorded after the watermark",
            )
        return "đã tính nhưng không có trên topic", "was counted and is on no topic"


def _whole(
    snapshot: CampaignSnapshot, standings: StandingsPublished, points: Mapping[str, PointsPublished]
) -> Iterator[Finding]:
    """The publication against itself and the rule set."""
    if standings.watermark is None:
        yield Finding(
            "lần công bố không ghi thời điểm chốt số liệu",
            "the publication names no watermark: which facts it counts is not known",
            cause=True,
        )
    if standings.rules_digest != snapshot.rules.digest():
        yield Finding(
            f"bảng điểm có hiệu lực khi đó ({snapshot.rules.digest()[:16]}…) không phải bảng điểm"
            f" đã công bố ({standings.rules_digest[:16]}…)",
            f"the rule set in force then ({snapshot.rules.digest()[:16]}…) is not the one"
            f" published ({standings.rules_digest[:16]}…)",
            cause=True,
        )
    if standings.units is not None and standings.units != len(points):
        yield Finding(
            f"công bố {number_vi(standings.units)} đơn vị, trên topic có {number_vi(len(points))}",
            f"{standings.units} units were published, {len(points)} are on the topic",
        )
    roots = {unit: one.facts_root for unit, one in points.items()}
    if standings.facts_root is not None and standings.facts_root != units_root(roots):
        yield Finding(
            "gốc Merkle của dữ liệu không khớp với các đơn vị",
            "the Merkle root of the facts is not that of the units",
        )
    clusters: dict[str, dict[str, str]] = {}
    for one in points.values():
        clusters.setdefault(one.cluster, {})[one.unit] = one.digest
    if standings.digest != _digest(clusters):
        yield Finding(
            "mã kiểm tra của lần công bố không khớp với các đơn vị đã công bố",
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
    published: PointsPublished,
    now: PointsPublished,
    facts: Sequence[KnownFact],
    on_topics: _OnTopics,
) -> Iterator[Finding]:
    if unit_digest(points_of(published)) != published.digest:
        yield Finding(
            "điểm đã công bố không khớp với mã kiểm tra của chính nó",
            "the points published are not those of their own digest",
            unit=published.unit,
        )
    yield from _facts(snapshot, published, now, facts, on_topics)
    yield from lines(published, now, snapshot.rules)
    yield from fields(
        published, now, but=_JUDGED_IN_PARTS, rules=snapshot.rules, unit=published.unit
    )


def _facts(
    snapshot: CampaignSnapshot,
    published: PointsPublished,
    now: PointsPublished,
    facts: Sequence[KnownFact],
    on_topics: _OnTopics,
) -> Iterator[Finding]:
    """The facts that were counted against those on the topics."""
    counted, present = counted_in(published), hashes(facts)
    if counted is None:
        if published.facts_root != facts_root(present):
            yield Finding(
                f"số dữ liệu đã tính ({number_vi(published.facts_counted)}) khác với dữ liệu trên "
                f"topic ({number_vi(len(present))})",
                f"the facts counted ({published.facts_counted}) are not those on the topics "
                f"({len(present)})",
                unit=published.unit,
                cause=True,
            )
        return
    if published.facts_root != facts_root(counted):
        yield Finding(
            "gốc Merkle không phải của dữ liệu đã liệt kê",
            "the Merkle root is not that of the facts listed",
            unit=published.unit,
        )
    touches = _criteria_by_fact(snapshot, now, facts)
    for id_ in sorted(counted.keys() | present.keys()):
        if counted.get(id_) == present.get(id_):
            continue
        if id_ not in present:
            vi, en = on_topics.counted_too_much(id_)
        elif id_ not in counted:
            vi, en = on_topics.not_counted(id_)
        else:
            vi, en = "nội dung khác với lúc chốt", "says something else than when it was counted"
        criteria = touches.get(id_, ()) or (None,)
        for criterion in criteria:
            yield Finding(vi, en, unit=published.unit, criterion=criterion, fact=id_, cause=True)


def _criteria_by_fact(
    snapshot: CampaignSnapshot, now: PointsPublished, facts: Sequence[KnownFact]
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for part in explained_parts(snapshot, points_of(now), facts):
        for explained in (facts_by_criterion, facts_by_knock_out):
            for id_, standing_on in explained(part.facts, part.table, snapshot.rules).items():
                for fact in standing_on:
                    found.setdefault(fact.id, []).append(part.id(id_))
    return found
