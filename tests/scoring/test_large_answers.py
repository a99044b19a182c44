"""Answers that grow with what is stored are computed and written beside the event loop."""

import asyncio
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from services.chassis import aside
from tests.scoring.facts import API, essay
from tests.scoring.served_scoring import Stand

FACTS = 201
"""One more than are decoded at once."""


class HeldThread(ThreadPoolExecutor):
    """Notes what it is given, and works on it when it may."""

    def __init__(self) -> None:
        super().__init__(1)
        self.given = 0
        self.may_work = threading.Event()

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.given += 1

        def held() -> Any:
            assert self.may_work.wait(60)
            return fn(*args, **kwargs)

        return super().submit(held)


READS = {  # as of: facts, points, ranks, JSON
    f"{API}/standings": 1,
    f"{API}/standings?as_of=2020-06-30&cluster=departments": 4,
    f"{API}/units/SNV/points": 2,
    f"{API}/units/SNV/points?as_of=2020-06-30": 3,
    f"{API}/units/SNV/score-entries": 2,
    f"{API}/publications/1": 1,
    f"{API}/publications/1/units/SNV": 1,
}


async def test_while_a_large_answer_is_computed_the_event_loop_answers_others(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stand.hears(*(essay("SNV", f"essay-{number}") for number in range(FACTS)))
    token = stand.issuer.mint("board", None)
    published = await stand.client.post(
        f"{API}/publications",
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "large-answers-1"},
        json={},
    )
    assert published.status_code == httpx.codes.CREATED, published.text
    for path, computations in READS.items():
        thread = HeldThread()
        monkeypatch.setattr(aside, "_THREAD", thread)
        large = asyncio.create_task(stand.asked(path))
        async with asyncio.timeout(60):
            while not thread.given:
                assert not large.done(), f"{path}: {large.result().text[:300]}"
                await asyncio.sleep(0.01)
        for _ in range(3):
            assert (await stand.asked(f"{API}/digest")).status_code == httpx.codes.OK
        assert not large.done()
        thread.may_work.set()
        answer = await large
        assert answer.status_code == httpx.codes.OK, answer.text
        assert answer.headers["content-type"] == "application/json"
        assert thread.given == computations, path
        thread.shutdown()
