"""A message as an Internet message: headers that can't be forged from content, UTF-8 text. Pure."""

import base64
import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from itertools import groupby

from services.notifications.channels.message import OutgoingMessage
from services.notifications.mail_address import domain_of
from services.notifications.mail_texts.rendering import render
from services.notifications.mail_texts.text import CampaignNames

_LONGEST_LINE = 76
_LONGEST_WORD = 75
"""Characters of a header line and of an encoded word; RFC 2047 section 2."""

_PLAIN = re.compile(r"[A-Za-z0-9!#$%&'*+/^_`{|}~-]+")
"""Atoms of a phrase (RFC 5322); without `=`, with which encoded words begin."""


class WholeWords(EmailPolicy):
    """SMTP's policy, with Subject and From as every reader of RFC 2047 decodes them.

    The email package folds a long value between two encoded words and writes the space there as
    white space, which readers must drop (RFC 2047 section 6.2): "Hà Nội" arrives as "HàNội". Here
    each blank is inside an encoded word, and the white space between two words means nothing.
    """

    def fold(self, name: str, value: str) -> str:
        """The header as it is sent."""
        if name == "Subject" and not value.isascii():
            words = encoded_words(str(value), first=_LONGEST_LINE - len("Subject: "))
        elif name == "From" and not value.isascii():
            [address] = value.addresses  # type: ignore[attr-defined]  # the registry's AddressHeader
            words = [*phrase(address.display_name), f"<{address.addr_spec}>"]
        else:
            folded: str = super().fold(name, value)
            return folded
        return _in_lines(name, words, self.linesep)

    def fold_binary(self, name: str, value: str) -> bytes:
        """The same as bytes."""
        return self.fold(name, value).encode("ascii", "surrogateescape")


def encoded_words(text: str, *, first: int) -> list[str]:
    """A text as encoded words (RFC 2047), each of whole characters; the first fits into `first`."""
    words: list[str] = []
    room, part = first, b""
    for letter in text:
        grown = part + letter.encode()
        if part and len(_encoded(grown)) > room:
            words.append(_encoded(part))
            room, part = _LONGEST_LINE - 1, letter.encode()  # less the blank of the fold
        else:
            part = grown
    return [*words, _encoded(part)]


def phrase(name: str) -> list[str]:
    """A name as words of a phrase (RFC 2047 section 5, rule 3), to be joined by white space.

    Plain words stay as they are, between encoded ones that hold their own blanks. So two encoded
    words meet only in a long run without a plain word: some readers (Python's, up to 3.12) keep the
    white space between two, which others must drop. There they meet at a blank.
    """
    words: list[str] = []
    for is_plain, group in groupby(name.split(), key=lambda word: bool(_PLAIN.fullmatch(word))):
        run = list(group)
        words += run if is_plain else _at_blanks(run)
    return words


def _at_blanks(run: list[str]) -> list[str]:
    """Encoded words of a run of words, each as long as may be, broken at a blank if possible."""
    words, part = [], run[0]
    for word in run[1:]:
        grown = f"{part} {word}"
        if len(_encoded(f"{grown} ".encode())) > _LONGEST_WORD:
            words += encoded_words(f"{part} ", first=_LONGEST_WORD)
            part = word
        else:
            part = grown
    return words + encoded_words(part, first=_LONGEST_WORD)


def _in_lines(name: str, words: list[str], linesep: str) -> str:
    """A header of words, folded where a line is full."""
    lines = [f"{name}: {words[0]}"]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) > _LONGEST_LINE:
            lines.append(f" {word}")
        else:
            lines[-1] += f" {word}"
    return linesep.join(lines) + linesep


def _encoded(part: bytes) -> str:
    return f"=?utf-8?b?{base64.b64encode(part).decode()}?="


SMTP = WholeWords(linesep="\r\n")


def compose(
    message: OutgoingMessage,
    names: CampaignNames,
    *,
    sender: str,
    sender_name: str,
    now: datetime,
    contact: str = "",
) -> EmailMessage:
    """The mail of a message.

    Message-ID derives from the delivery: a mail that is sent again, because the process died
    between the relay's answer and our record of it, has the same one, and mail systems drop the
    second. `now` is the time of the attempt (aware). Values with line breaks can't get in: subjects
    are one line, and the email package refuses what is not.
    """
    event = message.event
    rendered = render(event, names, contact=contact, language=message.language)
    domain = domain_of(sender)
    mail = EmailMessage(SMTP)
    mail["From"] = Address(sender_name, addr_spec=sender)
    mail["To"] = Address(addr_spec=message.target)
    mail["Subject"] = rendered.subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message.delivery}@{domain}>"
    mail["List-Id"] = f"<{event.data.campaign}.thidua.{domain}>"  # RFC 2919
    # RFC 3834: no out-of-office reply comes back, and no loop begins.
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"  # the same, for the mail servers that want this one
    mail["X-Thidua-Event"] = f"{event.data.event} {event.id}"
    mail["X-Thidua-Subject"] = event.subject
    mail["X-Thidua-Subscription"] = str(message.subscription)
    if event.traceparent:
        mail["X-Thidua-Trace"] = event.traceparent
    # Quoted-printable passes relays that are not 8-bit clean, and can still be read in a log.
    mail.set_content(rendered.text, cte="quoted-printable")
    return mail
