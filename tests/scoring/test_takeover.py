"""A new database is built from the topics while the old one serves, and goes on from it."""

import asyncio
import itertools
import secrets
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from infra.local.broker import Broker
from infra.local.issuer import Issuer
from infra.local.postgres import PostgresCluster
from services.chassis.broker.group_positions import GroupPositionError
from services.chassis.broker.topic_admin import ensure_topics
from services.chassis.storage.database import Database, Transaction
from services.chassis.storage.migrations import migrate
from services.contracts.envelope import Event
from services.contracts.events import EssaySubmitted, PointsRecomputed, UnitFact
from services.contracts.topics import all_topics
from services.scoring.app import compose
from services.scoring.rebuilding import takeover
from services.scoring.rebuilding.errors import TakeOverError
from services.scoring.rebuilding.rebuild import rebuild
from services.scoring.settings import ScoringSettings
from tests.scoring.facts import essay, event
from tests.scoring.running import announce, recompute_due, take
from tests.scoring.running import digest as stored_digest
from tests.scoring.service import PARTITIONS, World, beside, running, until, until_ready, world
from tests.scoring.test_service import CONTEST, some_facts, truth
from tests.support.announcing import announcement

UNITS = ("SNV", "STP", "Q001", "Q009", "X00004")


@dataclass
class Taken:
    """One group over topics of its own, its old database and a new, empty one."""

    world: World
    settings: ScoringSettings
    new: ScoringSettings

    async def rebuild(self, *, take_over: bool = False, compare: bool = True) -> tuple[int, str]:
        lines: list[str] = []
        code = await asyncio.to_thread(
            rebuild,
            self.settings,
            self.new.database_url,
            take_over=take_over,
            compare=compare,
            write_line=lines.append,
        )
        return code, "\n".join(lines)

    async def serves(self, settings: ScoringSettings, events: list[Event]) -> str:
        """Run on a database until all these facts are points; the digest."""
        async with running(settings) as replica:
            self.world.replicas[:] = [replica]
            await until_ready(replica)
            expected = truth(events)

            async def counted() -> bool:
                return await self.world.digest() == expected

            await until(counted)
            return await self.world.digest()

    async def is_refused(self) -> None:
        """Scoring does not start on the new database."""
        service = compose(self.new)
        (start,) = service.on_start
        with pytest.raises(TakeOverError, match="--take-over"):
            await start()
        await service.chassis.database.close()

    async def sql(self, settings: ScoringSettings, statement: str) -> list[tuple[object, ...]]:
        database = Database(settings.database_url, 1, source="a test")
        try:
            async with database.transaction() as tx:
                return [tuple(row) for row in await tx.fetch(statement)]
        finally:
            await database.close()


@pytest_asyncio.fixture
async def taken(
    scoring_url: str, postgres: PostgresCluster, broker: Broker, issuer: Issuer
) -> AsyncIterator[Taken]:
    async with world(scoring_url, broker.bootstrap, issuer, replicas=0) as made:
        group = f"scoring-{secrets.token_hex(3)}"
        settings = made.settings.model_copy(update={"group_id": group})
        await ensure_topics(settings, all_topics(settings.topic_prefix, PARTITIONS, 1, [group]))
        new = settings.model_copy(update={"database_url": beside(postgres, scoring_url)})
        yield Taken(made, settings, new)


def more(name: str) -> list[UnitFact]:
    return [essay(unit, f"{unit}-{name}") for unit in UNITS]


async def published_once_and_all(taken: Taken) -> None:
    """A unit's versions are published once each, none without a change, the last as it is now."""
    versions: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for one in await taken.world.points_published():
        assert isinstance(one.data, PointsRecomputed)
        versions[one.data.unit].append((one.data.version, one.data.digest))
    for unit, published in versions.items():
        published.sort()
        numbers = [number for number, _ in published]
        assert numbers == list(range(numbers[0], numbers[0] + len(published))), (unit, numbers)
        digests = [digest for _, digest in published]
        assert all(a != b for a, b in itertools.pairwise(digests)), unit
    rows = await taken.sql(
        taken.new,
        # The first row of a unit, before any fact, is nobody's news.
        "SELECT unit, version, digest FROM points WHERE version > 1",
    )
    has = {str(unit): (version, digest) for unit, version, digest in rows}
    assert {unit: published[-1] for unit, published in versions.items()} == has


