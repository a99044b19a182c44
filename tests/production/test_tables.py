"""Promise: tables are stated once, in the models, and the migrations make exactly those."""

import asyncio
from collections.abc import Callable

import pytest
from alembic.script import ScriptDirectory

from services.chassis.storage.database import Database
from services.chassis.storage.migrations import _config, migrate, newest
from services.chassis.storage.schema import revisions, schema_behind
from services.cli.parts import SERVICES
from tests.support.schema import schema_differences


@pytest.mark.parametrize("service", SERVICES)
async def test_the_migrations_make_exactly_the_tables_of_the_models(
    service: str, fresh_database: Callable[[], str]
) -> None:
    url = fresh_database()
    await asyncio.to_thread(migrate, service, url)
    assert await schema_differences(service, url) == []


@pytest.mark.parametrize("service", SERVICES)
def test_no_migration_has_a_way_back_that_nobody_can_run(service: str) -> None:
    """`thidua migrate` goes forwards only, and Alembic's own command is refused."""
    steps = ScriptDirectory.from_config(_config(service)).walk_revisions()
    assert not [step.revision for step in steps if hasattr(step.module, "downgrade")]


@pytest.mark.parametrize("service", SERVICES)
def test_a_process_that_serves_knows_the_newest_revision_without_alembic(service: str) -> None:
    assert revisions(service)[-1] == newest(service)


async def test_a_database_that_is_behind_is_named_and_one_that_is_ahead_is_served(
    fresh_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = fresh_database()
    await asyncio.to_thread(migrate, "scoring", url)
    database = Database(url, 2, source="scoring")

    async def reason() -> str | None:
        async with database.transaction() as tx:
            return await schema_behind(tx, "scoring")

    known = revisions("scoring")
    assert await reason() is None
    ahead = "services.chassis.storage.schema.revisions"
    monkeypatch.setattr(ahead, lambda _: (*known, "9999"))  # as the code of the next release
    assert await reason() == f"schema is at {known[-1]}, not at 9999: run `thidua migrate`"
    monkeypatch.setattr(ahead, lambda _: ("0000",))  # as the code of the release before
    assert await reason() is None
    await database.close()
