"""A bad message stops nothing behind it, and is not lost: it is in the dead letters, whole."""

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from aiokafka import ConsumerRecord

from services.chassis.dead_letters.letter import parted
from services.chassis.observability.registry import CONSUMER_STOPPED, DEAD_LETTERS
from services.chassis.storage.database import Transaction
from services.contracts.envelope import Event
from tests.delivery import probe_service
from tests.delivery.harness import World, produce, running, until
from tests.delivery.probe_service import CURSED
from tests.support.facts import essay
from tests.support.poison import POISON, Poison, changed, good, of_unit

ALL_POISON = POISON | {
    "an effect that the database refuses": ("apply-failed", of_unit("Q001", CURSED)),
}


def about(letter: ConsumerRecord[Any, Any]) -> dict[str, str]:
    """What the dead letter says of itself."""
    _, own = parted(letter.headers)
    assert len(own) == 9 + ("dl_null_key" in own)
    return {name: value.decode() for name, value in own.items() if value is not None}


async def test_the_events_around_bad_messages_have_their_effect_and_those_are_kept_whole(
    world: World,
) -> None:
    goods = [good("Q002") for _ in ALL_POISON]
    messages: list[Poison] = []
    for (_, message), (_, poison) in zip(goods, ALL_POISON.values(), strict=True):
        messages += [poison, (message.key, list(message.headers), message.value)]
    await produce(world.bootstrap, world.topic, messages, partition=2)
    async with running(world.relay(), world.consumer()):
        await until(lambda: world.took(len(goods)))
        await until(world.relayed)
    assert sorted(await world.effects()) == sorted(event_id for event_id, _ in goods)

    letters = await world.on_topic(world.dead_letter_topic)
    by_offset = {int(about(letter)["dl_offset"]): letter for letter in letters}
    assert len(by_offset) == len(letters) == len(ALL_POISON)
    for number, (name, (cause, (key, headers, value))) in enumerate(ALL_POISON.items()):
        letter = by_offset[2 * number]
        own = about(letter)
        assert (own["dl_cause"], own["dl_topic"]) == (cause, world.topic), name
        assert (own["dl_partition"], own["dl_attempt"]) == ("2", "1"), name
        assert datetime.fromisoformat(own["dl_time"]).tzinfo is not None, name
        assert parted(letter.headers)[0] == headers, name
        assert letter.value == value, name
        assert letter.key == (key if key is not None or value is not None else b""), name
    counted = {cause for cause, _ in ALL_POISON.values()}
    for cause in counted:
        expected = sum(cause == other for other, _ in ALL_POISON.values())
        assert world.metrics.value(DEAD_LETTERS, topic=world.topic, cause=cause) == expected


async def test_a_bad_message_delivered_again_makes_no_second_letter(world: World) -> None:
    failing = True

    async def fails_at_first(tx: Transaction, events: Sequence[Event]) -> None:
        if failing:
            raise ConnectionResetError("the database is away")
        await probe_service.effect(tx, events)

    await produce(world.bootstrap, world.topic, [changed(ce_id=None), of_unit("Q001")])
    settings = world.settings(retry_attempts=0)
    async with running(world.relay(), world.consumer(settings=settings, effect=fails_at_first)):
        await asyncio.sleep(0.5)
        failing = False
        await until(lambda: world.took(1))
    async with running(world.relay(), world.consumer(settings=world.settings(group_id="other"))):
        await asyncio.sleep(0.5)  # another group has its own letters; ours stay one
    assert len(await world.on_topic(world.dead_letter_topic)) == 1


async def test_a_message_as_large_as_the_broker_takes_fits_into_the_dead_letters(
    world: World,
) -> None:
    large = json.dumps({"x": "y" * 1_047_000}).encode()
    await produce(world.bootstrap, world.topic, [(b"Q001", [], large), of_unit("Q001")])
    async with running(world.relay(), world.consumer()):
        await until(lambda: world.took(1))
        await until(world.relayed)
    (letter,) = await world.on_topic(world.dead_letter_topic)
    assert letter.value == large


