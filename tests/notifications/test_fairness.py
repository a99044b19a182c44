"""What other subscribers notice of one that does not answer, or of what can't be sent at all."""

import asyncio
from contextlib import AsyncExitStack

from services.chassis.base import Chassis
from services.contracts.events import DeadlineMissed, DeliveryFailed
from tests.notifications.conftest import MakeSettings
from tests.notifications.raw_server import raw_server, read_http_request
from tests.notifications.running import rows, sending, subscribe, take_in, until
from tests.notifications.support import a_fact, an_event

MISSED = a_fact(DeadlineMissed, unit="SNV")


async def never(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    """Take the request and say nothing."""
    await read_http_request(reader)
    await asyncio.sleep(600)


async def at_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """204, as often as asked."""
    while True:
        await read_http_request(reader)
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        await writer.drain()


async def accepted(chassis: Chassis, subscription: object) -> int:
    [row] = await rows(
        chassis.database,
        "SELECT count(*) FROM deliveries WHERE subscription_id = $1 AND state = 'accepted'",
        subscription,
    )
    return int(row["count"])


async def test_four_receivers_that_never_answer_do_not_delay_the_fifth(
    chassis: Chassis, make_settings: MakeSettings
) -> None:
    settings = make_settings(
        database_url=chassis.settings.database_url,
        webhook_timeout_s=5,
        attempt_timeout_s=6,
        lease_s=30,
        sender_safety_poll_s=60,
        delivery_attempts=12,
    )
    events = 40
    async with AsyncExitStack() as servers:
        for _ in range(4):
            port = await servers.enter_async_context(raw_server(never))
            await subscribe(chassis.database, f"http://127.0.0.1:{port}/hook")
        port = await servers.enter_async_context(raw_server(at_once))
        healthy = await subscribe(chassis.database, f"http://127.0.0.1:{port}/hook")
        await take_in(chassis.database, [an_event(MISSED) for _ in range(events)])

        async def all_there() -> bool:
            return await accepted(chassis, healthy) == events

        async with sending(settings, "webhook"):
            await until(all_there, seconds=4)  # below one time-out of a silent receiver
            # Later events of the same kind pay nothing at all: who is silent is known by now.
            await take_in(chassis.database, [an_event(MISSED) for _ in range(3)])
            events += 3
            await until(all_there, seconds=2)


async def endlessly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """100 Continue, as fast as it is read."""
    await read_http_request(reader)
    while True:
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)
        await writer.drain()


async def test_receivers_that_answer_without_end_take_nothing_from_the_others(
    chassis: Chassis, make_settings: MakeSettings
) -> None:
    """No attempt ends at its time limit, and the fifth receiver has every event."""
    settings = make_settings(
        database_url=chassis.settings.database_url,
        webhook_timeout_s=30,
        attempt_timeout_s=30,
        lease_s=60,
        sender_safety_poll_s=60,
    )
    events = 40
    async with AsyncExitStack() as servers:
        for _ in range(4):
            port = await servers.enter_async_context(raw_server(endlessly))
            await subscribe(chassis.database, f"http://127.0.0.1:{port}/hook")
        port = await servers.enter_async_context(raw_server(at_once))
        healthy = await subscribe(chassis.database, f"http://127.0.0.1:{port}/hook")
        await take_in(chassis.database, [an_event(MISSED) for _ in range(events)])

        async def failed() -> list[str]:
            found = await rows(
                chassis.database,
                "SELECT detail FROM delivery_attempts WHERE outcome = 'transient'",
            )
            return [row["detail"] for row in found]

        async def all_done() -> bool:
            return await accepted(chassis, healthy) == events and len(await failed()) >= 4

        async with sending(settings, "webhook"):
            await until(all_done)
        assert set(await failed()) == {"no answer: EndlessAnswerError"}


