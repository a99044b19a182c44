"""Rebuild scoring from the topics alone: the proof that they are the record, and the way back.

Every fact topic is read from its first to its last record through the same code that runs every
day, into a database of its own; then the digests are compared. The running service goes on
meanwhile and is only read.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from services.chassis.database import Database
from services.chassis.judgement import judge_batch
from services.chassis.migrations import migrate
from services.chassis.topic_reader import TopicReader, open_reader
from services.contracts.campaign.loader import load_campaign
from services.contracts.envelope import Event, Invalid, decode
from services.contracts.events import PointsPublished, PointsRecomputed, StandingsPublished
from services.contracts.topics import topic_of
from services.scoring.contest import Contest, Season
from services.scoring.counting.ingest import Ingest
from services.scoring.counting.recount import prepare
from services.scoring.engine.digest import campaign_digest
from services.scoring.events import topics
from services.scoring.points.recompute import clusters_due, recompute
from services.scoring.points.standings import clusters as stored_clusters
from services.scoring.points.standings import snapshot
from services.scoring.publications.restore import restore_publications
from services.scoring.settings import ScoringSettings

Say = Callable[[str], None]

EQUAL, DIFFERENT = 0, 1
"""Exit codes."""

_OWN = (PointsRecomputed, PointsPublished, StandingsPublished)
"""What scoring said itself and does not take."""

_SAY_EVERY_S = 2.0
_COMPARISONS = 10
"""With a running service the end of the topics moves: so often the rest is read and compared
again, a second apart."""


class RebuildError(RuntimeError):
    """The rebuild could not be begun or ended; the message says what to do."""


def rebuild(
    settings: ScoringSettings,
    into_url: str | None = None,
    *,
    compare: bool = True,
    say: Say = print,
) -> int:
    """Rebuild into a database and compare; 0 when both digests are equal, 1 when they differ.

    `into_url` is an empty database; without it, `<name>_rebuild` beside the running one is used,
    and made new. With `compare` off (the running database is lost) the answer is 0. Raises
    RebuildError, and what Kafka and PostgreSQL raise. Not to be called while an event loop runs.
    """
    url = into_url or _beside(settings.database_url)
    asyncio.run(_make_ready(url, settings.database_url, given=into_url is not None))
    migrate("scoring", url)
    return asyncio.run(_rebuild(settings, url, compare=compare, say=say))


# ---- the database to rebuild into


def _beside(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path}_rebuild"))


async def _make_ready(url: str, running_url: str, *, given: bool) -> None:
    """An empty database under `url`. One that was given is never emptied, ours always is."""
    try:
        connection = await asyncpg.connect(url)
    except asyncpg.InvalidCatalogNameError:
        await _create(url, running_url)
        return
    try:
        if not given:
            await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        elif await connection.fetchval(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        ):
            raise RebuildError("the database to rebuild into is not empty: give an empty one")
    finally:
        await connection.close()


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


# ---- the facts


@dataclass
class _Reading:
    """Where a rebuild stands."""

    reader: TopicReader
    say: Say
    new: int = 0
    set_aside: int = 0
    versions: dict[str, int] = field(default_factory=dict)
    """Last published version of each unit's points: the rebuilt ones go on from it."""
    published: list[StandingsPublished | PointsPublished] = field(default_factory=list)
    _said_at: float = field(default_factory=time.monotonic)

    def tell(self) -> None:
        if time.monotonic() - self._said_at >= _SAY_EVERY_S:
            self._said_at = time.monotonic()
            self.say(f"{self.reader.done:,} / {self.reader.total:,} bản ghi / records")


async def _rebuild(settings: ScoringSettings, url: str, *, compare: bool, say: Say) -> int:
    season = Season(load_campaign(settings.campaign_dir))
    contest = await _running_contest(settings, season) if compare else season.at(datetime.now(UTC))
    database = Database(url, 2, source="scoring", topic_prefix=settings.topic_prefix)
    prefix = settings.topic_prefix
    wanted = [*topics(prefix), *(topic_of(prefix, fact) for fact in _OWN)]
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        reading = _Reading(await stack.enter_async_context(open_reader(settings, wanted)), say)
        await prepare(database, contest)
        started = time.monotonic()
        for _ in range(_COMPARISONS):
            await _read(reading, settings, database, contest)
            await _score(database, contest, reading.versions)
            await restore_publications(database, contest, reading.published)
            rebuilt = await _state(database, contest)
            running = await _running_state(settings, contest) if compare else rebuilt
            # With as many facts and nothing due, a difference is one, and waiting mends nothing.
            if running.digest == rebuilt.digest or running.like(rebuilt):
                break
            await asyncio.sleep(1)
        seconds = time.monotonic() - started
        say(f"{reading.new:,} sự kiện / facts, {reading.set_aside:,} bỏ qua / set aside")
        rate = reading.reader.done / max(seconds, 0.001)
        say(f"{seconds:.1f} s, {rate:,.0f} bản ghi/s / records/s")
        say(f"dựng lại / rebuilt : {rebuilt}")
        if not compare:
            return EQUAL
        say(f"đang chạy / running: {running}")
        equal = running.digest == rebuilt.digest
        say("giống nhau / equal" if equal else "KHÁC NHAU / DIFFERENT")
        return EQUAL if equal else DIFFERENT


