"""Which failures pass by themselves and which never do, and how long to wait before a retry.

The whole policy: `is_transient` decides, `backoff` gives the pause; of deliveries the receiver's
answer decides (notifications/channels/outcomes.py, decision 0072). Who retries, and where it says
how often and how long (settings: docs/settings.md has their numbers):

    a batch of events       THIDUA_RETRY_ATTEMPTS more, pauses from …_BASE_MS to …_MAX_MS; then
                            Kafka brings it again (consuming/batch.py)
    a tick of a `Loop`      without end, degraded after three in a row (loops/loop.py); the relay
                            and the key set have longest pauses of their own, where they make it
    a delivery              NOTIFICATIONS_DELIVERY_ATTEMPTS in all, pauses by …_RETRY_BASE_S,
                            …_FACTOR, …_MAX_S (deliveries/sender.py, `schedule_of`)
    the end of a delivery   NOTIFICATIONS_LEASE_S long, pauses by default (deliveries/sender.py)
    an undone transaction   twice more, at once (`retry_if_undone`), of dead letters

A request over HTTP gets 503 instead, and its client repeats it under the same Idempotency-Key.
"""

import asyncio
import contextlib
import errno
import math
import random
import socket
import ssl
import time
from collections.abc import Awaitable, Callable
from itertools import count
from typing import TypeVar

import asyncpg
from aiokafka.errors import KafkaError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

T = TypeVar("T")

# SQLSTATE classes and codes of PostgreSQL (appendix A) that another attempt may not meet.
_PASSING_CLASSES = (
    "08",  # connection exception
    "40",  # transaction rollback: serialization failure, deadlock
    "53",  # insufficient resources: disk full, too many connections
    "58",  # system error
)
_PASSING_CODES = (
    "55P03",  # lock not available
    "57014",  # cancelled by a statement timeout
    "57P01",  # admin shutdown
    "57P02",  # crash shutdown
    "57P03",  # cannot connect now: starting up
    "25P03",  # idle in transaction for too long
    "25006",  # read only: a standby that is about to be promoted
)

# What the operating system says of the network and of its own limits. Every other error (no such
# file, no permission, is a directory) is a fault of the programme or of how it is set up.
_PASSING_ERRNOS = frozenset(
    {
        errno.EAGAIN,
        errno.EINTR,
        errno.EHOSTDOWN,
        errno.EHOSTUNREACH,
        errno.ENETDOWN,
        errno.ENETUNREACH,
        errno.ENETRESET,
        errno.ENOTCONN,
        errno.EADDRNOTAVAIL,  # no local port left, or an interface that is coming up
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOBUFS,
        errno.ENOMEM,
        errno.ENOSPC,
        errno.EDQUOT,
    }
)
# "No such name" is among them: a network of containers knows a name only while its container runs.
_PASSING_LOOKUPS = frozenset(
    {
        socket.EAI_AGAIN,
        socket.EAI_FAIL,
        socket.EAI_MEMORY,
        socket.EAI_NODATA,
        socket.EAI_NONAME,
    }
)
# asyncio's one error for a host of several addresses; it has no number of its own.
_OF_ALL_ADDRESSES = "Multiple exceptions: "

_DRAW = random.Random()  # noqa: S311 - not a secret
_MOST_STEPS = 10_000
_LARGEST_EXPONENT = 50.0
"""e^50 is 10^21: more than any pause grows, and far from where floats end."""


class TransientError(Exception):
    """The same work may succeed later, for a reason that only the service knows."""


class PermanentError(Exception):
    """This item can never succeed, however often it is repeated; it belongs in the dead letters."""

    def __init__(self, reason: str, detail: str = "") -> None:
        """`reason` is one machine word (`unknown-unit`), `detail` is for people."""
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


def is_transient(error: BaseException) -> bool:
    """Whether the same work may succeed later: connection, timeout, deadlock, resources.

    Programming errors, files that are missing or closed to us, constraint violations and
    PermanentError are not.
    """
    match error:
        case TransientError():
            passes = True
        case BaseExceptionGroup():
            passes = all(is_transient(part) for part in error.exceptions)
        case OSError():
            passes = _system_passes(error)
        case PoolTimeoutError() | asyncpg.InvalidCachedStatementError():
            passes = True
        case asyncpg.InternalClientError():
            passes = True  # a connection in a state that the driver does not know: not reused
        case asyncpg.PostgresError():
            code = str(error.sqlstate or "")
            passes = code in _PASSING_CODES or code[:2] in _PASSING_CLASSES
        case asyncpg.InterfaceError():
            passes = "clos" in str(error)  # "connection is closed"; others are misuse of the driver
        case KafkaError():
            passes = bool(error.retriable)
        case DBAPIError(orig=BaseException(__cause__=BaseException() as cause)):
            passes = error.connection_invalidated or is_transient(cause)
        case _:
            passes = False
    return passes


