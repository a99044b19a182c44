"""Promises about the Board's decisions: moved deadlines, waivers, and first essays (D5)."""

from datetime import date
from typing import Any

import pytest

from services.contracts.events import (
    DeadlineMissed,
    DeadlineMoved,
    EssaySubmitted,
    ObligationFulfilled,
    ObligationWaived,
)
from tests.submissions.examples import HANOI
from tests.submissions.replica import Replica, essay
from tests.submissions.test_essays import rules

MOVES, WAIVERS = "/deadline-moves", "/waivers"


def move(option: str = "D6", day: str = "2020-07-15", **fields: Any) -> dict[str, Any]:
    return {
        "option": option,
        "date": day,
        "included": False,
        "document": "Thông báo mẫu 01",
        "reason": "Gia hạn",
        **fields,
    }


def waiver(obligation: str, unit: str = "SNV") -> dict[str, Any]:
    return {
        "unit": unit,
        "obligation": obligation,
        "document": "Thông báo mẫu 02",
        "reason": "Miễn",
    }


# Moved deadlines


async def test_a_moved_deadline_moves_for_all_who_owe_it(replica: Replica, campaign: Any) -> None:
    upper = sum(1 for unit in campaign.units if unit.level == "upper")
    taken = await replica.taken(MOVES, move(), role="board")
    assert (taken["units"], taken["last_day"]) == (upper, "2020-07-14")
    published = await replica.facts(DeadlineMoved)
    assert len({fact.unit for fact in published}) == upper
    assert {fact.previous_last_day for fact in published} == {date(2020, 7, 9)}


async def test_who_was_late_is_judged_again_and_who_missed_owes_again(replica: Replica) -> None:
    await replica.at("2020-07-12")
    await replica.fire()
    await replica.taken("/contest-reports", {"unit": "SNV", "entries": 1, "prizes": 0})
    await replica.taken(MOVES, move(), role="board")
    fulfilled = [f for f in await replica.facts(ObligationFulfilled) if f.obligation == "D6"]
    assert [(fact.days_late, fact.version) for fact in fulfilled] == [(3, 3), (0, 5)]
    assert (await replica.owed("STP", "D6"))["status"] == "open"
    assert not [f for f in await replica.fire() if isinstance(f, DeadlineMissed)]
    await replica.at("2020-07-15 00:00:00")
    misses = [f for f in await replica.fire() if isinstance(f, DeadlineMissed)]
    assert {(fact.unit, fact.deadline_version) for fact in misses} >= {("STP", 2)}
    assert "SNV" not in {fact.unit for fact in misses}


async def test_a_move_to_a_day_that_is_over_too_is_missed_once_more(replica: Replica) -> None:
    await replica.at("2020-07-20")
    await replica.fire()
    await replica.taken(MOVES, move(), role="board")
    misses = [f for f in await replica.fire() if isinstance(f, DeadlineMissed) and f.unit == "STP"]
    assert [(fact.obligation, fact.deadline_version) for fact in misses] == [("D6", 2)]
    assert await replica.fire() == []


async def test_moves_that_make_no_sense_are_refused(replica: Replica) -> None:
    await replica.at("2020-07-05")
    unknown = await replica.refused(422, MOVES, move("D4"), role="board")
    assert rules(unknown) == {("/option", "deadlines.known")}
    outside = await replica.refused(422, MOVES, move(day="2021-02-01"), role="board")
    assert rules(outside) == {("/date", "deadlines.within")}
    backwards = await replica.refused(422, MOVES, move(day="2020-07-05"), role="board")
    assert rules(backwards) == {("/date", "deadlines.backwards")}
    same = await replica.refused(409, MOVES, move(day="2020-07-10"), role="board")
    assert same["type"].endswith("/same-deadline")
    on_the_ninth = await replica.refused(
        409, MOVES, move(day="2020-07-09", included=True), role="board"
    )
    assert on_the_ninth["type"].endswith("/same-deadline")


