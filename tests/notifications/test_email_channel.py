"""Mails as they arrive at a real mail server, and what its refusals are taken for."""

import asyncio
import base64
import random
import re
import subprocess
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from infra.local.mail import MailCatcher
from services.contracts.events import DeadlineMissed, EssaySubmitted
from services.notifications.channels.email.channel import EmailChannel
from services.notifications.channels.email.mime import SMTP, compose
from services.notifications.channels.outcomes import Kind
from services.notifications.mail_address import is_mail_address
from tests.notifications.conftest import MakeSettings
from tests.notifications.raw_server import raw_server
from tests.notifications.support import a_fact, a_message, named, names

NOW = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
READER = "reader@snv.example.org"
MISSED = a_fact(DeadlineMissed, unit="SNV")


@pytest.fixture
async def channel(make_settings: MakeSettings) -> AsyncIterator[EmailChannel]:
    made = EmailChannel(make_settings(email_concurrency=1), named, now=lambda: NOW)
    yield made
    await made.close()


def strictly_decoded(raw: bytes, name: str) -> str:
    """A header as RFC 2047 says it is read, written for this test alone: unfold, drop the white
    space between two encoded words, decode each word by itself."""
    head = raw.split(b"\r\n\r\n")[0].decode("ascii")
    unfolded = re.sub(r"\r\n(?=[ \t])", "", head)
    [value] = [line[len(name) + 2 :] for line in unfolded.split("\r\n") if line.startswith(name)]
    value = re.sub(r"(\?=)[ \t]+(?==\?)", r"\1", value)

    def decoded(word: re.Match[str]) -> str:
        assert len(word[0]) <= 75
        return base64.b64decode(word[1], validate=True).decode()  # whole characters in each word

    return re.sub(r"=\?utf-8\?b\?([^?]*)\?=", decoded, value)


NAMES = st.lists(
    st.sampled_from(
        [
            *("Ban", "Thi", "đua,", "Khen", "thưởng", "thành", "phố", "Hà", "Nội", "-", "–", "&"),
            *("Ủy", "ban", "nhân", "dân", 'Quận "Hai', 'Bà"', "Trưng", "(TĐKT)", "=?x?=", "@", "𝒽"),
        ]
    ),
    min_size=1,
    max_size=25,
).map(" ".join)


@given(NAMES, NAMES)
@example("Ban Thi đua, Khen thưởng thành phố Hà Nội", "Quá hạn")
def test_names_and_subjects_arrive_as_they_are_for_every_reader(name: str, subject: str) -> None:
    message = EmailMessage(SMTP)
    message["Subject"] = f"Sở: {subject}"
    message["From"] = Address(f"Sở {name}", addr_spec="thidua@board.example.org")
    sent = message.as_bytes()
    assert strictly_decoded(sent, "Subject") == f"Sở: {subject}"
    assert strictly_decoded(sent, "From") == f"Sở {name} <thidua@board.example.org>"
    modern = message_from_bytes(sent, policy=default)
    assert modern["Subject"] == f"Sở: {subject}"
    [address] = modern["From"].addresses
    assert " ".join(address.display_name.split()) == f"Sở {name}"
    assert address.addr_spec == "thidua@board.example.org"
    old = make_header(decode_header(message_from_bytes(sent)["Subject"]))  # another decoder
    assert str(old) == f"Sở: {subject}"
    assert max(len(line) for line in sent.splitlines()) <= 78  # RFC 5322


def test_a_reader_in_another_language_reads_the_same() -> None:
    name = "Ban Thi đua, Khen thưởng thành phố Hà Nội"
    message = EmailMessage(SMTP)
    message["From"] = Address(name, addr_spec="thidua@board.example.org")
    modern = message_from_bytes(message.as_bytes(), policy=default)
    assert modern["From"].addresses[0].display_name == name
    script = "local $/; my $h = <STDIN>; $h =~ s/\r\n(?=[ \t])//g; print decode('MIME-Header', $h)"
    read = subprocess.run(
        ["perl", "-MEncode", "-CO", "-e", script],
        input=message.as_bytes(),
        capture_output=True,
        check=True,
    ).stdout.decode()
    assert read.startswith(f"From: {name} <thidua@board.example.org>")


