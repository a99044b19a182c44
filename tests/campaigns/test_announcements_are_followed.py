"""What is announced on the topics is taken while a service runs, and by one that starts empty."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

from aiokafka.admin import AIOKafkaAdminClient, NewPartitions

from infra.local.kafka import KafkaBroker
from services.contracts.events import CampaignAnnounced
from services.contracts.topics import topic_of
from tests.campaigns.conftest import MakeKeeper
from tests.campaigns.keeper import PARTITIONS, Keeper, create_tables, create_topics, publish
from tests.delivery.harness import produce, until
from tests.support.announcing import announcement, renamed, withdrawal

Following = Callable[..., Awaitable[Keeper]]

YEARS = [("hanoi-2020", 1), ("hanoi-2020", 2), ("hanoi-2021", 1)]


async def test_what_is_announced_while_it_runs_is_taken(following: Following) -> None:
    one = await following()
    async with one.running():
        await until(lambda: _caught_up(one))
        await publish(one.settings, announcement())
        await until(lambda: _has(one, [("hanoi-2020", 1)]))
        await publish(one.settings, withdrawal(), announcement(edit=renamed("hanoi-2021")))
        await until(lambda: _has(one, YEARS))
        assert (await one.of()).announced.withdrawn_at


async def test_an_empty_database_is_built_from_the_topics(
    following: Following, keeper: MakeKeeper, fresh_database: Callable[[], str]
) -> None:
    """Whatever a consumer group or another database has read before."""
    before = await following()
    await _three_announcements(before)
    async with before.running():
        await until(lambda: _has(before, YEARS))
    url = fresh_database()
    await create_tables(url)
    settings = before.settings
    anew = keeper(url, settings.kafka_bootstrap, settings.topic_prefix)
    async with anew.running():
        await until(lambda: _has(anew, YEARS))
        assert await _everything(anew) == await _everything(before)


async def test_two_replicas_follow_side_by_side_and_take_each_version_once(
    following: Following,
) -> None:
    replicas = [await following() for _ in range(2)]
    await _three_announcements(replicas[0])
    async with AsyncExitStack() as stack:
        for one in replicas:
            await stack.enter_async_context(one.running())
        for one in replicas:
            await until(lambda one=one: _caught_up(one))
            assert await one.rows() == YEARS
    acted = [version for one in replicas for version in one.acted]
    assert len(acted) == len(set(acted)) <= 3


async def test_while_the_broker_is_away_it_waits_and_then_goes_on(
    following: Following, kafka: KafkaBroker
) -> None:
    one = await following()
    async with one.running():
        await publish(one.settings, announcement())
        await until(lambda: _has(one, [("hanoi-2020", 1)]))
        kafka.stop()
        try:
            await until(lambda: _says(one, "loop campaign topics"))
            assert (await one.of()).units > 600, "what is known is served meanwhile"
        finally:
            kafka.start()
        await publish(one.settings, announcement(version=2))
        await until(lambda: _has(one, YEARS[:2]))
        await until(lambda: _is_well(one))


async def test_a_record_that_cannot_be_read_holds_up_none_behind_it(following: Following) -> None:
    one = await following()
    topic = topic_of(one.settings.topic_prefix, CampaignAnnounced)
    for partition in range(PARTITIONS):
        await produce(
            one.settings.kafka_bootstrap,
            topic,
            [(b"hanoi-2020", [], b"{"), (None, [], None)],
            partition=partition,
        )
    await _three_announcements(one)
    async with one.running():
        await until(lambda: _has(one, YEARS))
        await until(lambda: _caught_up(one))
        assert one.campaigns.follower.unusable == 2 * PARTITIONS
        assert "6 records" in one.chassis.health.degraded()["campaign topics"]


async def test_a_version_that_the_service_cannot_take_holds_up_none_behind_it(
    following: Following,
) -> None:
    one = await following()
    await publish(one.settings, announcement())
    one.fails = ZeroDivisionError("what a newer version means by it")
    async with one.running():
        await until(lambda: _says(one, "campaign topics", "1 records"))
        one.fails = None
        await publish(one.settings, announcement(edit=renamed("hanoi-2021")))
        await until(lambda: _has(one, [("hanoi-2021", 1)]))
    async with (again := await following()).running():
        await until(lambda: _has(again, [("hanoi-2020", 1), ("hanoi-2021", 1)]))


async def test_another_document_under_a_number_that_is_taken_is_told_and_changes_nothing(
    following: Following,
) -> None:
    """As after a database was restored, and used before it had read the topics."""
    one = await following()
    await one.announce(announcement())
    before = await _everything(one)
    await publish(one.settings, announcement(edit=lambda plan: f"{plan}# another\n"))
    await publish(one.settings, announcement())
    async with one.running():
        await until(lambda: _says(one, "campaign topics", "1 records have another document"))
        assert await _everything(one) == before


async def test_missing_topics_are_named_and_followed_once_they_are_there(
    following: Following,
) -> None:
    one = await following(topics=False)
    async with one.running():
        await until(lambda: _says(one, "loop campaign topics", "TopicsMissingError"))
        await create_topics(one.settings)
        await publish(one.settings, announcement())
        await until(lambda: _has(one, [("hanoi-2020", 1)]))
        await until(lambda: _is_well(one))


async def test_partitions_that_are_added_are_followed_too(
    following: Following,
) -> None:
    """The key of the next campaign may lie in one of them."""
    one = await following()
    async with one.running():
        await until(lambda: _caught_up(one))
        admin = AIOKafkaAdminClient(bootstrap_servers=one.settings.kafka_bootstrap)
        await admin.start()
        topic = topic_of(one.settings.topic_prefix, CampaignAnnounced)
        await admin.create_partitions({topic: NewPartitions(total_count=24)})
        await admin.close()
        reader = one.campaigns.follower._reader
        assert reader is not None
        await reader._consumer._client.force_metadata_update()  # else after some minutes
        years = [(f"hanoi-{year}", 1) for year in range(2020, 2032)]
        await publish(
            one.settings, *(announcement(edit=renamed(name), rules=False) for name, _ in years)
        )
        await until(lambda: _has(one, years))


async def _three_announcements(one: Keeper) -> None:
    await publish(
        one.settings,
        announcement(version=2),
        announcement(edit=renamed("hanoi-2021")),
        announcement(),
    )


async def _everything(one: Keeper) -> list[tuple[object, ...]]:
    async with one.chassis.database.transaction() as tx:
        rows = await tx.fetch("SELECT * FROM campaign_versions ORDER BY campaign, version")
    return [tuple(row) for row in rows]


async def _has(one: Keeper, versions: list[tuple[str, int]]) -> bool:
    return await one.rows() == versions


async def _caught_up(one: Keeper) -> bool:
    return one.campaigns.follower.degraded() is None or one.campaigns.follower.unusable > 0


async def _says(one: Keeper, part: str, text: str = "") -> bool:
    reasons = one.chassis.health.degraded()
    trouble = one.campaigns.follower.loop.trouble() if part.startswith("loop") else None
    return text in (trouble or reasons.get(part, "\0"))


async def _is_well(one: Keeper) -> bool:
    await asyncio.sleep(0)
    return not one.campaigns.follower.degraded() and not one.campaigns.follower.loop.trouble()
