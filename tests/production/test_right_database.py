"""Promise: a service works on its own database alone, under its topic prefix and beside its Kafka;
another one is refused at the start, by a sentence that says what to do, and nothing is changed."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from typer.testing import CliRunner

from infra.local.broker import Broker
from infra.local.issuer import Issuer
from infra.local.kafka import KafkaBroker
from services.chassis.refused import RefusedAtStartError
from services.chassis.running.lifespan import Lifespan
from services.chassis.running.service import create_app
from services.chassis.storage.database import Database
from services.chassis.storage.deployment import WrongDatabaseError, own_tables
from services.chassis.storage.migrations import _config, migrate
from services.chassis.storage.schema import SchemaBehindError
from services.cli.main import app as thidua
from services.cli.parts import SERVICES
from services.submissions.app import compose
from tests.delivery.harness import until
from tests.submissions.replica import settings_of

NOWHERE = "127.0.0.1:1"
ROOT = Path(__file__).parents[2]


async def sql(url: str, statement: str) -> list[Any]:
    """Run by nobody's service."""
    database = Database(url, 1, source="a test")
    try:
        async with database.transaction() as tx:
            return await tx.fetch(statement)
    finally:
        await database.close()


async def migrated_to(service: str, url: str, revision: str) -> None:
    """A database as the release of that revision left it."""

    def upgrade(connection: Connection) -> None:
        config = _config(service)
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

    engine = create_async_engine(url.replace("postgresql:", "postgresql+asyncpg:", 1))
    async with engine.connect() as connection:
        await connection.run_sync(upgrade)
        await connection.commit()
    await engine.dispose()


@asynccontextmanager
async def started(url: str, issuer: Issuer, **changes: object) -> AsyncIterator[Lifespan]:
    """Submissions on this database, with all its parts."""
    settings = settings_of(url, issuer).model_copy(update={"kafka_bootstrap": NOWHERE, **changes})
    app = create_app(compose(settings))
    async with app.router.lifespan_context(app):
        yield app.state.lifespan


async def refused(url: str, issuer: Issuer, **changes: object) -> RefusedAtStartError:
    """What the start of submissions raises."""
    with pytest.raises(RefusedAtStartError) as refusal:
        async with started(url, issuer, **changes):
            pass
    return refusal.value


@pytest.fixture
async def migrated(fresh_database: Callable[[], str]) -> str:
    """A database of submissions, new."""
    url = fresh_database()
    await asyncio.to_thread(migrate, "submissions", url)
    return url


# ---- of another service, or another system


def test_every_service_has_tables_that_no_other_has() -> None:
    names = [name for service in SERVICES for name in own_tables(service)]
    assert all(own_tables(service) for service in SERVICES)
    assert len(names) == len(set(names))


@pytest.mark.parametrize("revision", ["head", "2026_12_02_campaigns", "2026_12_01_tables"])
async def test_another_services_database_is_refused_at_the_start_and_by_the_job(
    revision: str, fresh_database: Callable[[], str], issuer: Issuer
) -> None:
    """All services call their revisions alike; those of before it has a name are known too."""
    url = fresh_database()
    await migrated_to("scoring", url, revision)
    before = await sql(url, "SELECT * FROM alembic_version")
    at_start = await refused(url, issuer)
    with pytest.raises(WrongDatabaseError) as by_the_job:
        await asyncio.to_thread(migrate, "submissions", url)
    assert str(by_the_job.value) == str(at_start)
    whose = "scoring" if revision == "head" else "dịch vụ khác"
    assert whose in at_start.vi
    assert "Đặt SUBMISSIONS_DATABASE_URL là địa chỉ" in at_start.vi
    assert "Set SUBMISSIONS_DATABASE_URL to the database of submissions" in at_start.en
    assert await sql(url, "SELECT * FROM alembic_version") == before


async def test_another_systems_database_is_refused_at_the_start_and_by_the_job(
    fresh_database: Callable[[], str], issuer: Issuer
) -> None:
    url = fresh_database()
    await sql(url, "CREATE TABLE invoices (id int)")
    for makes in (
        "SELECT",
        # Also where it is migrated by the same tool, under a revision that is nobody's here, and
        # has tables that are called like ours.
        "CREATE TABLE alembic_version AS SELECT 'a1b2c3' AS version_num",
        "CREATE TABLE essays (id int)",
    ):
        await sql(url, makes)
        at_start = await refused(url, issuer)
        with pytest.raises(WrongDatabaseError):
            await asyncio.to_thread(migrate, "submissions", url)
        assert "hệ thống khác (có" in at_start.vi
        assert "database of another system (it has" in at_start.en
        assert "invoices" in at_start.en
    assert not await sql(url, "SELECT FROM pg_tables WHERE tablename = 'event_log'")


