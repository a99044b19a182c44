"""A letter as an Internet message: headers that can't be forged from content, UTF-8 text. Pure."""

from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime

from services.notifications.channels.letter import Letter
from services.notifications.messages.rendering import render
from services.notifications.messages.wording import Names
from services.notifications.subscribing.mail_address import domain_of


class WholeWords(EmailPolicy):
    """SMTP's policy, with a subject that arrives as it was written.

    The email package (Python 3.11) folds a long subject between two encoded words and writes the
    space there as white space, which readers must drop (RFC 2047 section 6.2): "dự thi" arrives as
    "dựthi". `Header`, its older encoder, keeps the space inside a word.
    """

    def fold(self, name: str, value: str) -> str:
        """The header as it is sent."""
        text = str(value)
        if name != "Subject" or text.isascii():
            folded: str = super().fold(name, value)
            return folded
        encoded = Header(text, "utf-8", header_name=name).encode(linesep=self.linesep)
        return f"{name}: {encoded}{self.linesep}"

    def fold_binary(self, name: str, value: str) -> bytes:
        """The same as bytes."""
        return self.fold(name, value).encode("ascii", "surrogateescape")


SMTP = WholeWords(linesep="\r\n")


def compose(
    letter: Letter, names: Names, *, sender: str, sender_name: str, now: datetime
) -> EmailMessage:
    """The mail of a letter.

    Message-ID derives from the delivery: a mail that is sent again, because the process died
    between the relay's yes and our note of it, has the same one, and mail systems drop the second.
    `now` is the time of the attempt (aware). Values with line breaks can't get in: subjects are one
    line (`rendering.one_line`), and the email package refuses what is not.
    """
    rendered = render(
        letter.event, names, subscription=letter.subscription, language=letter.language
    )
    domain = domain_of(sender)
    message = EmailMessage(SMTP)
    message["From"] = Address(sender_name, addr_spec=sender)
    message["To"] = Address(addr_spec=letter.target)
    message["Subject"] = rendered.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{letter.delivery}@{domain}>"
    message["List-Id"] = f"<{letter.event.data.campaign}.thidua.{domain}>"  # RFC 2919
    # RFC 3834: no out-of-office reply comes back, and no loop begins.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"  # the same, for the mail servers that want this one
    message["X-Thidua-Event"] = f"{letter.event.data.event} {letter.event.id}"
    if letter.event.traceparent:
        message["X-Thidua-Trace"] = letter.event.traceparent
    # Quoted-printable passes relays that are not 8-bit clean, and can still be read in a log.
    message.set_content(rendered.text, cte="quoted-printable")
    return message