async def test_it_is_built_while_the_old_one_serves_and_goes_on_without_a_gap_or_a_repetition(
    taken: Taken, postgres: PostgresCluster
) -> None:
    one = taken.world
    async with running(taken.settings) as old:
        one.replicas[:] = [old]
        await until_ready(old)
        events = await one.publish(*some_facts(UNITS), times=2)
        await one.has_stored(len(events))
        building = asyncio.create_task(taken.rebuild())
        for number in range(5):  # facts go on arriving
            events += await one.publish(*more(f"during-{number}"))
            await asyncio.sleep(0.2)
        code, report = await building
        assert code == 0, report
        events += await one.publish(*more("after"))
        await one.has_stored(len(events))
        with pytest.raises(GroupPositionError, match="đang chạy"):
            await taken.rebuild(take_over=True)
        assert await one.digest() == truth(events)
    await taken.is_refused()
    events += await one.publish(*more("gap"))
    code, report = await taken.rebuild(take_over=True)
    assert code == 0, report
    assert "Đã tiếp quản" in report
    events += await one.publish(*more("late"))
    digest = await taken.serves(taken.new, events)
    events += await one.publish(*more("new"))
    digest = await taken.serves(taken.new, events)

    stored = await taken.sql(taken.new, "SELECT count(*) FROM facts")
    assert stored == [(len(events),)]
    assert digest == truth(events)
    await published_once_and_all(taken)
    assert digest == await undisturbed(beside(postgres, taken.settings.database_url), events)


async def undisturbed(url: str, events: list[Event]) -> str:
    """The digest of a scoring that took the same facts with nothing in between."""
    await asyncio.to_thread(migrate, "scoring", url)
    database = Database(url, 2, source="a test")
    await announce(database, announcement())
    await take(database, events)
    await recompute_due(database, CONTEST)
    found = await stored_digest(database, CONTEST)
    await database.close()
    return found


async def test_what_a_killed_replica_left_in_its_outbox_and_unscored_is_not_lost(
    taken: Taken,
) -> None:
    one = taken.world
    events = await one.publish(*some_facts(UNITS))
    await taken.serves(taken.settings, events)
    code, report = await taken.rebuild()
    assert code == 0, report
    # As a process leaves it that is killed: facts taken and not scored, one said and not relayed.
    unscored = await one.publish(*more("unscored"))
    database = Database(
        taken.settings.database_url,
        2,
        source="scoring-killed",
        topic_prefix=taken.settings.topic_prefix,
    )
    await take(database, unscored)
    unrelayed = essay("SNV", "unrelayed")
    async with database.transaction() as tx:
        await tx.publish(unrelayed)
    await database.close()
    code, report = await taken.rebuild(take_over=True)
    assert code == 0, report
    everything = [*events, *unscored, event(unrelayed)]
    assert await taken.serves(taken.new, everything) == truth(everything)
    await published_once_and_all(taken)


async def test_a_fact_that_is_on_no_topic_stops_the_take_over(taken: Taken) -> None:
    one = taken.world
    events = await one.publish(*some_facts(UNITS))
    await taken.serves(taken.settings, events)
    database = Database(taken.settings.database_url, 2, source="a test")
    await take(database, [event(essay("SNV", "nowhere"))])
    await database.close()
    code, report = await taken.rebuild(take_over=True)
    assert code == 1, report
    assert "1 dữ liệu của cơ sở dữ liệu cũ không có trên topic nào" in report
    await taken.is_refused()


