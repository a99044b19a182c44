"""A dead letter is a piece of work: seen, tried again through its handler, or discarded, once."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import structlog
from structlog.testing import capture_logs

from services.chassis.consuming.consumer import EventConsumer
from services.chassis.dead_letters import queries
from services.chassis.dead_letters.decide import to_decide
from services.chassis.dead_letters.queries import Letter
from services.chassis.dead_letters.service import DeadLetterService, Redriven
from services.chassis.observability.metrics import Metrics
from services.chassis.observability.registry import (
    CHASSIS_METRICS,
    DEAD_LETTERS_OLDEST_SECONDS,
    DEAD_LETTERS_OPEN,
)
from services.chassis.problems import Refusal
from services.chassis.storage.database import Transaction
from services.cli.dead_letter_work import _redriven
from services.contracts.envelope import Event
from tests.delivery import probe_service
from tests.delivery.harness import World, produce, running, until
from tests.delivery.probe_service import CURSED
from tests.support.facts import essay
from tests.support.statements import statements_seen


async def letters_of(world: World, **wanted: Any) -> list[Letter]:
    async with world.database.transaction() as tx:
        return await queries.listed(tx, **{"state": None, "most": 100, **wanted})


async def has_letters(world: World, count: int) -> bool:
    return len(await letters_of(world)) == count


async def redrive(
    world: World, dead_letters: DeadLetterService, name: str, by: str = "ops-1"
) -> Redriven:
    async with world.database.transaction() as tx:
        (letter,) = await to_decide(tx, [name])
        return await dead_letters.redrive(tx, letter, by=by)


async def discard(
    world: World, dead_letters: DeadLetterService, name: str, reason: str, by: str = "ops-1"
) -> None:
    async with world.database.transaction() as tx:
        (letter,) = await to_decide(tx, [name])
        await dead_letters.discard(tx, letter, by=by, reason=reason)


async def set_aside(world: World, *words: int) -> tuple[list[UUID], EventConsumer]:
    """Essays that the database refused to store; their events, and the consumer."""
    published = await world.publish(*(essay("Q001", one) for one in words))
    consumer = world.consumer()
    async with running(world.relay(), consumer):
        await until(lambda: has_letters(world, len(words)))
        await until(world.relayed)
    return published, consumer


async def mend(world: World) -> None:
    await world.sql("ALTER TABLE effects DROP CONSTRAINT no_curse")


async def test_a_letter_tells_its_cause_its_place_and_its_event(world: World) -> None:
    (event_id,), _ = await set_aside(world, CURSED)
    (letter,) = await letters_of(world)
    (record,) = await world.on_topic()
    assert (letter.state, letter.cause, letter.tries) == ("open", "apply-failed", 1)
    place = (letter.topic, letter.partition, letter.offset)
    assert place == (record.topic, record.partition, record.offset)
    assert letter.event_id == event_id
    (on_topic,) = await world.on_topic(world.dead_letter_topic)
    assert dict(on_topic.headers)["dl_id"].decode() == str(letter.id)


async def test_what_is_mended_and_redriven_has_its_effect_once_and_says_who(world: World) -> None:
    (event_id,), consumer = await set_aside(world, CURSED)
    dead_letters = DeadLetterService([consumer], world.metrics)
    await mend(world)
    (letter,) = await letters_of(world)
    done = await redrive(world, dead_letters, str(letter.id)[:8])
    assert done.outcome == "applied"
    assert await world.effects() == [event_id]
    (letter,) = await letters_of(world)
    assert (letter.state, letter.decided_by, letter.tries) == ("redriven", "ops-1", 2)
    assert (letter.tried_by, letter.outcome) == ("ops-1", "applied")
    assert letter.decided_at is not None
    with pytest.raises(Refusal, match="redriven by ops-1"):
        await redrive(world, dead_letters, str(event_id), by="ops-2")
    assert await world.effects() == [event_id]


async def test_two_operators_at_once_make_one_effect(world: World) -> None:
    (event_id,), _ = await set_aside(world, CURSED)

    async def slowly(tx: Transaction, events: Sequence[Event]) -> None:
        await asyncio.sleep(0.3)  # the others come while this one is at work
        await probe_service.effect(tx, events)

    dead_letters = DeadLetterService([world.consumer(effect=slowly)], world.metrics)
    await mend(world)
    tries = [redrive(world, dead_letters, str(event_id), by=f"ops-{n}") for n in range(3)]
    ended = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(one, Redriven) for one in ended) == 1
    assert sum(isinstance(one, Refusal) for one in ended) == 2
    assert await world.effects() == [event_id]


async def test_one_that_fails_again_is_still_one_letter_with_one_more_try(world: World) -> None:
    (event_id,), consumer = await set_aside(world, CURSED)
    dead_letters = DeadLetterService([consumer], world.metrics)
    (letter,) = await letters_of(world)
    assert (letter.tried_by, letter.outcome) == (None, None)
    for tries, by in ((2, "ops-1"), (3, "ops-2")):
        failed = await redrive(world, dead_letters, str(event_id), by=by)
        assert (failed.outcome, failed.cause) == ("failed", "apply-failed")
        before, (letter,) = letter.tried_at, await letters_of(world)
        assert (letter.state, letter.tries) == ("open", tries)
        assert (letter.tried_by, letter.outcome, letter.decided_by) == (by, "failed", None)
        assert letter.tried_at > before
    assert len(await world.on_topic(world.dead_letter_topic)) == 1
    assert await world.effects() == []


async def test_a_process_that_dies_while_it_redrives_leaves_the_letter_open_and_no_effect(
    world: World,
) -> None:
    (event_id,), consumer = await set_aside(world, CURSED)
    dead_letters = DeadLetterService([consumer], world.metrics)
    await mend(world)

    async def dies_before_the_commit() -> None:
        async with world.database.transaction() as tx:
            (letter,) = await to_decide(tx, [str(event_id)])
            assert (await dead_letters.redrive(tx, letter, by="ops-1")).outcome == "applied"
            raise ConnectionResetError("gone before the commit")

    with pytest.raises(ConnectionResetError):
        await dies_before_the_commit()
    assert [one.state for one in await letters_of(world)] == ["open"]
    assert await world.effects() == []
    assert (await redrive(world, dead_letters, str(event_id))).outcome == "applied"


async def test_one_that_somebody_else_closed_meanwhile_is_not_tried(world: World) -> None:
    (event_id,), consumer = await set_aside(world, CURSED)
    dead_letters = DeadLetterService([consumer], world.metrics)
    await mend(world)
    (as_it_was,) = await letters_of(world)
    await discard(world, dead_letters, str(event_id), "a test wrote it", by="ops-1")
    late = await _redriven(world.database, dead_letters, as_it_was, "ops-2")
    assert (late.outcome, late.cause) == ("failed", "closed")
    assert late.detail == "ops-1: đã loại bỏ trong lúc này"
    assert await world.effects() == []


async def test_the_message_delivered_again_later_has_no_second_effect_and_no_second_letter(
    world: World,
) -> None:
    published, consumer = await set_aside(world, CURSED, CURSED)
    dead_letters = DeadLetterService([consumer], world.metrics)
    await mend(world)
    assert (await redrive(world, dead_letters, str(published[0]))).outcome == "applied"
    await discard(world, dead_letters, str(published[1]), "a test wrote it")
    stricter = world.consumer(check=_refuses_all)
    records = await world.on_topic()
    await stricter._processor.process(records)  # the same records, refused once more
    assert await world.effects() == [published[0]]
    states = {one.event_id: one.state for one in await letters_of(world)}
    assert states == {published[0]: "redriven", published[1]: "discarded"}


def _refuses_all(event: Event) -> None:
    raise KeyError(event.id)


async def test_a_discarded_letter_is_closed_with_its_reason_and_has_no_effect(world: World) -> None:
    (event_id,), consumer = await set_aside(world, CURSED)
    dead_letters = DeadLetterService([consumer], world.metrics)
    await discard(world, dead_letters, str(event_id), "a test wrote it")
    (letter,) = await letters_of(world)
    assert (letter.state, letter.reason) == ("discarded", "a test wrote it")
    assert await world.effects() == []


@pytest.mark.parametrize("reason", ["", "  x \n ", "y" * 501])
async def test_without_a_reason_nothing_is_discarded_here_nor_in_the_database(
    world: World, reason: str
) -> None:
    (event_id,), consumer = await set_aside(world, CURSED)
    dead_letters = DeadLetterService([consumer], world.metrics)
    with pytest.raises(Refusal, match="3 to 500 characters"):
        await discard(world, dead_letters, str(event_id), reason)
    for invalid in (reason.strip(), None):
        with pytest.raises(asyncpg.CheckViolationError, match="dead_letters_reason"):
            await world.sql("UPDATE dead_letters SET state = 'discarded', reason = $1", invalid)
    assert [one.state for one in await letters_of(world)] == ["open"]


async def test_the_log_has_a_line_a_decision_once_it_is_durable(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One that no test before has made write elsewhere.
    monkeypatch.setattr("services.chassis.dead_letters.service._log", structlog.get_logger())
    published, consumer = await set_aside(world, CURSED, CURSED)
    dead_letters = DeadLetterService([consumer], world.metrics)

    async def dies_before_the_commit() -> None:
        async with world.database.transaction() as tx:
            (letter,) = await to_decide(tx, [str(published[1])])
            await dead_letters.discard(tx, letter, by="ops-2", reason="gone before the commit")
            raise ConnectionResetError

    with capture_logs() as lines:
        await redrive(world, dead_letters, str(published[0]))
        with pytest.raises(ConnectionResetError):
            await dies_before_the_commit()
        await discard(world, dead_letters, str(published[1]), " a test wrote it ", by="ops-2")
    by_event = {one.event_id: one for one in await letters_of(world)}
    expected = [
        {"event": "dead letter redriven", "outcome": "failed", "by": "ops-1"},
        {"event": "dead letter discarded", "reason": "a test wrote it", "by": "ops-2"},
    ]
    for line, event_id, wanted in zip(lines, published, expected, strict=True):
        letter = by_event[event_id]
        assert line.items() >= wanted.items()
        place = f"{letter.topic}:{letter.partition}:{letter.offset}"
        logged = (line["event_id"], line["dead_letter"], line["place"], line["cause"])
        assert logged == (str(event_id), str(letter.id), place, "apply-failed")


async def test_letters_are_redriven_while_the_consumer_is_at_work(world: World) -> None:
    published, consumer = await set_aside(world, *[CURSED] * 20)
    dead_letters = DeadLetterService([consumer], world.metrics)
    await mend(world)
    async with running(world.relay(), consumer2 := world.consumer()):
        dead_letters = DeadLetterService([consumer2], world.metrics)
        fresh = asyncio.create_task(world.publish(*(essay("Q002", n) for n in range(1, 200))))
        for event_id in published:
            assert (await redrive(world, dead_letters, str(event_id))).outcome == "applied"
        new = await fresh
        await until(lambda: world.took(len(published) + len(new)))
    assert sorted(await world.effects()) == sorted([*published, *new])


async def test_the_gauges_are_right_after_a_restart(world: World) -> None:
    _, consumer = await set_aside(world, CURSED, CURSED)
    fresh = Metrics(CHASSIS_METRICS)  # what a new process knows
    await DeadLetterService([consumer], fresh).measure(world.database)
    assert fresh.value(DEAD_LETTERS_OPEN, group=consumer.group) == 2
    assert 0 < (fresh.value(DEAD_LETTERS_OLDEST_SECONDS, group=consumer.group) or 0) < 60
    async with world.database.transaction() as tx:
        for letter in await queries.next_to_try(tx, cause=None, most=9):
            await queries.close_discarded(tx, letter, "test", by="ops-1")
    await DeadLetterService([consumer], fresh).measure(world.database)
    assert fresh.value(DEAD_LETTERS_OPEN, group=consumer.group) == 0
    assert fresh.value(DEAD_LETTERS_OLDEST_SECONDS, group=consumer.group) == 0


async def test_what_was_never_an_event_can_be_named_looked_at_and_discarded(world: World) -> None:
    await produce(world.bootstrap, world.topic, [(None, [("ce_id", b"\xff\x1b[2J")], b"\x00{")])
    consumer = world.consumer()
    async with running(world.relay(), consumer):
        await until(lambda: has_letters(world, 1))
    (letter,) = await letters_of(world)
    assert letter.event_id is None
    async with world.database.transaction() as tx:
        (named,) = await queries.named(tx, str(letter.id)[:6])
        message = await queries.message_of(tx, letter)
    assert named == letter.id
    assert message is not None
    assert (message.key, message.value) == (None, b"\x00{")


async def test_names_that_are_nobodys_or_too_short_are_all_reported_at_once(world: World) -> None:
    await set_aside(world, CURSED)
    (letter,) = await letters_of(world)
    async with world.database.transaction() as tx:
        with pytest.raises(Refusal) as refused:
            await to_decide(tx, ["ffff0000", str(letter.id), "eeee0000"])
    assert [fault.pointer for fault in refused.value.faults] == ["/ids/0", "/ids/2"]


async def test_the_index_of_open_letters_gives_a_page_in_order(world: World) -> None:
    with statements_seen() as asked:
        await letters_of(world, state="open")
    assert "ORDER BY dead_letters.set_aside_at, dead_letters.id LIMIT" in asked[-1]


async def test_a_list_is_read_page_by_page_and_by_cause(world: World) -> None:
    await set_aside(world, *[CURSED] * 5)
    first = await letters_of(world, most=3)
    rest = await letters_of(world, most=3, after=first[-1].id)
    assert (len(first), len(rest)) == (3, 2)
    assert {one.id for one in first + rest} == {one.id for one in await letters_of(world)}
    assert await letters_of(world, cause="bad-json") == []
