"""What a replica has in memory is what the database has, or nothing is done by it."""

import asyncio

import pytest

from services.campaigns import registry as registry_module
from services.campaigns.path import campaign_of_path
from services.campaigns.registry import (
    CampaignChangedError,
    UnknownCampaignError,
    UnreadableCampaignError,
)
from services.chassis.problems import Refusal
from tests.campaigns.conftest import MakeKeeper
from tests.campaigns.keeper import Keeper
from tests.delivery.harness import until
from tests.support.announcing import announcement, renamed


async def test_a_campaign_announced_by_another_replica_is_there_when_it_is_asked_for(
    keeper: MakeKeeper,
) -> None:
    one, other = keeper(), keeper()
    await one.campaigns.start()
    with pytest.raises(UnknownCampaignError):
        await one.of()
    await other.announce(announcement())
    assert (await one.of()).units > 600


async def test_an_unknown_campaign_of_a_path_is_answered_in_both_languages(
    keeper: MakeKeeper,
) -> None:
    with pytest.raises(Refusal) as refused:
        await campaign_of_path(keeper().campaigns.registry, "hanoi-1954")
    assert refused.value.problem.status == 404
    vi, en = refused.value.detail or ("", "")
    assert vi.startswith("Không tìm thấy đợt thi đua")
    assert "was announced" in en


async def test_a_replica_that_is_told_of_a_change_reads_the_campaign_anew(
    keeper: MakeKeeper,
) -> None:
    one, other = keeper(), keeper()
    await other.announce(announcement())
    async with one.running():
        assert (await one.of()).generation == 1
        await other.announce(announcement(version=2))

        async def is_new() -> bool:
            return (await one.of()).generation == 2

        await until(is_new)


async def test_a_replica_that_is_behind_stands_back_and_catches_up(keeper: MakeKeeper) -> None:
    """Nobody told it: it learns of the change when it locks the campaign's row."""
    behind, other = keeper(), keeper()
    await other.announce(announcement())
    kept = await behind.of()
    await other.announce(announcement(version=2))
    assert await behind.of() is kept
    with pytest.raises(CampaignChangedError):
        await _act(behind)
    await _act(behind)
    assert (await behind.of()).generation == 2


async def test_several_campaigns_are_locked_at_once_or_none(keeper: MakeKeeper) -> None:
    behind, other = keeper(), keeper()
    for name in ("hanoi-2021", "hanoi-2020"):
        await other.announce(announcement(edit=renamed(name), rules=False))
    kept = [await behind.of(name) for name in ("hanoi-2021", "hanoi-2020")]
    await other.announce(announcement(version=2))
    registry = behind.campaigns.registry
    with pytest.raises(CampaignChangedError, match="hanoi-2020"):
        async with behind.chassis.database.transaction() as tx:
            await registry.require_all_current(tx, kept)
    assert await behind.of("hanoi-2021") is kept[0]
    assert (await behind.of("hanoi-2020")).generation == 2


async def test_a_campaign_that_many_ask_for_at_once_is_read_once(keeper: MakeKeeper) -> None:
    one = keeper()
    await one.announce(announcement())
    await asyncio.gather(*(one.of() for _ in range(50)))
    assert one.made == ["hanoi-2020"]


async def test_a_change_of_one_campaign_leaves_the_others_in_memory(keeper: MakeKeeper) -> None:
    one = keeper()
    for name in ("hanoi-2020", "hanoi-2021"):
        await one.announce(announcement(edit=renamed(name), rules=False))
    assert {kept.id for kept in await one.campaigns.registry.all()} == set()  # not looked yet
    await one.campaigns.start()
    await one.campaigns.registry.all()
    await one.announce(announcement(version=2))
    await one.campaigns.start()
    assert [kept.generation for kept in await one.campaigns.registry.all()] == [2, 1]
    assert one.made == ["hanoi-2020", "hanoi-2021", "hanoi-2020"]


async def test_a_campaign_that_stands_back_is_still_one_of_all(keeper: MakeKeeper) -> None:
    """Loops that go through all campaigns must not miss one for the time of a change."""
    one, other = keeper(), keeper()
    await other.announce(announcement())
    await one.campaigns.start()
    kept = await one.of()
    await other.announce(announcement(version=2))
    with pytest.raises(CampaignChangedError):
        async with one.chassis.database.transaction() as tx:
            await one.campaigns.registry.require_current(tx, kept)
    assert [one.generation for one in await one.campaigns.registry.all()] == [2]
    assert one.campaigns.registry.known() == {"hanoi-2020"}


async def test_a_question_about_all_campaigns_does_not_keep_them_all_in_memory(
    keeper: MakeKeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry_module, "MOST_BY_QUESTIONS", 2)
    one, years = keeper(), [f"hanoi-{year}" for year in range(2020, 2025)]
    for year in years:
        await one.announce(announcement(edit=renamed(year), rules=False))
    await one.campaigns.start()
    registry = one.campaigns.registry
    await registry.of("hanoi-2020")  # a fact of it came
    assert [made.id async for made in registry.each()] == years[::-1]
    assert set(registry._made) == {"hanoi-2020", "hanoi-2024"}
    read = len(one.made)
    assert (await registry.of("hanoi-2020")).id == "hanoi-2020"
    assert len(one.made) == read, "what work needs stays"


async def test_a_campaign_that_this_version_cannot_read_stops_no_other(keeper: MakeKeeper) -> None:
    """It was announced by a version that knows more; this one is degraded and says why."""
    one = keeper()
    await one.announce(announcement())
    newer = announcement(edit=lambda plan: renamed("hanoi-2030")(plan) + "\nnew_key: 1\n")
    await one.announce(newer)
    await one.campaigns.start()
    for _ in range(2):
        with pytest.raises(UnreadableCampaignError):
            await one.of("hanoi-2030")
    assert (await one.of()).units > 600
    assert [kept.id for kept in await one.campaigns.registry.all()] == ["hanoi-2020"]
    assert "hanoi-2030" in one.chassis.health.degraded()["campaigns"]
    await one.announce(announcement(version=2, edit=renamed("hanoi-2030")))
    await one.campaigns.start()
    assert (await one.of("hanoi-2030")).generation == 2
    assert "campaigns" not in one.chassis.health.degraded()


async def test_ready_says_which_campaigns_there_are(keeper: MakeKeeper) -> None:
    one = keeper()
    await one.campaigns.start()
    assert one.chassis.health.about() == {"campaigns": "none was announced"}
    for name in ("hanoi-2021", "hanoi-2020"):
        await one.announce(announcement(edit=renamed(name), rules=False))
    await one.campaigns.start()
    assert one.chassis.health.about() == {"campaigns": "hanoi-2020, hanoi-2021"}


async def _act(one: Keeper) -> None:
    kept = await one.of()
    async with one.chassis.database.transaction() as tx:
        await one.campaigns.registry.require_current(tx, kept)
