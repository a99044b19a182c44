"""Promise: standings, publications and rule sets of a season that is there are as they were."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest_asyncio

from infra.local.issuer import Issuer
from infra.local.postgres import PostgresCluster
from services.chassis.storage.migrations import migrate
from services.chassis.storage.outbox import decode_headers
from services.contracts.envelope import Event, decode
from services.contracts.events import Fact, RuleSetAdopted
from services.contracts.rules.loader import read_rules
from services.scoring.adopted_rules import parse_rules
from tests.scoring.facts import API, proposed
from tests.scoring.running import announce, guarded, recompute_due, snapshot_now
from tests.scoring.served_scoring import Stand, settings_of, standing
from tests.support.announcing import announcement
from tests.support.former import CAMPAIGN, Contents, answers, as_before, contents, digests, restore

NEW = {"campaigns", "campaign_versions", "event_log", "outbox", "rule_sets"}
"""Tables in which the announcement leaves something."""


@pytest_asyncio.fixture
async def season(
    postgres: PostgresCluster, fresh_database: Callable[[], str], issuer: Issuer
) -> AsyncIterator[Stand]:
    """Scoring on its migrated database. Its campaign is not announced."""
    url = fresh_database()
    await restore(postgres, url, "scoring")
    await asyncio.to_thread(migrate, "scoring", url)
    async with standing(settings_of(url, issuer), issuer) as stand:
        yield stand


async def announced_again(season: Stand, **changes: Any) -> None:
    """As its follower brings it, on the day of the upgrade."""
    await announce(season.chassis.database, announcement(CAMPAIGN, at=datetime.now(UTC), **changes))


async def scored(season: Stand) -> None:
    """What a start does then: score the clusters that are due."""
    await recompute_due(season.chassis.database, await snapshot_now(season.chassis.database))


async def rows(season: Stand) -> dict[str, Contents]:
    return await contents(season.chassis.database.url)


async def published_since(season: Stand, before: dict[str, Contents]) -> list[Fact]:
    """What was published after a moment, in order."""
    connection = await asyncpg.connect(season.chassis.database.url)
    found = await connection.fetch(
        "SELECT key, headers, value FROM event_log ORDER BY seq OFFSET $1",
        len(before["event_log"].rows),
    )
    await connection.close()
    events = [decode(row["key"], decode_headers(row["headers"]), row["value"]) for row in found]
    return [event.data for event in events if isinstance(event, Event)]


async def test_the_standings_have_the_digest_that_they_had(season: Stand) -> None:
    """By both ways of counting, and no unit's points are published once more."""
    await announced_again(season)
    before = await rows(season)
    await scored(season)
    database = season.chassis.database
    assert await guarded(database, await snapshot_now(database)) == []
    after = await season.read(f"{API}/digest")
    assert (after["digest"], after["up_to_date"]) == (digests()["standings"], True)
    assert await published_since(season, before) == []


async def test_it_is_read_over_http_as_the_release_before_answered(season: Stand) -> None:
    await announced_again(season)
    await scored(season)
    for path, expected in answers()["scoring"].items():
        answer = await season.read(path.replace("/v1", API))
        assert undated(as_before(answer, expected)) == undated(expected), path


def undated(answer: Any) -> Any:
    """Without when it was computed: every cluster is scored once after the upgrade."""
    if isinstance(answer, dict):
        return {key: undated(value) for key, value in answer.items() if key != "computed_at"}
    return [undated(one) for one in answer] if isinstance(answer, list) else answer


async def test_publications_have_the_digests_that_were_published(season: Stand) -> None:
    await announced_again(season)
    listed = await season.read(f"{API}/publications")
    assert {str(one["version"]): one["digest"] for one in listed} == digests()["publications"]


async def test_nothing_is_written_but_the_campaign_and_the_document_of_its_rule_sets(
    season: Stand,
) -> None:
    before = await rows(season)
    await announced_again(season)
    after = await rows(season)
    assert {name for name in after if after[name] != before[name]} == NEW
    kept = [name for name in before["rule_sets"].columns if name != "document"]
    assert after["rule_sets"].of(kept) == before["rule_sets"].of(kept)


async def test_its_rule_sets_are_published_with_their_numbers_and_days(season: Stand) -> None:
    before = await rows(season)
    await announced_again(season)
    published = await published_since(season, before)
    assert [type(fact) for fact in published] == [RuleSetAdopted] * 2
    for number, (file, fact) in enumerate(
        zip(("rules-before.yaml", "rules.yaml"), published, strict=True), start=1
    ):
        assert isinstance(fact, RuleSetAdopted)
        written = read_rules((CAMPAIGN / file).read_bytes())
        assert (fact.version, fact.rules_digest) == (number, written.digest())
        assert parse_rules(fact.rules) == written, "what was kept as JSON says the same"


async def test_rules_of_an_earlier_day_are_those_that_were_in_force_then(season: Stand) -> None:
    await announced_again(season)
    second, first = await season.read(f"{API}/rule-sets")
    before_it = datetime.fromisoformat(second["since"]) - timedelta(seconds=1)
    past = await season.read(f"{API}/standings", as_of=before_it.isoformat())
    assert past["as_of"]["rules"]["rules_digest"] == first["rules_digest"]


async def test_other_rules_in_the_files_are_adopted_as_the_next_rule_set(season: Stand) -> None:
    await announced_again(season, edit_rules=lambda text: text.replace('"0.5"', '"0.25"'))
    numbers = [one["number"] for one in await season.read(f"{API}/rule-sets")]
    assert numbers == [3, 2, 1]


async def test_without_rules_in_the_files_those_at_work_go_on(season: Stand) -> None:
    await announced_again(season, rules=False)
    await scored(season)
    assert (await season.read(f"{API}/digest"))["digest"] == digests()["standings"]


async def test_facts_that_come_now_are_counted_on_top(season: Stand) -> None:
    await announced_again(season)
    await scored(season)
    before = await season.read(f"{API}/units/LDLD/points")
    await season.hears(proposed("LDLD", "new"))
    after = await season.read(f"{API}/units/LDLD/points")
    assert float(after["total"]) == float(before["total"]) + 2
    assert after["version"] == before["version"] + 1
