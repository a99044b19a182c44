"""`thidua dead-letters`: what scoring set aside, decided about from the command line."""

import asyncio
import json
from typing import Any

from typer.testing import CliRunner, Result

from infra.local.broker import Broker
from infra.local.issuer import Issuer
from services.cli.main import app
from services.contracts.events import EssaySubmitted
from tests.scoring.facts import essay
from tests.scoring.service import World, until, world
from tests.scoring.test_service import truth


async def command(world: World, *words: str, log_level: str = "INFO") -> Result:
    environment = {
        "SCORING_DATABASE_URL": world.settings.database_url,
        "THIDUA_KAFKA_BOOTSTRAP": world.settings.kafka_bootstrap,
        "THIDUA_TOPIC_PREFIX": world.settings.topic_prefix,
        "THIDUA_LOG_LEVEL": log_level,
    }
    return await asyncio.to_thread(
        CliRunner().invoke, app, ["dead-letters", *words], env=environment
    )


async def listed(world: World, *words: str) -> list[dict[str, Any]]:
    answer = await command(world, "list", "--json", *words)
    assert answer.exit_code == 0, answer.output
    return [json.loads(line) for line in answer.output.splitlines() if line.startswith("{")]


async def sql(world: World, statement: str) -> None:
    async with world.replicas[0].chassis.database.transaction() as tx:
        await tx.execute(statement)


async def test_letters_are_listed_shown_redriven_and_discarded(
    scoring_url: str, broker: Broker, issuer: Issuer
) -> None:
    async with world(scoring_url, broker.bootstrap, issuer, sweep_s=0.2) as one:
        await sql(one, "ALTER TABLE facts ADD CONSTRAINT curse CHECK (unit <> 'STP')")
        await one.publish_wrongly(EssaySubmitted, b"{", [("ce_type", b"nonsense")])
        events = await one.publish(essay("STP", "a"), essay("SNV", "b"))

        async def both() -> bool:
            return (await one.read("/v1/dead-letters", role="ops"))["open"] == 2

        await until(both)
        cursed, nonsense = sorted(await listed(one), key=lambda letter: letter["cause"])
        assert (cursed["cause"], nonsense["cause"]) == ("apply-failed", "unknown-type")
        assert cursed["event_id"] == str(events[0].id)
        shown = await command(one, "show", nonsense["id"][:8])
        assert shown.exit_code == 0, shown.output
        assert '"cause": "unknown-type"' in shown.output

        failed = await command(one, "redrive", cursed["event_id"])
        assert failed.exit_code == 1, failed.output
        assert "failed  apply-failed" in failed.output
        await sql(one, "ALTER TABLE facts DROP CONSTRAINT curse")
        done = await command(one, "redrive", "--all", "--by", "an-operator")
        assert done.exit_code == 1, done.output  # the other one can never succeed
        assert f"{cursed['id'][:8]}  applied" in done.output
        assert "Đã xử lý lại 1 bản tin, vẫn lỗi 1" in done.output
        discard = await command(one, "discard", nonsense["id"], "--reason", "a test wrote it")
        assert discard.exit_code == 0, discard.output
        assert await listed(one) == []
        closed = {letter["cause"]: letter for letter in await listed(one, "--state", "any")}
        assert closed["apply-failed"]["decided_by"] == "an-operator"
        assert closed["apply-failed"]["tries"] == 3
        assert closed["unknown-type"]["reason"] == "a test wrote it"
        assert closed["unknown-type"]["tries"] == 2

        late = await command(one, "redrive", cursed["id"])
        assert late.exit_code == 1
        assert "đã xử lý lại: an-operator" in late.output

        await one.has_stored(2)
        expected = truth(events)

        async def scored() -> bool:
            return await one.digest() == expected

        await until(scored)
        assert len(await one.dead_letters()) == 2


async def test_all_names_are_decided_first_and_each_letter_is_tried_once(
    scoring_url: str, broker: Broker, issuer: Issuer
) -> None:
    async with world(scoring_url, broker.bootstrap, issuer, sweep_s=0.2) as one:
        await sql(one, "ALTER TABLE facts ADD CONSTRAINT curse CHECK (unit NOT IN ('STP', 'SNV'))")
        events = await one.publish(essay("STP", "a"), essay("SNV", "b"), essay("STP", "c"))

        async def all_three() -> bool:
            return (await one.read("/v1/dead-letters", role="ops"))["open"] == 3

        await until(all_three)
        by_event = {letter["event_id"]: letter for letter in await listed(one)}
        first, second, third = (by_event[str(event.id)]["id"] for event in events)

        for reason in ("", "  x ", "y" * 501):
            refused = await command(one, "discard", third, "--reason", reason)
            assert refused.exit_code == 1
            assert "từ 3 đến 500 ký tự" in refused.output
        why = ("--reason", "a test wrote it")
        closed = await command(one, "discard", third, *why, "--by", "ops-1")
        line = published(closed, "dead letter discarded")
        assert (line["dead_letter"], line["by"], line["reason"]) == (third, "ops-1", why[1])

        refused = await command(one, "redrive", first, third, second)
        assert refused.exit_code == 1
        assert "loại bỏ: ops-1" in refused.output
        assert [letter["tries"] for letter in await listed(one, "--state", "any")] == [1, 1, 1]
        refused = await command(one, "discard", first, third, *why)
        assert refused.exit_code == 1
        assert len(await listed(one)) == 2

        await sql(one, "ALTER TABLE facts DROP CONSTRAINT curse")
        await sql(one, "ALTER TABLE facts ADD CONSTRAINT curse CHECK (unit <> 'STP')")
        names = (first, str(events[0].id), first[:12], second)
        done = await command(one, "redrive", *names, "--by", "ops-2", log_level="WARNING")
        assert done.exit_code == 1, done.output
        assert "Đã xử lý lại 1 bản tin, vẫn lỗi 1" in done.output
        assert "dead letter redriven" not in done.output  # so quiet; the list has it
        kept = {letter["id"]: letter for letter in await listed(one, "--state", "any")}
        for id_, outcome in ((first, "failed"), (second, "applied")):
            report = (kept[id_]["tries"], kept[id_]["tried_by"], kept[id_]["outcome"])
            assert report == (2, "ops-2", outcome)
        assert kept[third]["outcome"] is None
        loud = await command(one, "redrive", first, "--by", "ops-3")
        line = published(loud, "dead letter redriven")
        assert (line["dead_letter"], line["by"], line["outcome"]) == (first, "ops-3", "failed")


def published(answer: Result, event: str) -> dict[str, Any]:
    """The one log line of this event on the operator's terminal."""
    lines = [json.loads(one) for one in answer.stderr.splitlines() if one.startswith("{")]
    (line,) = (one for one in lines if one["event"] == event)
    return line


async def test_unknown_ids_are_all_reported_and_nothing_is_done(
    scoring_url: str, broker: Broker, issuer: Issuer
) -> None:
    async with world(scoring_url, broker.bootstrap, issuer) as one:
        answer = await command(one, "discard", "aaaa1111", "bbbb2222", "--reason", "none")
        assert answer.exit_code == 1
        assert "aaaa1111: không có bản tin" in answer.output
        assert "bbbb2222: không có bản tin" in answer.output
        assert (await command(one, "redrive")).exit_code == 2
        assert (await command(one, "list", "--state", "closed")).exit_code == 2
