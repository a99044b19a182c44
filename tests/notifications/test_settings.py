"""Settings that would be dangerous or could not work are refused at start, with the reason."""

from typing import Any

import pytest

from services.chassis.process_settings import SettingsError, load_settings
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
        ({"secret_key": "short"}, "ít nhất 24 ký tự"),
        ({"previous_secret_keys": f"{KEY},short"}, "ít nhất 24 ký tự"),
        ({"allow_internal_webhooks": True}, "chỉ dùng khi `environment` là `local`"),
        ({"smtp_host": "relay.example.org"}, "đặt mail_from"),
        ({"mail_from": "a@b\nBcc: c"}, "không phải địa chỉ thư"),
        (
            {
                "smtp_host": "relay.example.org",
                "mail_from": "a@b.example",
                "smtp_username": "a",
                "smtp_tls": "none",
            },
            "không mã hóa",
        ),
        ({"lease_s": 30, "attempt_timeout_s": 30}, "ít nhất gấp đôi"),
        ({"forbidden_networks": "203.0.113.0/24, nowhere"}, "nowhere không phải một mạng IP"),
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
