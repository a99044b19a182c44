"""The database that is rebuilt into: an empty one, or one that a rebuild was filling."""

import asyncio
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from aiokafka import TopicPartition

from services.chassis.storage.database import Database
from services.chassis.storage.migrations import migrate
from services.scoring.events import topics
from services.scoring.rebuilding.errors import RebuildError
from services.scoring.rebuilding.mark import mark
from services.scoring.settings import ScoringSettings


def make_ready(settings: ScoringSettings, into_url: str | None, *, keep: bool) -> str:
    """A migrated database that bears the mark, empty or as a rebuild left it; its address.

    Without `into_url` it is `<name>_rebuild` beside the running one, and made empty unless `keep`
    says to go on with it. One that was given is never emptied. Raises RebuildError, and what
    PostgreSQL raises. Not to be called while an event loop runs.
    """
    url = into_url or _beside(settings.database_url)
    begun = asyncio.run(
        _find_or_make(url, settings.database_url, given=into_url is not None, keep=keep)
    )
    migrate("scoring", url)
    if not begun:
        asyncio.run(_mark_begun(settings, url))
    return url


def _beside(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path}_rebuild"))


async def _find_or_make(url: str, running_url: str, *, given: bool, keep: bool) -> bool:
    """Whether it is one that a rebuild was filling."""
    try:
        connection = await asyncpg.connect(url)
    except asyncpg.InvalidCatalogNameError:
        await _create(url, running_url)
        return False
    try:
        if (given or keep) and await _is_being_rebuilt(connection):
            return True
        if not given:
            await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        elif await connection.fetchval(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        ):
            raise RebuildError(
                "the database to rebuild into is not empty: give an empty one; one that has taken"
                " over already is rebuilt: start scoring with it"
            )
    finally:
        await connection.close()
    return False


async def _is_being_rebuilt(connection: asyncpg.Connection) -> bool:
    if await connection.fetchval("SELECT to_regclass('rebuild_positions')") is None:
        return False
    return bool(await connection.fetchval("SELECT EXISTS (SELECT FROM rebuild_positions)"))


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
        raise RebuildError(f"there is no database {name}: create one for --into") from error
    try:
        quoted = name.replace('"', '""')
        await connection.execute(f'CREATE DATABASE "{quoted}"')
    except asyncpg.InsufficientPrivilegeError as error:
        raise RebuildError(
            f"the role may not create the database {name}: let an administrator create it for this"
            " role, or give another one with --into"
        ) from error
    finally:
        await connection.close()
