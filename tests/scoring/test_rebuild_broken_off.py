"""A rebuild that is killed wherever it is: run again, it comes to the same."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from infra.local.broker import Broker
from infra.local.issuer import Issuer
from infra.local.postgres import PostgresCluster
from services.chassis.broker.topic_reader import BATCH
from services.chassis.storage.database import Database
from services.chassis.storage.migrations import migrate
from services.contracts.envelope import Event, encode
from services.contracts.events import EssaySubmitted
from services.contracts.topics import topic_of
from services.contracts.wording import number_vi
from services.scoring.rebuilding.errors import RebuildError
from services.scoring.rebuilding.progress import RebuildProgress
from services.scoring.rebuilding.rebuild import rebuild
from services.scoring.tallies.recount import recount
from tests.scoring.facts import essay
from tests.scoring.service import World, beside, until, world
from tests.scoring.test_service import CONTEST, some_facts, truth
from tests.support.unreadable import BAD_NAME, produce_strangely

UNITS = ("SNV", "STP", "Q001", "Q009", "X00004")
COUNTED = (CONTEST.campaign, CONTEST.tallier)
ESSAYS = BATCH + 1_000  # a second batch is sure

_GATE = """
CREATE SCHEMA gate;
CREATE TABLE gate.shut AS SELECT true;
CREATE FUNCTION gate.wait() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM public.facts WHERE xmin::text <> pg_current_xact_id()::text) THEN
        PERFORM FROM gate.shut FOR UPDATE;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER gate BEFORE INSERT ON public.facts EXECUTE FUNCTION gate.wait();
