"""The encryption key can be changed without asking a single subscriber for anything."""

from infra.local.webhook import WebhookCatcher
from services.chassis.base import Chassis
from services.contracts.events import DeadlineMissed
from services.notifications.secret_encryption import SecretEncryption
from services.notifications.subscriptions.service import reencrypt
from tests.notifications.conftest import MakeSettings
from tests.notifications.running import sending, subscribe, take_in, until_states
from tests.notifications.support import KEY, a_fact, an_event

NEWER = "bmV3ZXItc2VhbGluZy1rZXktdGhpcnR5LXR3by1ieXQ="
OTHER = "b3RoZXItc2VhbGluZy1rZXktdGhpcnR5LXR3by1ieXQ="


async def test_secrets_encrypted_under_the_old_key_work_under_the_new_one_alone(
    chassis: Chassis, make_settings: MakeSettings, webhook_catcher: WebhookCatcher
) -> None:
    await subscribe(chassis.database, webhook_catcher.url)
    await subscribe(chassis.database, "reader@snv.example.org")
    during = make_settings(secret_key=NEWER, previous_secret_keys=f" {KEY} ")
    async with chassis.database.transaction() as tx:
        assert await reencrypt(tx, during.secret_encryption) == (1, 0)
    after = make_settings(database_url=chassis.settings.database_url, secret_key=NEWER)
    async with sending(after, "webhook"):
        await take_in(chassis.database, [an_event(a_fact(DeadlineMissed, unit="SNV"))])
        await webhook_catcher.wait_for(1)
    await until_states(chassis.database, {"accepted": 1, "pending": 1})


async def test_a_secret_that_no_key_opens_is_counted_and_left_as_it_is(chassis: Chassis) -> None:
    await subscribe(chassis.database, "https://receiver.example.org/")
    async with chassis.database.transaction() as tx:
        before = await tx.fetchval("SELECT secret FROM subscriptions")
        assert await reencrypt(tx, SecretEncryption([NEWER, OTHER])) == (0, 1)
        assert await tx.fetchval("SELECT secret FROM subscriptions") == before
