"""From a committed transaction to the topic: nothing lost, nothing invented, in order per key."""

import asyncio
from collections import defaultdict
from contextlib import AsyncExitStack
from typing import Any

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer

from services.chassis.observability.registry import OUTBOX_BACKLOG, OUTBOX_OLDEST_SECONDS, RELAYED
from services.chassis.relay import relay as relay_module
from services.chassis.relay.relay import Relay
from services.chassis.relay.send import Sent, send_rows
from services.chassis.storage.outbox import republish
from services.contracts.events import CommendationProposed
from services.contracts.topics import topic_of
from tests.delivery.harness import World, ids_of, running, until
from tests.delivery.probe_service import UNITS
from tests.support.facts import essay


async def test_what_a_transaction_published_is_on_the_topic_and_gone_from_the_outbox(
    world: World,
) -> None:
    async with running(world.relay()):
        published = await world.publish(*(essay(unit) for unit in UNITS))
        await until(world.relayed)
    assert sorted(ids_of(await world.on_topic())) == sorted(published)
    assert world.metrics.value(RELAYED, topic=world.topic) == len(UNITS)


async def test_notify_wakes_the_relay_long_before_it_looks_by_itself(world: World) -> None:
    async with running(world.relay(safety_poll_s=60)):
        await world.publish(essay("Q001"))
        await until(world.relayed)
        await asyncio.sleep(0.2)  # asleep again
        await world.publish(essay("Q001"))
        await until(world.relayed, seconds=5)


async def test_what_was_published_while_no_relay_ran_is_relayed_by_the_next(world: World) -> None:
    published = await world.publish(essay("Q001"), essay("Q002"))
    async with running(world.relay(safety_poll_s=60)):
        await until(world.relayed)
    assert sorted(ids_of(await world.on_topic())) == sorted(published)


async def test_transactions_that_commit_in_reverse_order_are_all_relayed(world: World) -> None:
    async with running(world.relay()), AsyncExitStack() as third:
        published = []
        async with AsyncExitStack() as second:
            async with AsyncExitStack() as first:
                # Numbers are given in this order, 1, 2, 3 ...
                for stack, words in ((third, 1), (second, 2), (first, 3)):
                    tx = await stack.enter_async_context(world.database.transaction())
                    published.append(await tx.publish(essay("Q001", words)))
                    await tx._finish()
                    tx._outgoing.clear()
            await until(world.relayed)  # ... and the last of them is relayed first
        await until(world.relayed)
        assert len(await world.on_topic()) == 2
        await third.aclose()
        await world.publish(essay("Q002"))
        await until(world.relayed)
    on_topic = ids_of(await world.on_topic())
    assert len(on_topic) == 4
    assert set(published) < set(on_topic)


async def test_what_is_committed_between_claim_and_delete_is_not_deleted_unsent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = AsyncExitStack()
    tx = await late.enter_async_context(world.database.transaction())
    first = await tx.publish(essay("Q001"))
    await tx._finish()  # it has the lower number,
    tx._outgoing.clear()
    (second,) = await world.publish(essay("Q002"))

    async def commit_then_send(*args: Any, **options: Any) -> Sent:
        await late.aclose()  # and is committed while the higher one is being sent
        return await send_rows(*args, **options)

    monkeypatch.setattr(relay_module, "send_rows", commit_then_send)
    async with running(world.relay()):
        await until(world.relayed)
    assert set(ids_of(await world.on_topic())) == {first, second}


async def test_a_claim_costs_what_waits_and_not_what_was_ever_published(world: World) -> None:
    # A new database, without statistics, and the plan that is kept after a few executions.
    settings = {**relay_module.PLANNING, "plan_cache_mode": "force_generic_plan"}
    connection = await asyncpg.connect(world.database_url, server_settings=settings)
    await connection.execute(f"PREPARE claim (int, text[]) AS {relay_module.CLAIM}")
    plan = [row[0] for row in await connection.fetch("EXPLAIN EXECUTE claim(500, '{}')")]
    await connection.close()
    read_first = next(line for line in plan if "Scan using" in line)
    assert "outbox_pkey" in read_first, "\n".join(plan)


