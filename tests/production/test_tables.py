"""Promise: tables are stated once, in the models, and the migrations make exactly those. Statements
go through them; one that is written by hand stands in a file that says why."""

import ast
import asyncio
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from infra.local.issuer import Issuer
from services.chassis.running.service import create_app
from services.chassis.storage.database import Database
from services.chassis.storage.migrations import _config, migrate, newest
from services.chassis.storage.schema import (
    RetiredSchemaError,
    require_revision,
    revisions,
    schema_behind,
)
from services.cli.parts import SERVICES
from services.submissions.app import compose
from tests.submissions.replica import settings_of
from tests.support.schema import schema_differences

SOURCES = Path(__file__).parents[2] / "services"

STATEMENT = re.compile(
    r"\s*(WITH\s|SELECT\s(?=.*\bFROM\b)|INSERT INTO\s|UPDATE\s|DELETE FROM\s)", re.DOTALL
)
REASON = re.compile(r"SQL by hand: \S")


def by_hand(source: str) -> Iterator[str]:
    """The strings of a file that begin as a statement about tables does; of f-strings what is
    fixed."""
    for node in ast.walk(ast.parse(source)):
        parts = node.values if isinstance(node, ast.JoinedStr) else [node]
        fixed = [part.value for part in parts if isinstance(part, ast.Constant)]
        text = "".join(part for part in fixed if isinstance(part, str))
        if STATEMENT.match(text):
            yield text


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('await tx.fetch("SELECT a FROM b")', "SELECT a FROM b"),
        ('_TAKE = """\nWITH a AS (SELECT 1) SELECT"""', "\nWITH a AS (SELECT 1) SELECT"),
        ('await tx.execute(f"UPDATE {table} SET a = 1")', "UPDATE  SET a = 1"),
        ('await tx.fetch("SELECT now()")', None),
        ('say("Select a unit from these"); say("SELECTED")', None),
    ],
)
def test_a_statement_by_hand_is_found(source: str, found: str | None) -> None:
    assert next(by_hand(source), None) == found


def test_whoever_writes_sql_by_hand_says_why() -> None:
    without, idle = [], []
    for path in sorted(SOURCES.rglob("*.py")):
        source = path.read_text()
        statements, reason = list(by_hand(source)), REASON.search(source)
        if statements and not reason:
            without.append(str(path.relative_to(SOURCES)))
        if reason and not statements:
            idle.append(str(path.relative_to(SOURCES)))
    assert not without, "write it with the models, or say why not: `SQL by hand: …`"
    assert not idle, "nothing is by hand there any more"


def test_the_queries_of_another_feature_are_called_by_its_name() -> None:
    imported = re.compile(r"^ *from services\.(\S+) import queries(?: as (\w+))?", re.MULTILINE)
    wrong = []
    for path in sorted(SOURCES.rglob("*.py")):
        folder = path.parent.relative_to(SOURCES)
        for feature, alias in imported.findall(path.read_text()):
            own = feature == ".".join(folder.parts)
            if own == bool(alias) or (alias and not alias.endswith("_queries")):
                wrong.append(f"{path.relative_to(SOURCES)}: {feature} as {alias}")
    assert not wrong, "from … import queries, and `as fact_queries` where they are another's"


def test_rows_are_sorted_by_columns_and_not_by_one_tuple_that_no_index_sorts() -> None:
    wrong = []
    for path in sorted(SOURCES.rglob("*.py")):
        source = path.read_text()
        tuples = ["tuple_", *re.findall(r"^ *(\w+) = tuple_\(", source, re.MULTILINE)]
        if re.search(rf"order_by\(({'|'.join(tuples)})\b", source):
            wrong.append(str(path.relative_to(SOURCES)))
    assert not wrong, "order_by(*columns); tuple_(*columns) only to compare"


@pytest.mark.parametrize("service", SERVICES)
async def test_the_migrations_make_exactly_the_tables_of_the_models(
    service: str, fresh_database: Callable[[], str]
) -> None:
    url = fresh_database()
    await asyncio.to_thread(migrate, service, url)
    assert await schema_differences(service, url) == []


