"""The database that is rebuilt into: an empty one, or one that a rebuild was filling.

SQL by hand: whatever tables a database has are asked of its catalogue.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import Enum, auto
from urllib.parse import unquote, urlsplit, urlunsplit

import asyncpg
from aiokafka import TopicPartition

from services.chassis.language import speak
from services.chassis.storage.database import Database
from services.chassis.storage.migrations import migrate
from services.scoring.facts.fact import topics
from services.scoring.rebuilding.checkpoint import mark
from services.scoring.rebuilding.errors import RebuildError
from services.scoring.rebuilding.lock import Lock, locked
from services.scoring.settings import ScoringSettings


class _Holds(Enum):
    """What is in a database that is to be rebuilt into."""

    NOTHING = auto()
    """No tables, or ours and nothing in them: a rebuild that died before it made its mark."""
    A_REBUILD = auto()
    """It bears the mark: nobody serves from it, and a rebuild may go on or begin anew."""
    SOMETHING = auto()
    """Scoring's facts, without the mark, or what is not ours."""


@dataclass(frozen=True, slots=True)
class Target:
    """A migrated database that bears the mark, and is this rebuild's alone."""

    url: str
    lock: Lock


@contextlib.asynccontextmanager
async def made_ready(
    settings: ScoringSettings, into_url: str | None, *, keep: bool
) -> AsyncIterator[Target]:
    """A database to rebuild into, empty or as a rebuild left it.

    Without `into_url` it is `<name>_rebuild` beside the running one, and a rebuild that is in it is
    made anew unless `keep` says to go on with it. What bears no mark is never emptied. Raises
    RebuildError, and what PostgreSQL raises.
    """
    url = into_url or _beside(settings.database_url)
    connection = await _connect(url, settings.database_url)
    try:
        async with locked(connection) as lock:
            holds = await _what_it_holds(connection)
            if holds is _Holds.SOMETHING:
                name = urlsplit(url).path.lstrip("/")
                raise RebuildError(
                    speak(
                        f"Cơ sở dữ liệu {name} không trống và không phải đang được dựng lại: chọn"
                        " một cơ sở dữ liệu trống bằng --into. Không có gì bị thay đổi; cơ sở dữ"
                        " liệu đã tiếp quản cũng thuộc trường hợp này",
                        f"the database to rebuild into, {name}, is not empty, and no rebuild is"
                        " under way in it: give an empty one with --into. Nothing was changed in"
                        " it; one that has taken over is such a one, scoring serves from it",
                    )
                )
            goes_on = holds is _Holds.A_REBUILD and (keep or into_url is not None)
            if holds is _Holds.A_REBUILD and not goes_on:
                await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            await asyncio.to_thread(migrate, "scoring", url)
            if not goes_on:
                await _mark_begun(settings, url)
            yield Target(url, lock)
    finally:
        await connection.close()


def _beside(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path}_rebuild"))


async def _connect(url: str, running_url: str) -> asyncpg.Connection:
    """A connection to it; it is created where it is not there."""
    own = {"application_name": "scoring rebuild"}
    try:
        return await asyncpg.connect(url, server_settings=own)
    except asyncpg.InvalidCatalogNameError:
        await _create(url, running_url)
        return await asyncpg.connect(url, server_settings=own)


async def _what_it_holds(connection: asyncpg.Connection) -> _Holds:
    tables = {
        row["tablename"]
        for row in await connection.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        )
    }
    if tables <= {"alembic_version"}:  # made before the first revision
        return _Holds.NOTHING
    if "rebuild_positions" in tables and await _any_row(connection, "rebuild_positions"):
        return _Holds.A_REBUILD
    ours = {"facts", "campaigns"}
    if ours <= tables and not any([await _any_row(connection, table) for table in ours]):
        return _Holds.NOTHING
    return _Holds.SOMETHING


async def _any_row(connection: asyncpg.Connection, table: str) -> bool:
    return bool(
        await connection.fetchval(f"SELECT EXISTS (SELECT FROM {table})")  # noqa: S608 - constants
    )


async def _mark_begun(settings: ScoringSettings, url: str) -> None:
    """Before the first fact: a process that dies now must not leave what looks like a whole."""
    database = Database(url, 1, source="scoring rebuild")
    try:
        async with database.transaction() as tx:
            await mark(tx, {TopicPartition(topics(settings.topic_prefix)[0], 0): 0})
    finally:
        await database.close()


async def _create(url: str, running_url: str) -> None:
    name = urlsplit(url).path.lstrip("/")
    try:
        connection = await asyncpg.connect(running_url)
    except (OSError, asyncpg.PostgresError) as error:
        raise RebuildError(
            speak(
                f"Không có cơ sở dữ liệu {name}: tạo một cơ sở dữ liệu cho --into",
                f"there is no database {name}: create one for --into",
            )
        ) from error
    owner = unquote(urlsplit(url).username or "")
    statement = (
        f"CREATE DATABASE {_quoted(name)}{f' OWNER {_quoted(owner)}' if owner else ''}"
        " TEMPLATE template0 ENCODING 'UTF8'"
    )
    try:
        await connection.execute(statement)
    except asyncpg.DuplicateDatabaseError:
        pass  # by another rebuild, meanwhile: the lock decides between us
    except asyncpg.InsufficientPrivilegeError as error:
        raise RebuildError(
            speak(
                f"Tài khoản không được tạo cơ sở dữ liệu {name}: người quản trị tạo giúp"
                f" ({statement}), hoặc chọn một cơ sở dữ liệu trống bằng --into",
                f"the role may not create the database {name}: let an administrator do it"
                f" ({statement}), or give another empty one with --into",
            )
        ) from error
    finally:
        await connection.close()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
