"""Promise: a client that sends much at once holds up only itself, whatever it sends."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from uuid import uuid4

import httpx
import pytest

from infra.local.issuer import Issuer
from services.chassis.storage.turns import CLIENT, Turns


@contextmanager
def acting_for(client: str) -> Iterator[None]:
    token = CLIENT.set(client)
    try:
        yield
    finally:
        CLIENT.reset(token)


async def test_a_client_waits_for_few_of_another_ones_three_hundred_commands(
    toy: httpx.AsyncClient, issuer: Issuer
) -> None:
    """Seen by the victim: how many commands of the burst are answered before its own one."""
    order = count()

    async def write(unit: str) -> int:
        body = {"author": {"full_name": "Mô phỏng"}, "text": "slow"}  # 50 ms with a connection
        headers = {
            "Authorization": f"Bearer {issuer.mint('unit', unit, subject=unit)}",
            "Idempotency-Key": str(uuid4()),
        }
        client = crowd if unit == "Q001" else toy
        answer = await client.post("/v1/notes", json=body, headers=headers)
        assert answer.status_code == 201
        return next(order)

    much = httpx.Limits(max_connections=None)
    async with (
        httpx.AsyncClient(base_url=toy.base_url, timeout=60, limits=much) as crowd,
        asyncio.TaskGroup() as both,
    ):
        burst = [both.create_task(write("Q001")) for _ in range(300)]
        while not any(one.done() for one in burst):  # noqa: ASYNC110 - it is under way
            await asyncio.sleep(0.001)
        victim = both.create_task(write("Q002"))
    # Ten have a connection when it comes, and as many may be answered before it is heard.
    assert victim.result() < 50


async def test_those_who_wait_get_their_turns_client_by_client() -> None:
    turns, served = Turns(1), []

    async def work(client: str) -> None:
        with acting_for(client):
            async with turns.turn():
                served.append(client)

    async with asyncio.TaskGroup() as group, turns.turn():
        for client in ["much"] * 20 + ["little", "other"]:
            group.create_task(work(client))
        await asyncio.sleep(0)
    assert served == ["much", "little", "other", *["much"] * 19]


async def test_a_turn_given_to_whom_was_cancelled_goes_to_the_next() -> None:
    turns = Turns(1)
    gone, stays = asyncio.Event(), asyncio.Event()

    async def work(done: asyncio.Event) -> None:
        async with turns.turn():
            done.set()

    async with turns.turn():
        first = asyncio.create_task(work(gone))
        second = asyncio.create_task(work(stays))
        await asyncio.sleep(0)
    first.cancel()  # its turn was given, and it has not run since
    with pytest.raises(asyncio.CancelledError):
        await first
    await asyncio.wait_for(second, 5)
    assert stays.is_set()
    async with turns.turn():
        pass


async def test_more_than_fits_fails_for_whom_it_is_too_much() -> None:
    turns = Turns(1)

    async def wait_for_turn(client: str) -> None:
        with acting_for(client):
            async with turns.turn():
                pass

    async with turns.turn():
        many = [asyncio.create_task(wait_for_turn("much")) for _ in range(1_001)]
        await asyncio.sleep(0)
        little = asyncio.create_task(wait_for_turn("little"))
        await asyncio.sleep(0)
    outcomes = await asyncio.gather(*many, little, return_exceptions=True)
    failed = [one for one in outcomes if one is not None]
    assert len(failed) == 2
    assert all(isinstance(one, TimeoutError) for one in failed)
    assert outcomes[-1] is None