"""
"""Each batch but the first waits for whoever holds the row."""

pytestmark = pytest.mark.broken


@dataclass
class Rebuilt:
    """A database to rebuild into, and the command that does it."""

    world: World
    url: str
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def command(self, *options: str) -> subprocess.Popen[str]:
        """`thidua rebuild scoring` as an operator runs it."""
        settings = self.world.settings
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "services.cli", "rebuild", "scoring"),
                *("--no-compare", "--into", self.url, *options),
            ],
            env={
                **os.environ,
                "SCORING_DATABASE_URL": settings.database_url,
                "THIDUA_KAFKA_BOOTSTRAP": settings.kafka_bootstrap,
                "THIDUA_TOPIC_PREFIX": settings.topic_prefix,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        return process

    async def rebuild_to_the_end(self, **options: Any) -> str:
        """What a rebuild that comes to its end says."""
        lines: list[str] = []
        settings = self.world.settings
        code = await asyncio.to_thread(
            rebuild, settings, self.url, compare=False, write_line=lines.append, **options
        )
        assert code == 0, lines
        return "\n".join(lines)

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
                return [u.code for u in CONTEST.units if await recount(tx, *COUNTED, u.code)]
        finally:
            await database.close()


@pytest_asyncio.fixture
async def one(
    scoring_url: str, postgres: PostgresCluster, broker: Broker, issuer: Issuer
) -> AsyncIterator[Rebuilt]:
    async with world(scoring_url, broker.bootstrap, issuer, replicas=0) as made:
        yield (rebuilt := Rebuilt(made, beside(postgres, scoring_url)))
    for process in rebuilt.started:
        process.kill()
        process.communicate()


async def many(one: Rebuilt) -> list[Event]:
    events = await one.world.publish(*some_facts(UNITS), times=2)
    return events + await one.world.publish(
        *(essay(UNITS[number % 5], f"many-{number}") for number in range(ESSAYS))
    )


async def stopped_after_a_batch(
    one: Rebuilt, act: Callable[[subprocess.Popen[str]], Awaitable[None]]
) -> tuple[subprocess.Popen[str], int]:
    """Start the command, and do something while it has one batch stored and waits with the next;
    the process, and the number of facts that were stored then."""
    await asyncio.to_thread(migrate, "scoring", one.url)
    holder = await asyncpg.connect(one.url)
    try:
        await holder.execute(_GATE)
        async with holder.transaction():
            await holder.execute("SELECT FROM gate.shut FOR UPDATE")
            running = one.command()

            async def stores() -> bool:
                assert running.poll() is None, running.communicate()
                return bool(await one.asked("SELECT EXISTS (SELECT FROM facts)"))

            await until(stores, seconds=90)  # the process has to start first
            stored: int = await holder.fetchval("SELECT count(*) FROM facts")
            await act(running)
    finally:
        await holder.close()
    return running, stored


async def test_it_stores_once_what_comes_twice_and_sets_aside_what_is_no_fact(
    one: Rebuilt,
) -> None:
    events = await one.world.publish(*some_facts(UNITS), times=3)
    settings = one.world.settings
    topic = topic_of(settings.topic_prefix, EssaySubmitted)
    elsewhere = essay("SNV", "elsewhere").model_copy(update={"campaign": "another-2020"})
    await one.world.publish(elsewhere, essay("NOWHERE", "a"))
    await one.world.publish_wrongly(EssaySubmitted, b"{", [("ce_type", b"nonsense")])
    _, message = encode(events[0].data, source="x", now=datetime.now(UTC))
    strange = (message.key, [*message.headers, (BAD_NAME, b"")], message.value)
    # The same event in another partition too, as after more partitions were made.
    _, same = encode(events[0].data, source="x", now=datetime.now(UTC), event_id=events[0].id)
    for partition in range(3):
        await produce_strangely(settings.kafka_bootstrap, topic, [strange], partition=partition)
        await one.world.producer.send_and_wait(
            topic, same.value, same.key, headers=same.headers, partition=partition
        )
    report = await one.rebuild_to_the_end()
    assert f"mới đọc {len(events)} dữ liệu, để riêng 6 bản ghi" in report
    assert truth(events) in report
    assert await one.wrongly_tallied() == []


async def test_a_rebuild_that_is_killed_goes_on_to_the_same_points(one: Rebuilt) -> None:
    events = await many(one)

    async def kill(running: subprocess.Popen[str]) -> None:
        running.kill()
        await asyncio.to_thread(running.wait)

    running, stored = await stopped_after_a_batch(one, kill)
    assert running.returncode == -9
    assert 0 < stored < len(events)
    report = await one.rebuild_to_the_end()
    before = len(events) - stored
    assert (
        f"mới đọc {number_vi(before)} dữ liệu, để riêng 0 bản ghi" in report
    )  # what was stored, is
    assert f"{truth(events)} ({number_vi(len(events))}" in report
    assert await one.wrongly_tallied() == []


async def test_two_rebuilds_do_not_work_in_one_database(one: Rebuilt) -> None:
    events = await many(one)

    async def a_second_one(_running: subprocess.Popen[str]) -> None:
        with pytest.raises(RebuildError, match="Một lần dựng lại khác"):
            await one.rebuild_to_the_end()

    running, _ = await stopped_after_a_batch(one, a_second_one)
    report, complaint = await asyncio.to_thread(running.communicate, timeout=200)
    assert running.returncode == 0, complaint
    assert truth(events) in report


async def test_a_rebuild_that_has_lost_its_lock_says_of_nothing_that_it_is_whole(
    one: Rebuilt,
) -> None:
    events = await many(one)

    async def lose(_running: subprocess.Popen[str]) -> None:
        assert await one.asked(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )

    running, _ = await stopped_after_a_batch(one, lose)
    _, complaint = await asyncio.to_thread(running.communicate, timeout=200)
    assert running.returncode == 1
    assert "Chạy lại" in complaint
    assert await one.asked("SELECT EXISTS (SELECT FROM rebuild_positions)")
    assert truth(events) in await one.rebuild_to_the_end()


async def test_a_crash_of_the_server_between_two_batches_ends_it_and_loses_nothing(
    one: Rebuilt, postgres: PostgresCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = await many(one)
    add = RebuildProgress.add
    survived: list[int] = []

    def crash_after_two(self: RebuildProgress, number: int) -> None:
        before = self.done
        add(self, number)
        if before and not survived:
            postgres.kill()
            postgres.start()
            with ThreadPoolExecutor() as another:  # a loop runs in this one
                asked = one.asked("SELECT count(*) FROM facts")
                survived.append(another.submit(asyncio.run, asked).result())

    with monkeypatch.context() as patched:
        patched.setattr(RebuildProgress, "add", crash_after_two)
        with pytest.raises(RebuildError, match="Chạy lại"):
            await one.rebuild_to_the_end()
    assert survived[0] > 0  # a batch that was committed is on the disk
    assert f"{truth(events)} ({number_vi(len(events))}" in await one.rebuild_to_the_end()
    assert await one.wrongly_tallied() == []


async def test_a_database_counted_by_other_measures_is_counted_again(one: Rebuilt) -> None:
    events = await one.world.publish(*some_facts(UNITS))
    await one.rebuild_to_the_end()
    database = Database(one.url, 1, source="a test")
    async with database.transaction() as tx:
        await tx.execute("UPDATE tallied SET measures_digest = 'others', rule_set = 0")
        await tx.execute("UPDATE unit_measures SET tally = '{}'")
    await database.close()
    assert truth(events) in await one.rebuild_to_the_end()
    assert await one.wrongly_tallied() == []


async def test_a_database_whose_rebuild_died_before_its_mark_is_empty(one: Rebuilt) -> None:
    events = await one.world.publish(*some_facts(UNITS))
    await asyncio.to_thread(migrate, "scoring", one.url)
    assert truth(events) in await one.rebuild_to_the_end()


async def test_a_mark_beyond_the_end_of_a_topic_is_not_gone_on_from(one: Rebuilt) -> None:
    await one.world.publish(*some_facts(UNITS))
    await one.rebuild_to_the_end()
    database = Database(one.url, 1, source="a test")
    async with database.transaction() as tx:
        await tx.execute("UPDATE rebuild_positions SET next_offset = next_offset + 1000")
    await database.close()
    with pytest.raises(RebuildError, match="quá cuối topic"):
        await one.rebuild_to_the_end()
