"""A rebuild by several processes, killed wherever it is: run again, it comes to the same."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg
import psutil
import pytest
import pytest_asyncio

from infra.local.broker import Broker
from infra.local.issuer import Issuer
from infra.local.postgres import PostgresCluster
from services.chassis.storage.database import Database
from services.chassis.storage.migrations import migrate
from services.contracts.envelope import Event, encode
from services.contracts.events import EssaySubmitted
from services.contracts.topics import topic_of
from services.scoring.rebuilding.errors import RebuildError
from services.scoring.rebuilding.progress import Progress
from services.scoring.rebuilding.rebuild import rebuild
from services.scoring.tallies.recount import recount
from tests.scoring.campaign import DIRECTORY
from tests.scoring.said import essay
from tests.scoring.service import World, beside, until, world
from tests.scoring.test_service import CONTEST, some_facts, truth
from tests.support.unreadable import BAD_NAME, produce_strangely

UNITS = ("SNV", "STP", "Q001", "Q009", "X00004")
ESSAYS = 20_000  # several batches for each process

pytestmark = pytest.mark.broken


@dataclass
class Rebuilt:
    """A database to rebuild into, and the command that does it."""

    world: World
    url: str

    def command(self, *options: str) -> subprocess.Popen[str]:
        """`thidua rebuild scoring` as an operator runs it."""
        settings = self.world.settings
        return subprocess.Popen(
            [
                *(sys.executable, "-m", "services.cli", "rebuild", "scoring"),
                *("--no-compare", "--into", self.url, *options),
            ],
            env={
                **os.environ,
                "SCORING_DATABASE_URL": settings.database_url,
                "THIDUA_KAFKA_BOOTSTRAP": settings.kafka_bootstrap,
                "THIDUA_TOPIC_PREFIX": settings.topic_prefix,
                "THIDUA_CAMPAIGN_DIR": str(DIRECTORY),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    async def again(self, **options: Any) -> str:
        """What a rebuild that comes to its end says."""
        said: list[str] = []
        settings = self.world.settings
        code = await asyncio.to_thread(
            rebuild, settings, self.url, compare=False, say=said.append, **options
        )
        assert code == 0, said
        return "\n".join(said)

    async def asked(self, question: str) -> Any:
        """One value out of it; None where there is no such table yet."""
        connection = await asyncpg.connect(self.url)
        try:
            return await connection.fetchval(question)
        except asyncpg.UndefinedTableError:
            return None
        finally:
            await connection.close()

    async def wrongly_tallied(self) -> list[str]:
        """Units whose running tally is not the truth."""
        database = Database(self.url, 1, source="a test")
        try:
            async with database.transaction() as tx:
                return [u.code for u in CONTEST.units if await recount(tx, CONTEST, u.code)]
        finally:
            await database.close()


@pytest_asyncio.fixture
async def one(
    scoring_url: str, postgres: PostgresCluster, broker: Broker, issuer: Issuer
) -> AsyncIterator[Rebuilt]:
    async with world(scoring_url, broker.bootstrap, issuer, replicas=0) as made:
        yield Rebuilt(made, beside(postgres, scoring_url))


async def many(one: Rebuilt, essays: int = ESSAYS) -> list[Event]:
    events = await one.world.says(*some_facts(UNITS), times=2)
    return events + await one.world.says(
        *(essay(UNITS[number % 5], f"many-{number}") for number in range(essays))
    )


async def others_of(running: subprocess.Popen[str]) -> list[psutil.Process]:
    """The processes that a rebuild started, as soon as they are there."""

    async def started() -> list[psutil.Process]:
        children = psutil.Process(running.pid).children()
        return [one for one in children if "spawn_main" in " ".join(one.cmdline())]

    return await until(started)


async def stopped_when(
    one: Rebuilt, seen: str, table: str, act: Callable[[], Awaitable[None]]
) -> int:
    """Do something while nobody can write into a table, once a question is answered with yes; the
    number of facts stored until then."""

    async def is_so() -> bool:
        return bool(await one.asked(seen))

    await until(is_so, seconds=90)  # two processes have to start first
    holder = await asyncpg.connect(one.url)
    try:
        async with holder.transaction():
            await holder.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
            stored: int = await holder.fetchval("SELECT count(*) FROM facts")
            await act()
    finally:
        await holder.close()
    return stored


@asynccontextmanager
async def uncountable(one: Rebuilt, unit: str) -> AsyncIterator[None]:
    """Nobody gets past this unit when units are counted: without it all are in a moment."""

    async def laid_out() -> bool:
        return bool(await one.asked(f"SELECT EXISTS (SELECT FROM unit_measures WHERE {which})"))  # noqa: S608

    which = f"unit = '{unit}'"
    await until(laid_out, seconds=90)  # long before they are counted
    holder = await asyncpg.connect(one.url)
    try:
        async with holder.transaction():
            await holder.execute(f"SELECT FROM unit_measures WHERE {which} FOR UPDATE")
            yield
    finally:
        await holder.close()


async def test_several_processes_store_once_what_comes_twice_and_set_aside_what_is_no_fact(
    one: Rebuilt,
) -> None:
    events = await one.world.says(*some_facts(UNITS), times=3)
    settings = one.world.settings
    topic = topic_of(settings.topic_prefix, EssaySubmitted)
    elsewhere = essay("SNV", "elsewhere").model_copy(update={"campaign": "another-2020"})
    await one.world.says(elsewhere, essay("NOWHERE", "a"))
    await one.world.says_wrongly(EssaySubmitted, b"{", [("ce_type", b"nonsense")])
    _, message = encode(events[0].data, source="x", now=datetime.now(UTC))
    strange = (message.key, [*message.headers, (BAD_NAME, b"")], message.value)
    # The same event in another partition too, as after more partitions were made: two processes.
    _, same = encode(events[0].data, source="x", now=datetime.now(UTC), event_id=events[0].id)
    for partition in range(3):
        await produce_strangely(settings.kafka_bootstrap, topic, [strange], partition=partition)
        await one.world.producer.send_and_wait(
            topic, same.value, same.key, headers=same.headers, partition=partition
        )
    told = await one.again(workers=3)
    assert f"{len(events)} sự kiện / facts, 5 bỏ qua / set aside" in told
    assert truth(events) in told
    assert await one.wrongly_tallied() == []


@pytest.mark.parametrize(
    ("where", "seen", "table"),
    [
        ("storing", "SELECT EXISTS (SELECT FROM facts)", "facts"),
        ("counting", "SELECT EXISTS (SELECT FROM unit_measures WHERE version > 0)", "campaigns"),
    ],
)
async def test_a_rebuild_that_is_killed_goes_on_to_the_same_points(
    one: Rebuilt, where: str, seen: str, table: str
) -> None:
    events = await many(one)
    with one.command("--workers", "2") as running:

        async def kill() -> None:
            nonlocal others
            others = await others_of(running)
            running.kill()
            await asyncio.to_thread(running.wait)

        others: list[psutil.Process] = []
        async with uncountable(one, UNITS[0]) if where == "counting" else nullcontext():
            stored = await stopped_when(one, seen, table, kill)
        assert running.returncode == -9
        _, alive = await asyncio.to_thread(psutil.wait_procs, others, 30)
        assert others
        assert not alive
    assert (0 < stored < len(events)) if where == "storing" else (stored == len(events))
    assert await one.asked("SELECT measures_digest FROM campaigns") == ""  # not counted
    before = await one.asked("SELECT count(*) FROM facts")
    told = await one.again()
    assert f"{len(events) - before:,} sự kiện / facts, 0 bỏ qua" in told  # what was stored, is
    assert f"{truth(events)} ({len(events):,}" in told
    assert await one.wrongly_tallied() == []


async def test_a_rebuild_ends_when_one_of_its_processes_dies_and_says_what_to_do(
    one: Rebuilt,
) -> None:
    events = await many(one)
    with one.command("--workers", "2") as running:

        async def kill() -> None:
            (other,) = await others_of(running)
            other.kill()

        stored = await stopped_when(one, "SELECT EXISTS (SELECT FROM facts)", "facts", kill)
        _, complaint = await asyncio.to_thread(running.communicate, timeout=60)
    assert 0 < stored < len(events)
    assert running.returncode == 1
    assert "a process of the rebuild died (exit code -9" in complaint
    assert "it goes on where it was" in complaint
    told = await one.again(workers=2)
    assert f"{truth(events)} ({len(events):,}" in told
    assert await one.wrongly_tallied() == []


async def test_two_rebuilds_do_not_work_in_one_database(one: Rebuilt) -> None:
    events = await many(one, 12_000)
    with one.command("--workers", "2") as running:

        async def a_second_one() -> None:
            with pytest.raises(RebuildError, match="another rebuild is at work"):
                await one.again()

        await stopped_when(one, "SELECT EXISTS (SELECT FROM facts)", "facts", a_second_one)
        told, complaint = await asyncio.to_thread(running.communicate, timeout=60)
    assert running.returncode == 0, complaint
    assert truth(events) in told


async def test_a_rebuild_that_has_lost_its_lock_says_of_nothing_that_it_is_whole(
    one: Rebuilt,
) -> None:
    events = await many(one, 12_000)
    with one.command("--workers", "2") as running:

        async def lose() -> None:
            assert await one.asked(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )

        await stopped_when(one, "SELECT EXISTS (SELECT FROM facts)", "facts", lose)
        _, complaint = await asyncio.to_thread(running.communicate, timeout=60)
    assert running.returncode == 1
    assert "Run the same again" in complaint
    assert await one.asked("SELECT measures_digest FROM campaigns") == ""
    assert truth(events) in await one.again()


@pytest.mark.parametrize(
    ("where", "written"),
    [
        ("records", "SELECT count(*) FROM facts"),
        ("units", "SELECT count(*) FROM unit_measures WHERE version > 0"),
    ],
)
async def test_a_crash_of_the_server_between_two_batches_ends_it_and_loses_nothing(
    one: Rebuilt,
    postgres: PostgresCluster,
    monkeypatch: pytest.MonkeyPatch,
    where: str,
    written: str,
) -> None:
    """What was committed without waiting for the disk may be gone: nothing may be noted past it."""
    events = await many(one, 12_000)
    add = Progress.add
    survived: list[int] = []

    def crash_after_two(self: Progress, number: int) -> None:
        before = self.done
        add(self, number)
        if before and not survived and where in self._of_what:
            postgres.kill()
            postgres.start()
            with ThreadPoolExecutor() as another:  # a loop runs in this one
                survived.append(another.submit(asyncio.run, one.asked(written)).result())

    with monkeypatch.context() as patched:
        patched.setattr(Progress, "add", crash_after_two)
        with pytest.raises(RebuildError, match="Run the same again"):
            await one.again(workers=1)
    assert survived == [await one.asked(written)]  # nothing was written after the crash
    assert await one.asked("SELECT measures_digest FROM campaigns") == ""
    assert f"{truth(events)} ({len(events):,}" in await one.again()
    assert await one.wrongly_tallied() == []


async def test_a_database_counted_by_other_measures_is_not_called_so_while_it_is_counted_again(
    one: Rebuilt, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else those other measures, in force again, would be taken for counted."""
    events = await one.world.says(*some_facts(UNITS))
    await one.again()
    database = Database(one.url, 1, source="a test")
    async with database.transaction() as tx:
        await tx.execute("UPDATE campaigns SET measures_digest = 'others'")
    await database.close()

    def broken_off(_self: Progress, _number: int) -> None:
        raise RuntimeError("broken off")

    with monkeypatch.context() as patched:
        patched.setattr(Progress, "add", broken_off)
        with pytest.raises(RuntimeError, match="broken off"):
            await one.again()
    assert await one.asked("SELECT measures_digest FROM campaigns") == ""
    assert truth(events) in await one.again()
    assert await one.wrongly_tallied() == []


async def test_a_database_whose_rebuild_died_before_its_mark_is_empty(one: Rebuilt) -> None:
    events = await one.world.says(*some_facts(UNITS))
    await asyncio.to_thread(migrate, "scoring", one.url)
    assert truth(events) in await one.again()


async def test_a_mark_beyond_the_end_of_a_topic_is_not_gone_on_from(one: Rebuilt) -> None:
    await one.world.says(*some_facts(UNITS))
    await one.again()
    database = Database(one.url, 1, source="a test")
    async with database.transaction() as tx:
        await tx.execute("UPDATE rebuild_positions SET next_offset = next_offset + 1000")
    await database.close()
    with pytest.raises(RebuildError, match="further than the topics go"):
        await one.again()
