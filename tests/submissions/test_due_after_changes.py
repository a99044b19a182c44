"""Promises about last days that come after what the unit does, where the plan or the tree changes:
each unit's day follows what it did, and nobody becomes late by it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from infra.local.issuer import Issuer
from services.contracts.events import DeadlineMissed
from tests.submissions.amending import NOTICE
from tests.submissions.awaiting import AFTER, CONTEST, D6, awaiting, held, moves
from tests.submissions.reform import REFORM, START, amended, conference, statuses, without_merger
from tests.submissions.replica import Replica, essay, running_replica, settings_of
from tests.submissions.test_campaigns import announcement_of
from tests.support.announcing import announcement

NEVER = "9999-12-31"


async def amend(one: Replica, version: int, *replaced: tuple[str, str]) -> None:
    """The plan of these tests, with texts replaced, as the next version."""

    def edit(text: str) -> str:
        for old, new in replaced:
            assert old in text, old
            text = text.replace(old, new)
        return text

    body = announcement_of(announcement(edit=lambda text: edit(awaiting(text))))
    del body["files"]["rules.yaml"]
    body = {"files": body["files"], "version": version, **NOTICE}
    await one.taken("/versions", body, role="board")


@pytest.fixture
async def after(dsn: str, issuer: Issuer) -> AsyncIterator[Replica]:
    """The campaign of 2020 with such days, on 1 June."""
    announced = announcement(edit=awaiting)
    async with running_replica(settings_of(dsn, issuer), issuer, announced) as one:
        await one.at("2020-06-01")
        yield one


async def day(one: Replica, unit: str, obligation: str = "D6") -> Any:
    return (await one.owed(unit, obligation))["last_days"][obligation]


async def test_more_days_are_more_days_for_each_unit_by_what_it_did(after: Replica) -> None:
    await after.taken("/conference-reports", held("2020-05-20"))
    await after.at("2020-06-10")
    await after.fire()
    assert (await after.owed("SNV", "D6"))["status"] == "missed"
    await amend(after, 1, (AFTER, "due: {days: 30, after: D2}"))
    assert ((await after.owed("SNV", "D6"))["status"], await day(after, "SNV")) == (
        "open",
        "2020-06-19",
    )
    assert await day(after, "STP") is None
    await after.taken("/conference-reports", held("2020-06-09", "STP"))
    assert await day(after, "STP") == "2020-07-09"
    await after.at("2020-06-20")
    await after.fire()
    missed = [one for one in await after.facts(DeadlineMissed) if one.obligation == "D6"]
    versions = [one.deadline_version for one in missed]
    assert versions == sorted(set(versions)), "once for each version"
    assert len(versions) == 2


async def test_fewer_days_take_away_nothing_that_is_over(after: Replica) -> None:
    await after.taken("/conference-reports", held("2020-05-28"))
    assert await day(after, "SNV") == "2020-06-12"
    await after.at("2020-06-10")
    await amend(after, 1, (AFTER, "due: {days: 5, after: D2}"))
    assert await day(after, "SNV") == "2020-06-12"
    await after.taken("/conference-reports", held("2020-06-09", "STP"))
    assert await day(after, "STP") == "2020-06-14"


async def test_a_day_becomes_one_that_depends_and_back(dsn: str, issuer: Issuer) -> None:
    fixed = announcement(edit=lambda text: awaiting(text).replace(AFTER, D6))
    async with running_replica(settings_of(dsn, issuer), issuer, fixed) as one:
        await one.at("2020-06-01")
        await one.taken("/conference-reports", held("2020-05-30"))
        await amend(one, 1)
        assert (await day(one, "SNV"), await day(one, "STP")) == ("2020-06-14", None)
        assert await moves(one, "SNV", "D6") == [("2020-07-09", "2020-06-14", None)]
        assert await moves(one, "STP", "D6") == [("2020-07-09", NEVER, None)]
        await amend(one, 2, (AFTER, D6))
        assert (await day(one, "SNV"), await day(one, "STP")) == ("2020-07-09", "2020-07-09")
        await one.taken("/conference-reports", held("2020-05-30", "STP"))
        assert await day(one, "STP") == "2020-07-09"
        orders = (await one.read("/orders")).raise_for_status().json()["orders"]
        last = [(each["previous_last_day"], each["last_day"]) for each in orders]
        assert ("2020-07-09", None) in last


async def test_a_moved_day_stays_through_an_amendment_that_is_about_something_else(
    after: Replica,
) -> None:
    body = {"option": "D6", "date": "2020-06-20", "included": True, **NOTICE}
    await after.taken("/deadline-moves", {**body, "scope": {"units": ["SNV"]}}, role="board")
    await amend(after, 1, ("approaching_days: [7, 1]", "approaching_days: [7, 2]"))
    await after.taken("/conference-reports", held("2020-06-01"))
    await after.taken("/conference-reports", held("2020-06-01", "STP"))
    assert (await day(after, "SNV"), await day(after, "STP")) == ("2020-06-20", "2020-06-16")


async def test_what_comes_new_after_a_conference_that_was_held_has_its_day_at_once(
    dsn: str, issuer: Issuer
) -> None:
    """And not where that day is over: nobody could have known."""
    begin = "  - id: E3\n"

    def without(text: str) -> str:
        return awaiting(text).partition(begin)[0]

    async with running_replica(settings_of(dsn, issuer), issuer, announcement(edit=without)) as one:
        await one.at("2020-06-01")
        await one.taken("/conference-reports", held("2020-05-20"))
        await one.taken("/conference-reports", held("2020-05-02", "STP"))
        await amend(one, 1)
        assert await day(one, "SNV", "E3") == "2020-06-09"
        assert "E3" not in await statuses(one, "STP")
        assert await day(one, "Q009", "E3") is None


# Mergers


def within(days: int) -> Any:
    """The plan of the reform in which the contest is reported some days after the conference."""
    due = "due: {date: 2025-09-30, included: true}"
    return lambda text: text.replace(due, f"due: {{days: {days}, after: T2}}")


@pytest.fixture
async def reforming(dsn: str, issuer: Issuer) -> AsyncIterator[Replica]:
    """The campaign that runs across 1 July 2025, in which it is so, on 1 June."""
    announced = announcement(REFORM, edit=within(40))
    settings = settings_of(dsn, issuer, simulated_start=START)
    async with running_replica(settings, issuer, announced) as one:
        one.campaign = "reform-2025"
        await one.at("2025-06-01")
        yield one


async def test_a_new_unit_has_the_days_after_what_one_before_it_did_from_its_first_day_on(
    reforming: Replica,
) -> None:
    await reforming.taken("/conference-reports", conference("X1", "2025-05-20", "H1"))
    assert await day(reforming, "X1", "T3") == "2025-06-29"
    await reforming.at("2025-07-01")
    await reforming.fire()
    assert await statuses(reforming, "X3") == {"T1": "missed", "T2": "fulfilled", "T3": "open"}
    assert await day(reforming, "X3", "T3") == "2025-08-10", "nobody becomes late by a merger"
    assert await moves(reforming, "X3", "T3") == [(NEVER, "2025-08-10", "2025-05-20")]
    await reforming.at("2025-08-11")
    await reforming.fire()
    assert (await statuses(reforming, "X3"))["T3"] == "missed"


async def test_who_goes_on_keeps_the_day_that_it_knows(dsn: str, issuer: Issuer) -> None:
    """X6 goes into X5 on 15 April."""
    announced = announcement(REFORM, edit=within(40))
    settings = settings_of(dsn, issuer, simulated_start=START)
    async with running_replica(settings, issuer, announced) as one:
        one.campaign = "reform-2025"
        await one.at("2025-04-10")
        await one.taken("/conference-reports", conference("X5", "2025-04-08", "H2"))
        await one.taken("/conference-reports", conference("X6", "2025-02-20", "H2"))
        await one.at("2025-04-15")
        await one.fire()
        assert await day(one, "X5", "T3") == "2025-05-18"
        assert (await statuses(one, "X5"))["T3"] == "open"


async def test_what_was_done_before_the_merger_is_in_time_for_who_took_over(
    reforming: Replica,
) -> None:
    await reforming.taken("/contest-reports", {**CONTEST, "unit": "X2"})
    await reforming.taken("/conference-reports", conference("X1", "2025-05-20", "H1"))
    await reforming.at("2025-07-01")
    await reforming.fire()
    owed = await reforming.owed("X3", "T3")
    assert (owed["status"], owed["days_late"]) == ("fulfilled", 0)


async def test_a_merger_that_is_taken_back_leaves_each_the_day_of_its_own_conference(
    reforming: Replica,
) -> None:
    await reforming.taken("/essays", essay("X1"))
    await reforming.taken("/conference-reports", conference("X1", "2025-05-30", "H1"))
    await reforming.at("2025-07-02")
    await reforming.fire()
    assert await day(reforming, "X3", "T3") == "2025-08-10"
    back = announcement(REFORM, 2, edit=within(40), edit_units=without_merger)
    await amended(reforming, back)
    await reforming.fire()
    assert await day(reforming, "X1", "T3") == "2025-07-09"
    assert await day(reforming, "X2", "T3") is None
