"""The migrations make the tables that the models speak of."""

import asyncio
from collections.abc import Callable

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel

from services.chassis.storage.migrations import migrate
from services.chassis.storage.tables import CHASSIS
from services.notifications.models import Attempt, Delivery, StoredEvent, Subscription

OURS = [model.__tablename__ for model in (Subscription, StoredEvent, Delivery, Attempt)]


async def test_the_migrations_make_exactly_the_tables_of_the_models(
    fresh_database: Callable[[], str],
) -> None:
    url = fresh_database()
    await asyncio.to_thread(migrate, "notifications", url)
    wanted = MetaData()
    for name in OURS:
        SQLModel.metadata.tables[name].to_metadata(wanted)
    for table in CHASSIS.tables.values():
        table.to_metadata(wanted)
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://", 1))
    async with engine.connect() as connection:
        differences = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync), wanted)
        )
    await engine.dispose()
    ours = [d for d in differences if "alembic_version" not in str(d)]
    assert ours == []
