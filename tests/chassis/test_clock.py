"""Promise: a simulated clock has the time that ops gave it, in every replica; it only goes on."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from infra.local.issuer import Issuer
from services.chassis.base import Chassis
from services.chassis.clock import SimulatedClock, SystemClock
from services.chassis.http.api import create_api
from tests.chassis.toy import toy_settings
from tests.support.refusals import check_refusals
from tests.support.serving import served

START = datetime(2020, 1, 1, tzinfo=UTC)
JUNE = "2020-06-11T09:00:00+07:00"


@pytest.fixture
async def replicas(toy_database: str, issuer: Issuer) -> AsyncIterator[list[httpx.AsyncClient]]:
    """Two processes' worth of one service on one database."""
    settings = toy_settings(toy_database, issuer, clock="simulated", simulated_start=START)
    one, two = (Chassis("toy", settings) for _ in range(2))
    async with (
        served(create_api(one, [], title="Toy", description="")) as first,
        served(create_api(two, [], title="Toy", description="")) as second,
        httpx.AsyncClient(base_url=first) as a,
        httpx.AsyncClient(base_url=second) as b,
    ):
        yield [a, b]
    await one.database.close()
    await two.database.close()


def ops(issuer: Issuer, key: str = "k") -> dict[str, str]:
    return {"Authorization": f"Bearer {issuer.mint('ops')}", "Idempotency-Key": key}


async def test_a_move_is_seen_by_every_replica(
    replicas: list[httpx.AsyncClient], issuer: Issuer
) -> None:
    one, two = replicas
    assert (await two.get("/v1/clock", headers=ops(issuer))).json() == {
        "now": "2020-01-01T00:00:00Z"
    }
    moved = await one.post("/v1/clock", headers=ops(issuer), json={"now": JUNE})
    assert moved.json() == {"now": "2020-06-11T02:00:00Z"}
    assert (await two.get("/v1/clock", headers=ops(issuer))).json() == moved.json()


async def test_it_does_not_go_back(replicas: list[httpx.AsyncClient], issuer: Issuer) -> None:
    one, two = replicas
    await one.post("/v1/clock", headers=ops(issuer, "a"), json={"now": JUNE})
    for earlier in ("2020-06-11T08:59:59+07:00", "2019-01-01T00:00:00Z"):
        refused = await two.post("/v1/clock", headers=ops(issuer, earlier), json={"now": earlier})
        assert refused.status_code == 409
        assert refused.json()["faults"][0]["pointer"] == "/now"
    same = await two.post("/v1/clock", headers=ops(issuer, "b"), json={"now": JUNE})
    assert same.status_code == 200


async def test_only_ops_moves_it(replicas: list[httpx.AsyncClient], issuer: Issuer) -> None:
    assert await check_refusals(str(replicas[0].base_url), issuer)


async def test_a_move_wakes_those_who_wait_for_it(toy_database: str, issuer: Issuer) -> None:
    chassis = Chassis(
        "toy", toy_settings(toy_database, issuer, clock="simulated", simulated_start=START)
    )
    clock = chassis.clock
    assert isinstance(clock, SimulatedClock)
    woken: list[datetime] = []
    clock.on_move(lambda: woken.append(clock.now()))
    later = START + timedelta(days=1)
    async with chassis.database.transaction() as tx:
        await clock.move(tx, later)
        assert clock.now() == START  # not before it is durable
    assert woken == [later]
    await chassis.database.close()


async def test_without_a_simulated_clock_there_is_no_call_that_moves_it(
    toy: httpx.AsyncClient, issuer: Issuer
) -> None:
    assert (await toy.post("/v1/clock", headers=ops(issuer), json={"now": JUNE})).status_code == 404
    assert "/v1/clock" not in (await toy.get("/openapi.json")).json()["paths"]
    assert abs(SystemClock().now() - datetime.now(UTC)) < timedelta(seconds=1)