def was_undone(error: BaseException) -> bool:
    """Whether the database undid a transaction for the sake of another one, say in a deadlock.

    The same work can be repeated at once.
    """
    match error:
        case asyncpg.TransactionRollbackError():
            return True
        case DBAPIError(orig=BaseException(__cause__=BaseException() as cause)):
            return was_undone(cause)
    return False


def is_made_already(error: BaseException) -> bool:
    """Whether a row could not be made because there is one of its primary key."""
    match error:
        case asyncpg.UniqueViolationError():
            return str(error.constraint_name or "").endswith("_pkey")
        case DBAPIError(orig=BaseException(__cause__=BaseException() as cause)):
            return is_made_already(cause)
    return False


def was_held_up(error: BaseException) -> bool:
    """Whether another transaction's lock was in the way: for too long, or in a deadlock."""
    match error:
        case asyncpg.LockNotAvailableError() | asyncpg.DeadlockDetectedError():
            return True
        case DBAPIError(orig=BaseException(__cause__=BaseException() as cause)):
            return was_held_up(cause)
    return False


async def retry_if_undone(work: Callable[[], Awaitable[T]]) -> T:
    """Do work that is one transaction; if the database undid it, up to two times more.

    Raises what `work` raises.
    """
    for left in (2, 1, 0):
        try:
            return await work()
        except Exception as error:
            if not left or not was_undone(error):
                raise
    raise AssertionError("unreachable")


def _system_passes(error: OSError) -> bool:
    """By class where there is one: TLS and look-ups have numbers that mean other things."""
    match error:
        case ConnectionError() | TimeoutError():
            return True  # refused, reset, aborted, broken pipe
        case socket.gaierror():
            return error.errno in _PASSING_LOOKUPS
        case ssl.SSLError():
            # Cut off in the middle; a certificate that is not trusted stays so.
            return isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError | ssl.SSLSyscallError)
        case OSError(errno=None):
            return str(error).startswith(_OF_ALL_ADDRESSES)
    return error.errno in _PASSING_ERRNOS


def backoff(
    failures: int,
    *,
    base_s: float = 0.1,
    longest_s: float = 5.0,
    factor: float = 2.0,
    draw: random.Random = _DRAW,
) -> float:
    """The pause after so many failures in a row (1 is the first), before the next attempt. Seconds.

    Its ceiling grows from `base_s` by `factor` up to `longest_s`, however many failures there were.
    The pause is drawn from the upper half of that, so that replicas that failed together do not
    come back together. The only backoff of the system. `Loop` and `retried` wait by it; of a
    delivery it gives the moment of the next attempt, which is kept in the database.
    """
    growth = math.exp(min(min(failures - 1, _MOST_STEPS) * math.log(factor), _LARGEST_EXPONENT))
    return min(longest_s, base_s * growth) * draw.uniform(0.5, 1.0)


async def retried(
    work: Callable[[int], Awaitable[T]],
    *,
    until: float,
    failed: Callable[[Exception, int, float], None],
    repetitions: float = math.inf,
    base_s: float = 0.1,
    longest_s: float = 5.0,
) -> T:
    """Do work that others wait for; after a failure that may pass, pause and do it again.

    `work` gets the number of the attempt, 1 is the first; `failed` gets the error, that number and
    the pause. No attempt begins later than `until` (monotonic, seconds) or after so many
    `repetitions`: then the last failure is raised, after its pause too, since whoever gets it may
    come back at once. Any other failure is raised at once. Work without an end is a `Loop`.
    """
    for attempt in count(1):
        try:
            return await work(attempt)
        except Exception as error:
            if not is_transient(error):
                raise
            pause = backoff(attempt, base_s=base_s, longest_s=longest_s)
            failed(error, attempt, pause)
            await asyncio.sleep(pause)
            if attempt > repetitions or time.monotonic() > until:
                raise
    raise AssertionError("unreachable")


def still_wanted() -> None:
    """Raises CancelledError where this task was cancelled and went on all the same.

    For loops that a timeout is to end: Python's `wait_for`, by which Kafka's client waits, takes a
    cancellation that meets the answer for none (mended in Python 3.12), and a timeout cancels once.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


async def first_of(event: asyncio.Event, seconds: float) -> None:
    """Wait for the event or the time, whichever is first: a pause that a stop can cut short."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
