"""Two tables in the year of a reform, each for the work of its days: counted and verified."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest_asyncio

from infra.local.issuer import Issuer
from services.chassis.storage.database import Database
from services.chassis.storage.outbox import decode_headers
from services.contracts.envelope import Event, decode
from services.contracts.events import PointsPublished, StandingsPublished
from services.scoring.engine.digest import digest_of_cluster
from services.scoring.publications.verification import PublicationOnTopics, verify
from tests.scoring.facts import essay, judged, known_events
from tests.scoring.running import adopts, announce, campaign_now, guarded, recompute_due
from tests.scoring.served_scoring import lines_of, settings_of, standing
from tests.scoring.test_successions import (
    AFTER,
    ANNOUNCED,
    API,
    BEFORE,
    CAMPAIGN,
    FACTS,
    OF_X3,
    REFORM,
    Served,
    due,
    here,
    recorded,
    snapshot_at,
    stored_points,
    taken,
)
from tests.support.announcing import announcement

JULY = [
    recorded(here(essay("X3", "new"), "2025-07-02")),
    # Of the spring, by the communes that X3 took over; marked by the jury after the change.
    recorded(here(judged("X1", "b", "90", version=3), "2025-07-03")),
]
LATER = AFTER + timedelta(days=10)


def by_days(text: str) -> str:
    """The communes' table to the end of June, and one with other points for essays from July."""
    head, table = text.split("tables:\n")
    spring = table.replace("id: communes\n", "id: spring\n    valid_to: 2025-07-01\n")
    summer = table.replace("id: communes\n", "id: summer\n    valid_from: 2025-07-01\n")
    summer = summer.replace('each: "2"', 'each: "5"')
    assert len({spring, summer, table}) == len((spring, summer, table))
    return f"each_table_counts: work-of-its-days\n{head}tables:\n{spring}{summer}"


@pytest_asyncio.fixture
async def reform(database: Database) -> Database:
    """The campaign, scored on 30 June with the facts of the spring."""
    await announce(database, announcement(REFORM, at=ANNOUNCED, edit_rules=by_days), now=BEFORE)
    await taken(database, FACTS, BEFORE)
    await recompute_due(database, await snapshot_at(database, BEFORE))
    return database


@pytest_asyncio.fixture
async def served(reform: Database, scoring_url: str, issuer: Issuer) -> AsyncIterator[Served]:
    """Scoring over HTTP in July, when all is scored."""
    await taken(reform, [*OF_X3, *JULY], LATER)
    await recompute_due(reform, await snapshot_at(reform, LATER))
    settings = settings_of(
        scoring_url, issuer, clock="simulated", simulated_start=LATER.isoformat()
    )
    async with standing(settings, issuer) as one:
        yield Served(one, reform)


async def test_running_points_are_the_truth_on_both_sides_and_each_fact_counts_once(
    reform: Database,
) -> None:
    assert (await stored_points(reform))["X1"] == ("of-H1", "14")
    after = await snapshot_at(reform, AFTER)
    assert await due(reform, after) == ["communes"]
    await recompute_due(reform, after)
    # Three essays of the spring by the table of the spring, and the newest mark of then.
    assert (await stored_points(reform))["X3"] == ("communes", "16")
    assert await taken(reform, [*OF_X3, *JULY], LATER) == {"communes"}
    july = await snapshot_at(reform, LATER)
    await recompute_due(reform, july)
    # And 10 for the obligation by the table of its last day, 5 for the essay of July.
    assert (await stored_points(reform))["X3"] == ("communes", "31")
    truth = july.standings(known_events([*JULY, *OF_X3, *FACTS])).clusters["communes"]
    async with reform.transaction() as tx:
        digest = await tx.fetchval(
            "SELECT digest FROM clusters WHERE campaign = $1 AND cluster = 'communes'", CAMPAIGN
        )
    assert digest == digest_of_cluster(truth)
    assert await guarded(reform, july) == []


async def test_a_rule_set_that_divides_the_year_counts_again_what_there_is(
    database: Database,
) -> None:
    await announce(database, announcement(REFORM, at=ANNOUNCED), now=BEFORE)
    await taken(database, FACTS, BEFORE)
    await taken(database, [*OF_X3, *JULY], LATER)
    await recompute_due(database, await snapshot_at(database, LATER))
    # Four essays by the one table, and the newest mark.
    assert (await stored_points(database))["X3"] == ("communes", "28")
    written = by_days((REFORM / "rules.yaml").read_text("utf-8"))
    await adopts(database, written, campaign=CAMPAIGN, now=LATER)
    july = await snapshot_at(database, LATER)
    await recompute_due(database, july)
    assert (await stored_points(database))["X3"] == ("communes", "31")
    assert await guarded(database, july) == []


async def test_the_answer_has_both_parts_and_what_was_carried_over(served: Served) -> None:
    explanation = await served.stand.read(f"{API}/units/X3/points")
    assert [(one["table"], one["total"]) for one in explanation["parts"]] == [
        ("spring", "26"),
        ("summer", "5"),
    ]
    lines = lines_of(explanation)
    assert lines["spring/I.1"]["points"] == "6"
    assert [fact["unit"] for fact in lines["summer/I.1"]["facts"]] == ["X3"]
    (mark,) = lines["spring/I.2"]["facts"]
    assert (mark["time"][:10], mark["work_day"]) == ("2025-07-03", "2025-03-20")
    assert mark["carried_over"] is True
    then = await served.stand.read(f"{API}/units/X1/points", as_of="2025-06-30")
    assert (then["total"], then["parts"], then["table"]) == ("14", [], "spring")


async def test_a_publication_of_both_parts_is_verified_from_the_facts(served: Served) -> None:
    headers = {
        "Authorization": f"Bearer {served.stand.issuer.mint('board')}",
        "Idempotency-Key": str(uuid4()),
    }
    made = await served.stand.client.post(f"{API}/publications", json={}, headers=headers)
    assert made.status_code == httpx.codes.CREATED, made.text
    async with served.database.transaction() as tx:
        rows = await tx.fetch(
            "SELECT key, headers, value FROM event_log WHERE topic LIKE '%published%'"
        )
    publication = PublicationOnTopics()
    for row in rows:
        read = decode(row["key"], decode_headers(row["headers"]), row["value"])
        assert isinstance(read, Event)
        assert isinstance(read.data, PointsPublished | StandingsPublished)
        publication.add(read.data)
    points = publication.points["X3"]
    assert [(one.table, str(one.total)) for one in points.parts] == [
        ("spring", "26.0"),
        ("summer", "5.0"),
    ]
    campaign = await campaign_now(served.database, CAMPAIGN)
    facts = known_events([*FACTS, *OF_X3, *JULY])
    found = verify(campaign, publication, facts)
    assert (found.findings, found.holds) == ([], True)
    lost = [fact for fact in facts if fact.unit != "X3" or fact.event != "essay-submitted"]
    assert any(
        one.criterion == "summer/I.1" for one in verify(campaign, publication, lost).findings
    )
    page = await served.stand.read(f"{API}/publications/1/units/X3")
    assert {group["group"] for group in page["groups"]} == {
        f"{table}/{group}" for table in ("spring", "summer") for group in ("I", "II")
    }
