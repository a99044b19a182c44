"""Promises about successions that an amendment brings or takes back, and about acts at midnight."""

from typing import Any
from uuid import uuid4

import pytest

from infra.local.issuer import Issuer
from services.contracts.events import DeadlineMissed, ObligationWaived
from services.submissions.essays.schemas import EssayIn, WithdrawalIn
from services.submissions.essays.submit import ReceivedEssay, submit_essays
from services.submissions.essays.withdraw import withdraw_essay
from services.submissions.obligations.schemas import WaiverIn
from services.submissions.obligations.waive import waive_obligation
from services.submissions.reports.schemas import ContestIn
from services.submissions.reports.service import report_contest
from tests.submissions.reform import (
    REFORM,
    START,
    amended,
    conference,
    ending,
    facts_about,
    statuses,
    without_merger,
)
from tests.submissions.replica import Replica, essay, moment, running_replica, settings_of
from tests.support.announcing import announcement

X6_ENDS = "X6,Xã Sáu,xa,commune,H2,of-H2,,,2025-04-15,X5"
X6_GOES_ON = (
    "X6,Xã Sáu,xa,commune,H2,of-H2,,,2025-07-01,\nX6,Xã Sáu,xa,commune,HN,communes,,2025-07-01,,"
)


def x6_goes_on(text: str) -> str:
    """X6 does not go into X5."""
    assert X6_ENDS in text
    return text.replace(X6_ENDS, X6_GOES_ON)


# Announced in the season: until the day, who is to end owes


async def test_an_amendment_releases_nobody_before_the_day(dsn: str, issuer: Issuer) -> None:
    settings = settings_of(dsn, issuer, simulated_start=START)
    before = announcement(REFORM, edit_units=without_merger)
    async with running_replica(settings, issuer, before) as one:
        one.campaign = "reform-2025"
        await amended(one, announcement(REFORM, 2))
        assert (await statuses(one, "X1")) == {"T1": "open", "T2": "open", "T3": "open"}
        await one.at("2025-04-02")
        await one.fire()
        assert (await statuses(one, "X1"))["T1"] == "missed", "it was to end, and owed until then"
        await one.at("2025-06-20")
        await one.taken("/contest-reports", {"unit": "X1", "entries": 5, "prizes": 1})
        await one.at("2025-07-01")
        await one.fire()
        assert await statuses(one, "X3") == {"T1": "missed", "T2": "open", "T3": "fulfilled"}
        assert not await one.facts(ObligationWaived)
        assert set(await statuses(one, "X2")) == {"T1"}, "what was open ended with the unit"


async def test_what_a_unit_missed_and_then_did_late_is_both_for_who_took_over(
    reform: Replica,
) -> None:
    await reform.at("2025-04-05")
    await reform.fire()
    await reform.taken("/essays", essay("X1"))
    await reform.at("2025-07-01")
    await reform.fire()
    assert await facts_about(reform, "X3") == [
        ("deadline-missed", "T1"),
        ("obligation-fulfilled", "T1"),
    ]
    assert (await reform.owed("X3", "T1"))["days_late"] == 5


# Who is no more never owes again


@pytest.mark.parametrize("by", ["a document", "an amendment"])
async def test_a_later_day_opens_nothing_of_a_unit_that_ended(reform: Replica, by: str) -> None:
    await reform.at("2025-07-01")
    await reform.fire()
    before = await facts_about(reform, "X1")
    assert before == [("deadline-missed", "T1")]
    if by == "a document":
        move = {"option": "T1", "date": "2025-08-15", "included": True}
        body = {**move, "document": "30/TB", "reason": "Bão"}
        await reform.taken("/deadline-moves", body, role="board")
    else:

        def later(text: str) -> str:
            return text.replace("date: 2025-03-31", "date: 2025-08-15")

        await amended(reform, announcement(REFORM, 2, edit=later))
    assert (await statuses(reform, "X3"))["T1"] == "open"
    await reform.at("2025-08-20")
    await reform.fire()
    assert await facts_about(reform, "X1") == before
    assert (await statuses(reform, "X1"))["T1"] == "missed"
    assert (await facts_about(reform, "X3"))[-2:] == [
        ("deadline-missed", "T2"),
        ("deadline-missed", "T1"),
    ]


async def test_a_day_that_moves_before_the_obligations_are_passed_on_holds_for_the_successor(
    reform: Replica,
) -> None:
    """The service was down at midnight, say."""
    await reform.at("2025-04-10")
    await reform.fire()
    await reform.at("2025-07-01 00:00:30")
    move = {"option": "T1", "date": "2025-08-15", "included": True}
    await reform.taken(
        "/deadline-moves", {**move, "document": "30/TB", "reason": "Bão"}, role="board"
    )
    await reform.fire()
    assert (await statuses(reform, "X3"))["T1"] == "open"
    assert await facts_about(reform, "X1") == [("deadline-missed", "T1")]


