"""Promise: points of any moment, from the facts known and the rules in force then; said openly."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.contracts.envelope import Event, uuid7
from services.contracts.events import UnitFact
from services.contracts.wording import plain
from services.measuring.records import KnownFact
from services.scoring.as_of.known import known_since
from services.scoring.engine.digest import unit_digest
from services.scoring.engine.score import score
from tests.scoring.campaign import SAMPLE_WRITTEN, sample_timeline
from tests.scoring.facts import (
    API,
    HANOI,
    at,
    essay,
    event,
    fulfilled,
    judged,
    known_events,
    proposed,
)
from tests.scoring.running import adopts, announce, take
from tests.scoring.served_scoring import Stand, lines_of
from tests.support.announcing import announcement

OPENS = datetime(2019, 12, 17, tzinfo=HANOI)
"""The campaign's first day."""


def _recorded(moment: datetime, fact: UnitFact) -> Event:
    """The fact as it arrives, recorded by its publisher at a moment."""
    return event(fact, event_id=uuid7(moment))


async def _hears(stand: Stand, *events: Event) -> None:
    await take(stand.chassis.database, events)
    await stand.hears()


# ---- facts


async def test_a_correction_that_was_recorded_later_does_not_show_before(stand: Stand) -> None:
    await _hears(
        stand,
        _recorded(at("5-20"), essay("SNV", "a")),
        _recorded(at("7-2"), judged("SNV", "a", "95")),
        _recorded(at("9-1"), judged("SNV", "a", "40", version=3)),
    )
    then = await stand.read(f"{API}/units/SNV/points", as_of="2020-08-01")
    now = await stand.read(f"{API}/units/SNV/points")
    assert lines_of(then)["II.3"]["points"] != lines_of(now)["II.3"]["points"]
    assert [fact["version"] for fact in lines_of(then)["II.1"]["facts"]] == [2]
    assert (then["as_of"]["facts_known"], then["as_of"]["facts_not_yet_known"]) == (2, 1)
    (later,) = then["as_of"]["not_yet_known"]
    assert later["version"] == 3
    assert datetime.fromisoformat(later["known_since"]) == at("9-1")
    assert then["version"] is None


async def test_what_happened_before_but_was_recorded_later_was_not_known(stand: Stand) -> None:
    await _hears(stand, _recorded(at("8-15"), fulfilled("SNV", "D6", days_late=2)))
    line = "III.3"
    before = await stand.read(f"{API}/units/SNV/points", as_of="2020-08-14")
    after = await stand.read(f"{API}/units/SNV/points", as_of="2020-08-15T09:00:00+07:00")
    assert lines_of(before)[line]["facts"] == []
    assert lines_of(after)[line]["inputs"]["days_late"] == "2"  # decided by the domain's time


async def test_a_day_means_its_end_in_hanoi(stand: Stand) -> None:
    late = datetime(2020, 6, 30, 23, 59, 59, 999000, tzinfo=HANOI)
    await _hears(stand, _recorded(late, essay("SNV", "a")))
    for asked, known in {
        "2020-06-29": 0,
        "2020-06-30": 1,
        "2020-06-30T23:59:59+07:00": 0,
        "2020-06-30T16:59:59.999Z": 1,
    }.items():
        then = await stand.read(f"{API}/units/SNV/points", as_of=asked)
        assert then["as_of"]["facts_known"] == known, asked


def test_a_simulated_fact_is_known_from_its_own_moment() -> None:
    now = datetime(2026, 1, 5, tzinfo=UTC)
    real = essay("SNV", "a", day="5-20")
    drawn = real.model_copy(update={"simulated": True})
    ids = [uuid7(now), uuid7(now), UUID(int=7)]
    facts = known_events(
        event(fact, event_id=id_) for fact, id_ in zip([real, drawn, real], ids, strict=True)
    )
    assert [known_since(fact) for fact in facts] == [now, at("5-20"), at("5-20")]


