"""Promise: a database from before campaigns were announced keeps its season: it is migrated, its
campaign is announced once more, and what was stored goes on."""

import asyncio
import hashlib
from typing import Any

import asyncpg
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from infra.local.issuer import Issuer
from infra.local.postgres import PostgresCluster
from services.chassis.storage.migrations import _config, migrate
from services.contracts.events import DeadlineMissed
from tests.submissions.replica import essay, running_replica, settings_of
from tests.submissions.test_campaigns import announcement_of
from tests.support.announcing import announcement

BEFORE = "2026_12_01_tables"
ADDED = {"essays": {"contest", "acted_on"}, "obligations": {"held"}}
"""Columns that it did not have, by table."""
SEASON = ("essays", "essay_authors", "obligations", "planned_terms", "timers", "orders")


async def at_the_release_before(url: str) -> None:
    """Tables of that release."""

    def upgrade(connection: Connection, config: Config) -> None:
        config.attributes["connection"] = connection
        command.upgrade(config, BEFORE)

    engine = create_async_engine(
        url.replace("postgresql://", "postgresql+asyncpg://"), poolclass=NullPool
    )
    async with engine.connect() as connection:
        await connection.run_sync(upgrade, _config("submissions"))
        await connection.commit()
    await engine.dispose()


def as_it_was(order: Any) -> dict[str, Any]:
    """A move of all units, as that release kept it."""
    names = ("campaign", "obligation", "option", "previous_last_day", "last_day")
    kept = {name: order[name] for name in (*names, "document", "reason", "simulated")}
    return kept | {"move_id": order["order_id"], "moved_at": order["ordered_at"]}


async def copy_of(url: str, tables: dict[str, list[Any]]) -> None:
    """Put rows into the tables."""
    connection = await asyncpg.connect(url)
    moves = [as_it_was(order) for order in tables["orders"]]
    written = {name: rows for name, rows in tables.items() if name != "orders"}
    for name, rows in (written | {"deadline_moves": moves}).items():
        for stored in rows:
            row = {key: stored[key] for key in dict(stored).keys() - ADDED.get(name, set())}
            places = ", ".join(f"${n}" for n in range(1, len(row) + 1))
            names = ", ".join(f'"{column}"' for column in row)
            await connection.execute(
                f"INSERT INTO {name} ({names}) VALUES ({places})",  # noqa: S608 - our own tables
                *row.values(),
            )
    await connection.close()


async def without_accounts(url: str) -> None:
    """That release did not know who entered an order."""
    connection = await asyncpg.connect(url)
    await connection.execute("UPDATE orders SET ordered_by = NULL")
    await connection.close()


async def rows_of(url: str) -> dict[str, list[Any]]:
    """All rows of the season, in one order."""
    connection = await asyncpg.connect(url)
    found = {
        name: await connection.fetch(f"SELECT * FROM {name} AS t ORDER BY t::text")  # noqa: S608
        for name in SEASON
    }
    await connection.close()
    return found


def digest(rows: dict[str, list[Any]]) -> str:
    return hashlib.sha256(
        repr([(n, [dict(r) for r in rs]) for n, rs in rows.items()]).encode()
    ).hexdigest()


async def test_a_season_of_the_release_before_goes_on_after_the_migration(
    dsn: str, issuer: Issuer, postgres: PostgresCluster
) -> None:
    async with running_replica(settings_of(dsn, issuer), issuer, announcement()) as one:
        await one.at("2020-06-14")
        await one.taken("/essays", essay())
        move = {"option": "D6", "date": "2020-07-15", "included": True}
        document = {"document": "Thông báo mẫu 01", "reason": "Gia hạn"}
        await one.taken("/deadline-moves", {**move, **document}, role="board")
    await without_accounts(dsn)
    season = await rows_of(dsn)

    url = postgres.create_database("submissions_of_the_release_before")
    await at_the_release_before(url)
    await copy_of(url, season)
    await asyncio.to_thread(migrate, "submissions", url)
    assert digest(await rows_of(url)) == digest(season)

    settings = settings_of(url, issuer, simulated_start="2020-06-14T08:00:00+07:00")
    async with running_replica(settings, issuer) as later:
        body = announcement_of(announcement())
        assert (await later.taken("/v1/campaigns", body, role="board"))["owed"] == 0
        assert digest(await rows_of(url)) == digest(season)
        assert (await later.owed("SNV", "D5"))["status"] == "fulfilled"
        assert (await later.owed("SNV", "D6"))["last_days"] == {"D6": "2020-07-15"}
        assert len((await later.read("/essays", {"unit": "SNV"})).json()["essays"]) == 1
        await later.at("2020-07-16 00:00:00")
        missed = [f for f in await later.fire() if isinstance(f, DeadlineMissed)]
        assert len([f for f in missed if f.obligation == "D6"]) == 64
