"""Promise: subscriptions of a season that is there go on, and what was to be sent is sent."""

import asyncio
from collections.abc import AsyncIterator, Callable

import httpx
import pytest_asyncio

from infra.local.issuer import Issuer
from infra.local.mail import MailCatcher
from infra.local.postgres import PostgresCluster
from services.chassis.http.api import create_api
from services.chassis.storage.database import Database
from services.chassis.storage.migrations import migrate
from services.contracts.events import DeadlineMissed
from services.notifications.app import compose
from services.notifications.settings import NotificationsSettings
from tests.notifications.calling import Call
from tests.notifications.running import rows, sending, take_in, until
from tests.notifications.support import KEY, a_fact, an_event
from tests.support.announcing import announce_in
from tests.support.former import CAMPAIGN, answers, contents, restore
from tests.support.serving import served

WAITING = "late@example.org"
"""Whose two mails the relay did not take before the upgrade."""


@pytest_asyncio.fixture
async def settings(
    postgres: PostgresCluster,
    fresh_database: Callable[[], str],
    issuer: Issuer,
    mail_catcher: MailCatcher,
) -> NotificationsSettings:
    """Notifications on its migrated database, whose campaign is announced again."""
    url = fresh_database()
    await restore(postgres, url, "notifications")
    await asyncio.to_thread(migrate, "notifications", url)
    made = NotificationsSettings(
        database_url=url,
        environment="local",
        jwks_url=issuer.jwks_url,
        token_issuer=issuer.url,
        secret_key=KEY,
        smtp_host=mail_catcher.host,
        smtp_port=mail_catcher.port,
        smtp_tls="none",
        allow_internal_webhooks=True,
    )
    database = Database(url, source="notifications")
    before = await contents(url)
    await announce_in(database, CAMPAIGN)
    after = await contents(url)
    await database.close()
    assert {name for name in after if after[name] != before[name]} == {
        "campaigns",
        "campaign_versions",
    }
    return made


@pytest_asyncio.fixture
async def call(settings: NotificationsSettings, issuer: Issuer) -> AsyncIterator[Call]:
    """Calls of its API."""
    service = compose(settings)
    for begin in service.on_start:  # it encrypts secrets anew, which must be readable for that
        await begin()
    app = create_api(
        service.chassis,
        service.routers,
        title=service.title,
        description=service.description,
        contexts=service.contexts,
    )
    async with served(app) as url, httpx.AsyncClient(base_url=url, timeout=30) as client:
        yield Call(client, issuer)
    await service.chassis.database.close()


async def test_subscriptions_are_read_as_before_each_with_its_campaign(call: Call) -> None:
    former = answers()["notifications"]["/v1/subscriptions"]["items"]
    answer = await call("GET", "/v1/subscriptions", role="board")
    assert answer.json()["items"] == [{**one, "campaign": "hanoi-2020"} for one in former]


async def test_deliveries_are_counted_as_before(call: Call) -> None:
    former = answers()["notifications"]["/v1/statistics"]
    now = (await call("GET", "/v1/statistics", role="board")).json()
    assert {name: now[name] for name in former} == former
    assert now["campaigns"] == {"hanoi-2020": former["deliveries"]}


async def test_what_waited_for_another_attempt_is_sent(
    settings: NotificationsSettings, mail_catcher: MailCatcher
) -> None:
    async def accepted() -> bool:
        waiting = "SELECT FROM deliveries WHERE state = 'pending' AND channel = 'email'"
        return not await rows(replica.database, waiting)

    async with sending(settings, "email") as replica:
        await until(accepted)
    assert [mail.recipients for mail in mail_catcher.mails] == [(WAITING,)] * 2


async def test_secrets_of_webhooks_can_still_be_read(settings: NotificationsSettings) -> None:
    database = Database(settings.database_url, source="notifications")
    found = await rows(database, "SELECT secret FROM subscriptions WHERE secret IS NOT NULL")
    await database.close()
    opened = [settings.secret_encryption.decrypt(row["secret"]) for row in found]
    assert [secret[:6] for secret in opened] == ["whsec_"] * 2


async def test_events_of_its_campaign_are_matched_as_before(
    settings: NotificationsSettings,
) -> None:
    database = Database(settings.database_url, source="notifications")
    event = an_event(a_fact(DeadlineMissed, unit="X00343"))
    assert await take_in(database, [event]) == 1, "the district above it asked for it"
    assert await take_in(database, [event]) == 0
    await database.close()
