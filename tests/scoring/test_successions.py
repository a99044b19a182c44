"""A reform in the season: what units did before they ended counts for who took over, and once."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest_asyncio

from infra.local.issuer import Issuer
from services.chassis.storage.database import Database
from services.chassis.storage.outbox import decode_headers
from services.contracts.envelope import Event, decode, uuid7
from services.contracts.events import PointsPublished, StandingsPublished, UnitFact
from services.contracts.wording import plain
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.engine.digest import digest_of_cluster
from services.scoring.points.queries import clusters_due
from services.scoring.publications.verification import PublicationOnTopics, verify
from services.scoring.tallies.ingest import DirtyClusters, Ingest
from tests.scoring.facts import essay, event, fulfilled, judged, known_events, missed
from tests.scoring.running import (
    UnknownForGood,
    announce,
    campaign_now,
    campaigns_of,
    guarded,
    points_facts,
    put_to_work_in,
    recompute_due,
)
from tests.scoring.served_scoring import Stand, lines_of, settings_of, standing
from tests.support.announcing import announcement

REFORM = Path("tests/support/reform")
CAMPAIGN = "reform-2025"
API = f"/v1/campaigns/{CAMPAIGN}"
BEFORE = datetime(2025, 6, 30, 16, 59, 59, tzinfo=UTC)
"""The last second of 30 June in Hanoi."""
AFTER = datetime(2025, 6, 30, 17, tzinfo=UTC)
"""The first instant of 1 July there."""
ANNOUNCED = datetime(2025, 1, 2, 1, tzinfo=UTC)


def here(fact: UnitFact, day: str = "2025-03-20") -> UnitFact:
    """The fact in this campaign, and in its year."""
    moment = datetime.fromisoformat(f"{day}T09:00:00+07:00")
    return fact.model_copy(update={"campaign": CAMPAIGN, fact.moment_field: moment})


def recorded(fact: UnitFact) -> Event:
    """It as an event, recorded when it happened."""
    return event(fact, event_id=uuid7(fact.moment))


FACTS = [
    recorded(here(fact))
    for fact in (
        essay("X1", "a"),
        essay("X1", "b"),
        essay("X2", "c"),
        essay("X4", "d"),
        fulfilled("X1", "T1", version=2),
        missed("X2", "T1", version=2),
        essay("X6", "e"),
    )
] + [
    recorded(here(judged("X1", "a", "40"), "2025-04-01")),
    recorded(here(judged("X2", "c", "80"), "2025-04-02")),
]
OF_X3 = [recorded(here(fulfilled("X3", "T1", version=2), "2025-07-01"))]
"""What submissions publishes of what it owes, on the day."""


class At:
    """A clock that stands."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    async def refresh(self) -> None:
        pass


async def taken(database: Database, events: Sequence[Event], at: datetime) -> set[str]:
    """A batch on a day; the clusters that it made due."""
    dirty: set[str] = set()

    def mark(clusters: DirtyClusters) -> None:
        dirty.update(cluster for _, cluster in clusters)

    ingest = Ingest(campaigns_of(database), UnknownForGood(), At(at), mark)
    async with database.transaction() as tx:
        await ingest.handle(tx, events)
    return dirty


async def snapshot_at(database: Database, moment: datetime) -> CampaignSnapshot:
    snapshot = (await campaign_now(database, CAMPAIGN)).snapshot(moment)
    assert snapshot is not None
    return snapshot


async def due(database: Database, snapshot: CampaignSnapshot) -> list[str]:
    async with database.transaction() as tx:
        return await clusters_due(tx, snapshot)


async def stored_points(database: Database) -> dict[str, Any]:
    async with database.transaction() as tx:
        rows = await tx.fetch(
            "SELECT unit, cluster, total FROM points WHERE campaign = $1", CAMPAIGN
        )
    return {row["unit"]: (row["cluster"], plain(row["total"])) for row in rows}


@pytest_asyncio.fixture
async def reform(database: Database) -> Database:
    """The campaign, scored on 30 June with the facts of the spring."""
    await announce(database, announcement(REFORM, at=ANNOUNCED), now=BEFORE)
    await taken(database, FACTS, BEFORE)
    await recompute_due(database, await snapshot_at(database, BEFORE))
    return database


@dataclass
class Served:
    """Scoring on a day."""

    stand: Stand
    database: Database


