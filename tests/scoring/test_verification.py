"""Whatever is changed about a publication or under it is found, and named."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from services.contracts.envelope import uuid7
from services.contracts.events import (
    PointsPublished,
    PublicationWatermark,
    PublishedGroup,
    PublishedLine,
    PublishedPart,
    PublishedSubtotal,
    StandingsPublished,
)
from services.contracts.rules import RuleSet
from services.measuring.records import KnownFact
from services.scoring.campaign_snapshot import CampaignTimeline
from services.scoring.engine.digest import digest_of
from services.scoring.engine.proof import facts_root, hashes, units_root
from services.scoring.publications.differences import FIELD_WORDS, Finding
from services.scoring.publications.published_facts import (
    Issue,
    points_published,
    standings_published,
)
from services.scoring.publications.verification import PublicationOnTopics, verify
from services.scoring.publications.verify import report
from tests.scoring.campaign import (
    other_rules,
    sample_campaign,
    sample_rules,
    sample_timeline,
    scored,
)
from tests.scoring.facts import essay, fulfilled, judged, known, proposed

SEASON, SCORED = sample_timeline(), scored()
NOW = datetime(2020, 12, 31, 9, tzinfo=UTC)
FACTS = known(
    essay("SNV", "a"),
    judged("SNV", "a", "85"),
    essay("STP", "b"),
    proposed("STP", "p"),
    fulfilled("SNV", "D6"),
)


WATERMARK = PublicationWatermark(
    through=datetime.now(UTC) + timedelta(hours=1), ends={"commendation-proposed.v1": (0, 7)}
)
"""All that a test makes was recorded before it."""


def published(
    facts: Sequence[KnownFact], timeline: CampaignTimeline = SEASON, now: datetime = NOW
) -> PublicationOnTopics:
    """A publication as the topics tell it."""
    snapshot = timeline.at(now)
    results = snapshot.standings(facts)
    issue = Issue("hanoi-2020", 1, snapshot.rules, now, now, WATERMARK, None, simulated=False)
    made = PublicationOnTopics()
    roots: dict[str, str] = {}
    for cluster in results.clusters.values():
        for points in cluster.units:
            counted = hashes(fact for fact in facts if fact.unit == points.unit)
            roots[points.unit] = facts_root(counted)
            made.add(points_published(issue, cluster, points, counted))
    made.add(
        standings_published(
            issue,
            digest=digest_of(results),
            units=len(roots),
            facts=len(facts),
            root=units_root(roots),
        )
    )
    return made


def places(findings: Iterable[Finding]) -> set[tuple[str | None, str | None, str | None]]:
    """Where the findings are: unit, criterion, fact."""
    return {(one.unit, one.criterion, one.fact) for one in findings}


def changed(fact: KnownFact, **fields: object) -> KnownFact:
    return KnownFact(fact.id, fact.event, fact.unit, fact.record, {**fact.fields, **fields})


def test_what_the_facts_amount_to_holds_whatever_their_order() -> None:
    verdict = verify(SCORED, published(FACTS), [*FACTS[::-1], *FACTS[:2]][:5])
    assert verdict.findings == []
    assert verdict.holds
    assert verdict.facts == len(FACTS)


def test_a_fact_that_was_changed_under_its_id_is_named_with_its_unit_and_criteria() -> None:
    mark = FACTS[1]
    verdict = verify(SCORED, published(FACTS), [FACTS[0], changed(mark, mark="95"), *FACTS[2:]])
    assert not verdict.holds
    found = places(verdict.findings)
    assert {("SNV", "II.2", mark.id), ("SNV", "II.3", mark.id), ("SNV", "II.3", None)} <= found
    assert "published 0, computed 1" in {
        one.en for one in verdict.findings if (one.unit, one.criterion) == ("SNV", "II.3")
    }


def test_a_change_that_costs_no_point_is_found_too() -> None:
    mark = FACTS[1]
    harmless = changed(mark, mark="86")
    verdict = verify(SCORED, published(FACTS), [FACTS[0], harmless, *FACTS[2:]])
    assert ("SNV", "II.1", mark.id) in places(verdict.findings)


def test_a_fact_that_is_gone_is_named() -> None:
    verdict = verify(SCORED, published(FACTS), FACTS[:3])
    found = places(verdict.findings)
    assert ("STP", None, FACTS[3].id) in found
    assert ("STP", "I.3", None) in found
    assert "was counted and is on no topic" in {one.en for one in verdict.findings}


def test_a_fact_that_was_not_counted_is_named() -> None:
    (late,) = known(proposed("SNV", "forgotten"))
    late = recorded(late, WATERMARK.through)
    verdict = verify(SCORED, published(FACTS), [*FACTS, late])
    assert ("SNV", "I.3", late.id) in places(verdict.findings)
    assert any("was not counted" in one.en for one in verdict.findings)


def recorded(fact: KnownFact, moment: datetime) -> KnownFact:
    """The fact, recorded at another moment."""
    return KnownFact(str(uuid7(moment)), fact.event, fact.unit, fact.record, fact.fields)


def test_what_was_recorded_after_the_watermark_is_no_difference() -> None:
    """Whenever it happened: a simulated clock stands still, and what comes later has its time."""
    (later,) = known(proposed("SNV", "later"))
    later = recorded(later, WATERMARK.through + timedelta(milliseconds=1))
    assert later.time < NOW
    assert verify(SCORED, published(FACTS), [*FACTS, later]).holds


def test_what_was_recorded_after_the_watermark_must_not_be_counted() -> None:
    (later,) = known(proposed("SNV", "later"))
    later = recorded(later, WATERMARK.through + timedelta(milliseconds=1))
    verdict = verify(SCORED, published([*FACTS, later]), [*FACTS, later])
    assert not verdict.holds
    assert ("SNV", later.id, "was counted and was recorded after the watermark") in {
        (one.unit, one.fact, one.en) for one in verdict.findings
    }


def test_what_came_onto_its_topic_after_the_ends_named_is_reported_so() -> None:
    """It was recorded before the watermark, so the watermark promised too much."""
    (late,) = known(proposed("SNV", "late"))
    late = recorded(late, WATERMARK.through)
    place = ("commendation-proposed.v1", 1, 7)
    verdict = verify(SCORED, published(FACTS), [*FACTS, late], {late.id: place})
    assert not verdict.holds
    assert verdict.findings[0].fact == late.id
    assert "came onto its topic after it" in verdict.findings[0].en


def test_causes_come_before_what_follows_from_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THIDUA_LANG", "vi")
    forgotten = known(*(proposed("SNV", str(number)) for number in range(60)))
    forgotten = [recorded(fact, WATERMARK.through) for fact in forgotten]
    verdict = verify(SCORED, published(FACTS), [*FACTS, *forgotten])
    causes = [one.cause for one in verdict.findings]
    assert causes == sorted(causes, reverse=True)
    assert {one.fact for one in verdict.findings if one.cause} == {one.id for one in forgotten}
    lines = report(verdict)
    first = lines[lines.index("Nguyên nhân:") + 1]
    assert any(fact.id in first for fact in forgotten)
    assert first.startswith("  Sở Nội vụ (SNV), tiêu chí ")


def test_a_publication_that_names_no_watermark_does_not_hold() -> None:
    made = published(FACTS)
    assert made.standings is not None
    without = replace(made, standings=made.standings.model_copy(update={"watermark": None}))
    assert not verify(SCORED, without, FACTS).holds


def test_another_rule_set_is_named_with_what_it_would_change() -> None:
    marked = [*FACTS, *known(essay("SNV", "c"), judged("SNV", "c", "60"))]
    verdict = verify(scored(other_rules()), published(marked), marked)
    assert any("rule set in force then" in one.en for one in verdict.findings)
    assert ("SNV", "II.1", None) in places(verdict.findings)


def _forged(made: PublicationOnTopics, unit: str, **fields: object) -> PublicationOnTopics:
    points = {**made.points, unit: made.points[unit].model_copy(update=fields)}
    return replace(made, points=points, contradictions=[])


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"total": "99"}, "not those of their own digest"),
        ({"digest": "0" * 64}, "not those of their own digest"),
        ({"facts_root": "0" * 64}, "Merkle root is not that of the facts listed"),
        ({"facts": ()}, "was not counted"),
        ({"facts": None, "facts_root": "0" * 64}, "are not those on the topics"),
    ],
)
def test_a_published_unit_that_was_forged_is_named(fields: dict[str, object], says: str) -> None:
    verdict = verify(SCORED, _forged(published(FACTS), "SNV", **_typed(fields)), FACTS)
    assert not verdict.holds
    assert any(one.unit == "SNV" and says in one.en for one in verdict.findings), verdict.findings


def _typed(fields: dict[str, object]) -> dict[str, object]:
    """Values as the model has them."""
    valid = PointsPublished.model_validate({**PointsPublished.sheet.example, **fields})
    return {name: getattr(valid, name) for name in fields}


@pytest.mark.parametrize(
    ("unit", "forged", "says"),
    [
        (
            "SNV",
            "good",
            "công bố Hoàn thành tốt nhiệm vụ (minh họa), "
            "tính lại Không hoàn thành nhiệm vụ (minh họa)",
        ),
        ("X00004", "on-time", "công bố Đúng hạn (minh họa), tính lại Chưa thực hiện (minh họa)"),
    ],
)
def test_a_level_is_named_in_the_words_of_the_units_own_table(
    unit: str, forged: str, says: str
) -> None:
    made = _forged(published(FACTS), unit, level=forged)
    assert f"mức xếp loại: {says}" in {
        one.vi for one in verify(SCORED, made, FACTS).findings if one.unit == unit
    }


def test_a_whole_that_is_not_its_units_is_found() -> None:
    made = published(FACTS)
    assert made.standings is not None
    for field in ("digest", "facts_root"):
        forged = replace(made, standings=made.standings.model_copy(update={field: "0" * 64}))
        assert not verify(SCORED, forged, FACTS).holds
    missing = replace(made, points={u: p for u, p in made.points.items() if u != "SNV"})
    verdict = verify(SCORED, missing, FACTS)
    assert any("is not in the publication" in one.en for one in verdict.findings)


def test_two_publications_under_one_number_are_reported() -> None:
    made = published(FACTS)
    made.add(made.points["SNV"].model_copy(update={"rank": 9}))
    made.add(made.points["STP"])
    verdict = verify(SCORED, made, FACTS)
    assert [one.unit for one in verdict.findings] == ["SNV"]
    assert not verdict.holds


KEYS = {"campaign", "unit", "version"}
"""What names a fact: under other ones it is another publication's, and missing in this."""
NOT_PROVED = {"reason", "as_of", "watermark"}
"""No fact tells why the Board corrected; between two facts every moment counts the same ones."""


