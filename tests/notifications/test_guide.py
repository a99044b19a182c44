"""docs/subscribing.md says what is so."""

import re
from pathlib import Path
from typing import Any

import pytest

from infra.local.webhook import WebhookCatcher
from services.contracts.events import PointsRecomputed
from services.notifications.channels.outcomes import REFUSALS
from services.notifications.channels.webhook.channel import WebhookChannel
from services.notifications.secret_encryption import SecretEncryption, new_webhook_secret
from services.notifications.settings import NotificationsSettings
from tests.notifications.conftest import MakeSettings
from tests.notifications.support import KEY, a_fact, a_message

GUIDE = (Path(__file__).parents[2] / "docs" / "subscribing.md").read_text()


async def test_the_receiver_of_the_guide_believes_us_and_nobody_else(
    make_settings: MakeSettings, webhook_catcher: WebhookCatcher
) -> None:
    example = next(c for c in re.findall(r"```python\n(.*?)```", GUIDE, re.S) if "receive" in c)
    space: dict[str, Any] = {}
    exec(example, space)  # noqa: S102 - the guide is ours
    secret, encryption = new_webhook_secret(), SecretEncryption([KEY])
    channel = WebhookChannel(make_settings(), encryption)
    message = a_message(
        a_fact(PointsRecomputed), webhook_catcher.url, encrypted_secret=encryption.encrypt(secret)
    )
    await channel.send(message)
    await channel.close()
    [call] = webhook_catcher.requests
    event = space["receive"](secret, dict(call.headers), call.body)
    assert event["id"] == str(message.event.id)
    assert space["receive"](new_webhook_secret(), dict(call.headers), call.body) is None
    assert space["receive"](secret, dict(call.headers), call.body + b" ") is None


def test_the_guide_names_the_statuses_that_are_not_tried_again() -> None:
    assert ", ".join(str(int(status)) for status in sorted(REFUSALS)) in GUIDE


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("delivery_attempts", "12 attempts"),
        ("delivery_retry_base_s", "from 5 seconds"),
        ("delivery_retry_max_s", "to 6 hours"),
        ("webhook_timeout_s", "within 10 seconds"),
        ("disable_after", "Ten deliveries given up in a row"),
    ],
)
def test_the_guide_names_the_defaults_of_the_settings(field: str, words: str) -> None:
    number = {"12": 12, "5": 5, "6": 6 * 3600, "10": 10, "Ten": 10}[
        next(word for word in words.split() if word in ("12", "5", "6", "10", "Ten"))
    ]
    assert NotificationsSettings.model_fields[field].default == number
    assert words in GUIDE


def test_a_key_made_as_the_guide_says_seals() -> None:
    assert "openssl rand -base64 32" in GUIDE
    made_by_openssl = "+/+/" * 10 + "+/8="
    assert (
        SecretEncryption([made_by_openssl]).decrypt(
            SecretEncryption([made_by_openssl]).encrypt("whsec_x")
        )
        == "whsec_x"
    )
