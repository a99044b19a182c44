"""Lets a rebuilt database go on where the old one stopped, without publishing anything twice.

Until then it carries a mark (`checkpoint.py`), and scoring refuses to run on it: what the old one
consumes meanwhile would be missing for ever. The order is safe at any line: in the old database
only its outbox is relayed, all else is read; no position of the group is moved, and the mark goes
in the transaction that makes the new one whole
(docs/decisions/0039-a-rebuilt-database-takes-over.md).

SQL by hand: points of all units are compared and renumbered in one statement.
"""

import asyncio
import time
from collections.abc import Sequence
from functools import partial

from services.chassis.broker.group_positions import committed, require_stopped
from services.chassis.broker.producer import open_producer
from services.chassis.broker.topic_reader import open_reader
from services.chassis.dead_letters.restore import restore
from services.chassis.language import speak
from services.chassis.observability.metrics import Metrics
from services.chassis.observability.registry import CHASSIS_METRICS
from services.chassis.relay.relay import Relay
from services.chassis.storage.copying import copy_table, hand_over
from services.chassis.storage.database import Database, Transaction
from services.contracts.topics import dead_letter_topic
from services.scoring.facts.fact import topics
from services.scoring.rebuilding.checkpoint import positions, positions_in
from services.scoring.rebuilding.errors import TakeOverError, UnfinishedRebuildError
from services.scoring.rebuilding.lock import Lock
from services.scoring.rebuilding.published_points import PublishedPoints
from services.scoring.repeatable_read import repeatable_read
from services.scoring.settings import ScoringSettings

_DRAIN_S = 60.0
_SESSIONS_END_S = 10.0


async def refuse_unfinished(database: Database) -> None:
    """Raises UnfinishedRebuildError for a database that was rebuilt and has not taken over."""
    if await positions(database):
        raise _unfinished()


def _unfinished() -> UnfinishedRebuildError:
    return UnfinishedRebuildError(
        "Cơ sở dữ liệu này được dựng lại nhưng chưa tiếp quản: còn thiếu dữ liệu mà cơ sở"
        " dữ liệu cũ nhận từ đó. Dừng toàn bộ dịch vụ chấm điểm, chạy `thidua rebuild"
        " scoring --into URL --take-over` (URL là địa chỉ của cơ sở dữ liệu này) với cấu"
        " hình của cơ sở dữ liệu cũ, rồi khởi động lại",
        "this database was rebuilt and has not taken over: facts that the old one consumed"
        " since then are missing in it. Stop all of scoring, run `thidua rebuild scoring"
        " --into URL --take-over` (URL is the address of this database) with the settings"
        " of the old one, then start again",
    )


# ---- before it


def group_of(settings: ScoringSettings) -> str:
    """The consumer group of scoring."""
    return settings.group_id or "scoring"


async def make_way(settings: ScoringSettings, *, old_is_there: bool) -> None:
    """Nobody serves the old database any more, and all that it published is on the topics.

    Raises TakeOverError or GroupPositionError while a replica of scoring is running, and
    TakeOverError when the broker takes nothing.
    """
    await require_stopped(settings, group_of(settings))
    if old_is_there:
        await _nobody_connected(settings)
        await _drain(settings)


async def _nobody_connected(settings: ScoringSettings) -> None:
    """A replica that left its group still answers HTTP, and takes score entries."""
    database = Database(settings.database_url, 1, source="scoring rebuild")
    deadline = time.monotonic() + _SESSIONS_END_S
    try:
        while True:
            async with database.transaction() as tx:
                served = await tx.fetchval(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND application_name IN ('scoring', 'scoring relay')"
                )
            if not served:
                return
            if time.monotonic() > deadline:
                raise TakeOverError(
                    speak(
                        f"Dịch vụ chấm điểm còn {served} kết nối đến cơ sở dữ liệu: dừng mọi tiến"
                        " trình, kể cả tiến trình chưa sẵn sàng",
                        f"scoring is still connected to its database, {served} times: stop every"
                        " replica, also one that is not ready",
                    )
                )
            await asyncio.sleep(0.5)
    finally:
        await database.close()


async def _drain(settings: ScoringSettings) -> None:
    """Relay what a process that was killed had left in the outbox."""
    relay = Relay(
        settings.database_url,
        partial(open_producer, settings),
        name="scoring rebuild",
        metrics=Metrics(CHASSIS_METRICS),
        safety_poll_s=0.2,
    )
    database = Database(settings.database_url, 1, source="scoring rebuild")
    running = asyncio.create_task(relay.run())
    try:
        async with asyncio.timeout(_DRAIN_S):
            while True:
                if not await _waiting(database):
                    return
                await asyncio.sleep(0.1)
    except TimeoutError:
        why = relay.degraded()
        raise TakeOverError(
            speak(
                f"Cơ sở dữ liệu cũ còn dữ liệu chờ gửi chưa phát được: {why}",
                f"the old database has facts in its outbox that can't be relayed: {why}",
            )
        ) from None
    finally:
        await relay.stop()
        await running
        await database.close()


