"""A publication names a watermark that the whole way has passed; every fact before it counts."""

import asyncio
import os
import signal
import time
from collections.abc import Callable

import httpx
import pytest

from infra.local.broker import Broker
from infra.local.issuer import Issuer
from infra.local.kafka import KafkaBroker
from services.campaigns import follower
from services.contracts.events import EssaySubmitted
from tests.scoring.facts import API
from tests.scoring.facts import essay as fact_of_2020
from tests.scoring.service import until
from tests.scoring.whole import intake, whole
from tests.submissions.replica import essay, running_replica
from tests.support.announcing import announcement


def faults(refused: httpx.Response, status: int) -> str:
    """What a refusal names, in English, as one text."""
    assert refused.status_code == status, refused.text
    return "\n".join(fault["en"] for fault in refused.json()["faults"])


async def test_essays_accepted_while_kafka_is_frozen_are_named_and_then_counted(
    scoring_url: str, fresh_database: Callable[[], str], kafka: KafkaBroker, issuer: Issuer
) -> None:
    async with whole(
        scoring_url, fresh_database(), kafka.bootstrap, issuer, publish_wait_s=4
    ) as one:
        await one.essays(2)
        await one.world.has_stored(2)
        assert kafka.pid is not None
        os.kill(kafka.pid, signal.SIGSTOP)
        try:
            await one.essays(4)
            refused = await one.publish()
            named = faults(refused, httpx.codes.SERVICE_UNAVAILABLE)
            assert "Kafka does not answer" in named
        finally:
            os.kill(kafka.pid, signal.SIGCONT)

        async def no_longer_refused() -> httpx.Response | None:
            answer = await one.publish()
            return None if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE else answer

        answer = await until(no_longer_refused, seconds=90)  # the broker elects itself first
        assert answer.status_code == httpx.codes.CREATED, answer.text
        assert answer.json()["facts"] == 6
        verdict = await one.verified()
        assert verdict.findings == []
        assert (verdict.holds, verdict.facts) == (True, 6)


async def test_what_waits_in_an_outbox_that_nobody_relays_is_named(
    scoring_url: str, fresh_database: Callable[[], str], broker: Broker, issuer: Issuer
) -> None:
    """The consumer's lag is 0 meanwhile."""
    async with whole(
        scoring_url, fresh_database(), broker.bootstrap, issuer, intakes=0, publish_wait_s=4
    ) as one:
        settings = one.submissions_settings
        async with running_replica(settings, issuer, announcement()) as without_relay:
            await without_relay.taken("/essays", essay())
        named = faults(await one.publish(), httpx.codes.SERVICE_UNAVAILABLE)
        assert "The facts of submissions are published up to an unknown moment" in named
        async with intake(settings):
            answer = await one.publish()
            assert answer.status_code == httpx.codes.CREATED, answer.text
            assert answer.json()["facts"] == 1
        async with running_replica(settings, issuer, announcement()) as without_relay:
            await without_relay.taken("/essays", essay(words=1400))
        named = faults(await one.publish(replaces=1, reason="Thêm bài"), 503)
        assert "The facts of submissions are published up to 20" in named


async def test_how_much_the_consumer_has_not_applied_is_told(
    scoring_url: str, fresh_database: Callable[[], str], broker: Broker, issuer: Issuer
) -> None:
    async with whole(
        scoring_url, fresh_database(), broker.bootstrap, issuer, publish_wait_s=4
    ) as one:
        async with one.world.replicas[0].chassis.database.transaction() as tx:
            await tx.execute("LOCK TABLE facts IN EXCLUSIVE MODE")
            await one.essays(1)
            named = faults(await one.publish(), httpx.codes.SERVICE_UNAVAILABLE)
        assert "1 accepted facts are not counted yet" in named
        answer = await one.publish()
        assert (answer.status_code, answer.json()["facts"]) == (httpx.codes.CREATED, 1)


