"""Databases of the release before, with a season in them: tests/fixtures/former has its files."""

import asyncio
import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import asyncpg
from alembic import command

from infra.local.postgres import PostgresCluster
from services.chassis.storage.migrations import migrate

FORMER = Path(__file__).parents[1] / "fixtures" / "former"
CAMPAIGN = FORMER / "campaign"
"""The campaign's files, as the services were started with at the end of the season."""

REVISION = "2026_12_01_tables"
"""Where the databases of that release are."""

PREFIX = "thidua"
"""Of the topics that it published to."""


def answers() -> dict[str, dict[str, Any]]:
    """What the services of that release answered about the season, by service and path."""
    found: dict[str, dict[str, Any]] = json.loads(
        gzip.decompress((FORMER / "answers.json.gz").read_bytes())
    )
    return found


def digests() -> dict[str, Any]:
    """Digests of its standings, and of its publications by version."""
    found: dict[str, Any] = json.loads((FORMER / "digests.json").read_text())
    return found


def migrate_to(revision: str, service: str, url: str) -> None:
    """Bring a database to an older revision than the newest."""
    upgrade = command.upgrade
    with patch.object(command, "upgrade", lambda config, _: upgrade(config, revision)):
        migrate(service, url)


async def restore(postgres: PostgresCluster, url: str, service: str, prefix: str = PREFIX) -> None:
    """Make an empty database what a service of that release left; `prefix`: of the topics that its
    events went to."""
    await asyncio.to_thread(migrate_to, REVISION, service, url)
    rows = gzip.decompress((FORMER / f"{service}.sql.gz").read_bytes()).decode()
    await asyncio.to_thread(postgres.execute, rows, database=urlsplit(url).path[1:])
    connection = await asyncpg.connect(url)
    moved = "UPDATE {} SET topic = $1 || substr(topic, $2)"
    for table in ("event_log", "dead_letters"):
        await connection.execute(moved.format(table), prefix, len(PREFIX) + 1)
    await connection.close()


@dataclass(frozen=True)
class Contents:
    """The rows of one table at a moment."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    """Sorted, each value as text: a column may be of another type later."""

    def where(self, values: Mapping[str, str]) -> "Contents":
        """The rows that have these values."""
        places = {self.columns.index(name): value for name, value in values.items()}
        rows = (row for row in self.rows if all(row[at] == one for at, one in places.items()))
        return Contents(self.columns, tuple(rows))

    def of(self, columns: Sequence[str]) -> list[tuple[str | None, ...]]:
        """The values of some columns."""
        places = [self.columns.index(name) for name in columns]
        return sorted(
            (tuple(row[place] for place in places) for row in self.rows),
            key=lambda row: [value or "" for value in row],
        )


async def contents(url: str) -> dict[str, Contents]:
    """Everything in a database, by table."""
    connection = await asyncpg.connect(url)
    found = {}
    columns: dict[str, list[str]] = {}
    for row in await connection.fetch(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' ORDER BY table_name, ordinal_position"
    ):
        columns.setdefault(row["table_name"], []).append(row["column_name"])
    for table, names in columns.items():
        listed = ", ".join(f'"{name}"::text' for name in names)
        rows = await connection.fetch(f'SELECT {listed} FROM "{table}"')  # noqa: S608
        found[table] = Contents(tuple(names), tuple(sorted(map(tuple, rows), key=str)))
    await connection.close()
    return found


def as_before(answer: Any, former: Any) -> Any:
    """An answer without what it has beside the former one: fields are added, and none goes. A
    moment may be written in another zone."""
    if isinstance(answer, dict) and isinstance(former, dict):
        return {key: as_before(answer[key], former[key]) for key in answer if key in former}
    if isinstance(answer, list) and isinstance(former, list) and len(answer) == len(former):
        return [as_before(one, other) for one, other in zip(answer, former, strict=True)]
    return former if _same_moment(answer, former) else answer


def _same_moment(one: Any, other: Any) -> bool:
    try:
        moments = [datetime.fromisoformat(each) for each in (one, other)]
    except (TypeError, ValueError):
        return False
    return all(each.tzinfo for each in moments) and moments[0] == moments[1]
