"""A database with the tables of campaigns, and replicas of a keeper on it."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from infra.local.broker import Broker
from tests.campaigns.keeper import Keeper, create_tables, create_topics, settings_of

MakeKeeper = Callable[..., Keeper]


@pytest.fixture
async def database_url(fresh_database: Callable[[], str]) -> str:
    url = fresh_database()
    await create_tables(url)
    return url


@pytest.fixture
async def keeper(database_url: str) -> AsyncIterator[MakeKeeper]:
    """Replicas on that database; without `bootstrap` there is no broker."""
    async with AsyncExitStack() as stack:

        def make(
            url: str = database_url,
            bootstrap: str = "127.0.0.1:1",
            prefix: str = "nowhere",
            **more: Any,
        ) -> Keeper:
            made = Keeper(settings_of(url, bootstrap, prefix, **more))
            stack.push_async_callback(made.chassis.database.close)
            return made

        yield make


@pytest.fixture
async def following(keeper: MakeKeeper, broker: Broker) -> Callable[..., Awaitable[Keeper]]:
    """Replicas of a system of its own on the broker, its topics made unless `topics=False`."""
    broker.start()
    prefix = f"t{secrets.token_hex(4)}"
    made: list[Keeper] = []

    async def make(*, topics: bool = True, **more: Any) -> Keeper:
        made.append(keeper(bootstrap=broker.bootstrap, prefix=prefix, **more))
        if topics and len(made) == 1:
            await create_topics(made[0].settings)
        return made[-1]

    return make
