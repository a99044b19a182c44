"""A migrated database of scoring, without facts, for each test."""

from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import pytest_asyncio

from services.chassis.database import Database
from services.chassis.migrations import migrate
from services.scoring.recount import prepare
from tests.scoring.campaign import sample_contest


@pytest.fixture
def scoring_url(fresh_database: Callable[[], str]) -> str:
    """DSN of a database at the newest revision."""
    url = fresh_database()
    with ThreadPoolExecutor(1) as aside:  # it runs a loop of its own
        aside.submit(migrate, "scoring", url).result()
    return url


@pytest_asyncio.fixture
async def database(scoring_url: str) -> AsyncIterator[Database]:
    """The same, open, with a row for each unit and cluster of the sample campaign."""
    database = Database(scoring_url, 6, source="scoring")
    await prepare(database, sample_contest())
    yield database
    await database.close()
