"""The webhook channel: signed CloudEvents over HTTPS (Standard Webhooks 1.0).

Connections are kept a moment per receiver; each new one goes through the guard. Redirects are not
followed: the address that was judged is the one that is called. Proxies of the environment are
ignored, as they would connect without the guard.
"""

import ssl
from collections.abc import Callable
from datetime import UTC, datetime

import httpcore
from standardwebhooks import Webhook

from services.chassis.observability import trace
from services.notifications.channels.message import OutgoingMessage
from services.notifications.channels.outcomes import Kind, Outcome, of_http
from services.notifications.channels.webhook.addresses import ForbiddenAddressError
from services.notifications.channels.webhook.cloudevent import MEDIA_TYPE, structured
from services.notifications.channels.webhook.guarded_network import GuardedNetwork
from services.notifications.secret_encryption import SecretEncryption
from services.notifications.settings import NotificationsSettings

_KEPT_S = 15.0
"""How long an idle connection to a receiver is kept."""

_MOST_READ = 65_536
"""Bytes of an answer's body that are read away to keep the connection; nothing of it is kept."""

USER_AGENT = "thidua-notifications/1 (+Standard Webhooks)"


class WebhookChannel:
    """Calls receivers; at most `webhook_concurrency` at once."""

    def __init__(
        self,
        settings: NotificationsSettings,
        encryption: SecretEncryption,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._encryption = encryption
        self._now = now
        self._allow_http = settings.allow_internal_webhooks
        seconds = settings.webhook_timeout_s
        self._timeouts = {"connect": seconds, "read": seconds, "write": seconds, "pool": seconds}
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=ssl.create_default_context(cafile=settings.webhook_ca_file),
            max_connections=settings.webhook_concurrency,
            keepalive_expiry=_KEPT_S,
            network_backend=GuardedNetwork(
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
        headers = self.headers(message, body)
        try:
            return await self._post(message.target, headers, body.encode())
        except ForbiddenAddressError as error:
            # Its DNS may be mended, so it is tried again; it is given up in the end.
            return Outcome(Kind.TRANSIENT, None, f"address refused: {error}")
        except httpcore.TimeoutException as error:
            return Outcome(Kind.TRANSIENT, None, f"timeout: {type(error).__name__}")
        except (
            httpcore.NetworkError,
            httpcore.ProtocolError,
            httpcore.UnsupportedProtocol,
            ssl.SSLError,
            OSError,
        ) as error:
            return Outcome(Kind.TRANSIENT, None, f"no answer: {type(error).__name__}")

    async def close(self) -> None:
        """Close the kept connections."""
        await self._pool.aclose()

    def headers(self, message: OutgoingMessage, body: str) -> dict[str, str]:
        """What identifies and signs a call: the id stays, the time is that of the attempt."""
        now = self._now().astimezone(UTC)  # sign() is wrong for other zones
        message_id = f"msg_{message.delivery.hex}"
        secret = Webhook(self._encryption.decrypt(message.encrypted_secret or b""))
        cause = trace.parse(message.event.traceparent)
        return {
            "content-type": MEDIA_TYPE,
            "user-agent": USER_AGENT,
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": secret.sign(message_id, now, body),
            **({"traceparent": cause.child().traceparent} if cause else {}),
        }

    async def _post(self, url: str, headers: dict[str, str], body: bytes) -> Outcome:
        async with self._pool.stream(
            "POST",
            url,
            headers=list(headers.items()),
            content=body,
            extensions={"timeout": self._timeouts},
        ) as response:
            read = 0
            async for chunk in response.aiter_stream():
                read += len(chunk)
                if read > _MOST_READ:
                    break  # the rest is not wanted; leaving closes the connection
        found = {name.lower(): value for name, value in response.headers}
        retry_after = found.get(b"retry-after")
        return of_http(
            response.status,
            retry_after.decode("ascii", "replace") if retry_after else None,
            self._now(),
        )
