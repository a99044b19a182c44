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
from aiokafka import TopicPartition

from services.chassis.broker.topic_reader import TopicReader, open_reader
from services.chassis.consuming.judgement import judge_batch
from services.chassis.storage.database import Database
from services.chassis.storage.migrations import migrate
from services.contracts.campaign.loader import load_campaign
from services.contracts.envelope import Event, Invalid, decode
from services.contracts.events import PointsPublished, PointsRecomputed, StandingsPublished
from services.contracts.topics import topic_of
from services.scoring import takeover
from services.scoring.contest import Contest, Season
from services.scoring.counting.ingest import Ingest
from services.scoring.counting.recount import prepare
from services.scoring.engine.digest import campaign_digest
from services.scoring.events import topics
from services.scoring.points.recompute import clusters_due, recompute
from services.scoring.points.standings import clusters as stored_clusters
from services.scoring.points.standings import snapshot
from services.scoring.publications.restore import restore_publications
from services.scoring.questions import rules_in_force
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
    take_over: bool = False,
    say: Say = print,
) -> int:
    """Rebuild into a database and compare; 0 when both digests are equal, 1 when they differ.

    `into_url` is an empty database, or one that an earlier rebuild was filling, which goes on;
    without it, `<name>_rebuild` beside the running one is used, and made new. With `compare` off
    (the running database is lost) the answer is 0. With `take_over` scoring must be stopped, and
    the database goes on from the old one when the answer is 0. Raises RebuildError, TakeOverError,
    and what Kafka and PostgreSQL raise. Not to be called while an event loop runs.
    """
    url = into_url or _beside(settings.database_url)
    begun = asyncio.run(
        _make_ready(url, settings.database_url, given=into_url is not None, keep=take_over)
    )
    migrate("scoring", url)
    asyncio.run(_mark_begun(settings, url, begun=begun))
    return asyncio.run(_rebuild(settings, url, compare=compare, take_over=take_over, say=say))


# ---- the database to rebuild into


def _beside(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path}_rebuild"))


async def _make_ready(url: str, running_url: str, *, given: bool, keep: bool) -> bool:
    """An empty database under `url`, or one that a rebuild was filling: then True.

    One that was given is never emptied; ours is, unless `keep` says to go on with it.
    """
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


async def _mark_begun(settings: ScoringSettings, url: str, *, begun: bool) -> None:
    """Before the first fact: a process that dies now must not leave what looks like a whole."""
    if begun:
        return
    database = Database(url, 1, source="scoring rebuild")
    try:
        start = TopicPartition(topics(settings.topic_prefix)[0], 0)
        await takeover.mark(database, {start: 0})
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


# ---- the facts


@dataclass
class _Reading:
    """Where a rebuild stands."""

    reader: TopicReader
    say: Say
    new: int = 0
    set_aside: int = 0
    said: dict[str, takeover.Said] = field(default_factory=dict)
    """What was last published of each unit's points: the rebuilt ones go on from its version."""
    published: list[StandingsPublished | PointsPublished] = field(default_factory=list)
    _said_at: float = field(default_factory=time.monotonic)

    def tell(self) -> None:
        if time.monotonic() - self._said_at >= _SAY_EVERY_S:
            self._said_at = time.monotonic()
            self.say(f"{self.reader.done:,} / {self.reader.total:,} bản ghi / records")


async def _rebuild(
    settings: ScoringSettings, url: str, *, compare: bool, take_over: bool, say: Say
) -> int:
    if take_over:
        await takeover.make_way(settings, old_is_there=compare)
    season = Season(load_campaign(settings.campaign_dir))
    contest = await _running_contest(settings, season) if compare else season.at(datetime.now(UTC))
    database = Database(url, 2, source="scoring", topic_prefix=settings.topic_prefix)
    prefix = settings.topic_prefix
    wanted = [*topics(prefix), *(topic_of(prefix, fact) for fact in _OWN)]
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        since = await takeover.positions(database)
        if not compare:  # what scoring itself said is then known from the topics alone
            own = {topic_of(prefix, fact) for fact in _OWN}
            since = {place: offset for place, offset in since.items() if place.topic not in own}
        reader = await stack.enter_async_context(open_reader(settings, wanted, since=since))
        reading = _Reading(reader, say)
        await prepare(database, contest)
        if compare:
            await _carry_over_rule_sets(settings, database, contest)
        started = time.monotonic()
        for _ in range(_COMPARISONS):
            await _read(reading, settings, database, contest)
            await _score(database, contest, reading.said)
            await restore_publications(database, contest, reading.published)
            await takeover.mark(database, await reader.positions())
            rebuilt = await _state(database, contest)
            running = await _running_state(settings, contest) if compare else rebuilt
            # With as many facts and nothing due, a difference is one, and waiting mends nothing.
            if take_over or running.digest == rebuilt.digest or running.like(rebuilt):
                break
            await asyncio.sleep(1)
        seconds = time.monotonic() - started
        say(f"{reading.new:,} sự kiện / facts, {reading.set_aside:,} bỏ qua / set aside")
        rate = reading.reader.done / max(seconds, 0.001)
        say(f"{seconds:.1f} s, {rate:,.0f} bản ghi/s / records/s")
        say(f"dựng lại / rebuilt : {rebuilt}")
        if compare:
            say(f"đang chạy / running: {running}")
        if take_over:
            return await _take_over(settings, database, contest, reading, compare=compare)
        if not compare:
            return EQUAL
        equal = running.digest == rebuilt.digest
        say("giống nhau / equal" if equal else "KHÁC NHAU / DIFFERENT")
        return EQUAL if equal else DIFFERENT


async def _take_over(
    settings: ScoringSettings,
    database: Database,
    contest: Contest,
    reading: _Reading,
    *,
    compare: bool,
) -> int:
    """Let the rebuilt database go on from the old one, unless something would be lost."""
    if not compare:
        said = list(reading.said.values())
        await takeover.take_over_alone(settings, database, contest, said)
    else:
        old = Database(settings.database_url, 2, source="scoring rebuild")
        try:
            found = await takeover.compare(old, database, contest)
            for line in found.told():
                reading.say(line)
            if not found.equal:
                reading.say("KHÁC NHAU / DIFFERENT: nothing was taken over")
                return DIFFERENT
            await takeover.take_over_from(old, database, contest)
        finally:
            await old.close()
    reading.say("đã tiếp quản / taken over: start scoring with SCORING_DATABASE_URL set to it")
    return EQUAL


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
        fact = said.data
        before = reading.said.get(fact.unit)
        if before is None or before.version <= fact.version:
            reading.said[fact.unit] = takeover.Said(fact.unit, fact.version, fact.digest)
    elif isinstance(said.data, StandingsPublished | PointsPublished):
        reading.published.append(said.data)


# ---- the points


async def _score(database: Database, contest: Contest, said: Mapping[str, takeover.Said]) -> None:
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
                list(said),
                [one.version for one in said.values()],
            )


async def _carry_over_rule_sets(
    settings: ScoringSettings, database: Database, contest: Contest
) -> None:
    running = Database(settings.database_url, 1, source="scoring rebuild")
    try:
        async with snapshot(running) as source, database.transaction() as tx:
            await rules_in_force.carry_over(source, tx, contest.campaign)
    finally:
        await running.close()


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
