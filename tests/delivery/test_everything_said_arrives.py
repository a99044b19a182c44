"""From a committed transaction to the topic: nothing lost, nothing invented, in order per key."""

from tests.delivery.harness import World, ids_of, running, until
from tests.delivery.probe_service import UNITS, essay


async def test_what_a_transaction_said_is_on_the_topic_and_gone_from_the_outbox(
    world: World,
) -> None:
    async with running(world.relay()):
        said = await world.say(*(essay(unit) for unit in UNITS))
        await until(lambda: _empty(world))
    assert sorted(ids_of(await world.on_topic())) == sorted(said)


async def _empty(world: World) -> bool:
    return await world.outbox() == 0