@pytest_asyncio.fixture
async def served(reform: Database, scoring_url: str, issuer: Issuer) -> AsyncIterator[Served]:
    """Scoring over HTTP on 1 July, when all is scored."""
    await taken(reform, OF_X3, AFTER)
    await recompute_due(reform, await snapshot_at(reform, AFTER))
    settings = settings_of(
        scoring_url, issuer, clock="simulated", simulated_start=AFTER.isoformat()
    )
    async with standing(settings, issuer) as one:
        yield Served(one, reform)


async def test_until_the_day_nothing_changes_and_on_it_points_move_once(reform: Database) -> None:
    before = await snapshot_at(reform, BEFORE)
    assert await due(reform, before) == []
    assert (await stored_points(reform))["X1"] == ("of-H1", "14")
    assert "X3" not in await stored_points(reform)
    said = len(await points_facts(reform))
    after = await snapshot_at(reform, AFTER)
    assert await due(reform, after) == ["communes"]
    await recompute_due(reform, after)
    # Three essays, the newest mark; what either owed comes by facts of the successor.
    assert (await stored_points(reform))["X3"] == ("communes", "16")
    assert await due(reform, after) == []
    assert await taken(reform, OF_X3, AFTER) == {"communes"}
    await recompute_due(reform, after)
    assert (await stored_points(reform))["X3"] == ("communes", "26")
    moved = [one for one in (await points_facts(reform))[said:] if one.unit == "X3"]
    assert [plain(one.total) for one in moved] == ["16", "26"]
    await recompute_due(reform, after)
    assert len([one for one in (await points_facts(reform))[said:] if one.unit == "X3"]) == 2
    assert await guarded(reform, after) == []


async def test_both_ways_agree_on_each_day(reform: Database) -> None:
    for moment in (BEFORE, AFTER, AFTER + timedelta(days=60)):
        snapshot = await snapshot_at(reform, moment)
        await recompute_due(reform, snapshot)
        truth = snapshot.standings(known_events(FACTS))
        async with reform.transaction() as tx:
            rows = await tx.fetch(
                "SELECT cluster, digest FROM clusters WHERE campaign = $1", CAMPAIGN
            )
        stored = {row["cluster"]: row["digest"] for row in rows}
        assert {name: stored[name] for name in truth.clusters} == {
            name: digest_of_cluster(cluster) for name, cluster in truth.clusters.items()
        }
        assert await guarded(reform, snapshot) == []


async def test_a_late_fact_of_a_unit_that_ended_counts_for_who_took_over(reform: Database) -> None:
    after = await snapshot_at(reform, AFTER)
    await recompute_due(reform, after)
    late = [recorded(here(essay("X2", "late"), "2025-06-30"))]
    assert await taken(reform, late, AFTER) == {"communes"}
    assert await due(reform, after) == ["communes"]
    await recompute_due(reform, after)
    assert (await stored_points(reform))["X3"] == ("communes", "18")
    assert await guarded(reform, after) == []


async def test_a_commune_that_moves_is_ranked_where_it_is_with_all_it_did(
    reform: Database,
) -> None:
    spring = await snapshot_at(reform, datetime(2025, 4, 30, 12, tzinfo=UTC))
    may = await snapshot_at(reform, BEFORE)
    assert (spring.cluster_of["X4"], may.cluster_of["X4"]) == ("of-H1", "of-H2")
    assert (await stored_points(reform))["X4"] == ("of-H2", "2")
    after = await snapshot_at(reform, AFTER)
    await recompute_due(reform, after)
    assert (await stored_points(reform))["X4"] == ("communes", "2")
    assert after.unit("X4").name == "Xã Bốn Mới"
    assert may.unit("X4").name == "Xã Bốn"


