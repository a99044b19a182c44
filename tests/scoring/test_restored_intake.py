"""Submissions' database lost its last seconds, and its clients repeat what they sent."""

import asyncio
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest
from click.testing import Result
from typer.testing import CliRunner

from infra.local.broker import Broker
from infra.local.issuer import Issuer
from infra.local.postgres import PostgresCluster
from services.cli.main import app
from services.contracts.events import CommendationProposed, EssaySubmitted
from services.contracts.topics import topic_of
from tests.scoring.facts import API
from tests.scoring.service import until
from tests.scoring.whole import Whole, intake, whole
from tests.submissions.replica import essay

PROPOSAL = {
    "unit": "SNV",
    "exemplar": {"kind": "collective", "name": "Tập thể mô phỏng"},
    "level": "city",
}


@contextmanager
def copy_of(postgres: PostgresCluster, url: str) -> Iterator[str]:
    """The database as it is now, as a backup has it; nobody is connected to it."""
    parts = urlsplit(url)
    name = f"restored_{secrets.token_hex(6)}"
    postgres.execute(
        'CREATE DATABASE :"name" TEMPLATE :"template" OWNER :"owner"',
        name=name,
        template=parts.path[1:],
        owner=parts.username or "",
    )
    yield parts._replace(path=f"/{name}").geturl()
    postgres.execute('DROP DATABASE :"name" WITH (FORCE)', name=name)


async def send(one: Whole, client: httpx.AsyncClient, key: str) -> list[str]:
    """An essay and a proposal, under one key each; the ids of what they made."""
    token = one.world.issuer.mint("unit", "SNV")
    made = []
    for path, body in (
        (f"{API}/essays", essay()),
        (f"{API}/commendation-proposals", PROPOSAL),
    ):
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        answer = await client.post(path, json=body, headers=headers)
        assert answer.status_code == httpx.codes.CREATED, answer.text
        made.append(answer.json().get("essay_id") or answer.json()["proposal_id"])
    return made


async def test_what_is_repeated_after_a_restore_counts_once(
    scoring_url: str,
    fresh_database: Callable[[], str],
    broker: Broker,
    issuer: Issuer,
    postgres: PostgresCluster,
) -> None:
    async with whole(scoring_url, fresh_database(), broker.bootstrap, issuer, intakes=0) as one:
        settings = one.submissions_settings
        async with intake(settings) as before:
            await send(one, before.client, "first")
        with copy_of(postgres, settings.database_url) as restored:
            async with intake(settings) as before:
                lost = await send(one, before.client, "second")
                await until(lambda: _are_on(one, 2))
            after_restore = settings.model_copy(update={"database_url": restored})
            async with intake(after_restore) as after:
                assert await send(one, after.client, "second") == lost
                await until(lambda: _are_on(one, 3))
                answer = await one.publish()
        assert answer.status_code == httpx.codes.CREATED, answer.text
        assert (await one.verified()).findings == []
        document = await one.world.read(f"{API}/units/SNV/points")
        lines = {
            line["criterion"]: line["inputs"]
            for group in document["groups"]
            for line in group["lines"]
        }
        assert lines["I.1"]["essays"] == "2"
        assert "2" in lines["I.3"].values()


async def _are_on(one: Whole, count: int) -> bool:
    """So many essays and proposals are on their topics."""
    prefix = one.world.settings.topic_prefix
    numbers = [
        len(await one.world.on_topic(topic_of(prefix, fact)))
        for fact in (EssaySubmitted, CommendationProposed)
    ]
    return numbers == [count, count]


async def test_a_key_that_was_forgotten_makes_no_second_one(
    fresh_database: Callable[[], str],
    scoring_url: str,
    broker: Broker,
    issuer: Issuer,
) -> None:
    """Answers are kept for some days; what was made under a key is known by its id for ever."""
    async with whole(scoring_url, fresh_database(), broker.bootstrap, issuer) as one:
        client = one.intakes[0].client
        await send(one, client, "old")
        async with one.intakes[0].chassis.database.transaction() as tx:
            await tx.execute("DELETE FROM idempotency_keys")
        with pytest.raises(AssertionError, match="idempotency-key-reused"):
            await send(one, client, "old")


async def test_the_log_and_the_topics_are_compared_and_repaired_both_ways(
    *,
    scoring_url: str,
    fresh_database: Callable[[], str],
    broker: Broker,
    issuer: Issuer,
    postgres: PostgresCluster,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with whole(scoring_url, fresh_database(), broker.bootstrap, issuer, intakes=0) as one:
        settings = one.submissions_settings
        async with intake(settings) as before:
            await send(one, before.client, "first")
        with copy_of(postgres, settings.database_url) as restored:
            async with intake(settings) as before:
                (essay_id, proposal_id) = await send(one, before.client, "second")
                await until(lambda: _are_on(one, 2))
            monkeypatch.setenv("SUBMISSIONS_DATABASE_URL", restored)
            monkeypatch.setenv("THIDUA_KAFKA_BOOTSTRAP", broker.bootstrap)
            monkeypatch.setenv("THIDUA_TOPIC_PREFIX", settings.topic_prefix)
            monkeypatch.setenv("THIDUA_LANG", "en")
            lost = await _reconcile()
            assert lost.exit_code == 1, lost.output
            assert essay_id in lost.output
            assert proposal_id in lost.output
            assert (await _reconcile("--repair")).exit_code == 0
            assert (await _reconcile()).exit_code == 0
            connection = await asyncpg.connect(restored)
            await connection.execute(
                "INSERT INTO event_log (event_id, topic, key, headers, value, recorded_at)"
                " SELECT gen_random_uuid(), topic, key, headers, value, recorded_at FROM event_log"
                " ORDER BY seq LIMIT 1"
            )
            unsent = await _reconcile()
            assert "1 of its database are on no topic" in unsent.output, unsent.output
            assert (await _reconcile("--repair")).exit_code == 0
            assert await connection.fetchval("SELECT count(*) FROM outbox") == 1
            await connection.close()


async def _reconcile(*options: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, app, ["reconcile", "submissions", *options])
