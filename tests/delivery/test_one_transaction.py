"""The one shape of a transaction: session, raw statements and outbox are there together or not."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, SQLModel, select

from infra.local.postgres import PostgresCluster
from services.chassis.observability import trace
from services.chassis.storage.database import Database, Transaction
from services.chassis.storage.outbox import FactTooLargeError, decode_headers
from services.contracts.events import EssaySubmitted
from tests.delivery.harness import World
from tests.delivery.probe_service import CURSED
from tests.support.facts import essay


class Effect(SQLModel, table=True):
    """The probe's table, as a service would declare it."""

    __tablename__ = "effects"

    event_id: UUID = Field(default_factory=uuid4, primary_key=True)
    unit: str
    words: int


async def _insert(tx: Transaction, words: int) -> None:
    await tx.execute("INSERT INTO effects VALUES (gen_random_uuid(), 'Q001', $1)", words)


async def _words(world: World) -> list[int]:
    return [row[0] for row in await world.sql("SELECT words FROM effects ORDER BY words")]


async def test_session_raw_statement_and_fact_are_committed_together(world: World) -> None:
    seen: list[str] = []
    async with world.database.transaction() as tx:
        tx.session.add(Effect(unit="Q001", words=1))
        await tx.session.flush()
        assert await tx.fetchval("SELECT count(*) FROM effects") == 1
        await _insert(tx, 2)
        assert len((await tx.session.exec(select(Effect))).all()) == 2
        event_id = await tx.publish(essay("Q001"))
        tx.on_commit(lambda: seen.append("committed"))
        assert seen == []
    assert seen == ["committed"]
    assert await _words(world) == [1, 2]
    assert await world.logged() == {event_id}


async def test_an_exception_undoes_all_three_and_calls_nobody_back(world: World) -> None:
    seen: list[str] = []
    with pytest.raises(RuntimeError, match="changed my mind"):  # noqa: PT012 - the block is what fails
        async with world.database.transaction() as tx:
            tx.session.add(Effect(unit="Q001", words=1))
            await tx.session.commit()  # only flushes: the block decides
            await _insert(tx, 2)
            await tx.publish(essay("Q001"))
            tx.on_commit(lambda: seen.append("committed"))
            raise RuntimeError("changed my mind")
    assert seen == []
    assert await _words(world) == []
    assert await world.logged() == set()
    assert await world.outbox() == 0


async def test_a_session_that_cannot_be_written_fails_the_block(world: World) -> None:
    with pytest.raises(IntegrityError):  # noqa: PT012 - the block is what fails
        async with world.database.transaction() as tx:
            tx.session.add(Effect(unit="Q001", words=CURSED))
            await tx.publish(essay("Q001"))
    assert await world.logged() == set()


async def test_a_savepoint_undoes_its_part_and_its_facts_and_leaves_the_rest(world: World) -> None:
    seen: list[str] = []
    async with world.database.transaction() as tx:
        await _insert(tx, 1)
        kept = await tx.publish(essay("Q001"))
        with pytest.raises(asyncpg.CheckViolationError):  # noqa: PT012 - the block is what fails
            async with tx.savepoint():
                tx.session.add(Effect(unit="Q001", words=2))
                await tx.publish(essay("Q002"))
                tx.on_commit(lambda: seen.append("undone"))
                await _insert(tx, CURSED)
        async with tx.savepoint():
            tx.session.add(Effect(unit="Q001", words=3))
        await _insert(tx, 4)
    assert seen == []
    assert await _words(world) == [1, 3, 4]
    assert await world.logged() == {kept}


async def test_a_cancelled_block_leaves_no_open_transaction_in_the_pool(world: World) -> None:
    database = Database(world.database_url, 1, source="probe")
    started = asyncio.Event()

    async def hangs() -> None:
        async with database.transaction() as tx:
            await _insert(tx, 1)
            started.set()
            await tx.fetchval("SELECT pg_sleep(60)")

    task = asyncio.create_task(hangs())
    await started.wait()
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with database.transaction() as tx:
        assert await tx.fetchval("SELECT count(*) FROM effects") == 0
    await database.close()


async def test_connections_that_died_in_the_pool_are_not_handed_out(
    world: World, postgres: PostgresCluster
) -> None:
    async def busy() -> None:
        async with world.database.transaction() as tx:
            await tx.fetchval("SELECT pg_sleep(0.1)")

    await asyncio.gather(*(busy() for _ in range(4)))
    name = world.database_url.rsplit("/", 1)[-1]
    postgres.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :'name';", name=name
    )
    await asyncio.gather(*(busy() for _ in range(4)))


async def test_a_fact_carries_the_trace_of_what_made_it(world: World) -> None:
    with trace.continued(None) as request:
        async with world.database.transaction() as tx:
            await tx.publish(essay("Q001"))
    parent = trace.new_trace()
    async with world.database.transaction() as tx:
        await tx.publish(essay("Q001"), cause=parent.traceparent)
        await tx.publish(essay("Q001"))
    found: list[Any] = []
    for row in await world.sql("SELECT headers FROM event_log ORDER BY seq"):
        value = dict(decode_headers(row[0])).get("ce_traceparent")
        found.append(trace.parse(value.decode()) if value else None)
    assert found[0] == request
    assert (found[1].trace_id, found[1].span_id != parent.span_id) == (parent.trace_id, True)
    assert found[2] is None


async def test_a_fact_that_no_broker_would_take_is_refused_where_it_is_published(
    world: World,
) -> None:
    fact = essay("Q001").model_copy(update={"title": "y" * EssaySubmitted.most_bytes})
    with pytest.raises(FactTooLargeError):
        await world.publish(fact)
    assert await world.outbox() == 0