async def test_it_is_score_over_the_facts_known_then(stand: Stand) -> None:
    """Facts in disorder: recorded at one time, about another, some twice corrected."""
    draw = random.Random(65)  # noqa: S311 - not a secret
    events = []
    for number in range(120):
        unit = draw.choice(["SNV", "STP", "Q001", "Q009", "X00004"])
        facts: Sequence[UnitFact] = (
            essay(unit, f"e{number}", late=draw.random() < 0.3),
            judged(unit, f"e{number}", str(draw.randint(40, 99))),
            judged(unit, f"e{number}", str(draw.randint(40, 99)), version=3),
            proposed(unit, f"p{number}"),
            fulfilled(unit, draw.choice(["D2", "D6", "D7"]), version=number + 1, days_late=2),
        )
        for fact in facts[: draw.randint(1, 5)]:
            events.append(_recorded(OPENS + timedelta(hours=draw.randint(1, 8000)), fact))
    draw.shuffle(events)
    await _hears(stand, *events)
    known = dict(zip((str(one.id) for one in events), known_events(events), strict=True))
    for day in (date(2020, 2, 1), date(2020, 6, 30), date(2020, 10, 3), date(2020, 12, 31)):
        end = datetime.combine(day + timedelta(days=1), datetime.min.time(), HANOI)
        facts_then = [known[str(one.id)] for one in events if _moment_of(one) < end]
        await _is_score(stand, facts_then, day)


def _moment_of(one: Event) -> datetime:
    return datetime.fromtimestamp((one.id.int >> 80) / 1000, UTC)


async def _is_score(stand: Stand, facts: list[KnownFact], day: date) -> None:
    snapshot = sample_timeline().on(day)
    results = score(facts, snapshot.clusters, snapshot.rules)
    document = await stand.read(f"{API}/standings", as_of=day.isoformat())
    assert document["as_of"]["facts_known"] == len(facts)
    shown = {
        unit["unit"]: (unit["rank"], unit["total"], unit["level"], unit["flag_candidate"])
        for cluster in document["clusters"]
        for unit in cluster["units"]
    }
    assert len(shown) == 643
    for unit, published in shown.items():
        points = results.unit(unit)
        assert points is not None
        assert published == (points.rank, plain(points.total), points.level, points.flag_candidate)
    one = await stand.read(f"{API}/units/Q009/points", as_of=day.isoformat())
    points = results.unit("Q009")
    assert points is not None
    assert one["digest"] == unit_digest(points)


async def test_of_this_moment_it_is_what_everybody_reads(stand: Stand) -> None:
    await stand.hears(essay("SNV", "a"), judged("SNV", "a", "85"), essay("Q009", "b"))
    now = datetime.now(UTC).isoformat()
    then = await stand.read(f"{API}/standings", as_of=now)
    running = await stand.read(f"{API}/standings")
    digests = [[one["digest"] for one in each["clusters"]] for each in (then, running)]
    assert digests[0] == digests[1]
    assert running["as_of"] is None
    assert then["as_of"]["rules_differ"] is False


# ---- rules


async def test_the_rules_are_those_then_in_force(stand: Stand) -> None:
    await _hears(stand, _recorded(at("5-20"), essay("SNV", "a")))
    between = datetime.now(UTC)
    edited = SAMPLE_WRITTEN.replace('target: "30"', 'target: "60"', 1)
    await adopts(stand.chassis.database, edited)
    await stand.hears()
    now = await stand.read(f"{API}/units/SNV/points")
    then = await stand.read(f"{API}/units/SNV/points", as_of=between.isoformat())
    known = await stand.read(f"{API}/rule-sets", role="unit", unit="SNV")
    assert lines_of(then)["I.1"]["points"] == "0.5"
    assert lines_of(now)["I.1"]["points"] == "0.25"
    assert [one["number"] for one in known] == [2, 1]
    assert then["as_of"]["rules"] == known[1]
    assert then["as_of"]["rules_differ"] is True
    assert then["as_of"]["units_differ"] is False
    assert datetime.fromisoformat(known[1]["since"]) == OPENS
    assert datetime.fromisoformat(known[0]["since"]) > between


