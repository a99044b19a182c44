"""The toy service's database."""

from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from infra.local.issuer import Issuer
from services.chassis.base import Chassis
from services.chassis.http.api import create_api
from services.chassis.storage.tables import CHASSIS
from tests.chassis.toy import router, toy_settings
from tests.support.serving import served


@pytest.fixture
async def toy_database(fresh_database: Callable[[], str]) -> str:
    """DSN of a database with the chassis' tables and the toy's."""
    url = fresh_database()
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://", 1))
    async with engine.begin() as connection:
        await connection.run_sync(CHASSIS.create_all)
        await connection.exec_driver_sql(
            "CREATE TABLE notes (number int GENERATED ALWAYS AS IDENTITY, text text, unit text)"
        )
    await engine.dispose()
    return url


@pytest.fixture
async def toy_chassis(toy_database: str, issuer: Issuer) -> AsyncIterator[Chassis]:
    """What the toy is built on."""
    chassis = Chassis("toy", toy_settings(toy_database, issuer))
    yield chassis
    await chassis.database.close()


@pytest.fixture
async def toy(toy_chassis: Chassis) -> AsyncIterator[httpx.AsyncClient]:
    """The toy, served; a client of it without a token."""
    app = create_api(toy_chassis, [router], title="Toy", description="For tests.")
    async with served(app) as url, httpx.AsyncClient(base_url=url, timeout=20) as client:
        yield client