# Sent before midnight, stored after the obligations were passed on

MIDNIGHT = "2025-06-30 23:59:59"


async def at_midnight(one: Replica, body: Any, act: Any) -> Any:
    """A command that arrived in the last second of 30 June, in a transaction of its own."""
    context = await one.context()
    receipt = context.receipt(moment(MIDNIGHT), uuid4())
    async with one.chassis.database.transaction() as tx:
        return await act(tx, context, body, receipt)


async def test_a_report_of_the_last_day_counts_whenever_it_is_stored(reform: Replica) -> None:
    await reform.at("2025-07-01 00:01:00")
    await reform.fire()
    await at_midnight(reform, ContestIn(unit="X1", entries=5, prizes=1), report_contest)
    assert await statuses(reform, "X3") == {"T1": "missed", "T2": "open", "T3": "fulfilled"}
    assert ("obligation-fulfilled", "T3") in await facts_about(reform, "X3")


async def test_an_entry_of_the_last_day_counts_and_can_be_taken_back_whenever_it_is_stored(
    reform: Replica,
) -> None:
    await reform.at("2025-07-01 00:01:00")
    await reform.fire()

    async def submit(tx: Any, context: Any, body: EssayIn, receipt: Any) -> Any:
        (answer,) = await submit_essays(tx, [ReceivedEssay(context, body, receipt, None)])
        return answer.essay_id

    first = await at_midnight(reform, EssayIn(**essay("X1")), submit)
    await at_midnight(reform, EssayIn(**essay("X2")), submit)
    state = await reform.owed("X3", "T1")
    assert (state["status"], state["days_late"]) == ("fulfilled", 91)

    async def withdraw(tx: Any, context: Any, body: WithdrawalIn, receipt: Any) -> Any:
        return await withdraw_essay(tx, context, first, body, receipt)

    await at_midnight(reform, WithdrawalIn(reason="Nhầm"), withdraw)
    assert (await reform.owed("X3", "T1"))["status"] == "fulfilled"
    assert [event for event, name in await facts_about(reform, "X3") if name == "T1"] == [
        "deadline-missed",
        "obligation-fulfilled",
        "obligation-fulfilled",
    ]


async def test_a_release_of_the_last_day_is_stored_for_the_unit_alone(reform: Replica) -> None:
    """One of two that were released releases nobody."""
    await reform.at("2025-07-01 00:01:00")
    await reform.fire()
    body = WaiverIn(unit="X1", obligation="T2", document="12/TB", reason="Bão")
    await at_midnight(reform, body, waive_obligation)
    assert (await statuses(reform, "X3"))["T2"] == "open"


# Taken back, or carried out otherwise


async def after_x6_went_into_x5(one: Replica) -> None:
    """Each first essay was due on 31 March: X6 sent one, X5 did not."""
    await one.taken("/essays", essay("X6"))
    await one.at("2025-04-16")
    await one.fire()
    assert await statuses(one, "X5") == {"T1": "fulfilled", "T2": "open", "T3": "open"}
    assert await statuses(one, "X6") == {"T1": "fulfilled"}


async def test_a_merger_that_is_taken_back_leaves_each_with_its_own(reform: Replica) -> None:
    await after_x6_went_into_x5(reform)
    await reform.at("2025-05-02")
    body = conference("X5", "2025-05-01", "H2")
    await reform.taken("/conference-reports", body)
    await amended(reform, announcement(REFORM, 2, edit_units=x6_goes_on))
    assert await statuses(reform, "X5") == {"T1": "missed", "T2": "fulfilled", "T3": "open"}
    assert await statuses(reform, "X6") == {"T1": "fulfilled", "T2": "open", "T3": "open"}
    assert (await facts_about(reform, "X5"))[-1] == ("deadline-missed", "T1")
    for _ in range(2):
        await reform.fire()
    await reform.at("2025-05-20")
    await reform.taken("/conference-reports", conference("X6", "2025-05-15", "H2"))
    await reform.at("2025-10-02")
    await reform.fire()
    assert await statuses(reform, "X6") == {"T1": "fulfilled", "T2": "fulfilled", "T3": "missed"}
    misses = [
        (f.unit, f.obligation, f.deadline_version) for f in await reform.facts(DeadlineMissed)
    ]
    assert len(misses) == len(set(misses)), "each version of a deadline is missed once"


