"""The list comes back from its topic, whatever else somebody has written there."""

from datetime import UTC, datetime

from services.chassis.broker.topic_reader import open_reader
from services.chassis.dead_letters import Failure, queries
from services.chassis.dead_letters.letter import OriginalMessage, dead_letter
from services.chassis.dead_letters.restore import restore
from services.chassis.storage.outbox import Outgoing
from tests.delivery.harness import World, produce
from tests.support.unreadable import BAD_NAME, Strange, produce_strangely

CLEAR_SCREEN = "\x1b[2J"


def letter(number: int, detail: str = "no value") -> Outgoing:
    record = OriginalMessage("thidua.t", 1, number, 0, None, None, [("ce_id", b"x")])
    return dead_letter(record, Failure("tombstone", detail), topic="letters", attempt=1)


def forged(**changed: bytes | None) -> Strange:
    """A letter as somebody else may write one."""
    good = letter(2)
    headers = [(name, changed.get(name, value)) for name, value in good.headers]
    return good.key, headers, good.value


async def test_letters_come_back_open_and_safe_to_print_and_what_is_none_is_passed_over(
    world: World,
) -> None:
    good = letter(1)
    forgeries = [
        forged(dl_id=None),
        forged(dl_id=b"\xff"),
        forged(dl_cause=None, dl_topic=None),
        forged(dl_offset=b"99999999999999999999"),
        forged(dl_partition=b"-1"),
        forged(dl_time=b"0001-01-01T00:00:00+14:00"),
        forged(dl_time=b"yesterday"),
        (b"k", [("dl_id", b"00000000-0000-0000-0000-000000000000")], b"v"),
        (b"k", [], b"v"),
    ]
    alarming = forged(
        dl_cause=CLEAR_SCREEN.encode(),
        dl_detail=f"\0\x9b{CLEAR_SCREEN}".encode(),
        dl_topic=b"t\0",
    )
    plain = [(key, [(str(n), v) for n, v in headers], value) for key, headers, value in forgeries]
    of_ours = (good.key, good.headers, good.value)
    await produce(world.bootstrap, world.dead_letter_topic, [*plain, of_ours])  # type: ignore[list-item]
    strange = (good.key, [(BAD_NAME, b""), *letter(3).headers], good.value)
    await produce_strangely(world.bootstrap, world.dead_letter_topic, [strange, alarming])
    for _ in range(2):
        async with (
            open_reader(world.settings(), [world.dead_letter_topic]) as reader,
            world.database.transaction() as tx,
        ):
            await restore(tx, reader.to_the_end())
    async with world.database.transaction() as tx:
        found = {one.offset: one for one in await queries.listed(tx, state=None, most=99)}
        message = await queries.message_of(tx, found[1])
    assert sorted(found) == [1, 2]
    assert (found[1].id, found[1].state, found[1].cause) == (good.event_id, "open", "tombstone")
    assert found[1].set_aside_at <= datetime.now(UTC)
    assert message == OriginalMessage("thidua.t", 1, 1, 0, None, None, [("ce_id", b"x")])
    texts = found[2].cause + found[2].detail + found[2].topic
    assert texts == r"\x1b[2J" + r"\x00\x9b\x1b[2J" + r"t\x00"
