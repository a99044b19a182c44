"""What the tests of notifications stand on: settings, a migrated database, a chassis."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from infra.local.issuer import AUDIENCE, Issuer
from infra.local.mail import MailCatcher
from services.chassis.base import Chassis
from services.chassis.migrations import migrate
from services.notifications.metrics import METRICS
from services.notifications.settings import NotificationsSettings
from tests.notifications.support import CAMPAIGN, KEY

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
                "campaign_dir": CAMPAIGN,
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


@pytest.fixture
async def settings(
    make_settings: MakeSettings, fresh_database: Callable[[], str]
) -> NotificationsSettings:
    """Settings over a migrated database of this test's own."""
    url = fresh_database()
    await asyncio.to_thread(migrate, "notifications", url)
    return make_settings(database_url=url)


@pytest.fixture
async def chassis(settings: NotificationsSettings) -> AsyncIterator[Chassis]:
    """A chassis on that database."""
    made = Chassis("notifications", settings, metrics=METRICS)
    yield made
    await made.database.close()
