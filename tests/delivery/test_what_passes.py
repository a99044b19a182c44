"""What is tried again, how long between, and what a crash point does where it must do nothing."""

import asyncio
import errno
import os
import socket
import ssl
from typing import Any

import asyncpg
import pytest
from aiokafka.errors import (
    AuthenticationFailedError,
    NodeNotReadyError,
    TopicAuthorizationFailedError,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from services.chassis import crash
from services.chassis.crash import AFTER_EFFECT, VARIABLE, arm, crash_point
from services.chassis.observability.metrics import Metrics
from services.chassis.observability.registry import CHASSIS_METRICS, LOOP_FAILURES
from services.chassis.retry import PermanentError, is_transient
from tests.delivery.harness import World, running, until
from tests.delivery.probe_service import relay_of, settings_of
from tests.support.jumping_loop import JumpingLoop

PASSING = [
    ConnectionRefusedError(errno.ECONNREFUSED, "refused"),
    ConnectionResetError(errno.ECONNRESET, "reset"),
    ConnectionAbortedError(errno.ECONNABORTED, "aborted"),
    BrokenPipeError(errno.EPIPE, "broken pipe"),
    ConnectionError("unexpected connection_lost() call"),  # asyncpg's own, without a number
    TimeoutError(),
    socket.gaierror(socket.EAI_AGAIN, "temporary failure in name resolution"),
    socket.gaierror(socket.EAI_NONAME, "name or service not known"),
    ssl.SSLEOFError(ssl.SSL_ERROR_EOF, "EOF occurred in violation of protocol"),
    *(
        OSError(number, os.strerror(number))
        for number in (
            errno.EHOSTUNREACH,
            errno.ENETUNREACH,
            errno.ENETDOWN,
            errno.EADDRNOTAVAIL,
            errno.EMFILE,
            errno.ENFILE,
            errno.ENOBUFS,
            errno.ENOMEM,
            errno.ENOSPC,
            errno.EDQUOT,
            errno.EINTR,
            errno.ETIMEDOUT,
        )
    ),
    PoolTimeoutError("QueuePool limit reached"),
    asyncpg.DeadlockDetectedError("deadlock detected"),
    asyncpg.SerializationError("could not serialize access"),
    asyncpg.CannotConnectNowError("the database system is starting up"),
    asyncpg.AdminShutdownError("terminating connection"),
    asyncpg.DiskFullError("no space left on device"),
    asyncpg.ConnectionDoesNotExistError("closed in the middle of operation"),
    asyncpg.InterfaceError("connection is closed"),
    NodeNotReadyError(),
    ExceptionGroup("both", [TimeoutError(), ConnectionResetError()]),
]
LASTING = [
    *(
        OSError(number, os.strerror(number), "somewhere")
        for number in (
            errno.ENOENT,
            errno.EACCES,
            errno.EPERM,
            errno.EISDIR,
            errno.ENOTDIR,
            errno.EEXIST,
            errno.EROFS,
            errno.EADDRINUSE,
            errno.EINVAL,
            errno.EBADF,
        )
    ),
    OSError("of a library, and nobody knows what"),
    socket.gaierror(socket.EAI_SERVICE, "servname not supported"),
    ssl.SSLCertVerificationError(ssl.SSL_ERROR_SSL, "certificate verify failed"),
    UnicodeError("label empty or too long"),
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"),
    PermanentError("unknown-unit"),
    asyncpg.UniqueViolationError("duplicate key"),
    asyncpg.UndefinedTableError("no such table"),
    asyncpg.InterfaceError("the server expects 2 arguments"),
    TopicAuthorizationFailedError(),
    KeyError("words"),
    ExceptionGroup("one of them", [TimeoutError(), KeyError("words")]),
]


@pytest.mark.parametrize("error", PASSING, ids=repr)
def test_what_may_not_meet_the_next_attempt_is_tried_again(error: Exception) -> None:
    assert is_transient(error)


@pytest.mark.parametrize("error", LASTING, ids=repr)
def test_what_will_meet_every_attempt_is_not(error: Exception) -> None:
    assert not is_transient(error)


async def test_a_host_that_refuses_at_all_its_addresses_is_away_and_not_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def addresses(*_: object, **__: object) -> list[Any]:
        stream = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "")
        return [(*stream, (host, 1)) for host in ("127.0.0.1", "127.0.0.2")]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", addresses)
    with pytest.raises(OSError, match="Multiple exceptions") as caught:
        await asyncio.open_connection("database", 1)
    assert caught.value.errno is None
    assert is_transient(caught.value)


