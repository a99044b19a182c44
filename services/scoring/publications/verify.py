"""`thidua verify`: read the topics, compute a publication again, say whether it holds.

Needs the right to read the topics, which have the campaign and its rule sets too: no file, no
database, and nothing of ours that runs.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from services.campaigns.registry import UnknownCampaignError
from services.chassis.broker.topic_reader import open_reader
from services.chassis.consuming.classify import classify_batch
from services.chassis.dead_letters import Record
from services.chassis.language import speak
from services.chassis.settings import SharedSettings
from services.contracts.envelope import Event
from services.contracts.events import PointsPublished, StandingsPublished, UnitFact
from services.contracts.topics import topic_of
from services.contracts.wording import Bilingual, count_en, number, number_en, number_vi
from services.measuring.fact import known, row_of
from services.measuring.records import KnownFact
from services.scoring.facts.fact import topics
from services.scoring.publications.differences import Finding
from services.scoring.publications.verification import (
    Place,
    PublicationOnTopics,
    Verification,
    verify,
)
from services.scoring.rule_sets.on_topics import read_campaigns
from services.scoring.scored_campaign import ScoredCampaign

WriteLine = Callable[[str], None]

_PUBLISHED = (PointsPublished, StandingsPublished)
_PROGRESS_EVERY_S = 2.0
SHOWN_FINDINGS = 50
"""More of them on a screen help nobody; all are counted. Causes come first."""


class NothingPublishedError(LookupError):
    """The topics have no such publication; the message says which there are."""


@dataclass
class _Read:
    """What the topics have of one campaign."""

    campaign: ScoredCampaign
    topic_prefix: str
    facts: dict[tuple[str, str, str], KnownFact] = field(default_factory=dict)
    """By unit, record and id, by which scoring recognises repetitions."""
    places: dict[str, Place] = field(default_factory=dict)
    """By fact where it was first found."""
    publications: dict[int, PublicationOnTopics] = field(default_factory=dict)

    def take(self, event: Event, record: Record) -> None:
        data = event.data
        if data.campaign != self.campaign.id:
            return
        if isinstance(data, StandingsPublished | PointsPublished):
            self.publications.setdefault(data.version, PublicationOnTopics()).add(data)
        elif isinstance(data, UnitFact) and data.unit in self.campaign.unit_codes:
            fact = known(row_of(event))
            self.facts.setdefault((fact.unit, fact.record, fact.id), fact)
            topic = record.topic.removeprefix(f"{self.topic_prefix}.")
            self.places.setdefault(fact.id, (topic, record.partition, record.offset))


async def verify_published(
    settings: SharedSettings,
    campaign: str,
    *,
    version: int | None = None,
    write_line: WriteLine = print,
) -> Verification:
    """Verify the last publication of a campaign, or the one with that number.

    Raises NothingPublishedError, TopicsMissingError, CampaignProblems for documents that this
    version can't read, and what Kafka raises.
    """
    prefix = settings.topic_prefix
    announced = await read_campaigns(settings)
    try:
        read = _Read(announced.campaign(campaign), prefix)
    except UnknownCampaignError:
        there = ", ".join(announced.announced)
        raise NothingPublishedError(
            speak(
                f"trên topic chưa có đợt thi đua có mã “{campaign}”"
                + (f"; đã có {there}" if there else ""),
                f"the topics have no campaign “{campaign}”"
                + (f"; there are {there}" if there else ""),
            )
        ) from None
    wanted = [*topics(prefix), *(topic_of(prefix, fact) for fact in _PUBLISHED)]
    reported_at = time.monotonic()
    async with open_reader(settings, wanted) as reader:
        async for records in reader.to_the_end():
            for index, event in (await classify_batch(records, lambda _: None)).events.items():
                read.take(event, records[index])
            if time.monotonic() - reported_at >= _PROGRESS_EVERY_S:
                reported_at = time.monotonic()
                write_line(
                    _records(
                        f"{number_vi(reader.done)}/{number_vi(reader.total)}",
                        f"{number_en(reader.done)} of {number_en(reader.total)}",
                    )
                )
        done = number(reader.done)
        write_line(_records(done.vi, done.en))
    known = sorted(version_ for version_, one in read.publications.items() if one.standings)
    wanted_version = version if version is not None else max(known, default=0)
    if wanted_version not in known:
        there = ", ".join(map(str, known))
        raise NothingPublishedError(
            speak(
                f"topic không có lần công bố {version or 'nào'} của {campaign}"
                + (f"; đã có lần {there}" if known else "; công bố trước (docs/publishing.md)"),
                f"the topics have no publication {version or ''} of {campaign}"
                + (f"; there are {there}" if known else "; publish first (docs/publishing.md)"),
            )
        )
    return verify(
        read.campaign, read.publications[wanted_version], read.facts.values(), read.places
    )


def _records(vi: str, en: str) -> str:
    return speak(f"đã đọc {vi} bản ghi", f"read {en} records")


def report(verification: Verification) -> list[str]:
    """A verification as lines for a person: causes first, then what follows from them."""
    units, facts = verification.units, verification.facts
    lines = [
        speak(f"đã công bố: {verification.published}", f"published: {verification.published}"),
        speak(
            f"tính lại:   {verification.computed}"
            f" ({number_vi(units)} đơn vị, {number_vi(facts)} dữ liệu được tính)",
            f"computed:  {verification.computed} ({count_en(units, 'unit')},"
            f" {count_en(facts, 'fact')} counted)",
        ),
    ]
    if verification.sample:
        lines.append(
            speak(
                "BẢNG ĐIỂM MINH HỌA, không có giá trị chính thức",
                "A SAMPLE table, nobody's official one",
            )
        )
    if verification.simulated:
        lines.append(speak("CÓ DỮ LIỆU MÔ PHỎNG", "SIMULATED facts were counted"))
    causes = [one for one in verification.findings if one.cause]
    consequences = [one for one in verification.findings if not one.cause]
    names = verification.unit_names
    lines += _section(speak("Nguyên nhân:", "Causes:"), causes, SHOWN_FINDINGS, names)
    lines += _section(
        speak("Kết quả khác:", "Differences in the results:"),
        consequences,
        max(0, SHOWN_FINDINGS - len(causes)),
        names,
    )
    lines.append(
        speak(
            "KHỚP: kết quả công bố trùng với kết quả tính lại từ dữ liệu đã ghi nhận",
            "HOLDS: what was published is what the facts amount to",
        )
        if verification.holds
        else speak("KHÔNG KHỚP", "DIFFERS")
    )
    return lines


def _section(
    title: str, findings: Sequence[Finding], most: int, names: Mapping[str, Bilingual]
) -> list[str]:
    if not findings:
        return []
    lines = [title, *(_line(finding, names) for finding in findings[:most])]
    if (more := len(findings) - most) > 0:
        lines.append(speak(f"  … và {number_vi(more)} mục nữa", f"  … and {number_en(more)} more"))
    return lines


def _line(finding: Finding, names: Mapping[str, Bilingual]) -> str:
    where = [_named(finding.unit, names)] if finding.unit else []
    if finding.criterion:
        where.append(f"{speak('tiêu chí', 'criterion')} {finding.criterion}")
    if finding.fact:
        where.append(f"{speak('dữ liệu', 'fact')} {finding.fact}")
    return f"  {', '.join(where) or '—'}: {speak(finding.vi, finding.en)}"


def _named(code: str, names: Mapping[str, Bilingual]) -> str:
    """A unit by its name, with its code; one that the campaign does not have by its code."""
    if code not in names:
        return speak(f"đơn vị có mã {code}", f"unit {code}")
    return f"{speak(names[code].vi, names[code].en)} ({code})"