def _other(value: object) -> object:
    """Another value of the same type."""
    found: object
    match value:
        case bool():
            found = not value
        case int():
            found = value + 1
        case Decimal():
            found = value + 1
        case datetime():
            found = value + timedelta(hours=1)
        case tuple():
            found = (*value, "K9") if all(isinstance(one, str) for one in value) else value[:-1]
        case None:
            found = "other"
        case _:
            found = "0" * len(str(value))
    return found


@pytest.mark.parametrize("name", sorted(PointsPublished.model_fields.keys() - KEYS))
def test_no_field_of_a_units_points_can_be_forged(name: str) -> None:
    made = published(FACTS)
    other = _other(getattr(made.points["SNV"], name))
    if name == "subtotals":  # of which an honest one here has none
        other = (PublishedSubtotal(group="I.a", within="I", points=Decimal(1), maximum=Decimal(1)),)
    if name == "parts":
        other = (PublishedPart(table="upper", total=Decimal(1), maximum=Decimal(1)),)
    forged = _forged(made, "SNV", **{name: other})
    verdict = verify(SCORED, forged, FACTS)
    assert not verdict.holds
    assert {one.unit for one in verdict.findings} <= {"SNV", None}
    assert verdict.findings


@pytest.mark.parametrize("name", sorted(PublishedGroup.model_fields))
def test_no_field_of_a_group_can_be_forged(name: str) -> None:
    made = published(FACTS)
    first, *others = made.points["SNV"].groups
    changed_group = first.model_copy(update={name: _other(getattr(first, name))})
    forged = _forged(made, "SNV", groups=(changed_group, *others))
    assert any(one.unit == "SNV" for one in verify(SCORED, forged, FACTS).findings)