async def test_a_merger_that_is_put_off_takes_place_on_its_later_day(reform: Replica) -> None:
    await after_x6_went_into_x5(reform)
    await reform.at("2025-05-02")
    put_off = ending("X6", "2025-04-15", "2025-06-01")
    await amended(reform, announcement(REFORM, 2, edit_units=put_off))
    assert (await statuses(reform, "X5"))["T1"] == "missed"
    assert (await statuses(reform, "X6"))["T2"] == "open"
    await reform.at("2025-05-20")
    await reform.taken("/conference-reports", conference("X6", "2025-05-15", "H2"))
    await reform.at("2025-06-01")
    await reform.fire()
    assert await statuses(reform, "X5") == {"T1": "fulfilled", "T2": "fulfilled", "T3": "open"}
    assert (await reform.owed("X5", "T1"))["days_late"] == 0


async def test_another_successor_gets_what_the_first_one_had(reform: Replica) -> None:
    await after_x6_went_into_x5(reform)
    await amended(reform, announcement(REFORM, 2, edit_units=ending("X6", ",X5", ",X4")))
    await reform.fire()
    assert (await statuses(reform, "X5"))["T1"] == "missed"
    assert (await statuses(reform, "X4"))["T1"] == "fulfilled"
    assert await statuses(reform, "X6") == {"T1": "fulfilled"}


async def test_another_day_that_is_past_too_changes_nothing(reform: Replica) -> None:
    await after_x6_went_into_x5(reform)
    before = [event.id for event in await reform.events()]
    earlier = ending("X6", "2025-04-15", "2025-04-10")
    await amended(reform, announcement(REFORM, 2, edit_units=earlier))
    await reform.fire()
    later = [event.data.event for event in await reform.events() if event.id not in before]
    assert later == ["campaign-announced"]


async def test_what_a_chain_passed_on_is_told_once_more_to_its_end(reform: Replica) -> None:
    """X6 goes into X1, and X1 with X2 becomes X3; then X6 goes on after all."""
    into_x1 = ending("X6", ",X5", ",X1")
    await amended(reform, announcement(REFORM, 2, edit_units=into_x1))
    await reform.taken("/essays", essay("X6"))
    await reform.at("2025-07-02")
    await reform.fire()
    assert (await statuses(reform, "X1"))["T1"] == "fulfilled"
    assert (await statuses(reform, "X3"))["T1"] == "fulfilled"
    await amended(reform, announcement(REFORM, 3, edit_units=x6_goes_on))
    await reform.fire()
    assert (await statuses(reform, "X1"))["T1"] == "missed"
    assert (await statuses(reform, "X3"))["T1"] == "missed"
    assert (await statuses(reform, "X6"))["T1"] == "fulfilled"


async def test_a_new_unit_that_is_not_to_be_owes_nothing_and_those_before_go_on(
    reform: Replica,
) -> None:
    await reform.taken("/essays", essay("X1"))
    body = {"unit": "X2", "obligation": "T3", "document": "12/TB", "reason": "Bão"}
    await reform.taken("/waivers", body, role="board")
    await reform.at("2025-07-02")
    await reform.fire()
    assert (await statuses(reform, "X3"))["T1"] == "fulfilled"
    await amended(reform, announcement(REFORM, 2, edit_units=without_merger))
    assert await statuses(reform, "X1") == {"T1": "fulfilled", "T2": "open", "T3": "open"}
    assert await statuses(reform, "X2") == {"T1": "missed", "T2": "open", "T3": "waived"}
    await reform.at("2025-10-02")
    await reform.fire()
    assert await statuses(reform, "X1") == {"T1": "fulfilled", "T2": "missed", "T3": "missed"}
    assert not [f for f in await reform.facts(DeadlineMissed) if f.unit == "X3"]


# Below a district


async def test_a_district_counts_the_communes_that_owe_a_conference(reform: Replica) -> None:
    """X6 owes it until it ends, X7 begins when the conferences are over."""

    def with_x7(text: str) -> str:
        row = "X7,Xã Bảy,xa,commune,H2,of-H2,,2025-06-20,2025-07-01,X5"
        return f"{text}{row}\n"

    await amended(reform, announcement(REFORM, 2, edit_units=with_x7))
    counted = (await reform.read("/units/H2/communes")).raise_for_status().json()
    assert counted["summary"]["none"] == 2
    await reform.at("2025-04-16")
    await reform.fire()
    counted = (await reform.read("/units/H2/communes")).raise_for_status().json()
    assert counted["summary"]["none"] == 1
    await reform.at("2025-06-21")
    counted = (await reform.read("/units/H2/communes")).raise_for_status().json()
    listed = {each["unit"]: each["status"] for each in counted["communes"]}
    assert listed == {"X4": "open", "X5": "open", "X7": "not-owed", "B1": "not-owed"}
    assert counted["summary"]["none"] == 2
