"""The same over HTTP, on every service with a consumer: for role ops, with nobody's name in it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
import pytest

from infra.local.issuer import Issuer
from services.chassis.base import Chassis
from services.chassis.retry import PermanentError
from services.chassis.running.service import Service, create_app
from services.chassis.storage.database import Transaction
from services.contracts.envelope import Event, encode
from services.contracts.events import EssaySubmitted
from tests.delivery.harness import World, produce, until
from tests.delivery.probe_service import CURSED, SERVICE, consumer_of
from tests.support.facts import essay
from tests.support.refusals import check_refusals
from tests.support.serving import served


class Ops:
    """Somebody with role ops at a served service."""

    def __init__(self, client: httpx.AsyncClient, issuer: Issuer, url: str) -> None:
        self.url = url
        self._client = client
        self._issuer = issuer

    async def get(self, path: str = "", status: int = 200, **query: Any) -> Any:
        headers = {"Authorization": f"Bearer {self._issuer.mint('ops')}"}
        answer = await self._client.get(f"/v1/dead-letters{path}", params=query, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def post(self, verb: str, body: Any, *, status: int = 200, key: str | None = None) -> Any:
        headers = {
            "Authorization": f"Bearer {self._issuer.mint('ops')}",
            "Idempotency-Key": key or str(uuid4()),
        }
        answer = await self._client.post(f"/v1/dead-letters/{verb}", json=body, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def has(self, count: int) -> bool:
        return bool((await self.get())["open"] == count)

    async def metric(self, name: str) -> str:
        text = (await self._client.get("/metrics")).text
        lines = [line for line in text.splitlines() if line.startswith(name)]
        return lines[0].rpartition(" ")[2] if lines else ""


@pytest.fixture
async def ops(world: World, issuer: Issuer) -> AsyncIterator[Ops]:
    async with serving(world, issuer) as ops:
        yield ops


@asynccontextmanager
async def serving(world: World, issuer: Issuer, **edges: Any) -> AsyncIterator[Ops]:
    settings = world.settings(
        jwks_url=issuer.jwks_url,
        token_issuer=issuer.url,
        http_port=0,
        dead_letter_run_limit=1000,
        dead_letter_share_limit=1,
    )
    chassis = Chassis(SERVICE, settings)
    consumer = consumer_of(settings, chassis.database, chassis.metrics, **edges)
    service = Service(chassis, title="Probe", description="For tests.", consumers=[consumer])
    async with (
        served(create_app(service)) as url,
        httpx.AsyncClient(base_url=url, timeout=20) as client,
    ):
        yield Ops(client, issuer, url)


async def test_a_letter_is_listed_shown_redriven_and_then_closed(world: World, ops: Ops) -> None:
    (event_id,) = await world.publish(essay("Q001", CURSED))
    await until(lambda: ops.has(1))
    (letter,) = (await ops.get())["items"]
    assert (letter["cause"], letter["event_id"], letter["tries"]) == (
        "apply-failed",
        str(event_id),
        1,
    )
    for name, count in (("essay-submitted", 1), (world.topic, 1), ("deadline-missed", 0)):
        assert len((await ops.get(topic=name))["items"]) == count
    misspelt = await ops.get(topic="essay-submited", status=422)
    assert misspelt["faults"][0]["parameter"] == "query:topic"
    assert "essay-submitted" in misspelt["faults"][0]["en"]
    failed = await ops.post("redrive", {"ids": [letter["short"]]})
    assert [one["outcome"] for one in failed["results"]] == ["failed"]
    assert failed["open"] == 1
    await world.sql("ALTER TABLE effects DROP CONSTRAINT no_curse")
    key = str(uuid4())
    done = await ops.post("redrive", {"all": True, "cause": "apply-failed"}, key=key)
    assert [one["outcome"] for one in done["results"]] == ["applied"]
    assert await ops.post("redrive", {"all": True, "cause": "apply-failed"}, key=key) == done
    assert await world.effects() == [event_id]
    closed = await ops.get(f"/{event_id}")
    assert (closed["state"], closed["tries"]) == ("redriven", 3)
    assert closed["decided_by"]
    refused = await ops.post("redrive", {"ids": [letter["short"]]}, status=409)
    assert refused["faults"][0]["pointer"] == "/ids/0"
    assert "redriven by" in refused["faults"][0]["en"]


async def test_a_name_of_several_letters_is_refused_as_such(world: World, ops: Ops) -> None:
    await world.publish(*(essay("Q001", CURSED) for _ in range(17)))  # of 16 first digits
    await until(lambda: ops.has(17))
    digits = Counter(letter["short"][0] for letter in (await ops.get())["items"])
    vague = await ops.get(f"/{digits.most_common(1)[0][0]}", status=422)
    assert vague["faults"][0]["parameter"] == "path:letter_id"


async def test_what_names_a_person_and_what_moves_a_terminal_is_not_shown(
    world: World, ops: Ops
) -> None:
    fact = essay("Q001", CURSED)
    named = fact.model_copy(update={"title": "Bí-mật-của-một-người"})
    _, message = encode(named, source="x", now=fact.moment)
    stray = [*message.headers, ("x-phone", b"0912345678"), ("x\x1b[2J", b"y")]
    broken = message.value[:-1] + b', "phone": "0912345678", "words": "\\u001b[2J"}'
    await produce(
        world.bootstrap,
        world.topic,
        [(message.key, stray, message.value), (message.key, message.headers, broken)],
    )
    await until(lambda: ops.has(2))
    for letter in (await ops.get())["items"]:
        shown = await ops.get(f"/{letter['short']}")
        text = str(shown)
        for secret in ("Bí-mật", "0912345678", "\x1b"):
            assert secret not in text, text
        assert shown["message"]["data"]["unit"] == "Q001"
        assert shown["message"]["headers"]["ce_type"] == EssaySubmitted.ce_type()
        assert len(shown["message"]["sha256"]) == 64


async def test_letters_are_discarded_with_a_reason_all_or_none(world: World, ops: Ops) -> None:
    await produce(world.bootstrap, world.topic, [(b"Q001", [], b"{")] * 2)
    await until(lambda: ops.has(2))
    first, second = (one["short"] for one in (await ops.get())["items"])
    unknown = {"ids": [first, "ffff0000"], "reason": "written by a test"}
    refused = await ops.post("discard", unknown, status=422)
    assert [fault["pointer"] for fault in refused["faults"]] == ["/ids/1"]
    await ops.post("discard", {"ids": [first]}, status=422)
    assert await ops.has(2)
    closed = await ops.post("discard", {"ids": [first], "reason": "written by a test"})
    assert [one["reason"] for one in closed["items"]] == ["written by a test"]
    assert closed["open"] == 1
    assert [one["short"] for one in (await ops.get())["items"]] == [second]
    assert [one["short"] for one in (await ops.get(state="discarded"))["items"]] == [first]
    await ops.get("/ffff0000", status=404)
    await ops.post("redrive", {"ids": [first], "all": True}, status=422)


async def test_those_that_fail_again_do_not_stand_before_those_that_are_mended(
    world: World, ops: Ops
) -> None:
    await world.publish(*[essay("Q001", CURSED)] * 100)
    await until(lambda: ops.has(100))
    mended = await world.publish(*[essay("Q002", CURSED)] * 50)
    await until(lambda: ops.has(150))
    await world.sql("ALTER TABLE effects DROP CONSTRAINT no_curse")
    await world.sql("ALTER TABLE effects ADD CONSTRAINT still CHECK (unit <> 'Q001')")
    first = await ops.post("redrive", {"all": True})
    assert {one["outcome"] for one in first["results"]} == {"failed"}
    assert (len(first["results"]), first["open"]) == (100, 150)
    second = await ops.post("redrive", {"all": True})
    outcomes = Counter(one["outcome"] for one in second["results"])
    assert outcomes == {"applied": 50, "failed": 50}
    assert second["open"] == 100
    assert sorted(await world.effects()) == sorted(mended)
    outcomes_now = {one["outcome"] for one in (await ops.get(limit=500))["items"]}
    assert outcomes_now == {"failed"}


async def test_letters_are_tried_as_consumers_lock_and_a_deadlock_is_done_again(
    world: World, issuer: Issuer
) -> None:
    await world.sql("CREATE TABLE counted (unit text PRIMARY KEY, total int NOT NULL)")
    await world.sql("INSERT INTO counted VALUES ('Q001', 0), ('Q002', 0), ('Q003', 0)")
    broken, tried, at_work = True, list[str](), asyncio.Event()

    async def counts(tx: Transaction, events: Sequence[Event]) -> None:
        if broken:
            raise PermanentError("not-yet")
        for event in events:
            tried.append(event.partitionkey)
            if event.partitionkey == "Q003":
                at_work.set()
            await tx.execute("UPDATE counted SET total = total + 1 WHERE unit = $1", tried[-1])

    async with serving(world, issuer, effect=counts) as ops:
        for unit in ("Q003", "Q001", "Q002"):
            await world.publish(essay(unit))
        await until(lambda: ops.has(3))
        broken = False
        ids = [str(one["id"]) for one in (await ops.get())["items"]]
        async with world.database.transaction() as somebody:  # who does not lock in that order
            await somebody.execute("UPDATE counted SET total = 10 WHERE unit = 'Q003'")
            redriving = asyncio.create_task(ops.post("redrive", {"ids": ids}))
            await at_work.wait()
            await asyncio.sleep(0.3)  # it waits for us; it has waited longer, so it is undone
            await somebody.execute("UPDATE counted SET total = 10 WHERE unit = 'Q001'")
        done = await redriving
    assert [one["outcome"] for one in done["results"]] == ["applied"] * 3
    assert [one["id"] for one in done["results"]] == ids
    assert tried == ["Q001", "Q002", "Q003"] * 2
    totals = await world.sql("SELECT unit, total FROM counted ORDER BY unit")
    assert [tuple(row) for row in totals] == [("Q001", 11), ("Q002", 1), ("Q003", 11)]


async def test_the_gauge_follows_the_list(world: World, ops: Ops) -> None:
    await produce(world.bootstrap, world.topic, [(b"Q001", [], b"{")])

    async def counted() -> bool:
        return await ops.metric("thidua_dead_letters_open{") == "1.0"

    await until(counted)


async def test_every_route_refuses_whom_and_what_it_must(ops: Ops, issuer: Issuer) -> None:
    assert await check_refusals(ops.url, issuer) > 30