async def test_many_subscriptions_at_one_silent_host_have_the_places_of_one(
    chassis: Chassis, make_settings: MakeSettings
) -> None:
    settings = make_settings(
        database_url=chassis.settings.database_url,
        webhook_timeout_s=5,
        attempt_timeout_s=6,
        lease_s=30,
        sender_safety_poll_s=60,
    )
    async with raw_server(never) as silent, raw_server(at_once) as port:
        for number in range(30):
            await subscribe(chassis.database, f"http://127.0.0.1:{silent}/{number}")
        await take_in(chassis.database, [an_event(MISSED) for _ in range(2)])
        healthy = await subscribe(chassis.database, f"http://127.0.0.1:{port}/hook")
        await take_in(chassis.database, [an_event(MISSED) for _ in range(3)])

        async def all_there() -> bool:
            return await accepted(chassis, healthy) == 3

        async with sending(settings, "webhook"):
            await until(all_there, seconds=4)


async def test_a_long_backlog_of_one_subscription_lets_a_new_one_in_at_once(
    chassis: Chassis, make_settings: MakeSettings
) -> None:
    settings = make_settings(database_url=chassis.settings.database_url, sender_safety_poll_s=60)

    async def slowly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await read_http_request(reader)
            await asyncio.sleep(0.3)
            writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    async with AsyncExitStack() as servers:
        for _ in range(10):
            port = await servers.enter_async_context(raw_server(slowly))
            await subscribe(chassis.database, f"http://127.0.0.1:{port}/hook")
        await take_in(chassis.database, [an_event(MISSED) for _ in range(40)])
        port = await servers.enter_async_context(raw_server(at_once))
        new = await subscribe(chassis.database, f"http://127.0.0.1:{port}/hook")
        async with sending(settings, "webhook"):
            await asyncio.sleep(0.5)
            await take_in(chassis.database, [an_event(MISSED)])

            async def there() -> bool:
                return await accepted(chassis, new) == 1

            await until(there, seconds=3)  # in turn; behind all the others it takes 15 s


async def test_events_that_this_version_cannot_read_are_given_up_and_starve_nobody(
    chassis: Chassis, make_settings: MakeSettings
) -> None:
    settings = make_settings(
        database_url=chassis.settings.database_url,
        delivery_attempts=2,
        attempt_timeout_s=1,
        lease_s=2,
        sender_safety_poll_s=60,
    )
    async with raw_server(at_once) as port:
        unreadable = await subscribe(chassis.database, f"http://127.0.0.1:{port}/unreadable")
        await take_in(chassis.database, [an_event(MISSED) for _ in range(50)])
        async with chassis.database.transaction() as tx:  # as after a rollback
            await tx.execute("UPDATE events SET type = 'vn.gov.hanoi.thidua.from-tomorrow.v1'")
        healthy = {"unit": "Q009", "owner_unit": "Q009"}
        await subscribe(chassis.database, f"http://127.0.0.1:{port}/healthy", **healthy)
        missed_elsewhere = a_fact(DeadlineMissed, unit="Q009")
        await take_in(chassis.database, [an_event(missed_elsewhere)])

        async def healthy_is_there() -> bool:
            return bool(
                await rows(chassis.database, "SELECT FROM deliveries WHERE state = 'accepted'")
            )

        async def all_concluded() -> bool:
            return not await rows(
                chassis.database, "SELECT FROM deliveries WHERE state = 'pending'"
            )

        async with sending(settings, "webhook"):
            await until(healthy_is_there, seconds=3)
            await until(all_concluded, seconds=15)
    [row] = await rows(
        chassis.database, "SELECT state, failed_in_row FROM subscriptions WHERE id = $1", unreadable
    )
    assert (row["state"], row["failed_in_row"]) == ("active", 0)
    found = await rows(chassis.database, "SELECT max(number), count(*) FROM delivery_attempts")
    assert dict(found[0]) == {"max": 2, "count": 101}
    topics = await rows(chassis.database, "SELECT topic FROM event_log")
    assert len(topics) == 50
    assert topics[0]["topic"].endswith(f"{DeliveryFailed.event}.v1")
