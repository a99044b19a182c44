"""Promise: a client that sends much at once holds up only itself, whatever it sends."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from itertools import count
from uuid import uuid4

import httpx
import pytest
from pydantic import BaseModel

from infra.local.issuer import Issuer
from services.chassis.base import Chassis
from services.chassis.http.group_commit import GroupCommit
from services.chassis.http.idempotency_store import KeyedRequest
from services.chassis.storage import turns
from services.chassis.storage.database import Database, Transaction
from services.chassis.storage.turns import CLIENT, Own, Turns
from tests.chassis.toy import NoteOut


@contextmanager
def acting_for(client: str) -> Iterator[None]:
    token = CLIENT.set(client)
    try:
        yield
    finally:
        CLIENT.reset(token)


def crowd_of(toy: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client with as many connections as it wants."""
    much = httpx.Limits(max_connections=None)
    return httpx.AsyncClient(base_url=toy.base_url, timeout=120, limits=much)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Turns are waited for as long as a slow machine needs to send hundreds of requests."""
    monkeypatch.setattr(turns, "LONGEST_WAIT_S", 120.0)


@asynccontextmanager
async def all_places_taken(database: Database) -> AsyncIterator[None]:
    """Every connection is in use while the block runs."""
    async with AsyncExitStack() as held:
        for _ in range(database._turns._free):
            await held.enter_async_context(database.transaction())
        yield


async def until_waiting(database: Database, tasks: int) -> None:
    """Returns once so many tasks wait for a connection."""
    while len(database._turns._waiting) < tasks:  # noqa: ASYNC110 - there is no event for it
        await asyncio.sleep(0.001)


@pytest.mark.usefixtures("patient")
async def test_a_client_waits_for_few_of_another_ones_three_hundred_commands(
    toy: httpx.AsyncClient, toy_chassis: Chassis, issuer: Issuer
) -> None:
    """Seen by the victim: how many commands of the burst are answered before its own one."""
    order = count()
    database = toy_chassis.database

    async def write(client: httpx.AsyncClient, unit: str) -> int:
        body = {"author": {"full_name": "Mô phỏng"}, "text": "yên"}
        headers = {
            "Authorization": f"Bearer {issuer.mint('unit', unit, subject=unit)}",
            "Idempotency-Key": str(uuid4()),
        }
        answer = await client.post("/v1/notes", json=body, headers=headers)
        assert answer.status_code == 201
        return next(order)

    async with crowd_of(toy) as crowd, asyncio.TaskGroup() as both, all_places_taken(database):
        for _ in range(300):
            both.create_task(write(crowd, "Q001"))
        await until_waiting(database, 300)
        victim = both.create_task(write(toy, "Q002"))
        await until_waiting(database, 301)
    # Ten get a connection at once, and as many may be answered before it is heard.
    assert victim.result() < 50


@pytest.mark.usefixtures("patient")
async def test_requests_without_a_token_leave_the_services_own_work_its_turns(
    toy: httpx.AsyncClient, toy_chassis: Chassis
) -> None:
    order = count()
    database = toy_chassis.database

    async def read() -> int:
        answer = await crowd.get("/v1/notes")
        assert answer.status_code == 200
        return next(order)

    async def own_work() -> int:
        async with database.transaction():
            return next(order)

    async with crowd_of(toy) as crowd, asyncio.TaskGroup() as both, all_places_taken(database):
        for _ in range(300):
            both.create_task(read())
        await until_waiting(database, 300)
        own = both.create_task(own_work())
        await until_waiting(database, 301)
    assert own.result() < 50


async def test_a_flood_of_probes_is_one_look_at_the_database(
    toy: httpx.AsyncClient, toy_chassis: Chassis
) -> None:
    database, health = toy_chassis.database, toy_chassis.health
    asked, looks = 0, 0
    ready = health.ready

    async def counted_ready() -> dict[str, str]:
        nonlocal asked
        asked += 1
        return await ready()

    async def look() -> str | None:
        nonlocal looks
        looks += 1
        async with database.transaction():
            return None

    health.require("database", look)
    health.ready = counted_ready  # type: ignore[method-assign]
    async with crowd_of(toy) as crowd, asyncio.TaskGroup() as both, all_places_taken(database):
        flood = [both.create_task(crowd.get("/health/ready")) for _ in range(300)]
        while asked < 300:  # noqa: ASYNC110 - there is no event for it
            await asyncio.sleep(0.001)
        waiting = len(database._turns._waiting)
    answers = {one.result().status_code for one in flood}
    assert waiting <= 1
    assert looks < 40  # one, unless the machine is slow: an answer is good for a second
    assert answers <= {200, 503}


async def test_the_group_that_commits_commands_takes_turns_under_a_name_of_its_own(
    toy_chassis: Chassis,
) -> None:
    clients = []

    async def effects(_: Transaction, texts: Sequence[str]) -> list[tuple[int, BaseModel]]:
        clients.append(CLIENT.get())
        return [(201, NoteOut(number=1, text=text)) for text in texts]

    group = GroupCommit[str](toy_chassis.database, lambda _: None, effects)
    with acting_for("Q001"):
        await group.submit(KeyedRequest("Q001", "POST /", str(uuid4()), b""), "yên")
    assert clients == [Own.INTAKE]
    assert CLIENT.get() is Own.SERVICE


async def test_whoever_gave_up_waiting_takes_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "LONGEST_WAIT_S", 0.01)
    places = Turns(1)

    async def wait_for_turn() -> None:
        async with places.turn():
            pass

    async with places.turn():
        given_up = [asyncio.create_task(wait_for_turn()) for _ in range(10)]
        outcomes = await asyncio.gather(*given_up, return_exceptions=True)
        assert {type(one) for one in outcomes} == {TimeoutError}
        assert len(places._waiting) == 0


async def test_those_who_wait_get_their_turns_client_by_client() -> None:
    places, served = Turns(1), []

    async def work(client: str) -> None:
        with acting_for(client):
            async with places.turn():
                served.append(client)

    async with asyncio.TaskGroup() as group, places.turn():
        for client in ["much"] * 20 + ["little", "other"]:
            group.create_task(work(client))
        await asyncio.sleep(0)
    assert served == ["much", "little", "other", *["much"] * 19]


async def test_a_turn_given_to_whom_was_cancelled_goes_to_the_next() -> None:
    places = Turns(1)
    gone, stays = asyncio.Event(), asyncio.Event()

    async def work(done: asyncio.Event) -> None:
        async with places.turn():
            done.set()

    async with places.turn():
        first = asyncio.create_task(work(gone))
        second = asyncio.create_task(work(stays))
        await asyncio.sleep(0)
    first.cancel()  # its turn was given, and it has not run since
    with pytest.raises(asyncio.CancelledError):
        await first
    await asyncio.wait_for(second, 5)
    assert stays.is_set()
    async with places.turn():
        pass


async def test_more_than_fits_fails_for_whom_it_is_too_much() -> None:
    places = Turns(1)

    async def wait_for_turn(client: str) -> None:
        with acting_for(client):
            async with places.turn():
                pass

    async with places.turn():
        many = [asyncio.create_task(wait_for_turn("much")) for _ in range(1_001)]
        await asyncio.sleep(0)
        little = asyncio.create_task(wait_for_turn("little"))
        await asyncio.sleep(0)
    outcomes = await asyncio.gather(*many, little, return_exceptions=True)
    failed = [one for one in outcomes if one is not None]
    assert len(failed) == 2
    assert all(isinstance(one, TimeoutError) for one in failed)
    assert outcomes[-1] is None