async def _read(
    reading: _Reading, settings: ScoringSettings, database: Database, contest: Contest
) -> None:
    """Everything up to the end that the topics have now."""
    ingest = Ingest(lambda: contest, lambda _: None)
    own = {topic_of(settings.topic_prefix, fact) for fact in _OWN}
    async for records in reading.reader.to_the_end():
        for record in records:
            if record.topic in own:
                _note(reading, contest, decode(record.key, record.headers, record.value))
        judged = await judge_batch([r for r in records if r.topic not in own], ingest.judge)
        reading.set_aside += len(judged.faults)
        events = list(judged.events.values())
        async with database.transaction() as tx:
            if new := await ingest.admit(tx, events):
                await ingest.apply(tx, new)
        reading.new += len(new)
        reading.tell()


def _note(reading: _Reading, contest: Contest, said: Event | Invalid) -> None:
    """What scoring itself said: versions go on from it, and what was published stands."""
    if not isinstance(said, Event) or said.data.campaign != contest.campaign:
        return
    if isinstance(said.data, PointsRecomputed):
        unit, version = said.data.unit, said.data.version
        reading.versions[unit] = max(version, reading.versions.get(unit, 0))
    elif isinstance(said.data, StandingsPublished | PointsPublished):
        reading.published.append(said.data)


# ---- the points


async def _score(database: Database, contest: Contest, versions: Mapping[str, int]) -> None:
    """Score what is due, say nothing, and number the points as they were published last."""
    async with database.transaction() as tx:
        due = await clusters_due(tx, contest)
    for cluster in due:
        async with database.transaction() as tx:
            await recompute(tx, contest, cluster, now=datetime.now(UTC), publish=False)
    async with database.transaction() as tx:
        for table in ("points", "points_history"):
            await tx.execute(
                f"""
                UPDATE {table} AS p SET version = v.version
                  FROM unnest($2::text[], $3::int[]) AS v (unit, version)
                 WHERE p.campaign = $1 AND p.unit = v.unit AND p.version < v.version
                   AND p.version = (SELECT max(version) FROM {table} AS last
                                     WHERE last.campaign = $1 AND last.unit = p.unit)
                """,  # noqa: S608 - constants
                contest.campaign,
                list(versions),
                list(versions.values()),
            )


@dataclass(frozen=True, slots=True)
class _State:
    """What a database of scoring has."""

    digest: str
    facts: int
    up_to_date: bool

    def like(self, other: "_State") -> bool:
        """Whether both have the same number of facts, and points up to them."""
        return self.facts == other.facts and self.up_to_date and other.up_to_date

    def __str__(self) -> str:
        return f"{self.digest} ({self.facts:,} sự kiện / facts)"


async def _state(database: Database, contest: Contest) -> _State:
    async with snapshot(database) as tx:
        states = await stored_clusters(tx, contest)
        facts = await tx.fetchval(
            "SELECT count(*) FROM facts WHERE campaign = $1", contest.campaign
        )
    digest = campaign_digest({name: state.digest for name, state in states.items()})
    return _State(digest, facts, all(state.up_to_date for state in states.values()))


async def _running_contest(settings: ScoringSettings, season: Season) -> Contest:
    """The contest by which the running service scored last; today's where none fits."""
    database = Database(settings.database_url, 1, source="scoring rebuild")
    try:
        async with database.transaction() as tx:
            rows = await tx.fetch("SELECT basis FROM clusters WHERE campaign = $1", season.campaign)
    finally:
        await database.close()
    scored_by = {row["basis"] for row in rows}
    fitting = [one for one in season.contests() if scored_by.issuperset(one.basis.values())]
    return fitting[-1] if fitting else season.at(datetime.now(UTC))


async def _running_state(settings: ScoringSettings, contest: Contest) -> _State:
    database = Database(settings.database_url, 2, source="scoring rebuild")
    try:
        return await _state(database, contest)
    finally:
        await database.close()
