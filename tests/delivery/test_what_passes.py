"""What is tried again, how long between, and what a crash point does where it must do nothing."""

import errno
from itertools import islice
from typing import Any

import asyncpg
import pytest
from aiokafka.errors import NodeNotReadyError, TopicAuthorizationFailedError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from services.chassis import crash
from services.chassis.crash import AFTER_EFFECT, VARIABLE, arm, crash_point
from services.chassis.retry import PermanentError, is_transient, pauses
from tests.delivery.harness import World

PASSING = [
    ConnectionRefusedError(errno.ECONNREFUSED, "refused"),
    TimeoutError(),
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


async def test_an_error_that_comes_through_the_session_is_known_by_its_cause(world: World) -> None:
    async def fails(statement: str) -> DBAPIError:
        with pytest.raises(DBAPIError) as caught:  # noqa: PT012 - the block is what fails
            async with world.database.transaction() as tx:
                connection: Any = await tx.session.connection()
                await connection.exec_driver_sql(statement)
        return caught.value

    assert is_transient(await fails("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert not is_transient(await fails("SELECT 1 / 0"))


def test_pauses_double_up_to_the_longest_and_no_two_replicas_wait_alike() -> None:
    for _ in range(20):
        first, second, third, fourth = islice(pauses(0.1, 0.3), 4)
        assert 0.05 <= first <= 0.1 <= second * 2 <= 0.4
        assert 0.15 <= third <= 0.3
        assert 0.15 <= fourth <= 0.3
    assert len({next(pauses(1, 1)) for _ in range(20)}) > 10


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
