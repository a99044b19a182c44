"""A campaign of the largest allowed size passes through the topic, and requests do not wait for it.

On each broker that the project supports: Apache Kafka, and the wheel's.
"""

import asyncio
import gc
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from infra.local.kafka import KafkaBroker
from infra.local.wheel_broker import WheelBroker
from services.contracts.campaign.loader import UNITS
from services.contracts.campaign.units_file import MAX_BYTES as MOST_UNITS_BYTES
from services.contracts.campaign.yaml_file import MAX_BYTES as MOST_YAML_BYTES
from services.contracts.events import CampaignAnnounced
from tests.campaigns.conftest import MakeKeeper
from tests.campaigns.keeper import Keeper, create_topics, publish
from tests.delivery.harness import until
from tests.support.announcing import announcement
from tests.support.wide_campaign import wide_campaign

UNITS_COUNT = 20_000
MB = 1_000_000


@pytest.fixture(params=["kafka", "wheel"])
def bootstrap(request: pytest.FixtureRequest, tmp_path: Path) -> object:
    """Where each broker is."""
    if request.param == "kafka":
        kafka: KafkaBroker = request.getfixturevalue("kafka")
        kafka.start()
        yield kafka.bootstrap
        return
    wheel = WheelBroker(tmp_path / "wheel")
    wheel.start()
    yield wheel.bootstrap
    wheel.stop()


@pytest.fixture(scope="module")
def largest(tmp_path_factory: pytest.TempPathFactory) -> CampaignAnnounced:
    """Three files, each nearly as large as it may be, of 20,000 units."""
    directory = wide_campaign(
        tmp_path_factory.mktemp("wide"), units=UNITS_COUNT, table=MOST_UNITS_BYTES - 10_000
    )
    assert (directory / UNITS).stat().st_size > 0.95 * MOST_UNITS_BYTES
    return announcement(directory, edit=_filled, edit_rules=_filled)


def _filled(text: str) -> str:
    """With comments, up to nearly the largest size of a YAML file."""
    line = "# " + "ghi chú " * 12 + "\n"
    room = MOST_YAML_BYTES - 1000 - len(text.encode())
    return text + line * (room // len(line.encode()))


async def test_it_is_taken_from_the_topic_whole(
    bootstrap: str, largest: CampaignAnnounced, keeper: MakeKeeper
) -> None:
    one = await _following(keeper, bootstrap)
    async with one.running():
        await publish(one.settings, largest)
        await until(lambda: _has_it(one))
        assert one.newest == largest
        assert (await one.of()).units == UNITS_COUNT


async def test_the_event_loop_goes_on_while_it_is_taken_and_read(
    bootstrap: str, largest: CampaignAnnounced, keeper: MakeKeeper
) -> None:
    """The longest stall is a fraction of the work: most of it is done aside."""
    one = await _following(keeper, bootstrap)
    await publish(one.settings, largest)
    async with _stalls() as stalls:
        begun = time.monotonic()
        async with one.running():
            await until(lambda: _has_it(one))
            assert (await one.of()).units == UNITS_COUNT
        took = time.monotonic() - begun
    assert max(stalls) < max(0.25, took / 4), f"{max(stalls):.2f} s of {took:.2f} s"


async def test_its_memory_is_given_back(
    bootstrap: str, largest: CampaignAnnounced, keeper: MakeKeeper
) -> None:
    """A restart reads every announcement once more, one after the other."""
    one = await _following(keeper, bootstrap)
    await publish(one.settings, largest)
    async with one.running():
        await until(lambda: _has_it(one))
    before = _resident_mb()
    for version in range(2, 12):
        amended = largest.model_copy(update={"version": version, "rules": None})
        await publish(one.settings, amended)
    again = await _following(keeper, bootstrap, prefix=one.settings.topic_prefix)
    async with again.running():
        await until(lambda: _caught_up(again))
        assert len(await again.rows()) == 11
    grown = _resident_mb() - before
    assert grown < 250, f"{grown} MB for ten more versions of 6 MB each"


async def _following(keeper: MakeKeeper, bootstrap: str, prefix: str = "") -> Keeper:
    new = not prefix
    one = keeper(bootstrap=bootstrap, prefix=prefix or f"t{secrets.token_hex(4)}")
    if new:
        await create_topics(one.settings)
    return one


async def _has_it(one: Keeper) -> bool:
    return await one.rows() == [("hanoi-2020", 1)]


async def _caught_up(one: Keeper) -> bool:
    return one.campaigns.follower.degraded() is None


@asynccontextmanager
async def _stalls() -> AsyncIterator[list[float]]:
    """For how long nothing else could run, time and again, while the block did. Seconds."""
    found = [0.0]

    async def measure() -> None:
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.01)
            found.append(time.monotonic() - before - 0.01)

    task = asyncio.create_task(measure())
    try:
        yield found
    finally:
        task.cancel()


def _resident_mb() -> int:
    gc.collect()
    return int(psutil.Process().memory_info().rss) // MB
