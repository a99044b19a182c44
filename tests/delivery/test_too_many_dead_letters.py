"""A bad deploy stops before it empties a topic into the dead letters: by run, and by share."""

import asyncio
from typing import cast

import pytest

from services.chassis.broker.group_positions import move, plan
from services.chassis.consuming.classify import Classified
from services.chassis.consuming.fault_limits import FaultLimits, Recent, TooManyDeadLettersError
from services.chassis.dead_letters import Failure
from services.chassis.dead_letters.letter import OriginalMessage
from services.chassis.observability.registry import (
    CONSUMER_STOPPED,
    DEAD_LETTER_SHARE,
    DEAD_LETTERS,
    REPEATED,
)
from services.contracts.envelope import Event
from tests.delivery.harness import World, produce, running, until
from tests.delivery.probe_service import CURSED, group_of
from tests.support.facts import essay


def after(limits: FaultLimits, recent: Recent, pattern: str) -> Recent:
    """`.` an event, `x` a failure, `k` one whose letter is there."""
    batch, known = (
        Classified([OriginalMessage("t", 0, n, 0, b"", b"", []) for n in range(len(pattern))]),
        set(),
    )
    for index, letter in enumerate(pattern):
        if letter in "xk":
            batch.failures[index] = Failure("bad-json", "")
            if letter == "k":
                known.add(index)
        else:
            batch.events[index] = cast(Event, index)  # none is looked at
    return limits.after(recent, batch, known)


@pytest.mark.parametrize(
    ("batches", "stops"),
    [
        (["xxx", "."], False),
        (["xxx", "x"], True),  # a run goes over batches
        (["xxx.", "xxx."], True),  # six of twenty: the share, though no run is long
        (["x......", "x......", "x......", "x......"], False),  # never six in twenty
        (["x.x.x.", "." * 14, "x.x.x."], False),  # the first three are out of the window
        (["x.x.x.", "." * 8, "x.x.x."], True),
        (["k" * 100, "x.x.x.x.x."], False),  # what was set aside before is no news
        (["xxxk", "kx"], True),  # and no good event either
    ],
)
def test_limits(batches: list[str], *, stops: bool) -> None:
    limits, recent = FaultLimits(run=4, share=0.3, window=20), Recent()
    try:
        for one in batches:
            recent = after(limits, recent, one)
    except TooManyDeadLettersError:
        assert stops
    else:
        assert not stops
        assert 0 <= limits.share_of(recent) < 0.3


@pytest.mark.parametrize(
    ("share", "window", "stops_at"),
    [(0.07, 100, 7), (0.1, 1000, 100), (0.3, 10, 3), (0.101, 10, 2)],
)
def test_a_share_stops_at_its_number_and_not_one_later(
    share: float, window: int, stops_at: int
) -> None:
    limits, recent = FaultLimits(run=10_000, share=share, window=window), Recent()
    recent = after(limits, recent, "x" * (stops_at - 1))
    with pytest.raises(TooManyDeadLettersError) as stopped:
        after(limits, recent, "x")
    reason = f"{stops_at} dead letters in {stops_at} messages (dead_letter_share_limit), the last: "
    assert str(stopped.value).startswith(reason)


def test_a_share_of_one_leaves_the_run_as_the_only_limit() -> None:
    limits = FaultLimits(run=500, share=1, window=10)
    recent = after(limits, Recent(), "x" * 499)
    with pytest.raises(TooManyDeadLettersError, match=r"500 dead letters in a row .* at t:0:0"):
        after(limits, recent, "x")


async def test_past_bad_records_by_a_higher_limit_for_one_start_and_no_replay_stops_at_them(
    world: World,
) -> None:
    bad = [(b"Q001", [], b"{%d" % number) for number in range(30)]
    await produce(world.bootstrap, world.topic, bad)
    published = await world.publish(essay("Q001"), essay("Q002"))
    async with running(world.relay()):
        await until(world.relayed)
    by_default = world.settings(dead_letter_run_limit=10, dead_letter_share_limit=0.1)
    for _ in range(2):  # the publisher is mended, the topic is not
        async with running(world.relay(), consumer := world.consumer(settings=by_default)):
            await until(lambda: _gave_up(consumer.degraded()))
        assert await world.value("SELECT count(*) FROM dead_letters") == 0

    # What the log line and docs/operating.md say.
    for_one_start = world.settings(dead_letter_run_limit=10_000, dead_letter_share_limit=1)
    async with running(world.relay(), consumer := world.consumer(settings=for_one_start)):
        await until(lambda: world.took(len(published)))
        await until(lambda: _letters(world, len(bad)))
        await until(world.relayed)
        assert consumer.degraded() is None
        await asyncio.sleep(0.2)  # the last acknowledgement
    assert len(await world.on_topic(world.dead_letter_topic)) == len(bad)
    assert _counted(world) == len(bad)

    after = await world.publish(essay("Q003"))
    group = group_of(world.prefix)
    await move(world.settings(), group, await plan(world.settings(), group, "beginning"))
    async with running(world.relay(), consumer := world.consumer(settings=by_default)):
        await until(lambda: world.took(len(published) + len(after)))
        await until(lambda: _repeated(world, len(published)))
        assert consumer.degraded() is None
    assert sorted(await world.effects()) == sorted(published + after)
    assert await _letters(world, len(bad))
    assert len(await world.on_topic(world.dead_letter_topic)) == len(bad)
    assert _counted(world) == len(bad)


async def _letters(world: World, count: int) -> bool:
    return bool(await world.value("SELECT count(*) FROM dead_letters") == count)


async def _repeated(world: World, count: int) -> bool:
    return (world.metrics.value(REPEATED, topic=world.topic) or 0) >= count


def _counted(world: World) -> float | None:
    return world.metrics.value(DEAD_LETTERS, topic=world.topic, cause="missing-attribute")


async def test_one_in_four_stops_the_consumer_with_most_of_the_topic_untouched(
    world: World,
) -> None:
    facts = [essay("Q001", CURSED if n % 4 == 0 else n + 1) for n in range(400)]
    published = await world.publish(*facts)
    async with running(world.relay()):
        await until(world.relayed)
    strict = world.consumer(
        settings=world.settings(
            batch_max_records=20, dead_letter_share_limit=0.1, dead_letter_window=100
        )
    )
    async with running(world.relay(), strict):
        await until(lambda: _gave_up(strict.degraded()))
        assert "(dead_letter_share_limit), the last: apply-failed" in (strict.degraded() or "")
        assert strict.stalled() is None  # a restart would not help
        assert world.metrics.value(CONSUMER_STOPPED) == 1
        assert 0 < (world.metrics.value(DEAD_LETTER_SHARE) or 0) < 0.1
        await until(world.relayed)
    letters = await world.on_topic(world.dead_letter_topic)
    assert 0 < len(letters) < 10
    done = len(await world.effects()) + len(letters)
    assert done < 60

    await world.sql("ALTER TABLE effects DROP CONSTRAINT no_curse")  # rolled back, and restarted
    mended = world.consumer()
    async with running(world.relay(), mended):
        await until(lambda: world.took(len(published) - len(letters)))
        assert mended.degraded() is None
    assert len(await world.on_topic(world.dead_letter_topic)) == len(letters)


async def _gave_up(trouble: str | None) -> bool:
    return "stopped" in (trouble or "")
