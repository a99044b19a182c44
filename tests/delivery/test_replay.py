"""A group reads again from an earlier place, and nothing happens twice."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner, Result

from services.chassis.broker.group_positions import GroupPositionError, members_of, move, plan
from services.chassis.observability.registry import REPEATED
from services.cli.main import app
from tests.delivery.harness import Probe, World, running, until
from tests.delivery.probe_service import group_of
from tests.support.facts import essay

Probes = Callable[..., Probe]


async def replay(world: World, *words: str, group: str | None = None) -> Result:
    environment = {
        "THIDUA_KAFKA_BOOTSTRAP": world.bootstrap,
        "THIDUA_TOPIC_PREFIX": world.prefix,
    }
    words = ("replay", group or group_of(world.prefix), *words)
    return await asyncio.to_thread(CliRunner().invoke, app, words, env=environment)


async def consumed(world: World, count: int) -> datetime:
    """So many facts have had their effect, and the group has stopped; a moment in their middle."""
    async with running(world.relay(), world.consumer()):
        await world.publish(*(essay(f"Q{n % 20:03}") for n in range(count // 2)))
        await until(world.relayed)
        await asyncio.sleep(0.01)
        middle = datetime.now(UTC)
        await asyncio.sleep(0.01)
        await world.publish(*(essay(f"Q{n % 20:03}") for n in range(count // 2, count)))
        await until(lambda: world.took(count))
        await asyncio.sleep(0.2)  # the last acknowledgement
    return middle


async def standing(world: World) -> list[tuple[int | None, int]]:
    planned = await plan(world.settings(), group_of(world.prefix), "end")
    return [(one.before, one.end) for one in planned]


async def test_from_an_earlier_time_it_is_read_again_and_has_no_second_effect(
    world: World,
) -> None:
    middle = await consumed(world, 120)
    effects = sorted(await world.effects())
    dry = await replay(world, "--to-time", middle.isoformat(), "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert "60 bản ghi sẽ được đọc lại" in dry.output
    assert all(before == end for before, end in await standing(world))
    done = await replay(world, "--to-time", middle.isoformat())
    assert done.exit_code == 0, done.output
    behind = await standing(world)
    assert sum(end - (before or 0) for before, end in behind) == 60
    async with running(world.consumer()):

        async def all_repeated() -> bool:
            return world.metrics.value(REPEATED, topic=world.topic) == 60

        await until(all_repeated)
    assert sorted(await world.effects()) == effects


async def test_from_the_beginning_and_to_one_offset(world: World) -> None:
    await consumed(world, 60)
    back = await replay(world, "--to-beginning", "--topic", "essay-submitted")
    assert "60 bản ghi sẽ được đọc lại" in back.output
    assert [before for before, _ in await standing(world)] == [0, 0, 0]
    some = await replay(world, "--to-offset", f"{world.topic}:1:3", "--skip-unread")
    assert some.exit_code == 0, some.output
    assert [before for before, _ in await standing(world)] == [0, 3, 0]
    beyond = await replay(world, "--to-offset", f"{world.topic}:1:99999")
    assert beyond.exit_code == 1
    assert f"{world.topic}:1:99999 không nằm trong khoảng từ 0 đến " in beyond.output


async def test_what_was_never_read_is_not_passed_over_unless_it_is_meant(world: World) -> None:
    await consumed(world, 30)
    await world.publish(*(essay("Q001") for _ in range(9)))
    async with running(world.relay()):
        await until(world.relayed)
    before = await standing(world)
    refused = await replay(world, "--to-end")
    assert refused.exit_code == 1
    assert "9 bản ghi chưa được" in refused.output
    assert await standing(world) == before
    assert (await replay(world, "--to-end", "--skip-unread")).exit_code == 0
    assert all(at == end for at, end in await standing(world))


async def test_a_group_at_work_is_not_moved(world: World) -> None:
    await consumed(world, 30)
    settings, group = world.settings(), group_of(world.prefix)
    back = await plan(settings, group, "beginning")
    async with running(consumer := world.consumer()):

        async def joined() -> bool:
            return consumer.degraded() is None

        await until(joined)
        refused = await replay(world, "--to-beginning")
        assert refused.exit_code == 1
        assert f"Nhóm {group} đang chạy" in refused.output
        only_shown = await replay(world, "--to-beginning", "--dry-run")
        assert "30 bản ghi sẽ được đọc lại" in only_shown.output
        with pytest.raises(GroupPositionError, match="vừa có thành viên"):
            await move(settings, group, back)  # the broker itself refuses it
        assert all(at == end for at, end in await standing(world))
    assert await members_of(settings, group) == []


@pytest.mark.broken
async def test_after_a_kill_it_is_moved_as_soon_as_the_dead_member_is_forgotten(
    kafka_world: World, probes: Probes
) -> None:
    world = kafka_world
    probe = probes(world, write=40, relay=True, consume=True)
    await probe.read()
    await until(lambda: world.took(40))
    probe.kill()
    assert (await replay(world, "--to-beginning")).exit_code == 1

    async def moved() -> bool:
        return (await replay(world, "--to-beginning")).exit_code == 0

    await until(moved, every=1)
    effects = sorted(await world.effects())
    probes(world, relay=True, consume=True)

    async def caught_up() -> bool:
        return all(at == end for at, end in await standing(world))

    await until(caught_up)
    assert sorted(await world.effects()) == effects


async def test_wrong_places_are_all_reported_and_nothing_is_moved(world: World) -> None:
    await consumed(world, 30)
    before = await standing(world)
    beyond = await replay(
        world, "--to-offset", f"{world.topic}:0:9999", "--to-offset", f"{world.topic}:1:9999"
    )
    assert beyond.exit_code == 1
    assert f"{world.topic}:0:9999" in beyond.output
    assert f"{world.topic}:1:9999" in beyond.output
    assert "Không có phân vùng" in (await replay(world, "--to-offset", f"{world.topic}:7:0")).output
    assert "Không có topic" in (await replay(world, "--to-beginning", "--topic", "nowhere")).output
    assert "TOPIC:PARTITION" in (await replay(world, "--to-offset", "x")).output
    assert "+07:00" in (await replay(world, "--to-time", "2020-06-01T00:00:00")).output
    assert (await replay(world)).exit_code == 2
    assert (await replay(world, "--to-offset", "x")).exit_code == 2
    assert await standing(world) == before


async def test_a_group_that_never_read_is_taken_for_misspelt_unless_it_is_declared_new(
    world: World,
) -> None:
    await consumed(world, 30)
    misspelt = f"{world.prefix}-misspelt"
    words = (*("--to-end", "--skip-unread"), *("--topic", world.topic))
    refused = await replay(world, *words, group=misspelt)
    assert refused.exit_code == 1
    assert "chưa có vị trí đọc" in refused.output
    assert group_of(world.prefix) in refused.output, "the groups that there are"
    assert "--new-group" in refused.output
    vague = await replay(world, "--to-end", "--new-group", group=misspelt)
    assert "nêu topic bằng --topic" in vague.output
    begun = await replay(world, *words, "--new-group", group=misspelt)
    assert begun.exit_code == 0, begun.output
    moves = await plan(world.settings(), misspelt, "end")
    assert moves
    assert all(one.before == one.end for one in moves)
    repeated = await replay(world, *words, "--new-group", group=misspelt)
    assert repeated.exit_code == 1
    assert "đã có vị trí đọc" in repeated.output