async def test_a_claim_is_bounded_by_bytes_and_the_next_one_follows_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the documents of many campaigns are published once more."""
    claims: list[list[int]] = []

    async def note(producer: AIOKafkaProducer, rows: Any, **options: Any) -> Sent:
        claims.append([len(row["value"]) for row in rows])
        return await send_rows(producer, rows, **options)

    large = relay_module.MAX_CLAIM_BYTES // 100
    await world.publish(*(essay(unit) for unit in UNITS))
    await world.sql(
        "UPDATE event_log SET value = convert_to(rpad('{', $1, md5(seq::text)), 'UTF8')", large
    )
    await world.sql(
        "WITH more AS (INSERT INTO event_log (event_id, topic, key, headers, value, recorded_at)"
        " SELECT gen_random_uuid(), topic, key, headers, value, recorded_at FROM event_log,"
        " generate_series(1, 9) RETURNING seq) INSERT INTO outbox SELECT seq FROM more"
    )
    monkeypatch.setattr(relay_module, "send_rows", note)
    async with running(world.relay(safety_poll_s=60)):
        await until(world.relayed)
    assert len(claims) > 1
    assert sum(map(len, claims)) == 10 * len(UNITS)
    for sizes in claims:
        assert sum(sizes[:-1]) < relay_module.MAX_CLAIM_BYTES


async def test_two_relays_side_by_side_lose_nothing_and_claim_nothing_twice(world: World) -> None:
    async def write() -> None:
        for number in range(60):
            await world.publish(*(essay(UNITS[n], number + 1) for n in range(10)))

    async with running(world.relay(batch=50), world.relay(batch=50)):
        await asyncio.gather(write(), write())
        await until(world.relayed)
    on_topic = ids_of(await world.on_topic())
    assert len(on_topic) == 1200
    assert set(on_topic) == await world.logged()


async def test_one_relay_keeps_the_order_of_each_key(world: World) -> None:
    for number in range(50):
        await world.publish(*(essay(unit, number + 1) for unit in UNITS))
    async with running(world.relay(batch=37)):
        await until(world.relayed)
    numbers: dict[bytes, list[int]] = defaultdict(list)
    for record in sorted(await world.on_topic(), key=lambda r: (r.partition, r.offset)):
        assert record.value is not None
        found = int(record.value.split(b'"words":')[1].split(b",")[0])
        numbers[record.key or b""].append(found)
    assert len(numbers) == len(UNITS)
    assert all(found == list(range(1, 51)) for found in numbers.values())


async def test_a_missing_topic_holds_up_no_other_and_its_facts_wait(world: World) -> None:
    relay = world.relay(batch=5)
    missing = topic_of(world.prefix, CommendationProposed)
    example = CommendationProposed.model_validate_json(
        '{"campaign": "hanoi-2020", "unit": "Q001", "level": "city",'
        ' "proposal_id": "0b6a4dd2-4c1c-4a52-b7a8-1de40a1d4f11",'
        ' "exemplar": {"kind": "collective", "name": "X"},'
        ' "proposed_at": "2020-05-20T08:30:00+07:00"}'
    )
    async with world.database.transaction() as tx:
        await tx.publish_all([example] * 12)
        published = await tx.publish_all([essay("Q001")] * 3)
    async with running(relay):
        await until(lambda: _waiting(world, 12))
        assert sorted(ids_of(await world.on_topic())) == sorted(published)
        assert missing in (relay.degraded() or "")


async def _waiting(world: World, count: int) -> bool:
    return await world.outbox() == count


async def test_what_is_rolled_back_is_never_published(world: World) -> None:
    async with running(world.relay()):
        with pytest.raises(asyncpg.DivisionByZeroError):  # noqa: PT012 - the block is what fails
            async with world.database.transaction() as tx:
                await tx.publish(essay("Q001"))
                await tx.fetchval("SELECT 1 / 0")
        published = await world.publish(essay("Q002"))
        await until(world.relayed)
    assert ids_of(await world.on_topic()) == published
    assert await world.logged() == set(published)


async def test_backlog_and_age_are_shown_while_no_broker_is_there(world: World) -> None:
    async def no_broker() -> AIOKafkaProducer:
        raise ConnectionRefusedError("nobody there")

    relay = world.relay()
    relay._open_producer = no_broker
    await world.publish(essay("Q001"), essay("Q002"))
    await asyncio.sleep(0.05)
    async with running(relay):
        await until(lambda: _value_is(world, OUTBOX_BACKLOG, 2))
        assert (world.metrics.value(OUTBOX_OLDEST_SECONDS) or 0) > 0.04
        # Its type alone: an address is nothing for everybody to read.
        await until(lambda: _reports(relay, ": ConnectionRefusedError"))
        assert relay.stalled() is None


async def _reports(relay: Relay, words: str) -> bool:
    return (relay.degraded() or "").endswith(words)


async def _value_is(world: World, metric: Any, value: float) -> bool:
    return world.metrics.value(metric) == value


async def test_republish_publishes_everything_once_more_and_no_more_than_asked(
    world: World,
) -> None:
    first = await world.publish(*(essay(unit) for unit in UNITS))
    async with running(world.relay()):
        await until(world.relayed)
        between = await world.value("SELECT clock_timestamp()")
        second = await world.publish(essay("Q001"))
        await until(world.relayed)
        async with world.database.transaction() as tx:
            assert await republish(tx, since=between) == 1
        await until(world.relayed)
        async with world.database.transaction() as tx:
            assert await republish(tx, until=between, topics=[world.topic]) == len(UNITS)
            assert await republish(tx, topics=["no-such-topic"]) == 0
        await until(world.relayed)
    assert sorted(ids_of(await world.on_topic())) == sorted((*first, *first, *second, *second))
