"""`thidua verify`: read the topics, compute a publication again, say whether it holds.

Needs the right to read the topics and the campaign's files: no database, and nothing of ours that
runs.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from services.chassis.broker.topic_reader import open_reader
from services.chassis.consuming.classify import classify_batch
from services.chassis.settings import SharedSettings
from services.contracts.campaign.loader import load_campaign
from services.contracts.envelope import Event
from services.contracts.events import PointsPublished, StandingsPublished, UnitFact
from services.contracts.topics import topic_of
from services.scoring.campaign_snapshot import CampaignTimeline
from services.scoring.engine.records import KnownFact
from services.scoring.events import topics
from services.scoring.facts.fact import known, row_of
from services.scoring.publications.differences import Finding
from services.scoring.publications.verification import Publication, Verdict, verify

Say = Callable[[str], None]

_PUBLISHED = (PointsPublished, StandingsPublished)
_SAY_EVERY_S = 2.0
SHOWN_FINDINGS = 50
"""More of them on a screen help nobody; all are counted."""


class NothingPublishedError(LookupError):
    """The topics have no such publication; the message says which there are."""


@dataclass
class _Read:
    """What the topics have of one campaign."""

    timeline: CampaignTimeline
    facts: dict[tuple[str, str, str], KnownFact] = field(default_factory=dict)
    """By unit, record and id, as scoring tells repetitions."""
    publications: dict[int, Publication] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        said = event.data
        if said.campaign != self.timeline.campaign:
            return
        if isinstance(said, StandingsPublished | PointsPublished):
            self.publications.setdefault(said.version, Publication()).add(said)
        elif isinstance(said, UnitFact) and said.unit in self.timeline.units:
            fact = known(row_of(event))
            self.facts.setdefault((fact.unit, fact.record, fact.id), fact)


async def verify_published(
    settings: SharedSettings, directory: Path, *, version: int | None = None, say: Say = print
) -> Verdict:
    """Verify the last publication of a campaign, or the one with that number.

    Raises CampaignProblems, NothingPublishedError, TopicsMissingError, and what Kafka raises.
    """
    read = _Read(CampaignTimeline(load_campaign(directory)))
    prefix = settings.topic_prefix
    wanted = [*topics(prefix), *(topic_of(prefix, fact) for fact in _PUBLISHED)]
    said_at = time.monotonic()
    async with open_reader(settings, wanted) as reader:
        async for records in reader.to_the_end():
            for event in (await classify_batch(records, lambda _: None)).events.values():
                read.take(event)
            if time.monotonic() - said_at >= _SAY_EVERY_S:
                said_at = time.monotonic()
                say(f"{reader.done:,} / {reader.total:,} bản ghi / records")
        say(
            f"{reader.done:,} bản ghi / records,"
            f" {len(read.facts):,} sự kiện trên các chủ đề / events on the topics"
        )
    known = sorted(number for number, one in read.publications.items() if one.standings)
    wanted_version = version if version is not None else max(known, default=0)
    if wanted_version not in known:
        there = ", ".join(map(str, known)) or "—"
        raise NothingPublishedError(
            f"không có lần công bố {version or ''} của {read.timeline.campaign} trên các chủ đề; "
            f"có: {there} / no such publication on the topics; there are: {there}"
        )
    return verify(read.timeline, read.publications[wanted_version], read.facts.values())


def told(verdict: Verdict) -> list[str]:
    """The verdict as lines for a person."""
    lines = [
        f"đã công bố / published: {verdict.published}",
        f"tính lại / computed   : {verdict.computed}"
        f" ({verdict.units:,} đơn vị / units, {verdict.facts:,} sự kiện được tính / facts counted)",
    ]
    if verdict.sample:
        lines.append("BẢNG MẪU, không phải bảng chính thức / A SAMPLE table, nobody's official one")
    if verdict.simulated:
        lines.append("CÓ DỮ LIỆU MÔ PHỎNG / SIMULATED facts were counted")
    lines += [_line(finding) for finding in verdict.findings[:SHOWN_FINDINGS]]
    if (more := len(verdict.findings) - SHOWN_FINDINGS) > 0:
        lines.append(f"… và {more} chỗ khác nữa / and {more} more")
    lines.append(
        "ĐÚNG: lần công bố là kết quả của các sự kiện / HOLDS: it is what the facts amount to"
        if verdict.holds
        else "SAI KHÁC / DIFFERENT"
    )
    return lines


def _line(finding: Finding) -> str:
    where = " ".join(
        f"{name} {value}"
        for name, value in (
            ("đơn vị / unit", finding.unit),
            ("tiêu chí / criterion", finding.criterion),
            ("sự kiện / fact", finding.fact),
        )
        if value
    )
    return f"  {where or '—'}: {finding.vi} / {finding.en}"
