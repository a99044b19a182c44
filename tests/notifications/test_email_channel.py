"""Mails as they arrive at a real mail server, and what its refusals are taken for."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.mail import MailCatcher
from services.contracts.events import DeadlineMissed, EssaySubmitted
from services.notifications.channels.email.channel import EmailChannel
from services.notifications.channels.email.mail_address import is_mail_address
from services.notifications.channels.email.mime import SMTP, compose
from services.notifications.channels.outcomes import Kind
from tests.notifications.conftest import MakeSettings
from tests.notifications.support import a_fact, a_message, names

NOW = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
READER = "reader@snv.example.org"
MISSED = a_fact(DeadlineMissed, unit="SNV")


@pytest.fixture
async def channel(make_settings: MakeSettings) -> AsyncIterator[EmailChannel]:
    made = EmailChannel(make_settings(email_concurrency=1), names(), now=lambda: NOW)
    yield made
    await made.close()


@given(st.lists(st.sampled_from(["bài", "dự", "thi", "D5,", "gương", "ĐHTT"]), max_size=60))
def test_a_long_subject_arrives_with_every_space(words: list[str]) -> None:
    subject = " ".join(["Sở", *words])
    message = EmailMessage(SMTP)
    message["Subject"] = subject
    sent = message.as_bytes()
    assert message_from_bytes(sent, policy=default)["Subject"] == subject
    assert max(len(line) for line in sent.splitlines()) <= 78  # RFC 5322


async def test_a_mail_arrives_in_vietnamese_with_honest_headers(
    channel: EmailChannel, mail_catcher: MailCatcher
) -> None:
    sent = a_message(MISSED, READER)
    outcome = await channel.send(sent)
    assert (outcome.kind, outcome.code) == (Kind.ACCEPTED, 250)
    [mail] = mail_catcher.mails
    assert (mail.sender, mail.recipients) == ("thidua@board.example.org", (READER,))
    message = mail.message
    assert message["Subject"].startswith("Sở Nội vụ: quá hạn, D6")
    assert message["From"] == "Thi Đua Hà Nội <thidua@board.example.org>"
    assert message["To"] == READER
    assert message["Message-ID"] == f"<{sent.delivery}@board.example.org>"
    assert message["List-Id"] == "<hanoi-2020.thidua.board.example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert parsedate_to_datetime(message["Date"]) == NOW
    assert message.get_content_type() == "text/plain"
    assert message.get_content_charset() == "utf-8"
    assert "chưa hoàn thành trong thời hạn" in message.get_content()
    assert message["X-Thidua-Trace"] == sent.event.traceparent


async def test_the_message_id_is_the_same_in_every_attempt(
    channel: EmailChannel, mail_catcher: MailCatcher
) -> None:
    await channel.send(a_message(MISSED, READER, attempt=1))
    await channel.send(a_message(MISSED, READER, attempt=2))
    first, second = mail_catcher.messages
    assert first["Message-ID"] == second["Message-ID"]


def test_no_title_can_add_a_header_or_a_recipient() -> None:
    title = "Bài\r\nBcc: all@example.org\r\n\r\nNội dung khác"
    message = a_message(a_fact(EssaySubmitted, title=title), READER)
    raw = compose(message, names(), sender="a@b.example", sender_name='Ban "TĐ"', now=NOW)
    head = raw.as_bytes().split(b"\r\n\r\n")[0]
    assert b"\nBcc" not in head
    assert raw.as_bytes().isascii()


def test_a_line_break_in_a_name_is_refused_rather_than_sent() -> None:
    with pytest.raises(ValueError, match=r"\S"):
        compose(
            a_message(MISSED, READER),
            names(),
            sender="a@b.example",
            sender_name="Ban\r\nBcc: x@y.example",
            now=NOW,
        )


@pytest.mark.parametrize(
    "text",
    [
        "a@b",
        "a b@c.example",
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example,c@d.example",
        "<a@b.example>",
        '"a b"@c.example',
        "a@[127.0.0.1]",
        "a@-b.example",
        "a..b@c.example",
        ".a@c.example",
        "đ@c.example",
        "@c.example",
        "a@",
        "",
        "x" * 65 + "@c.example",
        "a@" + "b" * 250 + ".example",
    ],
)
def test_only_plain_addresses_are_taken(text: str) -> None:
    assert not is_mail_address(text)


@pytest.mark.parametrize("text", ["a@b.example", "van-thu.snv+td@hanoi.gov.vn", "A_1@x-y.example"])
def test_ordinary_addresses_are_taken(text: str) -> None:
    assert is_mail_address(text)


@pytest.mark.parametrize(
    ("reply", "kind", "ours"),
    [
        ("451 4.3.0 Try again later", Kind.TRANSIENT, False),
        ("421 4.3.2 Closing", Kind.TRANSIENT, True),
        ("552 5.3.4 Message too big", Kind.REFUSED, False),
        ("554 5.7.1 Relaying denied", Kind.TRANSIENT, True),
    ],
)
async def test_the_servers_answer_to_a_message_decides_what_follows(
    channel: EmailChannel, mail_catcher: MailCatcher, reply: str, kind: Kind, ours: bool
) -> None:
    mail_catcher.answer_next(reply)
    outcome = await channel.send(a_message(MISSED, READER))
    assert (outcome.kind, outcome.code, outcome.ours) == (kind, int(reply[:3]), ours)
    assert (await channel.send(a_message(MISSED, READER))).kind is Kind.ACCEPTED


async def test_a_mailbox_that_is_not_there_is_refused_for_good_and_never_named_in_the_cause(
    channel: EmailChannel, mail_catcher: MailCatcher
) -> None:
    mail_catcher.refuse_recipient(READER, f"550 5.1.1 <{READER}> unknown")
    outcome = await channel.send(a_message(MISSED, READER))
    assert (outcome.kind, outcome.code) == (Kind.REFUSED, 550)
    assert outcome.detail == "recipient or content: SMTP 550 5.1.1"
    assert (await channel.send(a_message(MISSED, "other@snv.example.org"))).kind is Kind.ACCEPTED


async def test_a_relay_that_is_away_is_our_fault_and_passes(
    channel: EmailChannel, mail_catcher: MailCatcher
) -> None:
    assert (await channel.send(a_message(MISSED, READER))).kind is Kind.ACCEPTED
    mail_catcher.stop()
    for _ in range(2):
        away = await channel.send(a_message(MISSED, READER))
        assert (away.kind, away.ours) == (Kind.TRANSIENT, True)
    mail_catcher.start()
    assert (await channel.send(a_message(MISSED, READER))).kind is Kind.ACCEPTED
    assert mail_catcher.count == 2


async def test_starttls_is_never_silently_left_out(
    make_settings: MakeSettings, mail_catcher: MailCatcher
) -> None:
    channel = EmailChannel(make_settings(smtp_tls="starttls"), names(), now=lambda: NOW)
    outcome = await channel.send(a_message(MISSED, READER))
    await channel.close()
    assert (outcome.kind, outcome.ours) == (Kind.TRANSIENT, True)
    assert mail_catcher.attempts == 0