async def test_letters_answers_and_history_come_along(taken: Taken) -> None:
    one = taken.world
    await one.publish_wrongly(EssaySubmitted, b"{", [("ce_type", b"nonsense")])
    events = await one.publish(*some_facts(UNITS))
    await taken.serves(taken.settings, events)

    async def noted() -> bool:
        rows = await taken.sql(taken.settings, "SELECT count(*) FROM dead_letters")
        return rows == [(1,)]

    await until(noted)
    await taken.sql(
        taken.settings,
        "INSERT INTO idempotency_keys (principal, route, key, request_hash, status, body)"
        " VALUES ('p', 'r', 'k', '\\x00', 200, '{}') RETURNING 1",
    )
    code, report = await taken.rebuild(take_over=True)  # all of it in one go
    assert code == 0, report
    for table in ("dead_letters", "idempotency_keys", "points_history", "event_log"):
        count = f"SELECT count(*) FROM {table}"  # noqa: S608 - our names
        before = await taken.sql(taken.settings, count)
        assert before == await taken.sql(taken.new, count) != [(0,)], table
    versions = "SELECT unit, version, digest FROM points ORDER BY unit"
    assert await taken.sql(taken.settings, versions) == await taken.sql(taken.new, versions)


async def test_where_the_old_database_is_lost_the_topics_are_enough(taken: Taken) -> None:
    one = taken.world
    await one.publish_wrongly(EssaySubmitted, b"{", [("ce_type", b"nonsense")])
    events = await one.publish(*some_facts(UNITS))
    await taken.serves(taken.settings, events)
    listed = 'SELECT id, state, cause, topic, partition, "offset", event_id FROM dead_letters'
    letters = await taken.sql(taken.settings, listed)
    events += await one.publish(*more("unread"))
    lost = taken.settings.model_copy(
        update={"database_url": "postgresql://nobody:x@127.0.0.1:1/gone"}
    )
    taken.settings = lost
    code, report = await taken.rebuild(take_over=True, compare=False)
    assert code == 0, report
    assert len(letters) == 1
    assert await taken.sql(taken.new, listed) == letters
    assert await taken.serves(taken.new, events) == truth(events)
    await published_once_and_all(taken)


async def test_a_rebuild_that_was_broken_off_goes_on(taken: Taken) -> None:
    one = taken.world
    events = await one.publish(*some_facts(UNITS))
    await taken.serves(taken.settings, events)
    assert (await taken.rebuild())[0] == 0
    events += await one.publish(*more("rest"))
    await taken.serves(taken.settings, events)
    code, report = await taken.rebuild()
    assert code == 0, report
    assert f"mới đọc {len(UNITS)} dữ liệu" in report  # only what came since


async def test_other_points_from_the_same_facts_stop_it_also_beside_newer_facts(
    taken: Taken,
) -> None:
    one = taken.world
    events = await one.publish(*some_facts(UNITS))
    await taken.serves(taken.settings, events)
    await one.publish(
        *more("newer")
    )  # so that each of these clusters has facts that the old one lacks
    planted = await taken.sql(
        taken.settings,
        "UPDATE clusters SET digest = repeat('0', 64) WHERE cluster IN"
        " (SELECT cluster FROM points WHERE unit = 'SNV') RETURNING cluster",
    )
    ((cluster,),) = planted
    code, report = await taken.rebuild(take_over=True)
    assert code == 1, report
    assert f"cùng dữ liệu nhưng khác điểm: {cluster}" in report
    await taken.is_refused()


async def test_a_replica_that_was_started_meanwhile_stops_it(
    taken: Taken, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While rows are being copied, minutes where there are many, the old one comes back and reads
    on; its facts would be missing for ever in a new one that goes on behind them."""
    one = taken.world
    events = await one.publish(*some_facts(UNITS))
    await taken.serves(taken.settings, events)
    here = asyncio.get_running_loop()
    copy_table = takeover.copy_table

    async def goes_on() -> None:
        events.extend(await one.publish(*more("meanwhile")))
        await taken.serves(taken.settings, events)

    async def interrupted(before: Transaction, after: Transaction, table: str) -> None:
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(goes_on(), here))
        await copy_table(before, after, table)

    monkeypatch.setattr(takeover, "copy_table", interrupted)
    with pytest.raises(TakeOverError, match="đọc tiếp"):
        await taken.rebuild(take_over=True)
    monkeypatch.undo()
    await taken.is_refused()
    code, report = await taken.rebuild(take_over=True)
    assert code == 0, report
    assert await taken.serves(taken.new, events) == truth(events)
