"""A fact can be here before its campaign, and waits for it; not for ever."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from services.campaigns.unknown import NotAnnouncedYetError, UnknownFacts
from services.chassis.retry import PermanentError, is_transient
from tests.campaigns.conftest import MakeKeeper
from tests.campaigns.keeper import Keeper
from tests.delivery.harness import until
from tests.support.announcing import announcement

Following = Callable[..., Awaitable[Keeper]]


async def test_it_waits_for_as_long_as_the_campaign_may_be_on_its_way(
    following: Following,
) -> None:
    one = await following(campaign_wait_s=3600)
    async with one.running():
        await until(lambda: _caught_up(one))
        with pytest.raises(NotAnnouncedYetError) as waits:
            one.campaigns.unknown.refuse_campaign("hanoi-2030")
        assert is_transient(waits.value)


async def test_then_it_is_set_aside_with_its_cause(following: Following) -> None:
    one = await following(campaign_wait_s=0)
    await one.announce(announcement())
    async with one.running():
        refused = await _refused(lambda: one.campaigns.unknown.refuse_campaign("hanoi-2030"))
        assert refused.reason == "unknown-campaign"


async def test_before_the_first_campaign_all_wait_for_as_long_as_it_takes(
    following: Following,
) -> None:
    one = await following(campaign_wait_s=0)
    async with one.running():
        await until(lambda: _caught_up(one))
        for _ in range(3):
            with pytest.raises(NotAnnouncedYetError):
                one.campaigns.unknown.refuse_campaign("hanoi-2020")
            await asyncio.sleep(0.01)


async def test_a_unit_waits_for_the_version_that_was_on_its_way_only(following: Following) -> None:
    """A unit is announced before there are facts of it, so its version lies on the topic."""
    one = await following(campaign_wait_s=3600)
    async with one.running():
        refused = await _refused(lambda: one.campaigns.unknown.refuse_unit("hanoi-2020", "P999"))
        assert (refused.reason, "P999" in refused.detail) == ("unknown-unit", True)


async def test_it_waits_while_the_announcements_cannot_be_read(keeper: MakeKeeper) -> None:
    """Without a broker nobody knows what was announced: nothing is set aside for that."""
    unknown = UnknownFacts(keeper().campaigns.follower, 0, lambda: ["hanoi-2020"])
    for _ in range(3):
        with pytest.raises(NotAnnouncedYetError):
            unknown.refuse_campaign("hanoi-2030")


async def _caught_up(one: Keeper) -> bool:
    return one.campaigns.follower.degraded() is None


async def _refused(refuse: Callable[[], object]) -> PermanentError:
    found: list[PermanentError] = []

    async def tried() -> bool:
        try:
            refuse()
        except NotAnnouncedYetError:
            return False
        except PermanentError as error:
            found.append(error)
        return bool(found)

    await until(tried)
    return found[0]
