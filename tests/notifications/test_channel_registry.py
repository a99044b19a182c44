"""The registry of channels, and the recipe in CONTRIBUTING.md that adds one."""

from pathlib import Path

import pytest

from services.contracts.events import DeliveryFailed
from services.notifications.channels.channel import ChannelKind
from services.notifications.channels.registry import CHANNELS
from services.notifications.settings import NotificationsSettings
from services.notifications.subscriptions.schemas import SubscriptionOut
from services.notifications.subscriptions.subscription_request import SubscriptionRequest
from tests.notifications.support import KEY, a_fact, named

ROOT = Path(__file__).parents[2]
KINDS = pytest.mark.parametrize("kind", CHANNELS.values(), ids=lambda kind: kind.name)


@KINDS
def test_a_channel_is_where_the_recipe_says(kind: ChannelKind) -> None:
    home = f"services/notifications/channels/{kind.name}/channel.py"
    tests = f"tests/notifications/test_{kind.name}_channel.py"
    recipe = (ROOT / "CONTRIBUTING.md").read_text().partition("## A notification channel")[2]
    for written, real in [(home, home), (tests, tests)]:
        assert (ROOT / real).is_file()
        assert written.replace(kind.name, "NAME") in recipe
    assert "services/notifications/channels/registry.py" in recipe
    assert "services/notifications/settings.py" in recipe
    for bodies in (SubscriptionRequest, SubscriptionOut):
        assert f"`{bodies.__name__}`" in recipe


@KINDS
async def test_a_channel_works_by_its_declaration_alone(kind: ChannelKind) -> None:
    settings = NotificationsSettings(
        environment="local",
        database_url="postgresql://x",
        secret_key=KEY,
        smtp_host="relay.example.org",
        _env_file=None,
    )
    assert kind.why_unavailable(settings) is None
    assert kind.why_not_target("\n", settings) is not None
    assert kind.concurrency(settings) > 0
    assert kind.field in SubscriptionRequest.model_fields
    assert kind.field in SubscriptionOut.model_fields
    assert a_fact(DeliveryFailed, channel=kind.name).channel == kind.name
    await kind.open(settings, named).close()


@KINDS
def test_the_manual_describes_the_channel(kind: ChannelKind) -> None:
    assert f"`{kind.name}`" in (ROOT / "docs" / "subscribing.md").read_text()