@pytest.mark.parametrize("service", SERVICES)
def test_no_migration_has_a_way_back_that_nobody_can_run(service: str) -> None:
    """`thidua migrate` goes forwards only, and Alembic's own command is refused."""
    steps = ScriptDirectory.from_config(_config(service)).walk_revisions()
    assert not [step.revision for step in steps if hasattr(step.module, "downgrade")]


@pytest.mark.parametrize("service", SERVICES)
def test_a_process_that_serves_knows_the_revisions_in_their_order_without_alembic(
    service: str,
) -> None:
    steps = ScriptDirectory.from_config(_config(service)).walk_revisions()
    assert [*reversed(revisions(service))] == [step.revision for step in steps]
    assert revisions(service)[-1] == newest(service)


async def test_a_database_that_is_behind_is_named_and_one_that_is_ahead_is_served(
    fresh_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = fresh_database()
    await asyncio.to_thread(migrate, "scoring", url)
    database = Database(url, 2, source="scoring")

    async def reason() -> str | None:
        async with database.transaction() as tx:
            return await schema_behind(tx, "scoring")

    known = revisions("scoring")
    assert await reason() is None
    ahead = "services.chassis.storage.schema.revisions"
    monkeypatch.setattr(
        ahead, lambda _: (*known, "2100_01_01_next")
    )  # as the code of the next release
    assert (
        await reason() == f"schema is at {known[-1]}, not at 2100_01_01_next: run `thidua migrate`"
    )
    monkeypatch.setattr(
        ahead, lambda _: ("2020_01_01_before",)
    )  # as the code of the release before
    assert await reason() is None
    await database.close()


RETIRED = {
    "vi": ("0001", "ở phiên bản 0001 đã ngừng hỗ trợ, không nâng cấp được. Tạo cơ sở dữ liệu mới"),
    "en": ("0008", "is at the retired revision 0008, which can't be migrated: make a new database"),
}


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("language", RETIRED)
async def test_a_database_of_a_retired_revision_is_refused_by_name_with_the_remedy(
    service: str,
    language: str,
    fresh_database: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By the job that migrates and at the start of the service, in the language asked for; and
    while it is asked for readiness, in English."""
    revision, words = RETIRED[language]
    monkeypatch.setenv("THIDUA_LANG", language)
    url = fresh_database()
    await asyncio.to_thread(migrate, service, url)
    database = Database(url, 2, source=service)
    async with database.transaction() as tx:
        await tx.execute("UPDATE alembic_version SET version_num = $1", revision)
        ready = await schema_behind(tx, service)
    with pytest.raises(RetiredSchemaError) as at_start:
        require_revision(service, revision)
    with pytest.raises(RetiredSchemaError) as by_the_job:
        await asyncio.to_thread(migrate, service, url)
    await database.close()
    assert str(at_start.value) == str(by_the_job.value)
    assert f"{service} {words}" in str(at_start.value)
    assert "\n" not in str(at_start.value)
    assert f"The database of {service} is at the retired revision {revision}" in (ready or "")
    assert "cơ sở dữ liệu" not in (ready or "").lower()


async def test_a_service_does_not_start_on_tables_of_a_retired_revision(
    fresh_database: Callable[[], str], issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THIDUA_LANG", "en")
    url = fresh_database()
    await asyncio.to_thread(migrate, "submissions", url)
    database = Database(url, 2, source="submissions")
    async with database.transaction() as tx:
        await tx.execute("UPDATE alembic_version SET version_num = '0004'")
    app = create_app(compose(settings_of(url, issuer)))
    with pytest.raises(RetiredSchemaError, match="retired revision 0004"):
        async with app.router.lifespan_context(app):
            pass
    async with database.transaction() as tx:
        assert await tx.fetchval("SELECT count(*) FROM obligations") == 0, "it seeded all the same"
    await database.close()
