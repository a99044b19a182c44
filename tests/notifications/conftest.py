"""What the tests of notifications stand on: settings, a migrated database, a chassis."""

import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import asyncpg
import httpx
import pytest

from infra.local.issuer import AUDIENCE, Issuer
from infra.local.mail import MailCatcher
from infra.local.postgres import PostgresCluster
from services.chassis.base import Chassis
from services.chassis.http.api import create_api
from services.chassis.storage.database import Database
from services.chassis.storage.migrations import migrate
from services.notifications.app import compose
from services.notifications.metrics import METRICS
from services.notifications.settings import NotificationsSettings
from tests.notifications.calling import Call
from tests.notifications.support import KEY
from tests.support.announcing import announce_in
from tests.support.serving import served

MakeSettings = Callable[..., NotificationsSettings]


@pytest.fixture
def make_settings(mail_catcher: MailCatcher, issuer: Issuer) -> MakeSettings:
    """Settings of a local service with short pauses; changes as keywords."""

    def make(**changes: Any) -> NotificationsSettings:
        return NotificationsSettings(
            **{
                "environment": "local",
                "database_url": "postgresql://nobody@127.0.0.1:1/none",
                "database_pool_size": 6,
                "secret_key": KEY,
                "smtp_host": mail_catcher.host,
                "smtp_port": mail_catcher.port,
                "smtp_tls": "none",
                "smtp_timeout_s": 3,
                "mail_from": "thidua@board.example.org",
                "allow_internal_webhooks": True,
                "webhook_timeout_s": 3,
                "attempt_timeout_s": 5,
                "lease_s": 10,
                "delivery_attempts": 3,
                "delivery_retry_base_s": 0.2,
                "delivery_retry_factor": 2,
                "delivery_retry_max_s": 5,
                "disable_after": 3,
                "drain_timeout_s": 5,
                "jwks_url": issuer.jwks_url,
                "token_issuer": issuer.url,
                "token_audience": AUDIENCE,
                "log_format": "console",
                **changes,
            }
        )

    return make


@pytest.fixture(scope="session")
def _migrated(postgres: PostgresCluster) -> Iterator[str]:
    name = f"test_{secrets.token_hex(6)}"
    url = postgres.create_database(name)
    with ThreadPoolExecutor(1) as aside:  # it runs a loop of its own
        aside.submit(migrate, "notifications", url).result()
    yield url
    postgres.drop_database(name)


@pytest.fixture
async def bare_settings(make_settings: MakeSettings, _migrated: str) -> NotificationsSettings:
    """Settings over a migrated database that is empty at the start of each test."""
    connection = await asyncpg.connect(_migrated)
    tables = await connection.fetch(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        " AND tablename <> 'alembic_version'"
    )
    await connection.execute(f"TRUNCATE {', '.join(row[0] for row in tables)}")
    await connection.close()
    return make_settings(database_url=_migrated)


@pytest.fixture
async def settings(bare_settings: NotificationsSettings) -> NotificationsSettings:
    """The same where the campaign of 2020 was announced, and nothing else happened."""
    database = Database(bare_settings.database_url, source="notifications")
    await announce_in(database)
    await database.close()
    return bare_settings


@pytest.fixture
async def chassis(settings: NotificationsSettings) -> AsyncIterator[Chassis]:
    """A chassis on that database."""
    made = Chassis("notifications", settings, metrics=METRICS)
    yield made
    await made.database.close()


@pytest.fixture
async def api(settings: NotificationsSettings) -> AsyncIterator[str]:
    """The API of a service without Kafka and senders; its URL."""
    service = compose(settings)
    for begin in service.on_start:
        await begin()
    app = create_api(
        service.chassis,
        service.routers,
        title=service.title,
        description=service.description,
        contexts=service.contexts,
    )
    async with served(app) as url:
        yield url
    await service.chassis.database.close()


@pytest.fixture
async def call(api: str, issuer: Issuer) -> AsyncIterator[Call]:
    """Calls of the API: `await call("POST", "/v1/…", role="unit", unit="SNV", json={…})`."""
    async with httpx.AsyncClient(base_url=api, timeout=20) as client:
        yield Call(client, issuer)
