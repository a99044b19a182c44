"""Promise: a database of the release before is migrated with its season, and no row is lost."""

import asyncio
import json
from collections.abc import Callable

import asyncpg
import pytest

from infra.local.postgres import PostgresCluster
from services.chassis.storage.migrations import migrate
from services.chassis.storage.outbox import decode_headers
from services.cli.parts import SERVICES
from services.contracts.envelope import Event, decode
from services.contracts.topics import dead_letter_topic
from tests.support.former import PREFIX, Contents, contents, digests, restore
from tests.support.schema import schema_differences

GONE = {
    "alembic_version": {"version_num"},
    "scoring campaigns": {"measures_digest", "generation"},  # in `tallied` now
    "scoring rule_sets": {"units_digest"},  # announced units are versions of the campaign
}
"""Columns that the newest revision does not have, or that mean another thing there."""

RENAMED = {
    "scoring rule_sets": {"recorded_at": "adopted_at"},
    "submissions deadline_moves": {"move_id": "order_id", "moved_at": "ordered_at"},
    "submissions waivers": {"unit": "scope", "waived_at": "ordered_at"},
}

BECAME = {
    "submissions deadline_moves": ("orders", {"act": "move"}),
    "submissions waivers": ("orders", {"act": "waive"}),
}
"""Tables whose rows are some of another table's now."""

EMPTY = {"inbox", "outbox", "dead_letters", "simulated_clock", "rebuild_positions"}
"""Tables that some service of that release does not use; every other one has rows."""


@pytest.mark.parametrize("service", SERVICES)
async def test_the_migration_keeps_every_row_of_the_season(
    service: str, postgres: PostgresCluster, fresh_database: Callable[[], str]
) -> None:
    url = fresh_database()
    await restore(postgres, url, service)
    before = await contents(url)
    assert {table for table, one in before.items() if not one.rows} <= EMPTY
    await asyncio.to_thread(migrate, service, url)
    after = await contents(url)
    for table, rows in before.items():
        became, those = BECAME.get(f"{service} {table}", (table, {}))
        assert_kept(
            f"{service} {table}", rows, after[became].where(those) if those else after.get(table)
        )
    assert await schema_differences(service, url) == []


def assert_kept(table: str, before: Contents, after: Contents | None) -> None:
    gone = GONE.get(table, GONE.get(table.rsplit(maxsplit=1)[-1], set()))
    if not (columns := [name for name in before.columns if name not in gone]):
        return
    assert after is not None, f"{table} is gone"
    renamed = RENAMED.get(table, {})
    if table == "scoring campaigns":
        assert after.rows == (), "it is announced once more"
        return
    kept = after.of([renamed.get(name, name) for name in columns])
    if table == "submissions waivers":  # of one unit each
        at = columns.index("unit")
        kept = [(*row[:at], unit_of(row[at]), *row[at + 1 :]) for row in kept]
    assert kept == before.of(columns), table


def unit_of(scope: str | None) -> str:
    """The one unit that an order is about."""
    [unit] = json.loads(scope or "")["units"]
    return str(unit)


async def test_what_is_at_work_in_scoring_is_so_afterwards(
    postgres: PostgresCluster, fresh_database: Callable[[], str]
) -> None:
    """The last rule set, and tallies by its measures: none has to be counted again."""
    url = fresh_database()
    await restore(postgres, url, "scoring")
    [before] = (await contents(url))["campaigns"].of(["campaign", "measures_digest"])
    await asyncio.to_thread(migrate, "scoring", url)
    [after] = (await contents(url))["tallied"].of(["campaign", "rule_set", "measures_digest"])
    assert after == (before[0], "2", before[1])


@pytest.mark.parametrize("service", SERVICES)
async def test_every_event_of_the_release_before_can_be_read(
    service: str, postgres: PostgresCluster, fresh_database: Callable[[], str]
) -> None:
    url = fresh_database()
    await restore(postgres, url, service)
    await asyncio.to_thread(migrate, service, url)
    connection = await asyncpg.connect(url)
    rows = await connection.fetch(
        "SELECT key, headers, value FROM event_log WHERE topic <> $1",
        dead_letter_topic(PREFIX, service),
    )
    await connection.close()
    assert rows
    read = [decode(row["key"], decode_headers(row["headers"]), row["value"]) for row in rows]
    assert [one for one in read if not isinstance(one, Event)] == []


def test_the_season_has_two_publications_and_standings_of_another_day() -> None:
    """So each of the comparisons has something to find."""
    found = digests()
    assert len({found["standings"], *found["publications"].values()}) == 3
