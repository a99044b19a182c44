"""A version of a campaign is taken once, whatever the order in which versions come."""

import asyncio
import itertools
import random
from datetime import timedelta

import pytest

from services.campaigns.registry import CampaignChangedError
from services.contracts.events import CampaignFact
from tests.campaigns.conftest import MakeKeeper
from tests.campaigns.keeper import Keeper, Kept
from tests.support.announcing import ANNOUNCED_AT, announcement, renamed, withdrawal


def _versions() -> list[CampaignFact]:
    return [
        announcement(
            version=number, at=ANNOUNCED_AT + timedelta(days=number), document=f"{number}/QĐ"
        )
        for number in (1, 2, 3)
    ]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_any_order_of_versions_ends_in_the_same_campaign(
    order: tuple[int, ...], keeper: MakeKeeper
) -> None:
    one, versions = keeper(), _versions()
    for number in order:
        assert await one.announce(versions[number])
    kept = (await one.of()).announced
    assert [(each.version, each.document) for each in kept.versions] == [
        (1, "1/QĐ"),
        (2, "2/QĐ"),
        (3, "3/QĐ"),
    ]
    assert kept.generation == 3


async def test_the_service_acts_on_the_newest_version_only(keeper: MakeKeeper) -> None:
    """A later version has the whole documents: what was before it needs no doing any more."""
    one, versions = keeper(), _versions()
    for number in (1, 0, 2):
        await one.announce(versions[number])
    assert one.acted == [("hanoi-2020", 2), ("hanoi-2020", 3)]


async def test_a_version_that_comes_again_changes_nothing(keeper: MakeKeeper) -> None:
    one = keeper()
    assert await one.announce(announcement())
    assert not await one.announce(announcement())
    assert not await one.announce(announcement(document="Văn bản khác"))
    assert [version.document for version in (await one.of()).announced.versions] == [
        announcement().document
    ]
    assert (await one.of()).generation == 1


async def test_replicas_that_take_a_version_side_by_side_take_it_once(keeper: MakeKeeper) -> None:
    replicas = [keeper() for _ in range(4)]
    taken = await asyncio.gather(*(one.announce(fact) for fact in _versions() for one in replicas))
    assert sum(taken) == 3
    assert await replicas[0].rows() == [("hanoi-2020", number) for number in (1, 2, 3)]


async def test_what_the_service_could_not_do_is_not_taken_either(keeper: MakeKeeper) -> None:
    one = keeper()
    one.fails = ZeroDivisionError("a bug")
    with pytest.raises(ZeroDivisionError):
        await one.announce(announcement())
    assert await one.rows() == []
    one.fails = None
    assert await one.announce(announcement())


async def test_campaigns_do_not_wait_for_each_other(keeper: MakeKeeper) -> None:
    one, other = keeper(), keeper()
    await one.announce(announcement())
    kept = await one.of()
    async with one.chassis.database.transaction() as tx:
        await one.campaigns.registry.require_current(tx, kept)
        fact = announcement(edit=renamed("hanoi-2021"), rules=False)
        async with asyncio.timeout(30):
            assert await other.announce(fact)


async def test_a_withdrawal_leaves_what_was_announced_readable(keeper: MakeKeeper) -> None:
    one = keeper()
    await one.announce(announcement())
    await one.announce(withdrawal())
    kept = (await one.of()).announced
    assert kept.withdrawn_at == ANNOUNCED_AT
    assert [version.version for version in kept.versions] == [1]
    assert len(kept.newest.units) > 600


async def test_a_withdrawal_that_comes_before_its_announcement_waits_for_it(
    keeper: MakeKeeper,
) -> None:
    one = keeper()
    await one.announce(withdrawal())
    with pytest.raises(LookupError):
        await one.of()
    await one.announce(announcement())
    assert (await one.of()).announced.withdrawn_at == ANNOUNCED_AT
    assert one.acted == [("hanoi-2020", 2)], "version 1 is past before it is here"


async def test_an_amendment_gets_its_turn_while_facts_keep_coming(keeper: MakeKeeper) -> None:
    """On a deadline's evening there is always a transaction that acts by the campaign."""
    busy, amending = keeper(database_pool_size=12), keeper()
    await busy.announce(announcement())
    draw = random.Random(5)  # noqa: S311 - not a secret
    amended = asyncio.Event()
    commands = 0

    async def keep_sending() -> None:
        nonlocal commands
        while not amended.is_set():
            kept = await busy.of()
            try:
                async with busy.chassis.database.transaction() as tx:
                    await busy.campaigns.registry.require_current(tx, kept)
                    await asyncio.sleep(draw.uniform(0.02, 0.06))
                commands += 1
            except CampaignChangedError:
                continue

    async with asyncio.TaskGroup() as group:
        for _ in range(10):
            group.create_task(keep_sending())
        await asyncio.sleep(0.3)
        try:
            async with asyncio.timeout(30):
                assert await amending.announce(announcement(version=2))
        finally:
            amended.set()
    assert commands
    # Nobody may have sent anything between the amendment and the end.
    await busy.campaigns.registry.refresh()
    assert (await busy.of()).generation == 2


async def test_nobody_acts_while_a_campaign_changes_and_the_change_waits_for_who_acts(
    keeper: MakeKeeper,
) -> None:
    one, other = keeper(), keeper()
    await one.announce(announcement())
    kept = await one.of()
    async with one.chassis.database.transaction() as tx:
        await one.campaigns.registry.require_current(tx, kept)
        change = asyncio.create_task(other.announce(announcement(version=2)))
        await asyncio.sleep(0.3)
        assert not change.done()
    assert await change
    with pytest.raises(CampaignChangedError):
        await _act_by(one, kept)
    await _act_by(one, await one.of())


async def _act_by(one: Keeper, kept: Kept) -> None:
    async with one.chassis.database.transaction() as tx:
        await one.campaigns.registry.require_current(tx, kept)