async def test_a_merger_announced_in_mid_season_moves_points_once(database: Database) -> None:
    """The communes go on in the first version; X6 goes into X5 by the second one."""

    def without(text: str) -> str:
        line = "X6,Xã Sáu,xa,commune,H2,of-H2,,,2025-04-15,X5"
        goes_on = (
            "X6,Xã Sáu,xa,commune,H2,of-H2,,,2025-07-01,\n"
            "X6,Xã Sáu,xa,commune,HN,communes,,2025-07-01,,"
        )
        return text.replace(line, goes_on)

    now = BEFORE
    await announce(database, announcement(REFORM, at=ANNOUNCED, edit_units=without), now=now)
    await taken(database, FACTS, now)
    await recompute_due(database, await snapshot_at(database, now))
    assert (await stored_points(database))["X6"] == ("of-H2", "2")
    said = len(await points_facts(database))
    await announce(database, announcement(REFORM, 2, at=now), now=now)
    await put_to_work_in(database, CAMPAIGN, now=now)
    snapshot = await snapshot_at(database, now)
    assert await due(database, snapshot) == ["of-H2"]
    await recompute_due(database, snapshot)
    points = await stored_points(database)
    assert points["X5"] == ("of-H2", "2")
    assert "X6" not in points
    assert await due(database, snapshot) == []
    moved = [one.unit for one in (await points_facts(database))[said:]]
    assert len(moved) == len(set(moved))
    assert "X5" in moved


async def test_an_explanation_names_whose_each_fact_is(served: Served) -> None:
    explanation = await served.stand.read(f"{API}/units/X3/points")
    assert [one["unit"] for one in explanation["took_over"]] == ["X1", "X2"]
    lines = lines_of(explanation)
    assert lines["I.1"]["points"] == "6"
    assert sorted(fact["unit"] for fact in lines["I.1"]["facts"]) == ["X1", "X1", "X2"]
    assert [fact["unit"] for fact in lines["II.1"]["facts"]] == ["X3"]


async def test_an_old_code_is_answered_with_what_became_of_it(served: Served) -> None:
    answer = await served.stand.asked(f"{API}/units/X1/points")
    assert answer.status_code == httpx.codes.GONE
    problem = answer.json()
    assert problem["type"].endswith("/unit-ended")
    assert "Xã Một" in problem["detail"]
    assert "Xã Ba (X3)" in problem["detail"]
    assert "1 July 2025" in problem["detail_en"]
    then = await served.stand.read(f"{API}/units/X1/points", as_of="2025-06-30")
    assert (then["unit"], then["total"], then["cluster"]) == ("X1", "14", "of-H1")
    history = await served.stand.read(f"{API}/units/X1/points/history")
    assert history["versions"]
    assert history["ended"]["successor"] == {"code": "X3", "name": "Xã Ba"}
    entries = await served.stand.read(f"{API}/units/X1/score-entries")
    assert entries["ended"]["day"] == "2025-07-01"
    assert (await served.stand.asked(f"{API}/units/X9/points")).status_code == 404


async def test_the_account_of_a_unit_that_is_no_more_reads_for_who_took_over(
    served: Served,
) -> None:
    asked = served.stand.asked
    assert (await asked(f"{API}/units/X3/points", role="unit", unit="X1")).status_code == 200
    assert (await asked(f"{API}/units/X1/points", role="unit", unit="X1")).status_code == 410
    assert (await asked(f"{API}/units/X4/points", role="unit", unit="X1")).status_code == 403


async def test_as_of_a_day_has_the_tree_of_that_day(served: Served) -> None:
    before = await served.stand.read(f"{API}/standings", as_of="2025-06-30")
    now = await served.stand.read(f"{API}/standings")
    assert {one["cluster"] for one in before["clusters"]} == {"of-H1", "of-H2"}
    assert {one["cluster"] for one in now["clusters"]} == {"communes"}
    names = {unit["unit"]: unit["name"] for one in now["clusters"] for unit in one["units"]}
    assert names["X4"] == "Xã Bốn Mới"
    of_h2 = next(one for one in before["clusters"] if one["cluster"] == "of-H2")
    assert {unit["unit"]: unit["name"] for unit in of_h2["units"]}["X4"] == "Xã Bốn"


async def test_a_publication_counts_what_was_taken_over_and_is_verified(served: Served) -> None:
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
    counted = {UUID(str(fact.id)) for fact in publication.points["X3"].facts or ()}
    spring = [one for one in FACTS if one.data.key in ("X1", "X2")]
    obligations = [
        one for one in spring if one.data.event in ("obligation-fulfilled", "deadline-missed")
    ]
    expected = {one.id for one in [*spring, *OF_X3]} - {one.id for one in obligations}
    assert counted == expected
    found = verify(
        await campaign_now(served.database, CAMPAIGN), publication, known_events([*FACTS, *OF_X3])
    )
    assert (found.findings, found.holds) == ([], True)
    page = await served.stand.read(f"{API}/publications/1/units/X3")
    assert len(page["facts"]) == len(expected)