async def test_the_units_are_those_then_known(stand: Stand) -> None:
    """An amendment takes a department out of its cluster; its facts stay."""
    await _hears(stand, _recorded(at("5-20"), essay("SNV", "a")))
    between = datetime.now(UTC)

    def without_cluster(units: str) -> str:
        return units.replace(",departments,", ",,", 1)

    amended = announcement(version=2, at=datetime.now(UTC), edit_units=without_cluster)
    await announce(stand.chassis.database, amended)
    await stand.hears()
    now = await stand.read(f"{API}/standings", cluster="departments")
    then = await stand.read(f"{API}/standings", cluster="departments", as_of=between.isoformat())
    units = [{unit["unit"] for unit in one["clusters"][0]["units"]} for one in (then, now)]
    assert len(units[0] - units[1]) == 1
    assert then["as_of"]["units_differ"] is True
    assert then["as_of"]["rules_differ"] is False


# ---- refusals and rights


@pytest.mark.parametrize(
    ("asked", "status", "slug"),
    [
        ("yesterday", 422, "faulty-request"),
        ("", 422, "faulty-request"),
        ("2020-02-30", 422, "faulty-request"),
        ("2020-06-30T17:00:00", 422, "faulty-request"),
        ("2020-06-30T17:00:00 07:00", 422, "faulty-request"),
        ("2020-06-30\n", 422, "faulty-request"),
        (" 2020-06-30", 422, "faulty-request"),
        ("2020-06-30T17:00:00+07:00 ", 422, "faulty-request"),
        ("9999-12-31", 422, "faulty-request"),
        ("2999-01-01", 422, "faulty-request"),
        ("2019-12-16", 404, "no-rules-then"),
        ("2019-12-16T23:59:59.999+07:00", 404, "no-rules-then"),
        ("1900-01-01T00:00:00+07:00", 404, "no-rules-then"),
        ("0001-01-01T00:00:00+07:00", 422, "faulty-request"),
    ],
)
async def test_what_is_no_moment_of_the_season_is_refused_with_a_remedy(
    stand: Stand, asked: str, status: int, slug: str
) -> None:
    for path in (f"{API}/standings", f"{API}/units/SNV/points"):
        answer = await stand.client.get(path, params={"as_of": asked}, headers=_board(stand))
        assert answer.status_code == status, answer.text
        document = answer.json()
        assert document["type"].endswith(slug)
        (fault,) = document["faults"]
        assert fault["parameter"] == "query:as_of"
        assert fault["vi"]
        assert fault["en"]


async def test_today_is_not_over(stand: Stand) -> None:
    today = datetime.now(HANOI).date()
    answer = await stand.asked(f"{API}/standings", as_of=today.isoformat())
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert "not over" in answer.json()["faults"][0]["en"]


async def test_a_unit_looks_back_at_its_own_lines_only(stand: Stand) -> None:
    rights: list[tuple[str, str | None, str, int]] = [
        ("unit", "SNV", "SNV", 200),
        ("unit", "SNV", "STP", 403),
        ("district", "Q001", "X00004", 200),
        ("district", "Q002", "X00004", 403),
        ("board", None, "X00004", 200),
    ]
    for role, unit, asked, status in rights:
        path = f"{API}/units/{asked}/points"
        answer = await stand.asked(path, role=role, unit=unit, as_of="2020-06-30")
        assert answer.status_code == status, f"{role} {unit} reads {path}"


async def test_a_cluster_or_unit_that_was_not_there_is_not_found(stand: Stand) -> None:
    for path in (
        f"{API}/standings?cluster=nowhere&",
        f"{API}/units/NOWHERE/points?",
    ):
        answer = await stand.asked(f"{path}as_of=2020-06-30")
        assert answer.status_code == httpx.codes.NOT_FOUND


def _board(stand: Stand) -> dict[str, Any]:
    return {"Authorization": f"Bearer {stand.issuer.mint('board')}"}
