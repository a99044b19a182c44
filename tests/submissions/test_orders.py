"""Promises about orders of the Board: for all, for kinds, for some units, and taken back."""

from typing import Any
from uuid import uuid4

from services.contracts.events import DeadlineMissed, DeadlineMoved, EssaySubmitted
from tests.submissions.replica import Replica, essay
from tests.submissions.test_amendments import D6, SECOND_OPTION, amend, without
from tests.submissions.test_board import MOVES, move
from tests.submissions.test_essays import rules

LATER = {"date": "2020-07-15", "included": True}


def back(move_id: str, **fields: Any) -> dict[str, Any]:
    """What takes a move back."""
    return {
        "takes_back": move_id,
        "document": "Thông báo mẫu 03",
        "reason": "Thu hồi",
        **fields,
    }


async def last_day(replica: Replica, unit: str, obligation: str = "D6") -> str:
    return (await replica.owed(unit, obligation))["last_days"][obligation]  # type: ignore[no-any-return]


async def test_moved_for_all_then_for_two_then_taken_back_for_one(replica: Replica) -> None:
    first = await replica.taken(MOVES, move(day="2020-07-15"), role="board")
    two = {"scope": {"units": ["SNV", "STP"]}}
    second = await replica.taken(MOVES, move(day="2020-07-20", **two), role="board")
    assert (second["units"], second["previous_last_day"]) == (2, "2020-07-14")
    taken = await replica.taken(
        MOVES, back(second["move_id"], scope={"units": ["STP"]}), role="board"
    )
    assert (taken["units"], taken["last_day"]) == (1, "2020-07-14")
    days = [await last_day(replica, unit) for unit in ("SNV", "STP", "STC")]
    assert days == ["2020-07-19", "2020-07-14", "2020-07-14"]
    versions = [(await replica.owed(u, "D6"))["deadline_version"] for u in ("SNV", "STP", "STC")]
    assert versions == [3, 4, 2]
    read = (await replica.read("/orders")).raise_for_status().json()["orders"]
    assert [(one["number"], one["act"], len(one["units"])) for one in read] == [
        (1, "move", first["units"]),
        (2, "move", 2),
        (3, "take-back", 1),
    ]
    assert read[1]["taken_back_by"] == [taken["move_id"]]
    assert read[2]["takes_back"] == second["move_id"]
    await replica.at("2020-07-15 00:00:00")
    missed = {
        fact.unit
        for fact in await replica.fire()
        if isinstance(fact, DeadlineMissed) and fact.obligation == "D6"
    }
    assert {"STP", "STC"} <= missed
    assert "SNV" not in missed
    await replica.at("2020-07-20 00:00:00")
    late = [f for f in await replica.fire() if isinstance(f, DeadlineMissed)]
    assert [(f.unit, f.deadline_version) for f in late if f.obligation == "D6"] == [("SNV", 3)]


async def test_taken_back_as_a_whole_the_days_are_as_if_it_had_never_been(
    replica: Replica,
) -> None:
    upper = await replica.taken(MOVES, move(scope={"levels": ["upper"]}), role="board")
    assert upper["units"] == 64
    one = await replica.taken(MOVES, move(day="2020-07-25", scope={"units": ["SNV"]}), role="board")
    await replica.taken(MOVES, back(upper["move_id"]), role="board")
    assert [await last_day(replica, u) for u in ("SNV", "STP")] == ["2020-07-24", "2020-07-09"]
    same = await replica.refused(409, MOVES, back(upper["move_id"]), role="board")
    assert same["type"].endswith("/same-deadline")
    gone = await replica.taken(MOVES, back(one["move_id"]), role="board")
    assert gone["last_day"] == "2020-07-09"
    again = await replica.taken(MOVES, back(gone["move_id"]), role="board")
    assert again["last_day"] == "2020-07-24"


async def test_a_preview_says_whom_it_touches_and_changes_nothing(replica: Replica) -> None:
    await replica.at("2020-07-11")
    await replica.taken("/contest-reports", {"unit": "SNV", "entries": 1, "prizes": 0})
    await replica.fire()
    before = await replica.rows(), await replica.owed("SNV", "D6"), len(await replica.events())
    body = move(scope={"units": ["SNV", "STP"]})
    key = str(uuid4())
    shown = await replica.taken(f"{MOVES}?preview=true", body, role="board", key=key)
    assert shown["preview"]
    assert [
        (
            one["unit"],
            one["status_before"],
            one["status"],
            one["days_late_before"],
            one["days_late"],
        )
        for one in shown["changes"]
    ] == [("SNV", "fulfilled", "fulfilled", 2, 0), ("STP", "missed", "open", None, None)]
    after = await replica.rows(), await replica.owed("SNV", "D6"), len(await replica.events())
    assert after == before
    done = await replica.taken(MOVES, body, role="board", key=key)
    assert (done["preview"], done["changes"]) == (False, shown["changes"])