@pytest.mark.parametrize("day", ["1900-01-01", "1900-01-02", "2200-12-31"])
@pytest.mark.parametrize("included", [True, False])
async def test_the_first_and_last_days_that_are_read_are_outside_the_campaign_like_any_other_day(
    replica: Replica, day: str, included: bool
) -> None:
    outside = await replica.refused(422, MOVES, move(day=day, included=included), role="board")
    assert rules(outside) == {("/date", "deadlines.within")}


async def test_a_deadline_moves_and_moves_back_though_some_units_owe_nothing(
    replica: Replica, campaign: Any
) -> None:
    upper = sum(1 for unit in campaign.units if unit.level == "upper")
    await replica.taken("/essays", essay("STP"))  # owes no first essays (D5) from now on
    await replica.taken(WAIVERS, waiver("D6"), role="board")
    for option, later, back in (
        ("D5", "2020-06-25", "2020-06-20"),
        ("D6", "2020-07-15", "2020-07-10"),
    ):
        for day in (later, back, later):
            taken = await replica.taken(MOVES, move(option, day), role="board")
            assert taken["units"] == upper - 1
        same = await replica.refused(409, MOVES, move(option, later), role="board")
        assert same["type"].endswith("/same-deadline")
    published = await replica.facts(DeadlineMoved)
    assert len(published) == 2 * 3 * (upper - 1)
    assert not {("STP", "D5"), ("SNV", "D6")} & {(f.unit, f.obligation) for f in published}
    assert (await replica.owed("STP", "D5"))["status"] == "not-owed"
    assert (await replica.owed("SNV", "D6"))["status"] == "waived"


async def test_only_the_board_moves_and_waives(replica: Replica) -> None:
    for who in ({"role": "unit"}, {"role": "district", "unit": "Q001"}, {"role": "ops"}):
        await replica.refused(403, MOVES, move(), **who)
        await replica.refused(403, WAIVERS, waiver("D6"), **who)


# Waivers


async def test_a_waived_obligation_is_never_missed_and_its_report_is_still_kept(
    replica: Replica,
) -> None:
    await replica.taken(WAIVERS, waiver("D6"), role="board")
    assert len(await replica.facts(ObligationWaived)) == 1
    await replica.at("2020-07-10 00:00:00")
    assert ("SNV", "D6") not in {
        (fact.unit, fact.obligation)
        for fact in await replica.fire()
        if isinstance(fact, DeadlineMissed)
    }
    taken = await replica.taken("/contest-reports", {"unit": "SNV", "entries": 1, "prizes": 0})
    assert taken["obligation"]["status"] == "waived"
    assert await replica.facts(ObligationFulfilled) == []


async def test_waivers_that_make_no_sense_are_refused(replica: Replica) -> None:
    foreign = await replica.refused(422, WAIVERS, waiver("D1"), role="board")
    assert rules(foreign) == {("/obligation", "obligations.known")}
    assert "D6" in foreign["faults"][0]["en"]
    unknown = await replica.refused(422, WAIVERS, waiver("D6", "SNV2"), role="board")
    assert rules(unknown) == {("/unit", "units.known")}
    await replica.taken(WAIVERS, waiver("D6"), role="board")
    twice = await replica.refused(409, WAIVERS, waiver("D6"), role="board")
    assert twice["type"].endswith("/already-waived")


# First essays (D5)


async def test_an_essay_by_the_notice_s_day_means_no_first_essays_are_owed(
    replica: Replica,
) -> None:
    await replica.at("2020-06-05 23:59:59")
    await replica.taken("/essays", essay())
    assert (await replica.owed("SNV", "D5"))["status"] == "not-owed"
    await replica.at("2020-06-20 00:00:00")
    missed = {f.unit for f in await replica.fire() if isinstance(f, DeadlineMissed)}
    assert "SNV" not in missed
    assert "STP" in missed


async def test_the_first_essay_after_the_notice_fulfils_and_the_second_does_not(
    replica: Replica,
) -> None:
    await replica.at("2020-06-10")
    first = await replica.taken("/essays", essay())
    await replica.taken("/essays", essay())
    (fact,) = await replica.facts(ObligationFulfilled)
    assert (fact.obligation, str(fact.by_id), fact.days_late) == ("D5", first["essay_id"], 0)


