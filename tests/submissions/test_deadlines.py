"""Promises of the deadline clock: each miss once, after any downtime, by any number of replicas."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from datetime import date
from typing import Any

from infra.local.issuer import Issuer
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.deadlines import Deadline
from services.contracts.events import (
    DeadlineApproaching,
    DeadlineMissed,
    Fact,
    ObligationFulfilled,
)
from services.submissions.metrics import TIMERS_OVERDUE_SECONDS
from tests.submissions.replica import (
    Replica,
    announced,
    essay,
    moment,
    running_replica,
    settings_of,
)


def misses(facts: list[Any]) -> Counter[tuple[str, str, int]]:
    """How often each (unit, obligation, version of the deadline) was missed."""
    return Counter(
        (fact.unit, fact.obligation, fact.deadline_version)
        for fact in facts
        if isinstance(fact, DeadlineMissed)
    )


async def test_nothing_fires_before_its_instant_and_everything_at_it(replica: Replica) -> None:
    await replica.at("2020-06-29 23:59:59")
    await replica.fire()
    assert "D1" not in {
        obligation for _, obligation, _ in misses(await replica.facts(DeadlineMissed))
    }
    await replica.at("2020-06-30 00:00:00")
    published = await replica.fire()
    assert Counter(o for _, o, _ in misses(published)) == {"D1": 579}
    (moment_missed,) = {fact.missed_at for fact in published if isinstance(fact, DeadlineMissed)}
    assert moment_missed == moment("2020-06-30 00:00:00")


async def test_after_months_of_downtime_each_miss_comes_once_and_no_reminder_for_what_is_over(
    replica: Replica,
) -> None:
    await replica.at("2020-12-01")
    published = await replica.fire()
    assert not [fact for fact in published if isinstance(fact, DeadlineApproaching)]
    counted = misses(published)
    assert set(counted.values()) == {1}
    assert Counter(o for _, o, _ in counted) == {"D1": 579, "D2": 64, "D5": 64, "D6": 64, "D7": 64}
    assert await replica.fire() == []


async def test_two_replicas_side_by_side_fire_each_miss_once(
    dsn: str, issuer: Issuer, campaign: Campaign
) -> None:
    settings = settings_of(dsn, issuer, timer_batch=7)
    async with AsyncExitStack() as stack:
        both = [
            await stack.enter_async_context(running_replica(settings, issuer, announced(campaign)))
            for _ in range(2)
        ]
        await both[0].at("2020-07-01")
        published = await asyncio.gather(*(one.fire() for one in (*both, *both)))
        counted = misses([fact for facts in published for fact in facts])
        assert set(counted.values()) == {1}
        assert Counter(o for _, o, _ in counted) == {"D1": 579, "D5": 64}
        assert all(any(misses(facts)) for facts in published), "one of them had nothing to do"
        assert misses(list(await both[0].facts(DeadlineMissed))) == counted


async def test_starting_again_adds_no_obligation_and_no_second_miss(
    dsn: str, issuer: Issuer, campaign: Campaign
) -> None:
    settings = settings_of(dsn, issuer)
    async with running_replica(settings, issuer, announced(campaign)) as first:
        await first.at("2020-07-01")
        await first.fire()
        before = await first.rows()
    async with running_replica(settings, issuer, announced(campaign)) as second:
        assert await second.rows() == before
        assert await second.fire() == []


def with_deadline(campaign: Campaign, option: str, day: str) -> Campaign:
    """The campaign after somebody edited that deadline in plan.yaml."""
    edited = Deadline(date=date.fromisoformat(day), included=False)
    return Campaign(campaign.plan.with_deadlines({option: edited}), campaign.units)


async def test_a_deadline_that_a_notice_moved_is_the_notice_s_whatever_the_plan_says(
    dsn: str, issuer: Issuer, campaign: Campaign
) -> None:
    settings = settings_of(dsn, issuer)
    document = {"included": False, "document": "Thông báo mẫu 01", "reason": "Gia hạn"}
    async with running_replica(settings, issuer, announced(campaign)) as first:
        for day in ("2020-07-15", "2020-07-10", "2020-07-20"):  # all at one instant of the clock
            body = {"option": "D6", "date": day, **document}
            await first.taken("/deadline-moves", body, role="board")
    for plan_now in (
        announced(campaign),
        announced(with_deadline(campaign, "D6", "2020-07-20"), 2),
    ):
        async with running_replica(settings, issuer, plan_now) as next_one:
            body = {"option": "D6", "date": "2020-07-20", **document}
            same = await next_one.refused(409, "/deadline-moves", body, role="board")
            assert same["type"].endswith("/same-deadline")


async def test_a_reminder_comes_at_each_distance_once(replica: Replica) -> None:
    published: list[Fact] = []
    for day in range(1, 12):
        await replica.at(f"2020-07-{day:02} 08:00:00")
        published += await replica.fire()
        published += await replica.fire()
    reminders = [
        (fact.obligation, fact.days_left)
        for fact in published
        if isinstance(fact, DeadlineApproaching) and fact.unit == "SNV"
    ]
    assert reminders == [("D6", 7), ("D6", 1)]


async def test_a_clock_that_jumps_over_several_distances_reminds_of_the_nearest_only(
    replica: Replica,
) -> None:
    await replica.at("2020-07-09")
    published = [
        (fact.obligation, fact.days_left)
        for fact in await replica.fire()
        if isinstance(fact, DeadlineApproaching) and fact.unit == "SNV"
    ]
    assert published == [("D6", 1)]


async def test_who_has_reported_is_not_reminded(replica: Replica) -> None:
    await replica.taken("/contest-reports", {"unit": "SNV", "entries": 1, "prizes": 0})
    await replica.at("2020-07-03 00:00:00")
    reminded = {fact.unit for fact in await replica.fire() if fact.obligation == "D6"}  # type: ignore[attr-defined]
    assert "STP" in reminded
    assert "SNV" not in reminded


async def test_what_arrives_in_time_is_never_late_however_the_miss_and_the_commit_race(
    replica: Replica,
) -> None:
    """Reports under way at 23:59:59, while the clock passes midnight and misses fire."""
    units = [
        unit.code for unit in (await replica.context()).campaign.units if unit.level == "upper"
    ][:40]
    await replica.at("2020-07-09 23:59:59")

    async def midnight() -> list[Any]:
        published: list[Any] = []
        for _ in range(20):
            fired = await replica.deadlines.fire(moment("2020-07-10 00:00:00"))
            published += fired.facts
            await asyncio.sleep(0.005)
        return published

    answers, fired = await asyncio.gather(
        asyncio.gather(
            *(
                replica.send("/contest-reports", {"unit": unit, "entries": 1, "prizes": 0})
                for unit in units
            )
        ),
        midnight(),
    )
    assert {answer.status_code for answer in answers} == {201}
    assert {answer.json()["obligation"]["days_late"] for answer in answers} == {0}
    missed = {
        fact.unit: fact.version
        for fact in fired
        if isinstance(fact, DeadlineMissed) and fact.obligation == "D6"
    }
    fulfilled = {f.unit: f for f in await replica.facts(ObligationFulfilled)}
    assert set(fulfilled) == set(units)
    assert all(fulfilled[unit].days_late == 0 for unit in units)
    # Where the miss came first, the later version, which wins, says that it is fulfilled.
    assert all(fulfilled[unit].version > missed.get(unit, 0) for unit in units)
    assert len(missed) >= 64 - len(units)


async def test_entries_of_many_units_at_the_deadline_are_all_kept_and_none_is_late(
    replica: Replica,
) -> None:
    units = [
        unit.code for unit in (await replica.context()).campaign.units if unit.level == "upper"
    ][:10]
    await replica.at("2020-06-19 23:59:59")
    sent = [replica.send("/essays", essay(unit)) for unit in units for _ in range(12)]
    answers, _ = await asyncio.gather(
        asyncio.gather(*sent), replica.deadlines.fire(moment("2020-06-20 00:00:00"))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert not any(answer.json()["late"] for answer in answers)
    firsts = Counter(fact.unit for fact in await replica.facts(ObligationFulfilled))
    assert firsts == dict.fromkeys(units, 1)


async def test_a_miss_waits_for_the_grace_and_still_names_the_deadline_s_instant(
    dsn: str, issuer: Issuer, campaign: Campaign
) -> None:
    async with running_replica(
        settings_of(dsn, issuer, grace_seconds=60), issuer, announced(campaign)
    ) as one:
        await one.at("2020-06-30 00:00:59")
        assert "D1" not in {obligation for _, obligation, _ in misses(await one.fire())}
        await one.at("2020-06-30 00:01:00")
        published = [fact for fact in await one.fire() if isinstance(fact, DeadlineMissed)]
        assert len(published) == 579
        assert {fact.missed_at for fact in published} == {moment("2020-06-30 00:00:00")}


async def test_the_loop_wakes_when_the_simulated_clock_moves(replica: Replica) -> None:
    loop, chassis = replica.deadlines.loop, replica.chassis
    chassis.clock.on_move(loop.wake)  # type: ignore[attr-defined]  # a simulated clock
    running = asyncio.create_task(loop.run(clock=chassis.clock, metrics=chassis.metrics))
    try:
        await asyncio.sleep(0.2)
        begun = asyncio.get_running_loop().time()
        await replica.at("2020-06-30 00:00:00")
        while len(await replica.facts(DeadlineMissed)) < 643:
            assert asyncio.get_running_loop().time() - begun < 15, "misses did not come"
            await asyncio.sleep(0.02)
    finally:
        await loop.stop()
        await running


async def test_what_is_overdue_is_seen_although_nothing_fires_it(replica: Replica) -> None:
    def overdue_s() -> float | None:
        return replica.chassis.metrics.value(TIMERS_OVERDUE_SECONDS, campaign="hanoi-2020")

    await replica.at("2020-06-29 23:59:59")
    await replica.fire()
    await replica.deadlines.measure()
    assert overdue_s() == 0
    await replica.at("2020-06-30 00:02:00")  # the loop does not run here
    await replica.deadlines.measure()
    assert overdue_s() == 120
    await replica.fire()
    await replica.deadlines.measure()
    assert overdue_s() == 0


async def test_timers_that_another_replica_is_firing_are_not_asked_for_all_the_time(
    dsn: str, issuer: Issuer, campaign: Campaign
) -> None:
    settings = settings_of(dsn, issuer)
    async with running_replica(settings, issuer, announced(campaign)) as one:
        await one.at("2020-06-30 00:00:00")
        one.deadlines._simulated = False  # the machine's clock runs on while another one works
        async with one.chassis.database.transaction() as other:
            await other.execute("SELECT FROM timers FOR UPDATE")
            wanted = await one.deadlines.tick()
        assert wanted is not None
        assert wanted >= 1


async def test_a_unit_owes_until_it_ends_and_misses_only_what_falls_due_while_it_exists(
    dsn: str, issuer: Issuer, campaign: Campaign
) -> None:
    gone = campaign.units["STP"].model_copy(update={"valid_to": date(2020, 7, 1)})
    units = type(campaign.units)(gone if unit.code == "STP" else unit for unit in campaign.units)
    changed = Campaign(campaign.plan, units)
    async with running_replica(settings_of(dsn, issuer), issuer, announced(changed)) as one:
        answer = await one.read("/obligations", {"unit": "STP"})
        owed = [each["obligation"] for each in answer.json()["obligations"]]
        assert owed == ["D2", "D5", "D6", "D7"], "the last three fall due when it is no more"
        await one.at("2020-06-10")
        await one.taken("/essays", essay("STP"))
        await one.at("2020-07-01 00:00:00")
        await one.fire()
        answer = await one.read("/obligations", {"unit": "STP"})
        assert [each["obligation"] for each in answer.json()["obligations"]] == ["D5"]
        problem = await one.refused(422, "/essays", essay("STP"))
        (fault,) = problem["faults"]
        assert (fault["pointer"], fault["rule"]) == ("/unit", "units.existing")
        assert "01/07/2020" in fault["vi"]
        assert "1 July 2020" in fault["en"]
        await one.at("2020-10-01")
        await one.fire()
        assert not [fact for fact in await one.facts(DeadlineMissed) if fact.unit == "STP"]
