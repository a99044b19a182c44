"""Migrations: Alembic on asyncpg, one directory a service, behind a lock.

A service has `services/<service>/migrations/env.py` of three lines,

    from services.chassis.storage.migrations import run_environment

    run_environment()

and `versions/`, whose first revision calls `create_chassis_tables(op)`. A revision is named like
its file, by its day and what it does: 2026_12_01_tables. Two jobs that migrate at the same time,
say two replicas of one deployment, take turns, and the second finds nothing to do.
"""

import asyncio
from importlib.resources import files

from alembic import command, context
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from services.chassis.storage.deployment import found_by, require_own
from services.chassis.storage.schema import RetiredSchemaError, why_retired

_LOCK = 0x7468_6964_7561  # "thidua"; advisory locks of one database share one number space
_LOCK_TIMEOUT = "30s"
"""A migration that waits longer for a table holds up everyone behind it: better to fail and be
repeated."""


def migrate(service: str, url: str) -> str:
    """Bring a service's database (postgresql://…) to the newest revision, which is returned.

    Raises WrongDatabaseError for a database that is another service's or another system's,
    RetiredSchemaError for one from which no revision of today goes on, and what Alembic or the
    database raise; a revision is then applied as a whole or not at all. Not to be called while an
    event loop runs.
    """
    asyncio.run(_migrate(service, url))
    return newest(service)


def newest(service: str) -> str:
    """The revision that the code of a service is written for. Raises ValueError without one."""
    revision = ScriptDirectory.from_config(_config(service)).get_current_head()
    if revision is None:
        raise ValueError(f"services/{service}/migrations has no revision")
    return revision


async def applied(url: str) -> str | None:
    """The revision that a database has; None for one that was never migrated."""
    engine = create_async_engine(_asyncpg(url), poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(
                lambda sync: MigrationContext.configure(sync).get_current_revision()
            )
    finally:
        await engine.dispose()


def run_environment() -> None:
    """The whole of a service's `env.py`: run what Alembic asks for on the connection we gave it."""
    connection: Connection | None = context.config.attributes.get("connection")
    if connection is None:
        raise RuntimeError("migrations run by `thidua migrate`, not by alembic's own command")
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


async def _migrate(service: str, url: str) -> None:
    engine = create_async_engine(_asyncpg(url), poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            # Held by the session, not by a transaction: each revision commits by itself.
            await connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
            await connection.execute(
                text("SELECT set_config('lock_timeout', :limit, false)"), {"limit": _LOCK_TIMEOUT}
            )
            await connection.commit()
            await connection.run_sync(_upgrade, service)
            await connection.commit()
    finally:
        await engine.dispose()  # ends the session, and with it the lock


def _upgrade(connection: Connection, service: str) -> None:
    found = found_by(connection)
    require_own(service, found)
    if why := why_retired(service, found.revision):
        raise RetiredSchemaError(*why)
    config = _config(service)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config(service: str) -> Config:
    config = Config()
    location = files(f"services.{service}") / "migrations"
    config.set_main_option("script_location", str(location).replace("%", "%%"))
    return config


def _asyncpg(url: str) -> str:
    return url.replace("postgresql://", "postgresql+asyncpg://", 1)
