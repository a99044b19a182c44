"""What the migrations make is what the models say."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from services.scoring.models import Stored


async def test_the_migrated_schema_is_the_one_of_the_models(scoring_url: str) -> None:
    def differences(connection: Connection) -> list[Any]:
        ours = set(Stored.metadata.tables)
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_object": lambda _thing, name, kind, *_: kind != "table" or name in ours,
            },
        )
        return list(compare_metadata(context, Stored.metadata))

    engine = create_async_engine(scoring_url.replace("postgresql:", "postgresql+asyncpg:"))
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()
