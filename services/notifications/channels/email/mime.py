"""A message as an Internet message: headers that can't be forged from content, UTF-8 text. Pure."""

from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime

from services.notifications.channels.email.mail_address import domain_of
from services.notifications.channels.message import OutgoingMessage
from services.notifications.mail_texts.rendering import render
from services.notifications.mail_texts.text import Names


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
    message: OutgoingMessage, names: Names, *, sender: str, sender_name: str, now: datetime
) -> EmailMessage:
    """The mail of a message.

    Message-ID derives from the delivery: a mail that is sent again, because the process died
    between the relay's yes and our note of it, has the same one, and mail systems drop the second.
    `now` is the time of the attempt (aware). Values with line breaks can't get in: subjects are one
    line (`rendering.one_line`), and the email package refuses what is not.
    """
    rendered = render(
        message.event, names, subscription=message.subscription, language=message.language
    )
    domain = domain_of(sender)
    mail = EmailMessage(SMTP)
    mail["From"] = Address(sender_name, addr_spec=sender)
    mail["To"] = Address(addr_spec=message.target)
    mail["Subject"] = rendered.subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message.delivery}@{domain}>"
    mail["List-Id"] = f"<{message.event.data.campaign}.thidua.{domain}>"  # RFC 2919
    # RFC 3834: no out-of-office reply comes back, and no loop begins.
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"  # the same, for the mail servers that want this one
    mail["X-Thidua-Event"] = f"{message.event.data.event} {message.event.id}"
    if message.event.traceparent:
        mail["X-Thidua-Trace"] = message.event.traceparent
    # Quoted-printable passes relays that are not 8-bit clean, and can still be read in a log.
    mail.set_content(rendered.text, cte="quoted-printable")
    return mail
