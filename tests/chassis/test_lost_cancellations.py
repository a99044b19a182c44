"""Promise: what a timeout is to end ends, also where the cancellation is lost on the way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from services.chassis.problems import Refusal
from services.chassis.retry import still_wanted
from services.scoring.publications.watermark import WatermarkWait


class Loses:
    """Work that takes its first cancellation for none, as `wait_for` does beside an answer."""

    def __init__(self) -> None:
        self.lost = 0

    async def __call__(self, *_: object) -> bool:
        try:
            await asyncio.sleep(0.05)
        except asyncio.CancelledError:
            self.lost += 1
            if self.lost > 1:
                raise
        return False


async def test_a_loop_notices_it_afterwards() -> None:
    work = Loses()

    async def loop() -> None:
        async with asyncio.timeout(0.02):
            while not await work():
                still_wanted()

    with pytest.raises(TimeoutError):
        await loop()
    assert work.lost == 1
    still_wanted()  # over with the timeout


async def test_a_publication_is_refused_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    @asynccontextmanager
    async def reader(_: object) -> AsyncIterator[None]:
        yield None

    work = Loses()
    monkeypatch.setattr(WatermarkWait, "_reader", reader)
    monkeypatch.setattr(WatermarkWait, "_passed", work.__call__)
    wait = WatermarkWait(_Settings(), None, None)  # type: ignore[arg-type]
    async with asyncio.timeout(30):
        with pytest.raises(Refusal):
            await wait(datetime.now(UTC), _Campaign())  # type: ignore[arg-type]
    assert work.lost == 1


class _Settings:
    publish_wait_s = 0.12
    group_id = "scoring"
    topic_prefix = "t"


class _Campaign:
    id = "hanoi-2020"
    zone: Any = UTC