@pytest.mark.parametrize("name", sorted(PublishedLine.model_fields))
def test_no_field_of_a_line_can_be_forged(name: str) -> None:
    made = published(FACTS)
    first, *others = made.points["SNV"].groups
    line, *more = first.lines
    value = {"essays": "7"} if name == "inputs" else _other(getattr(line, name))
    group = first.model_copy(update={"lines": (line.model_copy(update={name: value}), *more)})
    forged = _forged(made, "SNV", groups=(group, *others))
    assert any(one.unit == "SNV" for one in verify(SCORED, forged, FACTS).findings)


@pytest.mark.parametrize("name", sorted(StandingsPublished.model_fields.keys() - KEYS - NOT_PROVED))
def test_no_field_of_the_standings_can_be_forged(name: str) -> None:
    made = published(FACTS)
    assert made.standings is not None
    other = _other(getattr(made.standings, name))
    forged = replace(made, standings=made.standings.model_copy(update={name: other}))
    assert not verify(SCORED, forged, FACTS).holds


def test_a_level_is_named_by_its_title() -> None:
    verdict = verify(SCORED, _forged(published(FACTS), "SNV", level="excellent"), FACTS)
    assert any("published Fulfilled excellently (sample)" in one.en for one in verdict.findings)


def test_standings_of_january_hold_though_the_tables_end_with_the_year() -> None:
    """A table that is in force to the last day scores the year also after it."""
    campaign = sample_campaign()
    content = sample_rules().model_dump(mode="json", by_alias=True)
    for table in content["tables"]:
        table["valid_to"] = "2021-01-01"
    timeline = CampaignTimeline(campaign, RuleSet.model_validate(content))
    january = datetime(2021, 1, 5, 9, tzinfo=UTC)
    made = published(FACTS, timeline, january)
    assert made.points.keys() >= {"SNV", "STP"}
    assert verify(scored(timeline.rules), made, FACTS).findings == []


def test_a_difference_is_said_in_the_words_and_numbers_of_each_language() -> None:
    mark = FACTS[1]
    now = [FACTS[0], changed(mark, mark="97.5"), *FACTS[2:]]
    expected = {
        (one.vi, one.en)
        for one in verify(SCORED, published(FACTS), now).findings
        if (one.unit, one.criterion, one.fact) == ("SNV", "II.2", None)
    }
    assert expected == {
        (
            "số liệu khác, điểm vẫn 15: tổng điểm bài dự thi: 85 → 97,5;"
            " kết quả cao nhất: 85 → 97,5",
            "other inputs, still 15: sum of marks: 85 → 97.5; best result: 85 → 97.5",
        )
    }


def test_every_field_that_can_differ_has_a_name_in_words() -> None:
    for model in (PointsPublished, PublishedGroup, StandingsPublished):
        named_elsewhere = KEYS | NOT_PROVED | {"group", "groups", "subtotals", "lines", "digest"}
        named_elsewhere |= {"rules_digest", "facts_root"}
        assert model.model_fields.keys() - named_elsewhere <= FIELD_WORDS.keys()
