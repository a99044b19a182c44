"""The e-mail channel: a few kept connections to one mail relay (SMTP, RFC 5321).

The relay's answers are judged by the step that they answer, because they mean different things:
before the recipient is named every fault is ours or the relay's, and no subscriber pays for it.
"""

import asyncio
import re
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

import aiosmtplib

from services.chassis.http.tls import client_tls
from services.notifications.channels.email.mime import compose
from services.notifications.channels.message import OutgoingMessage
from services.notifications.channels.outcomes import Kind, Outcome
from services.notifications.mail_texts.text import Names
from services.notifications.settings import NotificationsSettings

_IDLE_S = 20.0
"""A connection that rested longer is opened anew: relays close theirs after 30 to 300 s."""

_ENHANCED = re.compile(r"\b[245]\.(\d{1,3})\.\d{1,3}\b")
_POLICY = "7"  # RFC 3463: X.7.X is about security and policy, e.g. "5.7.1 Relaying denied"
_PERMANENT = 500


class _Line:
    """One connection to the relay, and when it was last used."""

    def __init__(self, client: aiosmtplib.SMTP) -> None:
        self.client = client
        self.used_at = 0.0

    def is_fresh(self) -> bool:
        return self.client.is_connected and time.monotonic() - self.used_at < _IDLE_S


class EmailChannel:
    """Sends mails; at most as many at once as it has connections."""

    def __init__(
        self, settings: NotificationsSettings, names: Names, *, now: Callable[[], datetime]
    ) -> None:
        self._settings = settings
        self._names = names
        self._now = now
        self._lines: asyncio.LifoQueue[_Line] = asyncio.LifoQueue()
        for _ in range(settings.email_concurrency):
            self._lines.put_nowait(_Line(self._client()))

    async def send(self, message: OutgoingMessage) -> Outcome:
        """See Channel."""
        settings = self._settings
        mail = compose(
            message,
            self._names,
            sender=settings.mail_from,
            sender_name=settings.mail_from_name,
            now=self._now(),
        )
        line = await self._lines.get()
        try:
            outcome = await self._over(line.client, line, message.target, mail.as_bytes())
            line.used_at = time.monotonic()
        except BaseException:
            line.client.close()  # in the middle of a dialogue: nothing more can be said on it
            raise
        finally:
            self._lines.put_nowait(line)
        return outcome

    async def close(self) -> None:
        """Say goodbye to the relay."""
        while not self._lines.empty():
            line = self._lines.get_nowait()
            if line.client.is_connected:
                with suppress(aiosmtplib.SMTPException, OSError):
                    await line.client.quit(timeout=2)
            line.client.close()

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

    async def _over(
        self, client: aiosmtplib.SMTP, line: _Line, target: str, content: bytes
    ) -> Outcome:
        try:
            await self._begin(client, line)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            client.close()
            return Outcome(Kind.TRANSIENT, _code(error), _said("mail relay", error), ours=True)
        try:
            await client.rcpt(target)
            reply = await client.data(content)
        except aiosmtplib.SMTPResponseException as error:
            await _reset(client)
            return _refusal(error)
        except (aiosmtplib.SMTPException, OSError) as error:
            client.close()
            return Outcome(Kind.TRANSIENT, None, _said("mail relay", error), ours=True)
        return Outcome(Kind.ACCEPTED, reply.code)

    async def _begin(self, client: aiosmtplib.SMTP, line: _Line) -> None:
        """Up to MAIL FROM, on the kept connection if it still lives, else on a new one."""
        if line.is_fresh():
            try:
                await client.mail(self._settings.mail_from)
            except (aiosmtplib.SMTPException, OSError):
                pass  # nothing was sent yet: a new connection decides
            else:
                return
        client.close()
        await client.connect()
        await client.mail(self._settings.mail_from)


def _refusal(error: aiosmtplib.SMTPResponseException) -> Outcome:
    """The relay's no to this recipient or this content."""
    enhanced = _ENHANCED.search(str(error.message))
    # "Relaying denied" and the like are mended by people, here or at the relay, and hold for every
    # recipient: they must not switch all subscriptions off.
    is_policy = enhanced is not None and enhanced[1] == _POLICY
    permanent = error.code >= _PERMANENT and not is_policy
    kind = Kind.REFUSED if permanent else Kind.TRANSIENT
    ours = is_policy or error.code == 421  # noqa: PLR2004 - "service closing", RFC 5321 §4.2.3
    return Outcome(kind, error.code, _said("recipient or content", error), ours=ours)


def _said(what: str, error: BaseException) -> str:
    """What happened, without the reply's text: it often repeats the address."""
    if isinstance(error, aiosmtplib.SMTPResponseException):
        enhanced = _ENHANCED.search(str(error.message))
        code = f"{error.code} {enhanced[0]}" if enhanced else f"{error.code}"
        return f"{what}: SMTP {code}"
    return f"{what}: {type(error).__name__}"


def _code(error: BaseException) -> int | None:
    return error.code if isinstance(error, aiosmtplib.SMTPResponseException) else None


async def _reset(client: aiosmtplib.SMTP) -> None:
    """Begin anew on the same connection after a no."""
    try:
        await client.rset()
    except (aiosmtplib.SMTPException, OSError):
        client.close()
