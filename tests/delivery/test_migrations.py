"""Migrations: run by anyone, any number of times, also at the same time."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import uuid4

import asyncpg
import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from services.chassis.dead_letters.letter import Fault, SetAside, dead_letter
from services.chassis.storage import outbox
from services.chassis.storage.migrations import _config, applied, migrate, newest
from services.chassis.storage.tables import CHASSIS, add_dead_letters, untrace_dead_letters

SERVICES = ("submissions", "scoring", "notifications")


async def _tables(url: str) -> set[str]:
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
        )
        return {row[0] for row in rows}
    finally:
        await connection.close()


@pytest.mark.parametrize("service", SERVICES)
async def test_an_empty_database_gets_all_tables_and_again_changes_nothing(
    service: str, fresh_database: Callable[[], str]
) -> None:
    url = fresh_database()
    assert await applied(url) is None
    revision = await asyncio.to_thread(migrate, service, url)
    assert revision == newest(service) == await applied(url)
    tables = await _tables(url)
    assert tables > {table.name for table in CHASSIS.sorted_tables}
    assert await asyncio.to_thread(migrate, service, url) == revision
    assert await _tables(url) == tables


async def test_two_that_migrate_at_the_same_time_take_turns(
    fresh_database: Callable[[], str],
) -> None:
    url = fresh_database()
    done = await asyncio.gather(*(asyncio.to_thread(migrate, "scoring", url) for _ in range(3)))
    assert set(done) == {newest("scoring")}


@pytest.mark.parametrize("service", ["notifications"])  # the one with more than one revision
async def test_a_list_of_dead_letters_from_before_is_traced_and_every_discard_has_a_reason(
    service: str, fresh_database: Callable[[], str]
) -> None:
    url = fresh_database()
    await asyncio.to_thread(migrate, service, url)
    engine = create_async_engine(url.replace("postgresql:", "postgresql+asyncpg:", 1))
    async with engine.begin() as connection:
        await connection.run_sync(lambda c: untrace_dead_letters(_Operations(c)))
    await engine.dispose()
    before = ScriptDirectory.from_config(_config(service)).get_revision("head").down_revision
    old = await asyncpg.connect(url)
    try:
        await old.execute("UPDATE alembic_version SET version_num = $1", before)
        for state, reason in (
            *(("open", None), ("redriven", None), ("discarded", None), ("discarded", "")),
            *(("discarded", "ok"), ("discarded", "x" * 900), ("discarded", "written by a test")),
        ):
            await old.execute(
                """
                INSERT INTO dead_letters (id, state, cause, detail, topic, partition, "offset",
                                          reason)
                VALUES (gen_random_uuid(), $1, 'bad-json', '', 't', 0, 0, $2)
                """,
                state,
                reason,
            )
        await asyncio.to_thread(migrate, service, url)
        rows = await old.fetch("SELECT state, reason, tried_by, outcome FROM dead_letters")
    finally:
        await old.close()
    assert sorted((state, reason or "-") for state, reason, _, _ in rows) == [
        ("discarded", "(no reason was given)"),
        ("discarded", "(no reason was given)"),
        ("discarded", "ok (no reason was given)"),
        ("discarded", "written by a test"),
        ("discarded", "x" * 500),
        ("open", "-"),
        ("redriven", "-"),
    ]
    assert {(by, outcome) for _, _, by, outcome in rows} == {(None, None)}


OF_STRANGERS: tuple[tuple[str, bytes | None], ...] = (
    ("dl_note", b"\xff"),  # not text
    ("dl_topic", b"\xfe"),  # called as one of ours is
    ("dl_empty", None),
    ("caf\udce9", b"\x80"),  # not text either: the name goes as bytes in a header `dl_name_…`
)


@pytest.mark.parametrize("service", SERVICES)
async def test_the_first_list_has_every_old_dead_letter_whatever_its_headers_are(
    service: str, fresh_database: Callable[[], str]
) -> None:
    """For a database from before there was a list. The first letters did not tell their id."""
    id_ = uuid4()
    carried = [(), *((one,) for one in OF_STRANGERS), OF_STRANGERS]
    letters = [
        dead_letter(
            SetAside("facts", 3, offset, 0, b"k", b"{", [("ce_id", str(id_).encode()), *headers]),
            Fault("bad-json", "byte 0"),
            topic="thidua.dead-letter.test",
            attempt=1,
        )
        for offset, headers in enumerate(carried)
    ]
    nameless = [one for one in letters[0].headers if one[0] != "dl_id"]
    letters.append(replace(letters[0], event_id=uuid4(), headers=nameless))
    url = fresh_database()
    await asyncio.to_thread(migrate, service, url)
    engine = create_async_engine(url.replace("postgresql:", "postgresql+asyncpg:", 1))
    old = await asyncpg.connect(url)
    try:
        await outbox.write(old, letters)
        await old.execute("DROP TABLE dead_letters")
        async with engine.begin() as connection:
            await connection.run_sync(lambda c: add_dead_letters(_Operations(c)))
        rows = await old.fetch("SELECT * FROM dead_letters")
    finally:
        await engine.dispose()
        await old.close()
    assert {row["id"]: row["offset"] for row in rows} == {
        letter.event_id: offset % len(carried) for offset, letter in enumerate(letters)
    }
    told = {tuple(row[n] for n in ("cause", "detail", "topic", "partition")) for row in rows}
    assert told == {("bad-json", "byte 0", "facts", 3)}
    assert {row["event_id"] for row in rows} == {id_}


@dataclass
class _Operations:
    bind: Connection

    def get_bind(self) -> Connection:
        return self.bind


async def test_alembics_own_command_is_sent_to_ours() -> None:
    with pytest.raises(RuntimeError, match="thidua migrate"):
        await asyncio.to_thread(command.upgrade, _config("scoring"), "head")