async def test_an_error_that_comes_through_the_session_is_known_by_its_cause(world: World) -> None:
    async def fails(statement: str) -> DBAPIError:
        with pytest.raises(DBAPIError) as caught:  # noqa: PT012 - the block is what fails
            async with world.database.transaction() as tx:
                connection: Any = await tx.session.connection()
                await connection.exec_driver_sql(statement)
        return caught.value

    assert is_transient(await fails("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert not is_transient(await fails("SELECT 1 / 0"))


async def test_a_relay_without_its_certificate_file_ends_instead_of_trying_for_ever(
    world: World,
) -> None:
    missing = {"kafka_security_protocol": "SSL", "kafka_ca_file": "nowhere/ca.pem"}
    relay = relay_of(world.settings(**missing), world.metrics)
    with pytest.raises(FileNotFoundError):
        await asyncio.wait_for(relay.run(), 20)


def test_a_relay_waits_longer_and_longer_for_what_refuses_it_and_no_row_hurries_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also for a password or a right: it is mended there, and not by a restart of this process."""
    errors: list[Exception] = [
        asyncpg.InvalidPasswordError("password authentication failed"),
        asyncpg.UndefinedTableError("no such table"),
        AuthenticationFailedError(),
        TopicAuthorizationFailedError(),
        ConnectionRefusedError("the database is away"),
    ]
    attempts = 0

    async def refuses(*_: object, **__: object) -> None:
        nonlocal attempts
        attempts += 1
        raise errors[attempts % len(errors)]

    monkeypatch.setattr("services.chassis.relay.relay.asyncpg.connect", refuses)
    metrics = Metrics(CHASSIS_METRICS)

    async def run() -> None:
        relay = relay_of(settings_of("postgresql://nowhere", "nowhere:9092", "t"), metrics)
        task = asyncio.create_task(relay.run())
        for _ in range(600):
            await asyncio.sleep(0.1)
            relay.wake()
            assert not task.done()
        kinds = {f": {type(error).__name__}" for error in errors}
        assert any((relay.degraded() or "").endswith(kind) for kind in kinds)
        assert relay.stalled() is None
        await relay.stop()
        await task

    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        runner.run(run())
    assert attempts == metrics.value(LOOP_FAILURES, loop="relay")
    assert 12 <= attempts <= 30  # of 5 s at most each; woken by every row it would be 60 and more


async def test_a_consumer_without_a_broker_tries_again_and_can_be_stopped(world: World) -> None:
    settings = world.settings().model_copy(update={"kafka_bootstrap": "127.0.0.1:1"})
    consumer = world.consumer(settings=settings)

    async def failed_twice() -> bool:
        return (world.metrics.value(LOOP_FAILURES, loop="consumer") or 0) >= 2

    async with running(consumer):
        await until(failed_twice)
        assert consumer.degraded() == "not in its group yet"
        assert consumer.stalled() is None


def test_a_crash_point_does_nothing_unless_it_was_armed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, AFTER_EFFECT)
    crash_point(AFTER_EFFECT)
    with pytest.raises(ValueError, match="refused in environment 'production'"):
        arm("production")
    crash_point(AFTER_EFFECT)
    monkeypatch.setenv(VARIABLE, "somewhere-else")
    with pytest.raises(ValueError, match="no such point"):
        arm("local")
    monkeypatch.delenv(VARIABLE)
    arm("local")
    assert crash._left == {}
