"""The webhook channel: signed CloudEvents over HTTPS (Standard Webhooks 1.0).

The status line of an answer decides; its body is read away, for a second at most, and dropped.
Connections are kept a moment per receiver; each new one goes through the guard. Redirects are not
followed: the address that was judged is the one that is called. Proxies of the environment are
ignored, as they would connect without the guard.
"""

import asyncio
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpcore
from standardwebhooks import Webhook

from services.chassis.http.tls import client_tls
from services.chassis.observability import trace
from services.contracts.wording import Bilingual
from services.notifications.channels.channel import ChannelKind
from services.notifications.channels.message import OutgoingMessage
from services.notifications.channels.outcomes import Kind, Outcome, of_http
from services.notifications.channels.webhook.addresses import ForbiddenAddressError
from services.notifications.channels.webhook.cloudevent import structured
from services.notifications.channels.webhook.connections import ReceiverConnections
from services.notifications.channels.webhook.guarded_network import GuardedNetwork
from services.notifications.channels.webhook.resolver import (
    Lookup,
    NameNotResolvedError,
    Resolver,
    ResolverBusyError,
    system_lookup,
)
from services.notifications.channels.webhook.url import host_of, why_no_webhook
from services.notifications.secret_encryption import SecretEncryption
from services.notifications.settings import NotificationsSettings

_BODY_S = 1.0
"""Longest time to read a body, which keeps the connection; the status line has decided. Seconds."""

_MOST_PIECES = 128
"""Pieces of a body (a read, or a chunk) that are read for that; nothing of them is kept."""

USER_AGENT = "thidua-notifications/1 (+Standard Webhooks)"


class WebhookChannel:
    """Calls receivers; how many at once, the sender decides."""

    def __init__(
        self,
        settings: NotificationsSettings,
        encryption: SecretEncryption,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        lookup: Lookup = system_lookup,
    ) -> None:
        self._encryption = encryption
        self._now = now
        self._allow_http = settings.allow_internal_webhooks
        seconds = settings.webhook_timeout_s
        self._timeouts = {"connect": seconds, "read": seconds, "write": seconds}
        self._attempt_s = settings.attempt_timeout_s
        self._connections = ReceiverConnections(
            client_tls(settings.webhook_ca_file),
            GuardedNetwork(
                Resolver(timeout_s=seconds, lookup=lookup),
                allow_internal=settings.allow_internal_webhooks,
                also_forbidden=settings.closed_networks,
            ),
        )

    async def send(self, message: OutgoingMessage) -> Outcome:
        """See Channel."""
        if not message.target.startswith("https://") and not self._allow_http:
            return Outcome(Kind.REFUSED, None, "only https is allowed")
        if message.encrypted_secret is None:
            raise ValueError(f"subscription {message.subscription} has no secret")
        body = structured(message.event)
        request = httpcore.Request(
            "POST",
            message.target,
            headers=[
                (b"host", _host(message.target)),
                *self.headers(message, body).items(),
                ("content-length", str(len(body.encode()))),
            ],
            content=body.encode(),
            extensions={"timeout": self._timeouts},
        )
        try:
            return await self._call(request)
        except _NO_ANSWER as error:
            return _failure(error)

    async def close(self) -> None:
        """Close the kept connections."""
        await self._connections.close()

    def headers(self, message: OutgoingMessage, body: str) -> dict[str, str]:
        """What identifies and signs a call: the id stays, the time is that of the attempt."""
        now = self._now().astimezone(UTC)  # sign() is wrong for other zones
        message_id = f"msg_{message.delivery.hex}"
        secret = Webhook(self._encryption.decrypt(message.encrypted_secret or b""))
        cause = trace.parse(message.event.traceparent)
        return {
            "content-type": f"{message.content_type}; charset=utf-8",
            "user-agent": USER_AGENT,
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": secret.sign(message_id, now, body),
            **({"traceparent": cause.child().traceparent} if cause else {}),
        }

    async def _call(self, request: httpcore.Request) -> Outcome:
        """The call, over a kept connection if there is one.

        The receiver may be closing that one in this moment: then nothing is known of the receiver,
        and the call is made anew, under the same message id.
        """
        new = False
        while True:
            async with self._connections.connection(request.url.origin, new=new) as (one, kept):
                try:
                    async with asyncio.timeout(self._attempt_s):
                        response = await one.handle_async_request(request)
                except (httpcore.NetworkError, httpcore.ProtocolError):
                    if not kept:
                        raise
                    new = True
                    continue
                outcome = self._outcome(response)  # whatever becomes of the body
                await _read_away(response)
                return outcome

    def _outcome(self, response: httpcore.Response) -> Outcome:
        found = {name.lower(): value for name, value in response.headers}
        retry_after = found.get(b"retry-after")
        return of_http(
            response.status,
            retry_after.decode("ascii", "replace") if retry_after else None,
            self._now(),
        )


_NO_ANSWER = (
    ForbiddenAddressError,
    NameNotResolvedError,
    TimeoutError,
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
    ssl.SSLError,
    OSError,
)


def _failure(error: Exception) -> Outcome:
    """What came instead of an answer."""
    kind = type(error).__name__
    if isinstance(error, ForbiddenAddressError):
        # Its DNS may be mended, so it is tried again; it is given up in the end.
        return Outcome(Kind.TRANSIENT, None, f"address refused: {error}")
    if isinstance(error, ResolverBusyError):
        return Outcome(Kind.TRANSIENT, None, f"not sent: {error}", ours=True)
    if isinstance(error, NameNotResolvedError):
        return Outcome(Kind.TRANSIENT, None, f"no answer: {error}", unanswered=True)
    if isinstance(error, TimeoutError | httpcore.TimeoutException):
        return Outcome(Kind.TRANSIENT, None, f"timeout: {kind}", unanswered=True)
    return Outcome(Kind.TRANSIENT, None, f"no answer: {kind}")


async def _read_away(response: httpcore.Response) -> None:
    """Read a short body to its end, so that the connection can be kept; close at any other."""
    pieces = 0
    with suppress(
        TimeoutError,
        httpcore.TimeoutException,
        httpcore.NetworkError,
        httpcore.ProtocolError,
        OSError,
    ):
        async with asyncio.timeout(_BODY_S):
            async for _ in response.aiter_stream():
                pieces += 1
                if pieces > _MOST_PIECES:
                    break
    await response.aclose()


def _host(url: str) -> bytes:
    return urlsplit(url).netloc.encode("ascii")


def _why_not_target(url: str, settings: NotificationsSettings) -> Bilingual | None:
    return why_no_webhook(url, internal_is_allowed=settings.allow_internal_webhooks)


WEBHOOK = ChannelKind(
    name="webhook",
    title=Bilingual("webhook", "webhook"),
    field="url",
    target_missing=Bilingual("Chưa nhập địa chỉ webhook.", "The webhook's URL is missing."),
    why_unavailable=lambda _: None,
    why_not_target=_why_not_target,
    open=lambda settings, _: WebhookChannel(settings, settings.secret_encryption),
    concurrency=lambda settings: settings.webhook_concurrency,
    signs=True,
    host=host_of,
    patience_s=1.0,
)
