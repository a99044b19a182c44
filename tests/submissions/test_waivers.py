"""Promises about waivers: of one, of a kind, of a list, before and after a miss, and taken back."""

from typing import Any

from services.contracts.events import (
    DeadlineMissed,
    ObligationFulfilled,
    ObligationReopened,
    ObligationWaived,
)
from tests.submissions.amending import amendment
from tests.submissions.examples import DOCUMENT
from tests.submissions.replica import Replica, essay
from tests.submissions.test_board import WAIVERS, waiver
from tests.submissions.test_essays import rules
from tests.support.announcing import announcement

CONTEST = {"unit": "SNV", "entries": 1, "prizes": 0}


def of_some(obligation: str = "D6", **scope: Any) -> dict[str, Any]:
    return {"obligation": obligation, "scope": scope, **DOCUMENT}


def back(order_id: str, **fields: Any) -> dict[str, Any]:
    return {"takes_back": order_id, **DOCUMENT, **fields}


async def status(replica: Replica, *units: str, obligation: str = "D6") -> list[str]:
    return [(await replica.owed(unit, obligation))["status"] for unit in units]


async def missed(replica: Replica) -> set[tuple[str, int]]:
    """Who missed D6 now, under which version of its deadline."""
    return {
        (fact.unit, fact.deadline_version)
        for fact in await replica.fire()
        if isinstance(fact, DeadlineMissed) and fact.obligation == "D6"
    }


async def test_a_list_or_a_kind_is_released_and_the_others_owe_it(replica: Replica) -> None:
    two = await replica.taken(WAIVERS, of_some(units=["SNV", "STP"]), role="board")
    assert [one["unit"] for one in two["changes"]] == ["SNV", "STP"]
    preview = await replica.taken(f"{WAIVERS}?preview=true", of_some(kinds=["huyen"]), role="board")
    assert await status(replica, "SNV", "STP", "STC") == ["waived", "waived", "open"]
    kind = await replica.taken(WAIVERS, of_some(kinds=["huyen"]), role="board")
    assert (preview["preview"], preview["changes"]) == (True, kind["changes"])
    released = {fact.unit for fact in await replica.facts(ObligationWaived)}
    assert len(released) == 2 + kind["units"]
    await replica.at("2020-07-10 00:00:00")
    found = await missed(replica)
    assert ("STC", 1) in found
    assert released.isdisjoint({unit for unit, _ in found})


async def test_released_after_the_miss_and_owed_again_it_is_missed_again_once(
    replica: Replica,
) -> None:
    await replica.at("2020-07-12")
    assert ("STP", 1) in await missed(replica)
    order = await replica.taken(WAIVERS, of_some(levels=["upper"]), role="board")
    assert await status(replica, "SNV", "STP") == ["waived", "waived"]
    taken = await replica.taken(
        WAIVERS, back(order["order_id"], scope={"units": ["STP"]}), role="board"
    )
    assert [(one["unit"], one["status"]) for one in taken["changes"]] == [("STP", "open")]
    (fact,) = await replica.facts(ObligationReopened)
    assert (fact.unit, fact.cause, fact.deadline_version) == ("STP", "waiver-taken-back", 2)
    assert await missed(replica) == {("STP", 2)}
    assert await missed(replica) == set()
    assert await status(replica, "SNV", "STP") == ["waived", "missed"]


async def test_what_was_sent_before_or_during_a_waiver_counts_when_it_is_taken_back(
    replica: Replica,
) -> None:
    await replica.at("2020-07-11")
    await replica.taken("/contest-reports", CONTEST)  # two days late
    order = await replica.taken(WAIVERS, of_some(units=["SNV", "STP"]), role="board")
    await replica.at("2020-07-12")
    await replica.taken("/contest-reports", {**CONTEST, "unit": "STP"})
    await replica.taken(WAIVERS, back(order["order_id"]), role="board")
    assert await status(replica, "SNV", "STP") == ["fulfilled", "fulfilled"]
    last = {fact.unit: fact for fact in await replica.facts(ObligationFulfilled)}
    assert {unit: fact.days_late for unit, fact in last.items()} == {"SNV": 2, "STP": 3}
    owed = await replica.owed("SNV", "D6")
    assert (owed["version"], last["SNV"].version) == (6, 6)
    twice = await replica.refused(409, WAIVERS, back(order["order_id"]), role="board")
    assert twice["type"].endswith("/already-waived")


