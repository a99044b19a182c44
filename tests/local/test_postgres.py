"""PostgreSQL of the one-machine stack."""

from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from infra.local.postgres import PostgresCluster


async def test_committed_rows_survive_a_sigkill_of_the_whole_cluster(tmp_path: Path) -> None:
    cluster = PostgresCluster(tmp_path / "cluster")
    cluster.start()
    try:
        dsn = cluster.create_database("facts")
        connection = await asyncpg.connect(dsn)
        await connection.execute("CREATE TABLE fact (id int); INSERT INTO fact VALUES (7)")

        cluster.kill()
        assert cluster.pid is None
        with pytest.raises((OSError, asyncpg.PostgresError)):
            await asyncpg.connect(dsn, timeout=2)
        cluster.start()

        connection = await asyncpg.connect(dsn)
        assert await connection.fetchval("SELECT id FROM fact") == 7
        assert await connection.fetchval("SHOW fsync") == "on"
        await connection.close()

        cluster.restart()
        connection = await asyncpg.connect(dsn)
        assert await connection.fetchval("SELECT id FROM fact") == 7
        await connection.close()
    finally:
        cluster.stop()


async def test_a_second_run_finds_its_databases_and_passwords(tmp_path: Path) -> None:
    first = PostgresCluster(tmp_path / "cluster")
    first.start()
    dsn = first.create_database("facts")
    first.stop()

    second = PostgresCluster(tmp_path / "cluster", port=first.port)
    second.start()
    try:
        assert second.create_database("facts") == dsn
        await (await asyncpg.connect(dsn)).close()
        assert (tmp_path / "cluster" / "secrets.json").stat().st_mode & 0o077 == 0
    finally:
        second.stop()


async def test_a_service_reaches_its_own_database_and_no_other(
    fresh_database: Callable[[], str],
) -> None:
    own, foreign = fresh_database(), fresh_database()
    connection = await asyncpg.connect(own)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("CREATE ROLE another")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("CREATE DATABASE another")
    await connection.close()

    trespass = own.rsplit("/", 1)[0] + "/" + foreign.rsplit("/", 1)[1]
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(trespass)


async def test_a_wrong_password_is_refused(
    postgres: PostgresCluster, fresh_database: Callable[[], str]
) -> None:
    name = fresh_database().rsplit("/", 1)[1]
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(
            host="127.0.0.1", port=postgres.port, user=name, password="guess", database=name
        )
