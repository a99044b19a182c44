"""Rebuilds scoring from the topics alone: proves that they hold everything, and restores it.

Every fact topic is read from its first to its last record into a database of its own; then the
digests are compared. The running service goes on meanwhile and is only read.

SQL by hand: the versions of all points are set in one statement.
"""

import asyncio
import time
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from decimal import Decimal

from services.chassis.broker.topic_reader import open_reader
from services.chassis.language import speak
from services.chassis.storage.database import Database
from services.contracts.wording import count_en, number
from services.scoring.facts.fact import topics
from services.scoring.points.queries import clusters_due
from services.scoring.points.recompute import at_once, recompute
from services.scoring.publications.restore import restore_publications
from services.scoring.rebuilding import takeover
from services.scoring.rebuilding.agreement import agreement
from services.scoring.rebuilding.campaigns import RebuiltCampaigns
from services.scoring.rebuilding.checkpoint import mark, positions, require_not_past
from services.scoring.rebuilding.comparison import Snapshots, equal, settled, states_of
from services.scoring.rebuilding.database import made_ready
from services.scoring.rebuilding.lock import Lock
from services.scoring.rebuilding.progress import RebuildProgress, WriteLine
from services.scoring.rebuilding.published_points import PublishedPoints
from services.scoring.rebuilding.reading import TopicsRead, own_topics
from services.scoring.settings import ScoringSettings

EQUAL, DIFFERENT = 0, 1
"""Exit codes."""

_COMPARISONS = 10
"""With a running service the end of the topics moves: so often the rest is read and compared
again, a second apart."""


def rebuild(
    settings: ScoringSettings,
    into_url: str | None = None,
    *,
    compare: bool = True,
    take_over: bool = False,
    write_line: WriteLine = print,
) -> int:
    """Rebuild into a database and compare; 0 when both digests are equal, 1 when they differ.

    `into_url` is an empty database, or one that an earlier rebuild was filling, which goes on;
    without it, `<name>_rebuild` beside the running one is used, and made new where a rebuild had
    filled it. With `compare` off (the running database is lost) the answer is 0. With `take_over`
    scoring must be stopped, and the database goes on from the old one when the answer is 0.
    Raises RebuildError, TakeOverError, and what Kafka and PostgreSQL raise. Not to be called while
    an event loop runs.
    """
    return asyncio.run(
        _rebuild(settings, into_url, compare=compare, take_over=take_over, write_line=write_line)
    )


async def _rebuild(
    settings: ScoringSettings,
    into_url: str | None,
    *,
    compare: bool,
    take_over: bool,
    write_line: WriteLine,
) -> int:
    if take_over:
        await takeover.make_way(settings, old_is_there=compare)
    prefix = settings.topic_prefix
    async with AsyncExitStack() as stack:
        target = await stack.enter_async_context(made_ready(settings, into_url, keep=take_over))
        database = Database(target.url, 2, source="scoring rebuild", topic_prefix=prefix)
        stack.push_async_callback(database.close)
        running = Database(settings.database_url, 2, source="scoring rebuild")
        stack.push_async_callback(running.close)
        campaigns = RebuiltCampaigns(settings, database, running if compare else None)
        started = time.monotonic()
        own = frozenset(own_topics(prefix))
        since = await positions(database)
        if not compare:  # what scoring published is then known from the topics alone
            since = {place: offset for place, offset in since.items() if place.topic not in own}
        reader = await stack.enter_async_context(
            open_reader(settings, [*topics(prefix), *own], since=since)
        )
        await require_not_past(reader, since)
        topics_read = TopicsRead()
        progress = RebuildProgress(write_line, await reader.left())
        for _ in range(_COMPARISONS):
            await campaigns.read()
            await topics_read.read(reader, own, database, campaigns.registry, progress)
            await _score(database, campaigns.snapshots, topics_read.points.values())
            await _restore(database, campaigns, topics_read)
            async with database.transaction() as tx:
                await mark(tx, await reader.positions())
                await target.lock.require()
            rebuilt = await states_of(database, campaigns.snapshots)
            theirs = await states_of(running, campaigns.snapshots) if compare else rebuilt
            # With as many facts and nothing due, a difference is one, and waiting mends nothing.
            if take_over or equal(theirs, rebuilt) or settled(theirs, rebuilt):
                break
            await asyncio.sleep(1)
        _report(topics_read, time.monotonic() - started, write_line)
        for name, state in rebuilt.items():
            write_line(f"{name}: {speak(f'dựng lại: {state}', f'rebuilt: {state}')}")
            if compare:
                other = theirs[name]
                write_line(f"{name}: {speak(f'đang chạy: {other}', f'running: {other}')}")
        if take_over:
            old = running if compare else None
            return await _take_over(
                settings,
                old,
                database,
                target.lock,
                campaigns.snapshots,
                published=list(topics_read.points.values()),
                write_line=write_line,
            )
        if not compare:
            return EQUAL
        same = equal(theirs, rebuilt)
        write_line(speak("GIỐNG NHAU", "EQUAL") if same else speak("KHÁC NHAU", "DIFFERENT"))
        return EQUAL if same else DIFFERENT