async def test_a_mail_arrives_in_vietnamese_with_honest_headers(
    channel: EmailChannel, mail_catcher: MailCatcher
) -> None:
    sent = a_message(MISSED, READER)
    outcome = await channel.send(sent)
    assert (outcome.kind, outcome.code) == (Kind.ACCEPTED, 250)
    [mail] = mail_catcher.mails
    assert (mail.sender, mail.recipients) == ("thidua@board.example.org", (READER,))
    message = mail.message
    assert message["Subject"].startswith("Quá hạn: Báo cáo đánh giá")
    assert message["From"] == "Hệ thống thi đua Hà Nội <thidua@board.example.org>"
    assert message["To"] == READER
    assert message["Message-ID"] == f"<{sent.delivery}@board.example.org>"
    assert message["List-Id"] == "<hanoi-2020.thidua.board.example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert parsedate_to_datetime(message["Date"]) == NOW
    assert message.get_content_type() == "text/plain"
    assert message.get_content_charset() == "utf-8"
    assert "chưa ghi nhận Sở Nội vụ hoàn thành nội dung" in message.get_content()
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
        ("451 4.3.0 Try again later", Kind.TRANSIENT, True),
        ("421 4.3.2 Closing", Kind.TRANSIENT, True),
        ("452 4.2.2 Mailbox full", Kind.TRANSIENT, True),
        ("552 5.2.2 Mailbox full", Kind.TRANSIENT, True),
        ("550 5.4.5 Daily sending quota exceeded", Kind.TRANSIENT, True),
        ("550 Mailbox unavailable, try later", Kind.TRANSIENT, True),
        ("550 see http://10.5.1.1/why", Kind.TRANSIENT, True),
        ("554 5.7.1 Relaying denied", Kind.TRANSIENT, True),
        ("550 4.1.1 contradicts itself", Kind.TRANSIENT, True),
        ("552 5.3.4 Message too big", Kind.REFUSED, True),
        ("554 5.6.0 Content", Kind.REFUSED, True),
        ("550 5.1.1 No such user", Kind.REFUSED, False),
        ("550 5.2.1 Mailbox disabled", Kind.REFUSED, False),
        ("550 5.1.10 Null MX", Kind.REFUSED, False),
    ],
)
async def test_the_servers_answer_to_a_message_decides_what_follows(
    channel: EmailChannel, mail_catcher: MailCatcher, reply: str, kind: Kind, ours: bool
) -> None:
    mail_catcher.answer_next(reply)
    outcome = await channel.send(a_message(MISSED, READER))
    assert (outcome.kind, outcome.code, outcome.ours) == (kind, int(reply[:3]), ours)
    assert (await channel.send(a_message(MISSED, READER))).kind is Kind.ACCEPTED


async def test_whatever_the_relay_answers_is_an_outcome(make_settings: MakeSettings) -> None:
    """Random damage to every reply of a dialogue: never an exception, never long, no memory."""
    draw = random.Random(20201130)  # noqa: S311 - the same damage each time
    replies = [b"250 ok", b"354 go", b"220 x", b"550 5.1.1 no", b"421 4.3.2 bye", b"999 ?", b"25"]
    damage = [b"", b"\xff\x00", b"-", b"250-" * 30, b"x" * 100_000, b"\r\n" * 20, "٣٥٠".encode()]

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 relay\r\n")
        while await reader.readline():
            if draw.random() < 0.6:
                reply = draw.choice(replies[:2]) + b"\r\n"
            else:
                reply = draw.choice(replies) + draw.choice(damage) + draw.choice([b"\r\n", b"\n"])
            writer.write(reply)
            await writer.drain()
            if draw.random() < 0.05:
                return

    async with raw_server(behave) as port:
        settings = make_settings(smtp_port=port, smtp_timeout_s=0.2, email_concurrency=1)
        channel = EmailChannel(settings, named, now=lambda: NOW)
        for _ in range(120):
            outcome = await channel.send(a_message(MISSED, READER))
            assert outcome.kind in Kind
        await channel.close()


async def test_a_refusal_counts_though_the_relay_then_falls_silent(
    make_settings: MakeSettings,
) -> None:
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 relay\r\n")
        while line := (await reader.readline()).upper():
            if line.startswith(b"RCPT"):
                writer.write(b"550 5.1.1 no such user\r\n")
                await asyncio.sleep(60)
            writer.write(b"250 ok\r\n")

    async with raw_server(behave) as port:
        settings = make_settings(smtp_port=port, smtp_timeout_s=2, email_concurrency=1)
        channel = EmailChannel(settings, named, now=lambda: NOW)
        async with asyncio.timeout(1):
            outcome = await channel.send(a_message(MISSED, READER))
        assert (outcome.kind, outcome.code) == (Kind.REFUSED, 550)
        await channel.close()


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
    channel = EmailChannel(make_settings(smtp_tls="starttls"), named, now=lambda: NOW)
    outcome = await channel.send(a_message(MISSED, READER))
    await channel.close()
    assert (outcome.kind, outcome.ours) == (Kind.TRANSIENT, True)
    assert mail_catcher.attempts == 0