async def test_what_is_published_is_by_each_version_that_was_announced_before(
    scoring_url: str,
    fresh_database: Callable[[], str],
    broker: Broker,
    issuer: Issuer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever verifies takes the version of that moment, which scoring may not have read yet."""
    monkeypatch.setattr(follower, "_EVERY_S", 3600.0)  # it reads when it has to
    async with whole(scoring_url, fresh_database(), broker.bootstrap, issuer) as one:
        await one.essays(1)
        await one.amended(announcement(edit_units=_snv_to_another_cluster))

        async def published() -> bool:
            return (await one.publish()).status_code == httpx.codes.CREATED

        await until(published)
        standings = await one.world.read(f"{API}/publications/1")
        assert "SNV" in {unit["unit"] for unit in standings["clusters"]["enterprises"]}
        verdict = await one.verified()
        assert (verdict.findings, verdict.holds) == ([], True)


def _snv_to_another_cluster(units: str) -> str:
    (line,) = (line for line in units.splitlines() if line.startswith("SNV,"))
    return units.replace(line, line.replace("departments", "enterprises"))


async def test_open_dead_letters_are_counted_and_once_decided_hold_nothing_up(
    scoring_url: str, fresh_database: Callable[[], str], broker: Broker, issuer: Issuer
) -> None:
    async with whole(
        scoring_url, fresh_database(), broker.bootstrap, issuer, campaign_wait_s=0
    ) as one:
        await one.essays(1)
        await one.world.publish_wrongly(EssaySubmitted, b"{", [])
        await until(one.world.dead_letters)
        elsewhere = fact_of_2020("SNV", "a").model_copy(update={"campaign": "hanoi-1999"})
        await one.world.publish(elsewhere)  # set aside too, and nothing to this publication

        async def both() -> bool:
            return len(await one.world.dead_letters()) == 2

        await until(both)
        named = faults(await one.publish(), httpx.codes.CONFLICT)
        letters = (await one.world.read("/v1/dead-letters", role="ops"))["items"]
        (letter,) = (found for found in letters if found["cause"] != "unknown-campaign")
        assert "1 are open dead letters" in named
        headers = {
            "Authorization": f"Bearer {issuer.mint('ops')}",
            "Idempotency-Key": "discard",
        }
        body = {"ids": [letter["id"]], "reason": "Bản ghi lạ"}
        client = one.world.replicas[0].client
        discarded = await client.post("/v1/dead-letters/discard", json=body, headers=headers)
        assert discarded.is_success, discarded.text
        assert (await one.publish()).status_code == httpx.codes.CREATED
        assert (await one.verified()).findings == []


async def test_every_publication_holds_while_essays_come_in_at_two_replicas(
    scoring_url: str, fresh_database: Callable[[], str], broker: Broker, issuer: Issuer
) -> None:
    """Facts after a watermark are counted in the running points, and not in the publication."""
    async with whole(scoring_url, fresh_database(), broker.bootstrap, issuer, intakes=2) as one:
        begun = time.monotonic()
        assert (await one.publish()).status_code == httpx.codes.CREATED
        assert time.monotonic() - begun < 10, "an idle system publishes at once"
        sending = asyncio.Event()
        sending.set()

        async def send(unit: str, replica: int) -> None:
            while sending.is_set():
                await one.essays(1, unit, replica)

        counted = [0]
        async with asyncio.TaskGroup() as group:
            for replica in (0, 1):
                for unit in ("SNV", "STP", "Q009"):
                    group.create_task(send(unit, replica))
            for version in (1, 2, 3):
                await one.essays(1)
                answer = await one.publish(replaces=version, reason="Thêm bài")
                assert answer.status_code == httpx.codes.CREATED, answer.text
                counted.append(answer.json()["facts"])
            sending.clear()
        assert counted == sorted(set(counted)), "each counts more than the one before"
        for version in (4, 3, 2):
            verdict = await one.verified(version)
            assert verdict.findings == [], version
            assert verdict.facts == counted[version - 1]
