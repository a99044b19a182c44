"""Submissions, served over HTTP on a PostgreSQL of its own, with a clock that the test moves."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from infra.local.issuer import Issuer
from infra.local.postgres import PostgresCluster
from services.chassis.storage.migrations import migrate
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.loader import load_campaign
from tests.submissions.database import empty
from tests.submissions.reform import REFORM, START
from tests.submissions.replica import Replica, running_replica, settings_of
from tests.support.announcing import announcement


@pytest.fixture(scope="session")
def campaign() -> Campaign:
    """The campaign of 2020."""
    return load_campaign(Path("infra/campaigns/hanoi-2020"))


@pytest.fixture(scope="session")
def migrated(postgres: PostgresCluster) -> str:
    """A database with the tables of submissions, made once: emptying it is faster."""
    url = postgres.create_database("submissions_tests")
    migrate("submissions", url)
    return url


@pytest.fixture
async def dsn(migrated: str, postgres: PostgresCluster) -> str:
    """That database, empty."""
    postgres.start()
    await empty(migrated)
    return migrated


@pytest.fixture
async def replica(dsn: str, issuer: Issuer) -> AsyncIterator[Replica]:
    """One replica with the campaign of 2020, on 1 May 2020."""
    async with running_replica(settings_of(dsn, issuer), issuer, announcement()) as one:
        yield one


@pytest.fixture
async def reform(dsn: str, issuer: Issuer) -> AsyncIterator[Replica]:
    """One replica with the campaign that runs across 1 July 2025, on 1 February."""
    settings = settings_of(dsn, issuer, simulated_start=START)
    async with running_replica(settings, issuer, announcement(REFORM)) as one:
        one.campaign = "reform-2025"
        yield one