async def test_a_withdrawn_first_essay_is_replaced_by_the_next(replica: Replica) -> None:
    await replica.at("2020-06-10")
    first = await replica.taken("/essays", essay())
    path, reason = f"/essays/{first['essay_id']}/withdrawal", {"reason": "Trùng"}
    await replica.at("2020-06-22")
    second = await replica.taken("/essays", essay())
    await replica.taken(path, reason, unit="SNV")
    fulfilled = [
        (str(f.by_id), f.days_late, f.version) for f in await replica.facts(ObligationFulfilled)
    ]
    assert fulfilled == [(first["essay_id"], 0, 2), (second["essay_id"], 3, 3)]
    await replica.taken(WAIVERS, waiver("D5"), role="board")
    last = f"/essays/{second['essay_id']}/withdrawal"
    await replica.taken(last, reason, unit="SNV")


async def test_an_essay_taken_back_before_the_notice_s_day_ends_leaves_the_unit_owing(
    replica: Replica,
) -> None:
    taken = await replica.taken("/essays", essay())
    assert (await replica.owed("SNV", "D5"))["status"] == "not-owed"
    path = f"/essays/{taken['essay_id']}/withdrawal"
    await replica.taken(path, {"reason": "Trùng"}, unit="SNV")
    assert (await replica.owed("SNV", "D5"))["status"] == "open"


async def test_when_the_day_of_first_essays_moves_their_lateness_is_judged_again(
    replica: Replica,
) -> None:
    await replica.taken("/essays", essay("STP"))
    await replica.at("2020-06-22")
    await replica.taken("/essays", essay("STP"))  # late by the contest's own end
    await replica.taken("/essays", essay("SNV"))  # late by the document's day
    taken = await replica.taken(MOVES, move("D5", "2020-06-23"), role="board")
    assert taken["essays_reassessed"] == 1
    published = [
        (fact.unit, fact.days_late, fact.version)
        for fact in await replica.facts(EssaySubmitted)
        if fact.submitted_at.astimezone(HANOI).date() == date(2020, 6, 22)
    ]
    assert published == [("STP", 11, 1), ("SNV", 3, 1), ("SNV", 0, 2)]


@pytest.mark.parametrize("sent", ["before the move", "after the move"])
async def test_who_was_released_from_first_essays_has_the_moved_day_too(
    replica: Replica, sent: str
) -> None:
    await replica.at("2020-06-10")
    await replica.taken(WAIVERS, waiver("D5"), role="board")
    await replica.at("2020-06-25")
    if sent == "before the move":
        late = await replica.taken("/essays", essay())
        assert late["days_late"] == 6
    taken = await replica.taken(MOVES, move("D5", "2020-06-30", included=True), role="board")
    if sent == "before the move":
        assert taken["essays_reassessed"] == 1
    else:
        await replica.taken("/essays", essay())
    await replica.taken("/essays", essay("STP"))
    lateness = {f.unit: f.days_late for f in await replica.facts(EssaySubmitted)}  # the last word
    assert lateness == {"SNV": 0, "STP": 0}


async def test_first_essays_owed_after_all_are_owed_under_the_day_that_moved_meanwhile(
    replica: Replica,
) -> None:
    await replica.at("2020-06-05 09:00:00")
    taken = await replica.taken("/essays", essay())
    await replica.taken(MOVES, move("D5", "2020-06-30"), role="board")
    path = f"/essays/{taken['essay_id']}/withdrawal"
    await replica.taken(path, {"reason": "Trùng"}, unit="SNV")
    assert (await replica.owed("SNV", "D5"))["status"] == "open"
    await replica.at("2020-06-29 23:59:59")
    assert ("SNV", "D5") not in {
        (f.unit, f.obligation) for f in await replica.fire() if isinstance(f, DeadlineMissed)
    }
    await replica.at("2020-06-30 00:00:00")
    (missed,) = [
        fact
        for fact in await replica.fire()
        if isinstance(fact, DeadlineMissed) and (fact.unit, fact.obligation) == ("SNV", "D5")
    ]
    assert (missed.deadline_version, missed.last_day) == (2, date(2020, 6, 29))
