"""What became of one attempt, and what follows from it. Pure.

| outcome | meaning | what follows |
|---|---|---|
| accepted | the receiver answered 2xx, the relay 250 | never sent again |
| transient | may pass: no connection, timeout, most 4xx and 5xx, SMTP 4yz | another attempt |
| refused | the receiver refused this message, and would refuse the same bytes again | given up |
| gone | the receiver no longer exists (HTTP 410) | given up, subscription disabled |
| lost | the process died in the middle; nobody knows | another attempt, same message id |

The reasons are in docs/decisions/0072-which-answers-are-retried.md.
"""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from http import HTTPStatus

from services.chassis.retry import backoff

MAX_DETAIL = 300
"""Characters kept of what went wrong: enough to find the cause, too little for content."""


class Kind(StrEnum):
    """How one attempt ended."""

    ACCEPTED = "accepted"
    TRANSIENT = "transient"
    REFUSED = "refused"
    GONE = "gone"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one attempt, as a channel saw it."""

    kind: Kind
    code: int | None = None
    """HTTP status or SMTP reply code, where the receiver gave one."""
    detail: str = ""
    """A sentence for operators. Never content, address, secret or a receiver's body."""
    retry_after: timedelta | None = None
    """When the receiver wants to be asked again, counted from now."""
    ours: bool = False
    """As far as is known not the receiver's fault (our mail relay): blames no subscription."""
    unanswered: bool = False
    """The receiver kept us waiting without an answer: its host gets fewer places (`places.py`)."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a delivery is tried again: the backoff of `chassis.retry`, and the end of it.

    Its pauses are drawn, so that the subscribers of a receiver that comes back don't all arrive in
    the same second.
    """

    attempts: int
    """Attempts in all, the first included."""
    base: timedelta
    factor: float
    longest: timedelta
    """No pause is longer, whatever a receiver's Retry-After asks for."""

    def pause(
        self, attempt: int, retry_after: timedelta | None, *, draw: random.Random
    ) -> timedelta:
        """How long to wait after attempt number `attempt`.

        A receiver's Retry-After is a lower bound; up to `base` comes on top of it, and the
        schedule's longest pause bounds both.
        """
        pause = timedelta(
            seconds=backoff(
                attempt,
                base_s=self.base.total_seconds(),
                longest_s=self.longest.total_seconds(),
                factor=self.factor,
                draw=draw,
            )
        )
        if retry_after is None:
            return pause
        return min(self.longest, max(retry_after, timedelta()) + min(pause, self.base))


# The message itself is not wanted: its syntax, its size, its media type. Everything else that is
# not 2xx or 410 can pass without a change on our side: a receiver that is being deployed answers
# 404, one whose key has run out 401 or 403, and both come back.
REFUSALS = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.NOT_ACCEPTABLE,
        HTTPStatus.LENGTH_REQUIRED,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.REQUEST_URI_TOO_LONG,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        HTTPStatus.NOT_IMPLEMENTED,
        HTTPStatus.HTTP_VERSION_NOT_SUPPORTED,
    }
)


def of_http(status: int, retry_after: str | None, now: datetime) -> Outcome:
    """Judge a webhook receiver's answer.

    `retry_after` is the header as sent (seconds or an HTTP date, RFC 9110 §10.2.3).
    """
    if 200 <= status < 300:  # noqa: PLR2004 - the class of success
        return Outcome(Kind.ACCEPTED, status)
    if status == HTTPStatus.GONE:
        return Outcome(Kind.GONE, status, "HTTP 410: the receiver says it is gone for good")
    if status in REFUSALS:
        return Outcome(Kind.REFUSED, status, f"HTTP {status}: the receiver refuses this message")
    if 300 <= status < 400:  # noqa: PLR2004 - the class of redirects
        detail = f"HTTP {status}: redirects are not followed; give the final address"
        return Outcome(Kind.TRANSIENT, status, detail)
    return Outcome(
        Kind.TRANSIENT, status, f"HTTP {status}", retry_after=_retry_after(retry_after, now)
    )


def _retry_after(header: str | None, now: datetime) -> timedelta | None:
    if header is None:
        return None
    header = header.strip()
    if header.isascii() and header.isdigit():
        return timedelta(seconds=min(int(header[:12]), 10**9))
    try:
        at = parsedate_to_datetime(header)
    except ValueError:
        return None
    if at.tzinfo is None:  # "-0000" means UTC without a place (RFC 5322)
        at = at.replace(tzinfo=UTC)
    return max(at - now, timedelta())


@dataclass(frozen=True, slots=True)
class Consequence:
    """What follows from an outcome."""

    state: str
    """Of the delivery from now on: accepted, pending or failed."""
    pause: timedelta | None = None
    """Until the next attempt, where there is one."""
    disables: bool = False
    """The subscription is switched off at once."""
    blames: bool = False
    """The failure counts against the subscription."""


def consequence_of(
    outcome: Outcome, attempt: int, schedule: Schedule, *, draw: random.Random
) -> Consequence:
    """What follows from the outcome of attempt number `attempt` (of this round, 1 is the first)."""
    if outcome.kind is Kind.ACCEPTED:
        return Consequence("accepted")
    may_pass = outcome.kind in (Kind.TRANSIENT, Kind.LOST)
    if may_pass and attempt < schedule.attempts:
        return Consequence("pending", schedule.pause(attempt, outcome.retry_after, draw=draw))
    return Consequence("failed", disables=outcome.kind is Kind.GONE, blames=not outcome.ours)
