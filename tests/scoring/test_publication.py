"""What the Board froze stays as it is, and a change of it has a number and a reason."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.chassis.storage.outbox import decode_headers
from services.contracts.envelope import Event, decode
from services.contracts.events import PointsPublished, StandingsPublished
from services.scoring.publications import publish as publication
from tests.scoring.campaign import OTHER_WRITTEN, sample_snapshot
from tests.scoring.facts import API, at, essay, judged, proposed
from tests.scoring.running import adopts, announce, campaigns_of, recompute_due, snapshot_now
from tests.scoring.served_scoring import Stand, heard_all, ranks_of
from tests.support.announcing import announcement
from tests.support.statements import statements_seen

CONTEST = sample_snapshot()


async def _publish(stand: Stand, key: str | None = None, **body: Any) -> httpx.Response:
    headers = {
        "Authorization": f"Bearer {stand.issuer.mint('board')}",
        "Idempotency-Key": key or str(uuid4()),
    }
    return await stand.client.post(f"{API}/publications", json=body, headers=headers)


async def _published(stand: Stand) -> list[Event]:
    """Everything about publications in the event log."""
    async with stand.chassis.database.transaction() as tx:
        rows = await tx.fetch(
            "SELECT key, headers, value FROM event_log WHERE topic LIKE '%published%' ORDER BY seq"
        )
    events = [decode(row["key"], decode_headers(row["headers"]), row["value"]) for row in rows]
    return [one for one in events if isinstance(one, Event)]


async def test_the_board_freezes_what_everybody_can_read(stand: Stand) -> None:
    await stand.hears(essay("SNV", "a"), judged("SNV", "a", "85"), essay("STP", "b"))
    answer = await _publish(stand)
    assert answer.status_code == httpx.codes.CREATED, answer.text
    made = answer.json()
    running = await stand.read(f"{API}/digest")
    assert (made["version"], made["digest"]) == (1, running["digest"])
    assert made["rules_digest"] == running["rules_digest"]
    assert made["facts"] == 3
    frozen = await stand.read(f"{API}/publications/1")
    live = await stand.read(f"{API}/standings", cluster="departments")
    assert {one["unit"]: one["rank"] for one in frozen["clusters"]["departments"]} == ranks_of(live)
    assert await stand.read(f"{API}/publications") == [made]
    shown = ("rank", "unit", "name", "total", "maximum", "level", "level_title", "flag_candidate")
    (cluster,) = live["clusters"]
    assert frozen["clusters"]["departments"] == [
        {name: one[name] for name in shown} for one in cluster["units"]
    ]
    assert frozen["rule_set_title"] == live["rule_set"]["title"]
    assert (frozen["ties"], frozen["tie_break"]) == ("shared", [])


async def test_lists_and_standings_leave_out_rule_sets_and_counted_facts(stand: Stand) -> None:
    await stand.hears(essay("SNV", "a"))
    await _publish(stand)
    with statements_seen() as asked:
        await stand.read(f"{API}/publications")
        await stand.read(f"{API}/publications/1")
    assert len(asked) == 3, asked
    assert "publications.rules_digest" in asked[0]
    assert "publications.rules," not in asked[0]
    assert "published_points.detail" in asked[2]
    assert "published_points.facts" not in asked[2]


async def test_a_publication_has_each_unit_and_the_whole(stand: Stand) -> None:
    (first,) = await _events(stand, essay("SNV", "a"))
    await _publish(stand)
    published = await _published(stand)
    whole = [one.data for one in published if isinstance(one.data, StandingsPublished)]
    units = {one.data.unit: one.data for one in published if isinstance(one.data, PointsPublished)}
    assert len(whole) == 1
    assert whole[0].units == len(units) == len(published) - 1
    assert whole[0].facts == 1
    facts = units["SNV"].facts
    assert facts is not None
    assert [str(fact.id) for fact in facts] == [first]
    assert units["STP"].facts == ()


async def _events(stand: Stand, *facts: Any) -> list[str]:
    await stand.hears(*facts)
    document = await stand.read(f"{API}/units/{facts[0].unit}/points")
    return [
        fact["id"]
        for group in document["groups"]
        for line in group["lines"]
        if line["criterion"] == "I.1"
        for fact in line["facts"]
    ]


async def test_what_comes_later_changes_points_and_nothing_that_is_frozen(stand: Stand) -> None:
    await stand.hears(essay("SNV", "a"))
    await _publish(stand)
    before = await stand.read(f"{API}/publications/1")
    unit = await stand.read(f"{API}/publications/1/units/SNV")
    await stand.hears(essay("SNV", "b"), judged("SNV", "a", "95"))
    assert (await stand.read(f"{API}/digest"))["digest"] != before["digest"]
    assert await stand.read(f"{API}/publications/1") == before
    assert await stand.read(f"{API}/publications/1/units/SNV") == unit


async def test_frozen_lines_explain_the_frozen_total(stand: Stand) -> None:
    """A cap takes from what the lines add up to, and the answer says so."""
    await stand.hears(*(essay("SNV", str(i)) for i in range(40)))
    await _publish(stand)
    live = await stand.read(f"{API}/units/SNV/points")
    frozen = await stand.read(f"{API}/publications/1/units/SNV")
    for name in ("total", "maximum", "comparable", "level", "table", "simulated", "name"):
        assert frozen[name] == live[name], name
    assert frozen["sample"] is True
    for group, running in zip(frozen["groups"], live["groups"], strict=True):
        for name in ("group", "title", "points", "maximum", "capped"):
            assert group[name] == running[name], name


async def test_what_was_frozen_is_read_also_when_the_unit_is_gone(stand: Stand) -> None:
    await stand.hears(essay("SNV", "a"))
    await _publish(stand)
    async with stand.chassis.database.transaction() as tx:
        await tx.execute(
            "UPDATE published_points SET unit = 'GONE',"
            " detail = replace(detail::text, '\"SNV\"', '\"GONE\"')::json WHERE unit = 'SNV'"
        )
    standings = await stand.read(f"{API}/publications/1")
    assert ("GONE", "GONE") in [
        (one["unit"], one["name"]) for units in standings["clusters"].values() for one in units
    ]
    assert (await stand.read(f"{API}/publications/1/units/GONE"))["unit"] == "GONE"
    refused = await stand.asked(f"{API}/publications/1/units/GONE", role="unit", unit="SNV")
    assert refused.status_code == httpx.codes.FORBIDDEN


async def test_a_correction_has_the_next_number_and_a_reason(stand: Stand) -> None:
    await stand.hears(essay("SNV", "a"))
    await _publish(stand)
    await stand.hears(proposed("SNV", "p"))
    corrected = await _publish(stand, replaces=1, reason="Đơn vị có đề xuất chưa được tính")
    assert corrected.status_code == httpx.codes.CREATED, corrected.text
    assert (corrected.json()["version"], corrected.json()["facts"]) == (2, 2)
    whole = [
        one.data for one in await _published(stand) if isinstance(one.data, StandingsPublished)
    ]
    assert [(fact.version, fact.reason) for fact in whole] == [
        (1, None),
        (2, "Đơn vị có đề xuất chưa được tính"),
    ]
    assert [one["version"] for one in await stand.read(f"{API}/publications")] == [2, 1]


@pytest.mark.parametrize(
    ("body", "status", "slug", "pointer"),
    [
        ({}, 409, "other-publication", "/replaces"),
        ({"replaces": 2, "reason": "Sai số"}, 409, "other-publication", "/replaces"),
        ({"replaces": 1}, 422, "faulty-request", "/reason"),
        ({"replaces": 1, "reason": " "}, 422, "faulty-request", "/reason"),
        ({"replaces": 1, "reason": "Không có gì mới"}, 409, "nothing-changed", None),
    ],
)
async def test_a_second_publication_that_is_no_correction_is_refused(
    stand: Stand, body: dict[str, Any], status: int, slug: str, pointer: str | None
) -> None:
    await stand.hears(essay("SNV", "a"))
    await _publish(stand)
    refused = await _publish(stand, **body)
    assert refused.status_code == status, refused.text
    document = refused.json()
    assert document["type"].endswith(slug)
    assert [fault["pointer"] for fault in document.get("faults", [])] == (
        [pointer] if pointer else []
    )
    assert len(await stand.read(f"{API}/publications")) == 1


async def test_a_repetition_publishes_nothing_twice(stand: Stand) -> None:
    first, second = await _publish(stand, key="once"), await _publish(stand, key="once")
    assert (second.status_code, second.json()) == (first.status_code, first.json())
    assert second.headers["Idempotency-Replayed"] == "true"
    whole = [one for one in await _published(stand) if isinstance(one.data, StandingsPublished)]
    assert len(whole) == 1


async def test_facts_recorded_after_the_watermark_are_not_counted(stand: Stand) -> None:
    """They are counted in the running points already, and the publication is the earlier one."""
    database = stand.chassis.database
    await stand.hears(essay("SNV", "a"))
    watermark = await heard_all(datetime.now(UTC))
    await asyncio.sleep(0.01)
    await stand.hears(essay("SNV", "b"))
    drawn = await publication.draw_up(database, CONTEST, at("12-31"), watermark)
    async with database.transaction() as tx:
        row = await publication.publish(
            tx, campaigns_of(database), drawn, replaces=None, reason=None, now=at("12-31")
        )
    assert row.facts == 1
    (made,) = await stand.read(f"{API}/publications")
    assert made["facts"] == 1
    assert datetime.fromisoformat(made["watermark"]["through"]) == watermark.through


async def test_a_publication_names_its_watermark(stand: Stand) -> None:
    before = datetime.now(UTC)
    made = (await _publish(stand)).json()
    assert before <= datetime.fromisoformat(made["watermark"]["through"]) <= datetime.now(UTC)
    (whole,) = [
        one.data for one in await _published(stand) if isinstance(one.data, StandingsPublished)
    ]
    assert whole.watermark is not None
    assert whole.watermark.model_dump(mode="json") == made["watermark"]


async def test_a_unit_reads_its_own_frozen_lines_with_their_formulas(stand: Stand) -> None:
    await stand.hears(essay("SNV", "a"))
    await _publish(stand)
    mine = await stand.read(f"{API}/publications/1/units/SNV", role="unit", unit="SNV")
    first = mine["lines"][0]
    assert first["points"] == "0.5"
    assert "15 × 1 / 30" in first["formula"]["vi"]
    assert first["legal_source"].startswith("Văn bản số 251/BTĐ-NV2")
    assert len(mine["facts"]) == 1
    others = await stand.asked(f"{API}/publications/1/units/SNV", role="unit", unit="STP")
    assert others.status_code == httpx.codes.FORBIDDEN


@pytest.mark.parametrize(
    "path",
    [
        f"{API}/publications/7",
        f"{API}/publications/7/units/SNV",
    ],
)
async def test_what_was_never_published_is_not_found(stand: Stand, path: str) -> None:
    answer = await stand.asked(path)
    assert answer.status_code == httpx.codes.NOT_FOUND


async def test_nothing_is_published_by_a_clock_that_is_behind_what_is_at_work(stand: Stand) -> None:
    """Whoever verifies it takes what was in force and known at its moment."""
    database = stand.chassis.database
    soon = datetime.now(UTC) + timedelta(seconds=10)
    await adopts(database, OTHER_WRITTEN, since=soon, now=soon)
    await recompute_due(database, await snapshot_now(database))
    behind = await _publish(stand)
    assert behind.status_code == httpx.codes.SERVICE_UNAVAILABLE, behind.text
    async with database.transaction() as tx:
        await tx.execute("UPDATE rule_sets SET in_force_since = now() WHERE number = 2")
    campaigns_of(database).stale("hanoi-2020")
    assert (await _publish(stand)).status_code == httpx.codes.CREATED
    await announce(database, announcement(version=2, at=datetime.now(UTC) + timedelta(seconds=10)))
    again = await _publish(stand, replaces=1, reason="x")
    assert again.status_code == httpx.codes.SERVICE_UNAVAILABLE, again.text