async def test_a_waiver_of_one_is_named_by_its_order_and_taken_back_by_it(
    replica: Replica,
) -> None:
    taken = await replica.taken(WAIVERS, waiver("D6"), role="board")
    await replica.taken(WAIVERS, back(taken["order_id"]), role="board")
    assert await status(replica, "SNV") == ["open"]
    await replica.at("2020-07-10 00:00:00")
    assert ("SNV", 2) in await missed(replica)
    read = (await replica.read("/orders")).json()["orders"]
    assert [(one["act"], one["units"], one["obligation"]) for one in read] == [
        ("waive", ["SNV"], "D6"),
        ("take-back", ["SNV"], "D6"),
    ]


async def test_who_owed_nothing_by_the_notice_owes_nothing_when_its_waiver_is_taken_back(
    replica: Replica,
) -> None:
    order = await replica.taken(WAIVERS, waiver("D5"), role="board")
    await replica.taken("/essays", essay())
    await replica.at("2020-06-10")
    await replica.taken(WAIVERS, back(order["order_id"]), role="board")
    assert await status(replica, "SNV", obligation="D5") == ["not-owed"]
    assert await replica.facts(ObligationReopened) == []


async def test_waivers_that_name_nobody_or_who_owes_nothing_are_refused(replica: Replica) -> None:
    nobody = {"obligation": "D6", **DOCUMENT}
    both = {**waiver("D6"), "scope": {"units": ["SNV"]}}
    for body in (nobody, both):
        problem = await replica.refused(422, WAIVERS, body, role="board")
        assert rules(problem) == {("/unit", "orders.scope")}
    foreign = await replica.refused(422, WAIVERS, of_some("D1", units=["SNV"]), role="board")
    assert rules(foreign) == {("/scope/units/0", "obligations.known")}
    unknown = await replica.refused(422, WAIVERS, of_some("D4", levels=["upper"]), role="board")
    assert rules(unknown) == {("/obligation", "obligations.known")}


# The last essay


async def test_when_the_last_essay_is_withdrawn_it_is_owed_again_and_missed_where_time_is_over(
    replica: Replica,
) -> None:
    await replica.at("2020-06-10")
    first = await replica.taken("/essays", essay())
    path, reason = f"/essays/{first['essay_id']}/withdrawal", {"reason": "Trùng"}
    await replica.taken(path, reason, unit="SNV")
    assert await status(replica, "SNV", obligation="D5") == ["open"]
    (fact,) = await replica.facts(ObligationReopened)
    assert (fact.cause, fact.document, fact.reason, fact.version) == (
        "essay-withdrawn",
        None,
        "Trùng",
        3,
    )
    await replica.at("2020-06-20 00:00:00")
    misses = [
        (fact.unit, fact.deadline_version)
        for fact in await replica.fire()
        if isinstance(fact, DeadlineMissed) and (fact.unit, fact.obligation) == ("SNV", "D5")
    ]
    assert misses == [("SNV", 2)]
    second = await replica.taken("/essays", essay())
    await replica.taken(f"/essays/{second['essay_id']}/withdrawal", reason, unit="SNV")
    (again,) = [
        fact
        for fact in await replica.fire()
        if isinstance(fact, DeadlineMissed) and (fact.unit, fact.obligation) == ("SNV", "D5")
    ]
    assert again.deadline_version == 3


async def test_a_released_unit_that_takes_its_essay_back_has_not_done_it(replica: Replica) -> None:
    await replica.at("2020-06-10")
    first = await replica.taken("/essays", essay())
    order = await replica.taken(WAIVERS, waiver("D5"), role="board")
    path = f"/essays/{first['essay_id']}/withdrawal"
    await replica.taken(path, {"reason": "Trùng"}, unit="SNV")
    await replica.taken(WAIVERS, back(order["order_id"]), role="board")
    assert await status(replica, "SNV", obligation="D5") == ["open"]


# Units that come later


async def test_a_unit_that_comes_later_has_the_orders_of_its_kind(replica: Replica) -> None:
    line = next(one for one in announcement().units.splitlines() if one.startswith("STP,"))
    kind = line.split(",")[2]
    await replica.taken(WAIVERS, of_some("D7", kinds=[kind]), role="board")
    moved = {"option": "D6", "date": "2020-07-25", "included": True, "scope": {"kinds": [kind]}}
    await replica.taken("/deadline-moves", {**moved, **DOCUMENT}, role="board")
    new = line.replace("STP,", "STX,", 1)
    await replica.taken("/versions", amendment(units=(line, f"{line}\n{new}")), role="board")
    assert await status(replica, "STX", obligation="D7") == ["waived"]
    assert (await replica.owed("STX", "D6"))["last_days"] == {"D6": "2020-07-25"}
    assert (await replica.owed("STP", "D6"))["last_days"] == {"D6": "2020-07-25"}
    assert "STX" in {fact.unit for fact in await replica.facts(ObligationWaived)}
