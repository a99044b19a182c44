"""Webhooks as a real receiver gets them: signed, typed, never redirected, read no further."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from standardwebhooks import Webhook, WebhookVerificationError

from infra.local.webhook import Answer, WebhookCatcher
from services.contracts.envelope import Invalid, decode, encode
from services.contracts.events import EssaySubmitted, PointsRecomputed
from services.contracts.personal import WITHHELD, without_personal_data
from services.notifications.channels.outcomes import Kind
from services.notifications.channels.webhook.channel import WebhookChannel
from services.notifications.secret_encryption import (
    DecryptionError,
    SecretEncryption,
    new_webhook_secret,
)
from tests.notifications.conftest import MakeSettings
from tests.notifications.support import KEY, a_fact, a_message

ENCRYPTION = SecretEncryption([KEY])
SECRET = new_webhook_secret()
POINTS = a_fact(PointsRecomputed)


@pytest.fixture
async def channel(make_settings: MakeSettings) -> AsyncIterator[WebhookChannel]:
    made = WebhookChannel(make_settings(), ENCRYPTION)
    yield made
    await made.close()


async def test_the_signature_verifies_with_the_library_of_the_standard(
    channel: WebhookChannel, webhook_catcher: WebhookCatcher
) -> None:
    message = a_message(POINTS, webhook_catcher.url, encrypted_secret=ENCRYPTION.encrypt(SECRET))
    assert (await channel.send(message)).kind is Kind.ACCEPTED
    [call] = webhook_catcher.requests
    read = Webhook(SECRET).verify(call.body, dict(call.headers))
    assert read["data"]["total"] == "87.25"
    assert call.headers["webhook-id"] == f"msg_{message.delivery.hex}"
    with pytest.raises(WebhookVerificationError):
        Webhook(new_webhook_secret()).verify(call.body, dict(call.headers))
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(call.body.replace(b"87.25", b"97.25"), dict(call.headers))


async def test_the_signature_verifies_wherever_the_clock_of_the_service_stands(
    make_settings: MakeSettings, webhook_catcher: WebhookCatcher
) -> None:
    hanoi = timezone(timedelta(hours=7))
    channel = WebhookChannel(make_settings(), ENCRYPTION, now=lambda: datetime.now(hanoi))
    await channel.send(
        a_message(POINTS, webhook_catcher.url, encrypted_secret=ENCRYPTION.encrypt(SECRET))
    )
    await channel.close()
    [call] = webhook_catcher.requests
    Webhook(SECRET).verify(call.body, dict(call.headers))
    assert abs(int(call.headers["webhook-timestamp"]) - datetime.now(UTC).timestamp()) < 10


async def test_the_body_is_a_cloudevent_that_any_library_reads(
    channel: WebhookChannel, webhook_catcher: WebhookCatcher
) -> None:
    message = a_message(POINTS, webhook_catcher.url, encrypted_secret=ENCRYPTION.encrypt(SECRET))
    await channel.send(message)
    [call] = webhook_catcher.requests
    assert call.headers["content-type"].startswith("application/cloudevents+json")
    event = from_http_event(HTTPMessage(headers=dict(call.headers), body=call.body))
    assert event.get_id() == str(message.event.id)
    assert event.get_type() == "vn.gov.hanoi.thidua.points-recomputed.v1"
    assert event.get_extension("partitionkey") == "Q009"
    assert PointsRecomputed.model_validate(event.get_data()) == message.event.data


async def test_attributes_are_spelled_as_on_kafka(
    channel: WebhookChannel, webhook_catcher: WebhookCatcher
) -> None:
    """Also when the event comes out of the database, whose times are in another zone."""
    _, on_kafka = encode(POINTS, source="scoring", now=datetime.now(UTC))
    event = decode(on_kafka.key, on_kafka.headers, on_kafka.value)
    assert not isinstance(event, Invalid)
    stored = msgspec.structs.replace(
        event,
        time=event.time.astimezone(UTC),
        recordedtime=event.recordedtime.astimezone(timezone(timedelta(hours=7))),
    )
    message = a_message(POINTS, webhook_catcher.url, encrypted_secret=ENCRYPTION.encrypt(SECRET))
    await channel.send(replace(message, event=stored))
    body = json.loads(webhook_catcher.requests[0].body)
    for name, value in on_kafka.headers:
        if name.startswith("ce_"):
            assert body[name.removeprefix("ce_")] == value.decode(), name
    assert body["time"].endswith("+07:00")


async def test_a_receiver_may_ask_for_plain_json(
    channel: WebhookChannel, webhook_catcher: WebhookCatcher
) -> None:
    message = a_message(
        POINTS,
        webhook_catcher.url,
        content_type="application/json",
        encrypted_secret=ENCRYPTION.encrypt(SECRET),
    )
    await channel.send(message)
    [call] = webhook_catcher.requests
    assert call.headers["content-type"] == "application/json; charset=utf-8"
    Webhook(SECRET).verify(call.body, dict(call.headers))


async def test_an_attempt_that_is_repeated_has_the_same_id_and_body(
    channel: WebhookChannel, webhook_catcher: WebhookCatcher
) -> None:
    message = a_message(POINTS, webhook_catcher.url, encrypted_secret=ENCRYPTION.encrypt(SECRET))
    for _ in range(2):
        await channel.send(message)
    first, second = webhook_catcher.requests
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]


async def test_the_call_carries_the_trace_of_the_request_that_caused_it(
    channel: WebhookChannel, webhook_catcher: WebhookCatcher
) -> None:
    message = a_message(POINTS, webhook_catcher.url, encrypted_secret=ENCRYPTION.encrypt(SECRET))
    await channel.send(message)
    assert message.event.traceparent
    trace_id = message.event.traceparent.split("-")[1]
    assert trace_id in webhook_catcher.requests[0].headers["traceparent"]


async def test_withheld_names_do_not_travel(
    channel: WebhookChannel, webhook_catcher: WebhookCatcher
) -> None:
    essay = without_personal_data(a_fact(EssaySubmitted))
    await channel.send(
        a_message(essay, webhook_catcher.url, encrypted_secret=ENCRYPTION.encrypt(SECRET))
    )
    body = json.loads(webhook_catcher.requests[0].body)
    assert body["data"]["title"] == body["data"]["exemplar"]["name"] == WITHHELD


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(
    channel: WebhookChannel, webhook_catcher: WebhookCatcher, status: int
) -> None:
    location = {"location": "http://169.254.169.254/latest/meta-data/"}
    webhook_catcher.answer_next(Answer(status, location))
    message = a_message(POINTS, webhook_catcher.url, encrypted_secret=ENCRYPTION.encrypt(SECRET))
    outcome = await channel.send(message)
    assert (outcome.kind, outcome.code) == (Kind.TRANSIENT, status)
    assert len(webhook_catcher.requests) == 1


async def test_retry_after_is_read(
    channel: WebhookChannel, webhook_catcher: WebhookCatcher
) -> None:
    webhook_catcher.answer_next(Answer(503, {"Retry-After": "7"}))
    message = a_message(POINTS, webhook_catcher.url, encrypted_secret=ENCRYPTION.encrypt(SECRET))
    assert (await channel.send(message)).retry_after == timedelta(seconds=7)


async def test_a_receiver_that_does_not_answer_is_given_up_in_time(
    make_settings: MakeSettings, webhook_catcher: WebhookCatcher
) -> None:
    channel = WebhookChannel(make_settings(webhook_timeout_s=0.2), ENCRYPTION)
    webhook_catcher.answer_next(Answer(200, pause=1.0))
    message = a_message(POINTS, webhook_catcher.url, encrypted_secret=ENCRYPTION.encrypt(SECRET))
    outcome = await channel.send(message)
    await channel.close()
    assert (outcome.kind, outcome.detail) == (Kind.TRANSIENT, "timeout: ReadTimeout")


async def test_a_receiver_that_is_down_passes(
    channel: WebhookChannel, webhook_catcher: WebhookCatcher
) -> None:
    message = a_message(POINTS, webhook_catcher.url, encrypted_secret=ENCRYPTION.encrypt(SECRET))
    webhook_catcher.stop()
    assert (await channel.send(message)).kind is Kind.TRANSIENT
    webhook_catcher.start()
    assert (await channel.send(message)).kind is Kind.ACCEPTED


async def test_without_leave_neither_http_nor_a_machine_beside_us_is_called(
    make_settings: MakeSettings, webhook_catcher: WebhookCatcher
) -> None:
    channel = WebhookChannel(make_settings(allow_internal_webhooks=False), ENCRYPTION)
    secret = ENCRYPTION.encrypt(SECRET)
    plain = await channel.send(a_message(POINTS, webhook_catcher.url, encrypted_secret=secret))
    assert plain.kind is Kind.REFUSED
    for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433"):
        port = webhook_catcher.url.rsplit(":")[-1].split("/")[0]
        url = f"https://{host}:{port}/hook"
        outcome = await channel.send(a_message(POINTS, url, encrypted_secret=secret))
        assert outcome.detail.startswith("address refused: "), host
    await channel.close()
    assert webhook_catcher.requests == []


def test_an_encrypted_secret_does_not_show_and_decrypts_under_an_earlier_key_too() -> None:
    encrypted = ENCRYPTION.encrypt(SECRET)
    assert SECRET.removeprefix("whsec_").encode() not in encrypted
    newer = "bmV3ZXItc2VhbGluZy1rZXktdGhpcnR5LXR3by1ieXQ="
    assert SecretEncryption([newer, KEY]).decrypt(encrypted) == SECRET
    renewed = SecretEncryption([newer, KEY]).reencrypt(encrypted)
    assert SecretEncryption([newer]).decrypt(renewed) == SECRET
    with pytest.raises(DecryptionError):
        SecretEncryption([newer]).decrypt(encrypted)
    with pytest.raises(ValueError, match="ít nhất 24 ký tự"):
        SecretEncryption(["short"])
