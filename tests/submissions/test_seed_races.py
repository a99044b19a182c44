"""Promise: a unit that is added while a deadline is being moved gets the moved deadline.

Both orders of the two transactions are tried on a real database: a lock on a table that only one of
them writes stops that one just before its commit.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from infra.local.issuer import Issuer
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.units import UnitTree
from services.contracts.events import DeadlineMissed
from services.submissions.campaigns.follow import follow
from tests.submissions.replica import Replica, announced, running_replica, settings_of
from tests.submissions.test_races import begun, nothing_commits

MOVE = {
    "option": "D6",
    "date": "2020-07-15",
    "included": False,
    "document": "Thông báo mẫu",
    "reason": "Gia hạn",
}


def without_stp(campaign: Campaign) -> Campaign:
    """The campaign before the unit STP was added to units.csv."""
    units = UnitTree(unit for unit in campaign.units if unit.code != "STP")
    return Campaign(campaign.plan, units)


@asynccontextmanager
async def no_timer_is_set(replica: Replica) -> AsyncIterator[None]:
    """While this runs, whoever adds obligations waits with their rows inserted."""
    async with replica.chassis.database.transaction() as tx:
        await tx.execute("LOCK TABLE timers IN SHARE MODE")
        yield


async def check_that_stp_has_the_moved_deadline(replica: Replica) -> None:
    """As all units have it, by its day and its version, and it is missed by that one."""
    for unit in ("STP", "SNV"):
        state = await replica.owed(unit, "D6")
        assert (state["last_days"]["D6"], state["deadline_version"]) == ("2020-07-14", 2)
    await replica.at("2020-07-14 23:59:59")
    assert not await missed(replica)
    await replica.at("2020-07-15 00:00:00")
    versions = await missed(replica)
    assert versions["STP"] == versions["SNV"] == 2


async def add_stp(replica: Replica, campaign: Campaign) -> bool:
    """Take the amendment that adds the unit."""
    async with replica.chassis.database.transaction() as tx:
        taken = await follow(tx, announced(campaign, 2))
    replica.campaigns.stale(replica.campaign)
    return taken


async def missed(replica: Replica) -> dict[str, int]:
    """Who misses D6 now, under which version of the deadline."""
    return {
        fact.unit: fact.deadline_version
        for fact in await replica.fire()
        if isinstance(fact, DeadlineMissed) and fact.obligation == "D6"
    }


async def test_a_unit_that_is_added_during_a_move_waits_for_it(
    dsn: str, issuer: Issuer, campaign: Campaign
) -> None:
    settings = settings_of(dsn, issuer)
    async with running_replica(settings, issuer, announced(without_stp(campaign))) as replica:
        await replica.at("2020-07-01")
        await replica.fire()
        async with nothing_commits(replica):
            moved = await begun(replica, replica.send("/deadline-moves", MOVE, role="board"), 1)
            added = await begun(replica, add_stp(replica, campaign), 2)
        assert (await moved).status_code == 201
        assert await added
        await check_that_stp_has_the_moved_deadline(replica)


async def test_a_move_that_met_an_amendment_is_put_off_and_then_moves_the_new_unit_too(
    dsn: str, issuer: Issuer, campaign: Campaign
) -> None:
    settings = settings_of(dsn, issuer)
    async with running_replica(settings, issuer, announced(without_stp(campaign))) as replica:
        await replica.at("2020-07-01")
        await replica.fire()
        async with no_timer_is_set(replica):
            added = await begun(replica, add_stp(replica, campaign), 1)
            moving = replica.send("/deadline-moves", MOVE, role="board", key="move")
            moved = await begun(replica, moving, 2)
        assert await added
        put_off = await moved
        assert (put_off.status_code, put_off.headers["retry-after"]) == (503, "2")
        repeated = await replica.taken("/deadline-moves", MOVE, role="board", key="move")
        assert repeated["units"] == sum(unit.level == "upper" for unit in campaign.units)
        await check_that_stp_has_the_moved_deadline(replica)
