"""The e-mail channel: a few kept connections to one mail relay (SMTP, RFC 5321).

The relay's answers are judged by the step that they answer, because they mean different things:
before the recipient is named every fault is ours or the relay's, and blames no subscription; what
an answer to the recipient or the content means is in `replies.py`.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import aiosmtplib

from services.campaigns.registry import UnknownCampaignError
from services.chassis.http.tls import client_tls
from services.contracts.wording import Bilingual
from services.notifications.channels.channel import ChannelKind, NamesOf
from services.notifications.channels.email.mime import compose
from services.notifications.channels.email.replies import describe, of_reply
from services.notifications.channels.message import OutgoingMessage
from services.notifications.channels.outcomes import Kind, Outcome
from services.notifications.mail_address import is_mail_address
from services.notifications.settings import NotificationsSettings

_IDLE_S = 20.0
"""A connection that rested longer is opened anew: relays close theirs after 30 to 300 s."""


class _Connection:
    """One connection to the relay, and when it was last used."""

    def __init__(self, client: aiosmtplib.SMTP) -> None:
        self.client = client
        self.used_at = 0.0
        self.needs_reset = False
        """A mail was refused on it: the next begins with RSET."""

    def is_fresh(self) -> bool:
        return self.client.is_connected and time.monotonic() - self.used_at < _IDLE_S


class EmailChannel:
    """Sends mails; at most as many at once as it has connections."""

    def __init__(
        self, settings: NotificationsSettings, names: NamesOf, *, now: Callable[[], datetime]
    ) -> None:
        self._settings = settings
        self._names = names
        self._now = now
        self._connections: asyncio.LifoQueue[_Connection] = asyncio.LifoQueue()
        for _ in range(settings.email_concurrency):
            self._connections.put_nowait(_Connection(self._client()))

    async def send(self, message: OutgoingMessage) -> Outcome:
        """See Channel."""
        settings = self._settings
        try:
            names = await self._names(message.event.data.campaign)
        except UnknownCampaignError:
            detail = "this version can't read the campaign of the event"
            return Outcome(Kind.TRANSIENT, detail=detail, ours=True)
        mail = compose(
            message,
            names,
            sender=settings.mail_from,
            sender_name=settings.mail_from_name,
            now=self._now(),
            contact=settings.mail_contact,
        )
        connection = await self._connections.get()
        try:
            outcome = await self._send(connection, message.target, mail.as_bytes())
            connection.used_at = time.monotonic()
        except BaseException:
            connection.client.close()  # in the middle of a dialogue: it can't be continued
            raise
        finally:
            self._connections.put_nowait(connection)
        return outcome

    async def close(self) -> None:
        """Close the connections to the relay."""
        while not self._connections.empty():
            client = self._connections.get_nowait().client
            if client.is_connected:
                with suppress(aiosmtplib.SMTPException, OSError, ValueError):
                    await client.quit(timeout=2)
            client.close()

    def _client(self) -> aiosmtplib.SMTP:
        settings = self._settings
        tls = settings.smtp_tls
        context = None if tls == "none" else client_tls(settings.smtp_ca_file)
        return aiosmtplib.SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_username or None,
            password=settings.smtp_password or None,
            timeout=settings.smtp_timeout_s,
            use_tls=tls == "tls",
            start_tls=tls == "starttls",  # True: refuses to go on without
            tls_context=context,
        )

    async def _send(self, connection: _Connection, target: str, content: bytes) -> Outcome:
        client = connection.client
        try:
            await self._begin(connection)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            client.close()
            code = error.code if isinstance(error, aiosmtplib.SMTPResponseException) else None
            return Outcome(Kind.TRANSIENT, code, describe("mail relay", error), ours=True)
        try:
            await client.rcpt(target)
            reply = await client.data(content)
        except aiosmtplib.SMTPResponseException as error:
            if error.code == aiosmtplib.SMTPStatus.invalid_response:
                client.close()  # too long, or no SMTP: more of the same may follow
            connection.needs_reset = True
            return of_reply(error)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            client.close()
            unanswered = isinstance(error, aiosmtplib.SMTPTimeoutError)
            detail = describe("mail relay", error)
            return Outcome(Kind.TRANSIENT, None, detail, ours=True, unanswered=unanswered)
        return Outcome(Kind.ACCEPTED, reply.code)

    async def _begin(self, connection: _Connection) -> None:
        """Up to MAIL FROM, on the kept connection if it still lives, else on a new one."""
        client = connection.client
        if connection.is_fresh():
            try:
                if connection.needs_reset:
                    await client.rset()
                await client.mail(self._settings.mail_from)
            except (aiosmtplib.SMTPException, OSError, ValueError):
                pass  # nothing was sent yet: a new connection decides
            else:
                connection.needs_reset = False
                return
        client.close()
        connection.needs_reset = False
        await client.connect()
        await client.mail(self._settings.mail_from)


def _why_unavailable(settings: NotificationsSettings) -> Bilingual | None:
    if settings.smtp_host:
        return None
    return Bilingual(
        "Hệ thống chưa có máy chủ thư. Chọn hình thức webhook.",
        "No mail relay is configured here: use a webhook.",
    )


def _why_not_target(target: str, _: NotificationsSettings) -> Bilingual | None:
    if is_mail_address(target):
        return None
    return Bilingual(
        "Địa chỉ thư điện tử không hợp lệ. Nhập theo dạng ten@donvi.gov.vn.",
        "Not an ordinary e-mail address like name@unit.example.org.",
    )


EMAIL = ChannelKind(
    name="email",
    title=Bilingual("thư điện tử", "e-mail"),
    field="address",
    target_missing=Bilingual("Chưa nhập địa chỉ thư điện tử.", "The e-mail address is missing."),
    why_unavailable=_why_unavailable,
    why_not_target=_why_not_target,
    open=lambda settings, names: EmailChannel(settings, names, now=lambda: datetime.now(UTC)),
    concurrency=lambda settings: settings.email_concurrency,
    per_minute=lambda settings: settings.mails_per_minute,
)
