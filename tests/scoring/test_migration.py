"""A database of the release before keeps its season: points, tallies, rule sets, publications."""

import asyncio
import json
from collections.abc import Callable

import asyncpg
import pytest
from alembic import command

from services.chassis.storage.database import Database
from services.chassis.storage.migrations import migrate
from services.scoring.points.queries import clusters_due
from tests.scoring.campaign import other_rules, sample_rules, sample_snapshot
from tests.scoring.facts import essay, event, fulfilled, judged
from tests.scoring.running import (
    announce,
    campaign_now,
    digest,
    guarded,
    recompute_due,
    snapshot_now,
    take,
)
from tests.support.announcing import announcement

BEFORE = "2026_12_01_tables"
SEASON = [
    event(fact)
    for fact in (
        essay("SNV", "a"),
        judged("SNV", "a", "85"),
        essay("STP", "b"),
        fulfilled("SNV", "D6", days_late=2),
    )
]
SAME = ("facts", "unit_measures", "clusters", "points", "points_history")
"""Tables that are as they were."""


async def written_as_the_release_before(url: str, season: Database, *, also_other: bool) -> None:
    """The rows of a season, and those that were others then: which rules were in force when, as
    JSON, and by which digests tallies and points are."""
    connection = await asyncpg.connect(url)
    async with season.transaction() as tx:
        measures = await tx.fetchval("SELECT measures_digest FROM tallied")
        for table in SAME:
            rows = [
                tuple(json.dumps(value) if isinstance(value, dict) else value for value in row)
                for row in await tx.fetch(f"SELECT * FROM {table}")  # noqa: S608 - constants
            ]
            await connection.copy_records_to_table(table, records=rows)
    await connection.execute(
        "INSERT INTO campaigns VALUES ('hanoi-2020', $1, 'digest of rules and units')", measures
    )
    kept = [other_rules(), sample_rules()] if also_other else [sample_rules()]
    for number, rules in enumerate(kept, start=1):
        await connection.execute(
            "INSERT INTO rule_sets VALUES ('hanoi-2020', $1, $2, $3, 'of units', $4,"
            " timestamptz '2019-12-17T00:00:00+07:00' + make_interval(days => $1 - 1), now())",
            number,
            rules.rule_set,
            rules.digest(),
            json.dumps(rules.content()),
        )
    await connection.close()


@pytest.mark.parametrize("also_other", [False, True])
async def test_a_season_goes_on_when_its_campaign_is_announced(
    database: Database,
    fresh_database: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
    *,
    also_other: bool,
) -> None:
    await take(database, SEASON)
    await recompute_due(database, sample_snapshot())
    before = await digest(database, sample_snapshot())
    url, upgrade = fresh_database(), command.upgrade
    with monkeypatch.context() as patch:
        patch.setattr(command, "upgrade", lambda config, _: upgrade(config, BEFORE))
        await asyncio.to_thread(migrate, "scoring", url)
    await written_as_the_release_before(url, database, also_other=also_other)
    await asyncio.to_thread(migrate, "scoring", url)

    migrated = Database(url, 2, source="scoring")
    try:
        await announce(migrated, announcement())
        campaign = await campaign_now(migrated)
        numbers = [1, 2] if also_other else [1]
        assert [one.row.number for one in campaign.adopted] == numbers
        assert campaign.at_work is not None
        assert campaign.at_work.row.number == numbers[-1]
        assert campaign.at_work.rules.digest() == sample_rules().digest()
        snapshot = await snapshot_now(migrated)
        async with migrated.transaction() as tx:
            assert await clusters_due(tx, snapshot) == [], "no point is computed again"
            topics = await tx.fetch("SELECT topic FROM event_log JOIN outbox USING (seq)")
        assert [row["topic"] for row in topics] == ["thidua.rule-set-adopted.v1"] * len(numbers)
        assert await digest(migrated, snapshot) == before
        assert await guarded(migrated, snapshot) == []
        assert await take(migrated, SEASON) == 0
        assert await take(migrated, [event(essay("Q009", "c"))]) == 1
        await recompute_due(migrated, snapshot)
        assert await guarded(migrated, snapshot) == []
    finally:
        await migrated.close()