async def test_the_contest_s_end_moves_for_all_and_for_some_and_back(replica: Replica) -> None:
    await replica.taken("/essays", essay("STP"))  # nothing is owed by first essays (D5)
    await replica.taken("/essays", essay("SNV"))
    await replica.at("2020-06-20")
    for unit in ("STP", "SNV"):
        assert (await replica.taken("/essays", essay(unit)))["days_late"] == 9
    body = {**move(day="2020-06-15", included=True), "contest": "essays"}
    body.pop("option")
    taken = await replica.taken(MOVES, body, role="board")
    assert (taken["previous_last_day"], taken["last_day"]) == ("2020-06-11", "2020-06-15")
    assert taken["essays_reassessed"] == 2
    some = {**body, "date": "2020-06-30", "scope": {"units": ["SNV"]}}
    moved = await replica.taken(MOVES, some, role="board")
    assert (moved["essays_reassessed"], moved["units"]) == (1, 1)
    assert (await replica.taken("/essays", essay("SNV")))["last_day"] == "2020-06-30"
    assert (await replica.taken("/essays", essay("STP")))["last_day"] == "2020-06-15"
    problem = await replica.refused(422, MOVES, back(moved["move_id"]), role="board")
    assert rules(problem) == {("/takes_back", "deadlines.backwards")}
    newest = {f.essay_id: (f.unit, f.days_late) for f in await replica.facts(EssaySubmitted)}
    assert sorted(newest.values()) == [
        ("SNV", 0),
        ("SNV", 0),
        ("SNV", 0),
        ("STP", 0),
        ("STP", 5),
        ("STP", 5),
    ]


async def test_what_can_t_be_ordered_is_refused_with_all_that_is_wrong(replica: Replica) -> None:
    both = await replica.refused(422, MOVES, {**move(), "contest": "essays"}, role="board")
    assert rules(both) == {("/option", "deadlines.target")}
    no_day = {key: value for key, value in move().items() if key not in ("date", "included")}
    assert rules(await replica.refused(422, MOVES, no_day, role="board")) == {
        ("/date", "deadlines.target")
    }
    scope = {"levels": ["uper"], "kinds": ["quan"], "units": ["SNV", "SNW"]}
    unknown = await replica.refused(422, MOVES, move(scope=scope), role="board")
    assert rules(unknown) == {
        ("/scope/levels/0", "orders.scope"),
        ("/scope/units/1", "orders.scope"),
    }
    assert "upper" in str(unknown["faults"])
    none = await replica.refused(422, MOVES, back(str(uuid4())), role="board")
    assert rules(none) == {("/takes_back", "orders.known")}
    await replica.refused(422, MOVES, move(scope={}), role="board")
    await replica.taken(MOVES, move(scope={"units": ["SNV"]}), role="board")
    await replica.at("2020-07-12")
    backwards = await replica.refused(422, MOVES, move(day="2020-07-11"), role="board")
    assert rules(backwards) == {("/date", "deadlines.backwards")}
    assert "SNV" in str(backwards["faults"])


async def test_units_that_are_not_concerned_get_no_fact_and_keep_their_version(
    replica: Replica,
) -> None:
    await replica.taken(MOVES, move(scope={"units": ["SNV"]}), role="board")
    assert {fact.unit for fact in await replica.facts(DeadlineMoved)} == {"SNV"}
    await replica.taken(MOVES, move(day="2020-07-12"), role="board")
    facts = await replica.facts(DeadlineMoved)
    assert {fact.deadline_version for fact in facts if fact.unit == "STP"} == {3}
    assert await last_day(replica, "SNV") == await last_day(replica, "STP") == "2020-07-11"


async def test_an_amendment_leaves_a_unit_the_day_that_was_moved_for_it_alone(
    replica: Replica,
) -> None:
    await replica.taken(MOVES, move(day="2020-07-20", scope={"units": ["SNV"]}), role="board")
    await amend(replica, (D6, SECOND_OPTION), without("D7"))
    found = (await replica.owed("SNV", "D6"))["last_days"]
    assert found == {"D6": "2020-07-19", "D6B": "2020-07-31"}
    await amend(replica, (D6, D6.replace("-10", "-12")), without("D7"), version=2)
    days = [await last_day(replica, unit) for unit in ("SNV", "STP")]
    assert days == ["2020-07-11", "2020-07-11"], "the plan's own day is another one"


async def test_an_order_names_the_account_to_the_board_and_to_no_event(replica: Replica) -> None:
    await replica.taken(MOVES, move(day="2020-07-20"), role="board")
    waiver = {"unit": "SNV", "obligation": "D7", "document": "1", "reason": "Bão"}
    await replica.taken("/waivers", waiver, role="board")
    await amend(replica, (D6, D6.replace("-10", "-25")))
    read = (await replica.read("/orders")).raise_for_status().json()["orders"]
    assert [(one["act"], one["ordered_by"]) for one in read] == [
        ("move", "board"),
        ("waive", "board"),
        ("amend", "board"),
    ]
    facts = "".join(event.data.model_dump_json() for event in await replica.events())
    assert '"board"' not in facts
    for role, unit in (("unit", "SNV"), ("district", "Q009")):
        assert (await replica.read("/orders", role=role, unit=unit)).status_code == 403
