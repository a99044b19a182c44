"""Migrations: run by anyone, any number of times, also at the same time."""

import asyncio
from collections.abc import Callable

import asyncpg
import pytest
from alembic import command

from services.chassis.storage.migrations import _config, applied, migrate, newest
from services.chassis.storage.tables import CHASSIS

SERVICES = ("submissions", "scoring", "notifications")


async def _tables(url: str) -> set[str]:
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
        )
        return {row[0] for row in rows}
    finally:
        await connection.close()


@pytest.mark.parametrize("service", SERVICES)
async def test_an_empty_database_gets_all_tables_and_again_changes_nothing(
    service: str, fresh_database: Callable[[], str]
) -> None:
    url = fresh_database()
    assert await applied(url) is None
    revision = await asyncio.to_thread(migrate, service, url)
    assert revision == newest(service) == await applied(url)
    tables = await _tables(url)
    assert tables > {table.name for table in CHASSIS.sorted_tables}
    assert await asyncio.to_thread(migrate, service, url) == revision
    assert await _tables(url) == tables


async def test_two_that_migrate_at_the_same_time_take_turns(
    fresh_database: Callable[[], str],
) -> None:
    url = fresh_database()
    done = await asyncio.gather(*(asyncio.to_thread(migrate, "scoring", url) for _ in range(3)))
    assert set(done) == {newest("scoring")}


async def test_alembics_own_command_is_sent_to_ours() -> None:
    with pytest.raises(RuntimeError, match="thidua migrate"):
        await asyncio.to_thread(command.upgrade, _config("scoring"), "head")