async def test_of_a_batch_that_fails_only_the_item_that_fails_is_set_aside(world: World) -> None:
    published = await world.publish(*(essay("Q001", words) for words in (1, CURSED, 3, CURSED, 5)))
    async with running(world.relay()):
        await until(world.relayed)
        async with running(world.consumer()):
            await until(lambda: world.took(3))
            await until(world.relayed)
    assert set(await world.effects()) == {published[0], published[2], published[4]}
    letters = await world.on_topic(world.dead_letter_topic)
    assert {dict(letter.headers)["ce_id"].decode() for letter in letters} == {
        str(published[1]),
        str(published[3]),
    }
    assert {about(letter)["dl_detail"] for letter in letters} == {
        "CheckViolationError 23514 no_curse"
    }
    inbox = await world.sql("SELECT event_id FROM inbox")
    assert {row[0] for row in inbox} == {
        published[0],
        published[2],
        published[4],
    }  # mended, they may be delivered once more


async def test_what_a_failed_item_published_is_not_published(world: World) -> None:
    async def speaks_then_fails(tx: Transaction, events: Sequence[Event]) -> None:
        for event in events:
            if event.partitionkey == "Q001":
                await tx.publish(essay("Q000", 9))
        await probe_service.effect(tx, events)

    published = await world.publish(essay("Q001", CURSED), essay("Q002"))
    async with running(world.relay(), world.consumer(effect=speaks_then_fails)):
        await until(lambda: world.took(1))
        await until(world.relayed)
    assert await world.effects() == [published[1]]
    assert await world.logged() == set(published)


async def test_too_many_in_a_row_stop_the_consumer_and_the_next_one_has_lost_nothing(
    world: World,
) -> None:
    poison = [changed(value=b"{")] * 8
    first, last = good("Q001"), good("Q002")
    ours: list[Poison] = [(m.key, list(m.headers), m.value) for _, m in (first, last)]
    await produce(world.bootstrap, world.topic, [ours[0], *poison, ours[1]])
    strict = world.consumer(settings=world.settings(dead_letter_run_limit=8, batch_max_records=5))
    async with running(world.relay(), strict):
        await until(lambda: _gave_up(strict))
        assert "8 dead letters in a row (dead_letter_run_limit), the last: bad-json" in (
            strict.degraded() or ""
        )
        assert strict.stalled() is None  # a restart would not help
        assert world.metrics.value(CONSUMER_STOPPED) == 1
        await until(world.relayed)
    assert await world.effects() == [first[0]]
    assert len(await world.on_topic(world.dead_letter_topic)) == 4  # of the batch before

    lenient = world.consumer(settings=world.settings(dead_letter_run_limit=9))
    async with running(world.relay(), lenient):
        await until(lambda: world.took(2))
        await until(world.relayed)
        assert lenient.degraded() is None
    assert sorted(await world.effects()) == sorted([first[0], last[0]])
    letters = await world.on_topic(world.dead_letter_topic)
    assert sorted(int(about(letter)["dl_offset"]) for letter in letters) == list(range(1, 9))


async def _gave_up(consumer: Any) -> bool:
    return "stopped" in (consumer.degraded() or "")


async def test_a_check_that_breaks_is_no_excuse_to_skip(world: World) -> None:
    def breaks(event: Event) -> None:
        raise KeyError(event.partitionkey)

    await world.publish(essay("Q001"))
    async with running(world.relay(), world.consumer(check=breaks)):
        await until(lambda: _letters(world, 1))
    (letter,) = await world.on_topic(world.dead_letter_topic)
    assert about(letter).items() >= {"dl_cause": "check-failed", "dl_detail": "KeyError"}.items()


async def _letters(world: World, count: int) -> bool:
    topic = world.dead_letter_topic
    count_now = await world.value("SELECT count(*) FROM event_log WHERE topic = $1", topic)
    return int(count_now) >= count and await world.relayed()


async def test_a_failure_that_is_nobodys_stops_the_consumer_before_anything_is_skipped(
    world: World,
) -> None:
    await world.sql("ALTER TABLE effects ADD note text UNIQUE DEFERRABLE INITIALLY DEFERRED")

    async def fails_at_commit(tx: Transaction, events: Sequence[Event]) -> None:
        await probe_service.effect(tx, events)
        await tx.execute("UPDATE effects SET note = 'the same'")

    published = await world.publish(essay("Q001"), essay("Q002"))
    async with running(world.relay()):
        await until(world.relayed)
    consumer = world.consumer(effect=fails_at_commit)
    async with running(consumer):
        await until(lambda: _gave_up(consumer))
    assert await world.effects() == []
    async with running(world.consumer()):
        await until(lambda: world.took(2))
    assert sorted(await world.effects()) == sorted(published)