async def test_a_database_without_tables_is_sent_to_the_job_that_migrates(
    fresh_database: Callable[[], str], issuer: Issuer
) -> None:
    url = fresh_database()
    refusal = await refused(url, issuer)
    assert isinstance(refusal, SchemaBehindError)
    assert "Chạy `thidua migrate submissions`" in refusal.vi
    assert "Run `thidua migrate submissions`" in refusal.en
    await migrated_to("submissions", url, "2026_12_02_campaigns")
    assert isinstance(await refused(url, issuer), SchemaBehindError)
    await asyncio.to_thread(migrate, "submissions", url)
    async with started(url, issuer):
        pass


async def test_a_refused_process_ends_with_78_and_the_sentence_is_its_last_line(
    fresh_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = fresh_database()
    await migrated_to("scoring", url, "head")
    monkeypatch.setenv("THIDUA_LANG", "vi")
    monkeypatch.setenv("SUBMISSIONS_DATABASE_URL", url)
    monkeypatch.setenv("SUBMISSIONS_HTTP_PORT", "0")
    monkeypatch.setenv("THIDUA_KAFKA_BOOTSTRAP", NOWHERE)
    ended = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "services.submissions"],
        cwd=ROOT,
        capture_output=True,
        timeout=120,
        check=False,
    )
    lines = ended.stderr.decode().splitlines()
    assert ended.returncode == 78, lines
    assert lines[-1].startswith("submissions: Cơ sở dữ liệu này là của dịch vụ scoring")
    assert "This is the database of scoring" in ended.stderr.decode()


# ---- of another deployment


async def test_another_deployments_topic_prefix_is_refused(migrated: str, issuer: Issuer) -> None:
    async with started(migrated, issuer, topic_prefix="hanoi"):
        pass
    refusal = await refused(migrated, issuer, topic_prefix="hue")
    assert "đặt THIDUA_TOPIC_PREFIX=hanoi" in refusal.vi
    assert "set THIDUA_TOPIC_PREFIX=hanoi" in refusal.en
    async with started(migrated, issuer, topic_prefix="hanoi"):
        pass


@pytest.fixture
def another_kafka(kafka: KafkaBroker, tmp_path: Path) -> Any:
    """A second cluster, not started."""
    other = KafkaBroker(tmp_path, kafka.jars)
    yield other
    other.stop()


@pytest.mark.broken
async def test_another_kafka_cluster_is_refused_until_it_is_accepted(
    migrated: str, issuer: Issuer, kafka: KafkaBroker, another_kafka: KafkaBroker
) -> None:
    kafka.start()
    another_kafka.start()
    async with started(migrated, issuer, kafka_bootstrap=kafka.bootstrap):
        pass
    ((cluster,),) = await sql(migrated, "SELECT kafka_cluster FROM deployment")
    refusal = await refused(migrated, issuer, kafka_bootstrap=another_kafka.bootstrap)
    for sentence in (refusal.vi, refusal.en):
        assert cluster in sentence
        assert "`thidua accept-kafka submissions`" in sentence
    done = await asyncio.to_thread(
        CliRunner().invoke,
        thidua,
        ["accept-kafka", "submissions"],
        env={"SUBMISSIONS_DATABASE_URL": migrated, "THIDUA_LANG": "en"},
    )
    assert done.exit_code == 0, done.output
    assert f"it was {cluster}" in done.output
    async with started(migrated, issuer, kafka_bootstrap=another_kafka.bootstrap):
        pass


@pytest.mark.broken
async def test_kafka_that_is_away_at_the_start_is_looked_at_before_anything_is_sent_to_it(
    migrated: str, issuer: Issuer, kafka: KafkaBroker, another_kafka: KafkaBroker
) -> None:
    kafka.start()
    async with started(migrated, issuer, kafka_bootstrap=kafka.bootstrap):
        pass
    async with started(migrated, issuer, kafka_bootstrap=another_kafka.bootstrap) as lifespan:
        assert lifespan.died is None, "it runs, and takes commands"
        await asyncio.to_thread(another_kafka.start)

        async def refuses() -> bool:
            return lifespan.refused is not None

        await until(refuses)
        assert lifespan.died is not None, "the process ends"
    assert "accept-kafka" in str(lifespan.refused)


async def test_two_replicas_of_one_deployment_start_at_the_same_time(
    migrated: str, issuer: Issuer, broker: Broker
) -> None:
    broker.start()
    here = {"kafka_bootstrap": broker.bootstrap}
    async with started(migrated, issuer, **here) as one, started(migrated, issuer, **here) as two:
        assert (one.refused, two.refused) == (None, None)
    rows = await sql(migrated, "SELECT service, topic_prefix FROM deployment")
    assert [tuple(row) for row in rows] == [
        ("submissions", settings_of(migrated, issuer).topic_prefix)
    ]
