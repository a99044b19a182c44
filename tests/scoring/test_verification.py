"""Whatever is changed about a publication or under it is found, and named."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.contracts.events import PointsPublished
from services.scoring.contest import Season
from services.scoring.engine.digest import digest_of
from services.scoring.engine.proof import facts_root, hashes, units_root
from services.scoring.engine.records import KnownFact
from services.scoring.engine.score import score
from services.scoring.publications.published_facts import (
    Issue,
    points_published,
    standings_published,
)
from services.scoring.publications.verification import Finding, Publication, verify
from tests.scoring.campaign import other_campaign, sample_campaign
from tests.scoring.said import essay, fulfilled, judged, known, proposed

SEASON = Season(sample_campaign())
NOW = datetime(2020, 12, 31, 9, tzinfo=UTC)
FACTS = known(
    essay("SNV", "a"),
    judged("SNV", "a", "85"),
    essay("STP", "b"),
    proposed("STP", "p"),
    fulfilled("SNV", "D6"),
)


def published(facts: Sequence[KnownFact]) -> Publication:
    """A publication as the topics tell it."""
    contest = SEASON.at(NOW)
    results = score(facts, contest.clusters, contest.rules, as_of=NOW)
    issue = Issue("hanoi-2020", 1, contest.rules, NOW, NOW, None, simulated=False)
    made = Publication()
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
    verdict = verify(SEASON, published(FACTS), [*FACTS[::-1], *FACTS[:2]][:5])
    assert verdict.findings == []
    assert verdict.holds
    assert verdict.facts == len(FACTS)


def test_a_fact_that_was_changed_under_its_id_is_named_with_its_unit_and_criteria() -> None:
    mark = FACTS[1]
    verdict = verify(SEASON, published(FACTS), [FACTS[0], changed(mark, mark="95"), *FACTS[2:]])
    assert not verdict.holds
    found = places(verdict.findings)
    assert {("SNV", "II.2", mark.id), ("SNV", "II.3", mark.id), ("SNV", "II.3", None)} <= found
    assert "published 0, computed 1" in {
        one.en for one in verdict.findings if (one.unit, one.criterion) == ("SNV", "II.3")
    }


def test_a_change_that_costs_no_point_is_found_too() -> None:
    mark = FACTS[1]
    harmless = changed(mark, mark="86")
    verdict = verify(SEASON, published(FACTS), [FACTS[0], harmless, *FACTS[2:]])
    assert ("SNV", "II.1", mark.id) in places(verdict.findings)


def test_a_fact_that_is_gone_is_named() -> None:
    verdict = verify(SEASON, published(FACTS), FACTS[:3])
    found = places(verdict.findings)
    assert ("STP", None, FACTS[3].id) in found
    assert ("STP", "I.3", None) in found
    assert "was counted and is on no topic" in {one.en for one in verdict.findings}


def test_a_fact_that_was_not_counted_is_named() -> None:
    (late,) = known(proposed("SNV", "forgotten"))
    verdict = verify(SEASON, published(FACTS), [*FACTS, late])
    assert ("SNV", "I.3", late.id) in places(verdict.findings)
    assert any("was not counted" in one.en for one in verdict.findings)


def test_what_happened_after_the_freeze_is_no_difference() -> None:
    (later,) = known(proposed("SNV", "later"))
    later = changed(later, proposed_at="2021-01-04T09:00:00+07:00")
    assert verify(SEASON, published(FACTS), [*FACTS, later]).holds


def test_another_rule_set_is_named_with_what_it_would_change() -> None:
    marked = [*FACTS, *known(essay("SNV", "c"), judged("SNV", "c", "60"))]
    verdict = verify(Season(other_campaign()), published(marked), marked)
    assert any("rule set here" in one.en for one in verdict.findings)
    assert ("SNV", "II.1", None) in places(verdict.findings)


def _forged(made: Publication, unit: str, **fields: object) -> Publication:
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
    verdict = verify(SEASON, _forged(published(FACTS), "SNV", **_typed(fields)), FACTS)
    assert not verdict.holds
    assert any(one.unit == "SNV" and says in one.en for one in verdict.findings), verdict.findings


def _typed(fields: dict[str, object]) -> dict[str, object]:
    """Values as the model has them."""
    valid = PointsPublished.model_validate({**PointsPublished.sheet.example, **fields})
    return {name: getattr(valid, name) for name in fields}


def test_a_whole_that_is_not_its_units_is_found() -> None:
    made = published(FACTS)
    assert made.standings is not None
    for field in ("digest", "facts_root"):
        forged = replace(made, standings=made.standings.model_copy(update={field: "0" * 64}))
        assert not verify(SEASON, forged, FACTS).holds
    missing = replace(made, points={u: p for u, p in made.points.items() if u != "SNV"})
    verdict = verify(SEASON, missing, FACTS)
    assert any("is not in the publication" in one.en for one in verdict.findings)


def test_two_publications_under_one_number_are_told() -> None:
    made = published(FACTS)
    made.add(made.points["SNV"].model_copy(update={"rank": 9}))
    made.add(made.points["STP"])
    verdict = verify(SEASON, made, FACTS)
    assert [one.unit for one in verdict.findings] == ["SNV"]
    assert not verdict.holds