async def _restore(database: Database, campaigns: RebuiltCampaigns, read: TopicsRead) -> None:
    """Publications of each campaign."""
    for name in campaigns.snapshots:
        of_campaign = [fact for fact in read.published if fact.campaign == name]
        await restore_publications(database, await campaigns.registry.of(name), of_campaign)


def _report(read: TopicsRead, seconds: float, write_line: WriteLine) -> None:
    new, aside = number(read.new), number(read.set_aside)
    write_line(
        speak(
            f"mới đọc {new.vi} dữ liệu, để riêng {aside.vi} bản ghi",
            f"newly read: {count_en(read.new, 'fact')}; set aside:"
            f" {count_en(read.set_aside, 'record')}",
        )
    )
    rate = number(round(read.records / max(seconds, 0.001)))
    took = number(Decimal(f"{seconds:.1f}"))
    write_line(
        speak(f"{took.vi} giây, {rate.vi} bản ghi/giây", f"{took.en} s, {rate.en} records/s")
    )


async def _take_over(
    settings: ScoringSettings,
    old: Database | None,
    database: Database,
    lock: Lock,
    snapshots: Snapshots,
    *,
    published: Sequence[PublishedPoints],
    write_line: WriteLine,
) -> int:
    """Let the rebuilt database go on from the old one, unless something would be lost."""
    if old is None:
        await takeover.take_over_alone(settings, database, lock, published)
    else:
        found = await agreement(old, database, snapshots)
        for line in found.lines():
            write_line(line)
        if not found.holds:
            write_line(speak("KHÁC NHAU: chưa tiếp quản", "DIFFERENT: nothing was taken over"))
            return DIFFERENT
        await takeover.take_over_from(settings, old, database, lock)
    write_line(
        speak(
            "Đã tiếp quản. Khởi động scoring với SCORING_DATABASE_URL là cơ sở dữ liệu này",
            "Taken over: start scoring with SCORING_DATABASE_URL set to it",
        )
    )
    return EQUAL


async def _score(
    database: Database, snapshots: Snapshots, published: Iterable[PublishedPoints]
) -> None:
    """Score what is due, publish nothing, and number the points as they were published last."""
    for snapshot in filter(None, snapshots.values()):
        async with database.transaction() as tx:
            due = await clusters_due(tx, snapshot)
        for some in at_once(due):
            async with database.transaction() as tx:
                await recompute(tx, snapshot, some, now=datetime.now(UTC), publish=False)
    numbers = [(one.campaign, one.unit, one.version) for one in published]
    columns = [[number[at] for number in numbers] for at in range(3)]
    async with database.transaction() as tx:
        for table in ("points", "points_history"):
            await tx.execute(
                f"""
                UPDATE {table} AS p SET version = v.version
                  FROM unnest($1::text[], $2::text[], $3::int[]) AS v (campaign, unit, version)
                 WHERE p.campaign = v.campaign AND p.unit = v.unit AND p.version < v.version
                   AND p.version = (SELECT max(version) FROM {table} AS last
                                     WHERE last.campaign = p.campaign AND last.unit = p.unit)
                """,  # noqa: S608 - constants
                *columns,
            )
