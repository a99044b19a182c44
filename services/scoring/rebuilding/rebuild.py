"""Rebuild scoring from the topics alone: the proof that they are the record, and the way back.

Every fact topic is read from its first to its last record into a database of its own; then the
digests are compared. The running service goes on meanwhile and is only read.
"""

import asyncio
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime

from services.chassis.broker.topic_reader import open_reader
from services.chassis.storage.database import Database
from services.contracts.campaign.loader import load_campaign
from services.scoring.campaign_snapshot import CampaignSnapshot, CampaignTimeline
from services.scoring.events import topics
from services.scoring.points.recompute import at_once, clusters_due, recompute
from services.scoring.points.standings import repeatable_read
from services.scoring.publications.restore import restore_publications
from services.scoring.queries import rules_in_force
from services.scoring.rebuilding import takeover
from services.scoring.rebuilding.agreement import agreement
from services.scoring.rebuilding.bulk import store_and_count
from services.scoring.rebuilding.checkpoint import mark, positions, require_not_past
from services.scoring.rebuilding.comparison import contest_of, state_of
from services.scoring.rebuilding.database import made_ready
from services.scoring.rebuilding.job import Job
from services.scoring.rebuilding.lock import Lock
from services.scoring.rebuilding.progress import Progress, Say
from services.scoring.rebuilding.reading import Rest, own_topics
from services.scoring.rebuilding.report import RebuildReport
from services.scoring.settings import ScoringSettings
from services.scoring.tallies.recount import prepare

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
    workers: int | None = None,
    say: Say = print,
) -> int:
    """Rebuild into a database and compare; 0 when both digests are equal, 1 when they differ.

    `into_url` is an empty database, or one that an earlier rebuild was filling, which goes on;
    without it, `<name>_rebuild` beside the running one is used, and made new where a rebuild had
    filled it. With `compare` off (the running database is lost) the answer is 0. With `take_over`
    scoring must be stopped, and the database goes on from the old one when the answer is 0.
    `workers`: processes that read; by default one a processor where there is much to read.
    Raises RebuildError, TakeOverError, and what Kafka and PostgreSQL raise. Not to be called while
    an event loop runs.
    """
    return asyncio.run(
        _rebuild(settings, into_url, compare=compare, take_over=take_over, workers=workers, say=say)
    )


async def _rebuild(
    settings: ScoringSettings,
    into_url: str | None,
    *,
    compare: bool,
    take_over: bool,
    workers: int | None,
    say: Say,
) -> int:
    if take_over:
        await takeover.make_way(settings, old_is_there=compare)
    campaign = load_campaign(settings.campaign_dir)
    timeline, prefix = CampaignTimeline(campaign), settings.topic_prefix
    async with AsyncExitStack() as stack:
        target = await stack.enter_async_context(made_ready(settings, into_url, keep=take_over))
        database = Database(target.url, 2, source="scoring", topic_prefix=prefix)
        stack.push_async_callback(database.close)
        running = Database(settings.database_url, 2, source="scoring rebuild")
        stack.push_async_callback(running.close)
        snapshot = (
            await contest_of(running, timeline) if compare else timeline.at(datetime.now(UTC))
        )
        started = time.monotonic()
        job = Job(settings, target.url, campaign, snapshot.day)
        rest = Rest(
            await store_and_count(job, database, target.lock, snapshot, workers=workers, say=say)
        )
        await prepare(database, snapshot)
        if compare:
            await _carry_over_rule_sets(running, database, snapshot)
        own = frozenset(own_topics(prefix))
        since = await positions(database)
        if not compare:  # what scoring itself said is then known from the topics alone
            since = {place: offset for place, offset in since.items() if place.topic not in own}
        reader = await stack.enter_async_context(
            open_reader(settings, [*topics(prefix), *own], since=since)
        )
        await require_not_past(reader, since)
        progress = Progress(say, await reader.left(), "bản ghi / records")
        for _ in range(_COMPARISONS):
            await rest.read(reader, own, database, snapshot, progress)
            await _score(database, snapshot, rest.said)
            await restore_publications(database, snapshot, rest.published)
            async with database.transaction() as tx:
                await mark(tx, await reader.positions())
                await target.lock.require()
            rebuilt = await state_of(database, snapshot)
            theirs = await state_of(running, snapshot) if compare else rebuilt
            # With as many facts and nothing due, a difference is one, and waiting mends nothing.
            if take_over or theirs.digest == rebuilt.digest or theirs.like(rebuilt):
                break
            await asyncio.sleep(1)
        _tell(rest, time.monotonic() - started, say)
        say(f"dựng lại / rebuilt : {rebuilt}")
        if compare:
            say(f"đang chạy / running: {theirs}")
        if take_over:
            old = running if compare else None
            return await _take_over(
                settings, old, database, target.lock, snapshot, rest=rest, say=say
            )
        if not compare:
            return EQUAL
        equal = theirs.digest == rebuilt.digest
        say("giống nhau / equal" if equal else "KHÁC NHAU / DIFFERENT")
        return EQUAL if equal else DIFFERENT


def _tell(rest: Rest, seconds: float, say: Say) -> None:
    stored = rest.stored
    say(f"{stored.new:,} sự kiện / facts, {stored.set_aside:,} bỏ qua / set aside")
    rate = stored.read / max(seconds, 0.001)
    say(f"{seconds:.1f} s, {rate:,.0f} bản ghi/s / records/s")


async def _take_over(
    settings: ScoringSettings,
    old: Database | None,
    database: Database,
    lock: Lock,
    snapshot: CampaignSnapshot,
    *,
    rest: Rest,
    say: Say,
) -> int:
    """Let the rebuilt database go on from the old one, unless something would be lost."""
    if old is None:
        await takeover.take_over_alone(settings, database, lock, snapshot, list(rest.said.values()))
    else:
        found = await agreement(old, database, snapshot)
        for line in found.told():
            say(line)
        if not found.holds:
            say("KHÁC NHAU / DIFFERENT: nothing was taken over")
            return DIFFERENT
        await takeover.take_over_from(settings, old, database, lock, snapshot)
    say("đã tiếp quản / taken over: start scoring with SCORING_DATABASE_URL set to it")
    return EQUAL


async def _score(
    database: Database, snapshot: CampaignSnapshot, said: Mapping[str, RebuildReport]
) -> None:
    """Score what is due, say nothing, and number the points as they were published last."""
    async with database.transaction() as tx:
        due = await clusters_due(tx, snapshot)
    for some in at_once(due):
        async with database.transaction() as tx:
            await recompute(tx, snapshot, some, now=datetime.now(UTC), publish=False)
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
                snapshot.campaign,
                list(said),
                [one.version for one in said.values()],
            )


async def _carry_over_rule_sets(
    running: Database, database: Database, snapshot: CampaignSnapshot
) -> None:
    async with repeatable_read(running) as source, database.transaction() as tx:
        await rules_in_force.carry_over(source, tx, snapshot.campaign)
