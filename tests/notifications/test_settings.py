"""Settings that would be dangerous or could not work are refused at start, with the reason."""

from typing import Any

import pytest

from services.chassis.settings import SettingsError, load_settings
from services.notifications.settings import NotificationsSettings
from tests.notifications.support import KEY

GOOD: dict[str, Any] = {"database_url": "postgresql://x", "secret_key": KEY}


def test_a_key_and_a_database_are_all_that_production_must_set() -> None:
    settings = load_settings(NotificationsSettings, **GOOD)
    assert settings.environment == "production"
    assert not settings.smtp_host
    assert not settings.allow_internal_webhooks


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"secret_key": "short"}, "at least 24 characters"),
        ({"previous_secret_keys": f"{KEY},short"}, "at least 24 characters"),
        ({"allow_internal_webhooks": True}, "for environment `local` only"),
        ({"smtp_host": "relay.example.org"}, "set mail_from"),
        ({"mail_from": "a@b\nBcc: c"}, "not an e-mail address"),
        (
            {
                "smtp_host": "relay.example.org",
                "mail_from": "a@b.example",
                "smtp_username": "a",
                "smtp_tls": "none",
            },
            "would travel readable",
        ),
        ({"lease_s": 30, "attempt_timeout_s": 30}, "at least twice"),
        ({"forbidden_networks": "203.0.113.0/24, nowhere"}, "nowhere"),
    ],
)
def test_settings_that_do_not_fit_are_refused_with_the_reason(
    changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(SettingsError, match=words) as refused:
        load_settings(NotificationsSettings, **{**GOOD, **changes})
    assert KEY not in str(refused.value)


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    settings = load_settings(
        NotificationsSettings, **GOOD, previous_secret_keys=KEY, smtp_password="quiet-word"
    )
    assert KEY not in repr(settings)
    assert "quiet-word" not in repr(settings)