async def _waiting(database: Database) -> int:
    async with database.transaction() as tx:
        count: int = await tx.fetchval("SELECT count(*) FROM outbox")
        return count


# ---- it


async def take_over_from(
    settings: ScoringSettings, old: Database, new: Database, lock: Lock
) -> None:
    """Make the rebuilt database the one that goes on from the old one, in one transaction.

    Raises TakeOverError or GroupPositionError where somebody served the old one meanwhile, and
    RebuildError where the lock of the new one was lost.
    """
    async with repeatable_read(old) as before, new.transaction() as tx:
        await hand_over(before, tx)
        await copy_table(before, tx, "points_history")
        rows = await before.fetch("SELECT campaign, unit, version, digest FROM points")
        await _go_on_from(tx, [PublishedPoints(*row) for row in rows])
        await _nobody_connected(settings)
        await _nobody_went_on(settings, tx)
        await tx.execute("DELETE FROM rebuild_positions")
        await lock.require()


async def take_over_alone(
    settings: ScoringSettings,
    new: Database,
    lock: Lock,
    published: Sequence[PublishedPoints],
) -> None:
    """The same where the old database is lost: the topics alone have what was published."""
    letters = dead_letter_topic(settings.topic_prefix, group_of(settings))
    async with open_reader(settings, [letters]) as reader, new.transaction() as tx:
        await restore(tx, reader.to_the_end())
        await _go_on_from(tx, published)
        await tx.execute(
            """
            WITH unpublished AS (
                UPDATE points AS p SET digest = ''
                  FROM unit_measures AS m
                 WHERE m.campaign = p.campaign AND m.unit = p.unit AND m.version > 0
                   AND (p.campaign, p.unit) NOT IN (
                           SELECT * FROM unnest($1::text[], $2::text[]))
                RETURNING p.campaign, p.cluster
            )
            UPDATE clusters SET seen = NULL
             WHERE (campaign, cluster) IN (SELECT * FROM unpublished)
            """,
            [one.campaign for one in published],
            [one.unit for one in published],
        )
        await _nobody_went_on(settings, tx)
        await tx.execute("DELETE FROM rebuild_positions")
        await lock.require()


async def _nobody_went_on(settings: ScoringSettings, tx: Transaction) -> None:
    """What the group has committed is in the new database: asked again at the end, since copying
    takes minutes, and facts that a replica took meanwhile would be missing for ever."""
    await require_stopped(settings, group_of(settings))
    has = await positions_in(tx)
    read = topics(settings.topic_prefix)
    ahead = sorted(
        f"{place.topic}:{place.partition}"
        for place, at in (await committed(settings, group_of(settings))).items()
        if place.topic in read and at > has.get(place, 0)
    )
    if ahead:
        raise TakeOverError(
            speak(
                f"Dịch vụ chấm điểm đã chạy lại và đọc tiếp {', '.join(ahead)}: chưa tiếp quản;"
                " dừng toàn bộ rồi chạy lại lệnh này",
                f"scoring was started meanwhile and has read on in {', '.join(ahead)}: nothing was"
                " taken over; stop all of it and repeat this",
            )
        )


async def _go_on_from(tx: Transaction, published: Sequence[PublishedPoints]) -> None:
    """Versions go on from what was published; points that differ from it will be published.

    A row without a digest equals nothing, so the first recompute publishes it as the next version.
    A row that equals what was published is not published a second time.
    """
    await tx.execute(
        """
        WITH published AS (
            SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::text[])
                          AS s (campaign, unit, version, digest)
        ), changed AS (
            UPDATE points AS p
               SET version = s.version,
                   digest = CASE WHEN p.digest = s.digest THEN p.digest ELSE '' END
              FROM published AS s WHERE p.campaign = s.campaign AND p.unit = s.unit
            RETURNING p.campaign, p.cluster, p.digest
        )
        UPDATE clusters SET seen = NULL
         WHERE (campaign, cluster) IN (SELECT campaign, cluster FROM changed WHERE digest = '')
        """,
        [one.campaign for one in published],
        [one.unit for one in published],
        [one.version for one in published],
        [one.digest for one in published],
    )
