"""A bad deploy stops before it empties a topic into the dead letters: by run, and by share."""

from typing import cast

import pytest

from services.chassis.consuming.fault_limits import FaultLimits, Recent
from services.chassis.consuming.judgement import Judged, TooManyDeadLettersError
from services.chassis.dead_letters import Fault, Record
from services.chassis.watching.registry import CONSUMER_STOPPED, DEAD_LETTER_SHARE
from services.contracts.envelope import Event
from tests.delivery.harness import World, running, until
from tests.delivery.probe_service import CURSED
from tests.support.facts import essay


def batch(pattern: str) -> Judged:
    """`.` an event, `x` a fault, `o` of another campaign."""
    judged = Judged(cast(list[Record], list(pattern)))
    for index, letter in enumerate(pattern):
        if letter == "x":
            judged.faults[index] = Fault("bad-json", "")
        elif letter == "o":
            judged.others.add(index)
        else:
            judged.events[index] = cast(Event, index)  # none is looked at
    return judged


@pytest.mark.parametrize(
    ("batches", "stops"),
    [
        (["xxx", "."], False),
        (["xxx", "x"], True),  # a run goes over batches
        (["xxxo", "ox"], True),  # and over what is of another campaign
        (["xxx.", "xxx."], True),  # six of twenty: the share, though no run is long
        (["x......", "x......", "x......", "x......"], False),  # never six in twenty
        (["x.x.x.", "." * 14, "x.x.x."], False),  # the first three are out of the window
        (["x.x.x.", "." * 8, "x.x.x."], True),
        (["o" * 100, "x.x.x.x.x."], False),
    ],
)
def test_limits(batches: list[str], *, stops: bool) -> None:
    limits, recent = FaultLimits(run=4, share=0.3, window=20), Recent()
    try:
        for one in batches:
            recent = limits.after(recent, batch(one))
    except TooManyDeadLettersError:
        assert stops
    else:
        assert not stops
        assert 0 <= limits.share_of(recent) < 0.3


async def test_one_in_four_stops_the_consumer_with_most_of_the_topic_untouched(
    world: World,
) -> None:
    facts = [essay("Q001", CURSED if n % 4 == 0 else n + 1) for n in range(400)]
    said = await world.say(*facts)
    async with running(world.relay()):
        await until(world.relayed)
    strict = world.consumer(
        settings=world.settings(
            batch_max_records=20, dead_letter_share_limit=0.1, dead_letter_window=100
        )
    )
    async with running(world.relay(), strict):
        await until(lambda: _gave_up(strict.trouble()))
        assert "10 of 100 messages, the last: apply-failed" in (strict.trouble() or "")
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
        await until(lambda: world.took(len(said) - len(letters)))
        assert mended.trouble() is None
    assert len(await world.on_topic(world.dead_letter_topic)) == len(letters)


async def _gave_up(trouble: str | None) -> bool:
    return "stopped" in (trouble or "")
