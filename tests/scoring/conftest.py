"""A database of scoring for each test: migrated, the sample campaign announced and scored, and no
fact in it yet."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import pytest_asyncio

from infra.local.issuer import Issuer
from infra.local.postgres import PostgresCluster
from services.chassis.storage.database import Database
from services.chassis.storage.migrations import migrate
from tests.scoring.campaign import sample_snapshot
from tests.scoring.running import announce, recompute_due
from tests.scoring.served_scoring import Stand, settings_of, standing
from tests.support.announcing import announcement

_TEMPLATE = "scoring_tests"


async def _score_nothing(url: str) -> None:
    database = Database(url, 2, source="scoring")
    await announce(database, announcement())
    await recompute_due(database, sample_snapshot())
    async with database.transaction() as tx:  # under the topics' names of the template
        await tx.execute("TRUNCATE outbox, event_log")
    await database.close()


def _make_template(url: str) -> None:
    migrate("scoring", url)
    asyncio.run(_score_nothing(url))


@pytest.fixture(scope="session")
def _template(postgres: PostgresCluster) -> str:
    url = postgres.create_database(_TEMPLATE)
    with ThreadPoolExecutor(1) as aside:  # loops of their own, beside the one of the tests
        aside.submit(_make_template, url).result()
    return _TEMPLATE


@pytest.fixture
def scoring_url(postgres: PostgresCluster, _template: str) -> Iterator[str]:
    """DSN of a copy of it: faster than to migrate and score anew."""
    postgres.start()
    name = f"test_{secrets.token_hex(6)}"
    postgres.execute(
        'CREATE DATABASE :"name" TEMPLATE :"template" OWNER :"template"',
        name=name,
        template=_template,
    )
    yield postgres.dsn(name, role=_template)
    postgres.start()
    postgres.execute('DROP DATABASE IF EXISTS :"name" WITH (FORCE)', name=name)


@pytest_asyncio.fixture
async def database(scoring_url: str) -> AsyncIterator[Database]:
    """The same, open."""
    database = Database(scoring_url, 6, source="scoring")
    yield database
    await database.close()


@pytest_asyncio.fixture
async def stand(scoring_url: str, issuer: Issuer) -> AsyncIterator[Stand]:
    """Scoring, served over HTTP."""
    async with standing(settings_of(scoring_url, issuer), issuer) as one:
        yield one
