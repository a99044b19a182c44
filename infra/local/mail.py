"""A mail server on this machine that keeps every mail, or refuses it where a test says so."""

import asyncio
import threading
import time
from collections import deque
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from infra.local.ports import free_port

_ACCEPTED = "250 2.0.0 OK"


@dataclass(frozen=True)
class CaughtMail:
    """One accepted message with its envelope."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage


class MailCatcher:
    """SMTP without authentication or TLS on a free port; SMTPUTF8 is offered.

    Messages are kept in memory and, when a directory is given, there as `0001.eml` and so on, for
    a reader after the end. Safe between threads.
    """

    def __init__(self, directory: Path | None = None) -> None:
        self.host = "127.0.0.1"
        self.port = free_port()
        self._directory = directory
        self._lock = threading.Lock()
        self._mails: list[CaughtMail] = []
        self._attempts = 0
        self._script: deque[str] = deque()
        self._otherwise = _ACCEPTED
        self._refused: dict[str, str] = {}
        self._controller: Controller | None = None

    @property
    def mails(self) -> list[CaughtMail]:
        """Accepted messages with their envelopes, oldest first."""
        with self._lock:
            return list(self._mails)

    @property
    def messages(self) -> list[EmailMessage]:
        """Accepted messages, parsed, oldest first."""
        return [mail.message for mail in self.mails]

    @property
    def count(self) -> int:
        """How many messages were accepted."""
        return len(self.mails)

    @property
    def attempts(self) -> int:
        """How many messages were offered with their content, refused ones too."""
        with self._lock:
            return self._attempts

    def answer_next(self, *replies: str) -> None:
        """The next messages get these replies to their content: `451 4.3.0 Try again later`."""
        with self._lock:
            self._script.extend(replies)

    def answer_always(self, reply: str = _ACCEPTED) -> None:
        """The reply to every later message; without an argument all are accepted again."""
        with self._lock:
            self._otherwise = reply

    def refuse_recipient(self, address: str, reply: str = "550 5.1.1 No such mailbox") -> None:
        """Refuse this recipient before any content is sent."""
        with self._lock:
            self._refused[address.casefold()] = reply

    def clear(self) -> None:
        """Forget messages and everything that was to be refused."""
        with self._lock:
            self._mails.clear()
            self._attempts = 0
            self._script.clear()
            self._refused.clear()
            self._otherwise = _ACCEPTED

    async def wait_for(self, count: int, timeout_seconds: float = 10.0) -> list[EmailMessage]:
        """All messages, once at least `count` were accepted; TimeoutError says how many were."""
        deadline = time.monotonic() + timeout_seconds
        while self.count < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.count} of {count} messages came")
            await asyncio.sleep(0.02)
        return self.messages

    def start(self) -> None:
        """Take mail; again on the same port after a stop."""
        if self._controller is not None:
            return
        controller = Controller(
            _Handler(self), hostname=self.host, port=self.port, enable_SMTPUTF8=True
        )
        controller.start()
        self._controller = controller

    def stop(self) -> None:
        """Refuse connections, as a mail server that is down. What was caught stays."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def _take(self, sender: str, recipients: tuple[str, ...], content: bytes) -> str:
        message = message_from_bytes(content, policy=policy.default)
        with self._lock:
            self._attempts += 1
            reply = self._script.popleft() if self._script else self._otherwise
            if not reply.startswith("2"):
                return reply
            self._mails.append(CaughtMail(sender, recipients, message))
            number = len(self._mails)
        if self._directory is not None:
            self._directory.mkdir(parents=True, exist_ok=True)
            (self._directory / f"{number:04}.eml").write_bytes(content)
        return reply

    def _reply_to_recipient(self, address: str) -> str | None:
        with self._lock:
            return self._refused.get(address.casefold())


class _Handler:
    """The calls that aiosmtpd makes; the names are its own."""

    def __init__(self, catcher: MailCatcher) -> None:
        self._catcher = catcher

    async def handle_RCPT(  # noqa: N802
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        if refusal := self._catcher._reply_to_recipient(address):
            return refusal
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return _ACCEPTED

    async def handle_DATA(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.original_content or b""
        sender = envelope.mail_from or ""
        return self._catcher._take(sender, tuple(envelope.rcpt_tos), content)
