"""Whether a database has exactly the tables that a service's models define."""

from importlib import import_module
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, Connection, MetaData, inspect
from sqlalchemy.ext.asyncio import create_async_engine

from services.campaigns.models import CAMPAIGNS
from services.chassis.storage.deployment import DEPLOYMENT
from services.chassis.storage.models import tables_of
from services.chassis.storage.tables import CHASSIS


async def schema_differences(service: str, url: str) -> list[Any]:
    """What Alembic would still have to do, and checks that only one side has; empty when alike."""
    own = tables_of(import_module(f"services.{service}.models").__name__)
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://", 1))
    try:
        async with engine.connect() as connection:
            models = [own, CHASSIS, CAMPAIGNS, DEPLOYMENT]
            return await connection.run_sync(lambda sync: _differences(sync, models))
    finally:
        await engine.dispose()


def _differences(connection: Connection, models: list[MetaData]) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    found = list(compare_metadata(context, models))  # type: ignore[arg-type]  # it takes several
    seen = inspect(connection)
    for table in (table for metadata in models for table in metadata.sorted_tables):
        modelled = {
            str(check.name) for check in table.constraints if isinstance(check, CheckConstraint)
        }
        stored = {str(check["name"]) for check in seen.get_check_constraints(table.name)}
        found += [("check", table.name, name) for name in sorted(modelled ^ stored)]
    return found
