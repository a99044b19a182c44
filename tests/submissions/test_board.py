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
from tests.submissions.stand import Stand, essay
from tests.submissions.test_essays import rules

MOVES, WAIVERS = "/v1/deadline-moves", "/v1/waivers"


def move(option: str = "D6", day: str = "2020-07-15", **fields: Any) -> dict[str, Any]:
    return {
        "option": option,
        "date": day,
        "included": False,
        "notice": "Thông báo mẫu 01",
        "reason": "Gia hạn",
        **fields,
    }


def waiver(obligation: str, unit: str = "SNV") -> dict[str, Any]:
    return {"unit": unit, "obligation": obligation, "notice": "Thông báo mẫu 02", "reason": "Miễn"}


# Moved deadlines


async def test_a_moved_deadline_moves_for_all_who_owe_it(stand: Stand, campaign: Any) -> None:
    upper = sum(1 for unit in campaign.units if unit.level == "upper")
    taken = await stand.taken(MOVES, move(), role="board")
    assert (taken["units"], taken["last_good_day"]) == (upper, "2020-07-14")
    said = await stand.facts(DeadlineMoved)
    assert len({fact.unit for fact in said}) == upper
    assert {fact.previous_last_good_day for fact in said} == {date(2020, 7, 9)}


async def test_who_was_late_is_judged_again_and_who_missed_owes_again(stand: Stand) -> None:
    await stand.at("2020-07-12")
    await stand.fire()
    await stand.taken("/v1/contest-reports", {"unit": "SNV", "entries": 1, "prizes": 0})
    await stand.taken(MOVES, move(), role="board")
    again = [f for f in await stand.facts(ObligationFulfilled) if f.obligation == "D6"]
    assert [(fact.days_late, fact.version) for fact in again] == [(3, 3), (0, 5)]
    assert (await stand.owed("STP", "D6"))["status"] == "open"
    assert not [f for f in await stand.fire() if isinstance(f, DeadlineMissed)]
    await stand.at("2020-07-15 00:00:00")
    misses = [f for f in await stand.fire() if isinstance(f, DeadlineMissed)]
    assert {(fact.unit, fact.deadline_version) for fact in misses} >= {("STP", 2)}
    assert "SNV" not in {fact.unit for fact in misses}


async def test_a_move_to_a_day_that_is_over_too_is_missed_once_more(stand: Stand) -> None:
    await stand.at("2020-07-20")
    await stand.fire()
    await stand.taken(MOVES, move(), role="board")
    misses = [f for f in await stand.fire() if isinstance(f, DeadlineMissed) and f.unit == "STP"]
    assert [(fact.obligation, fact.deadline_version) for fact in misses] == [("D6", 2)]
    assert await stand.fire() == []


async def test_moves_that_make_no_sense_are_refused(stand: Stand) -> None:
    await stand.at("2020-07-05")
    unknown = await stand.refused(422, MOVES, move("D4"), role="board")
    assert rules(unknown) == {("/option", "deadlines.known")}
    outside = await stand.refused(422, MOVES, move(day="2021-02-01"), role="board")
    assert rules(outside) == {("/date", "deadlines.within")}
    backwards = await stand.refused(422, MOVES, move(day="2020-07-05"), role="board")
    assert rules(backwards) == {("/date", "deadlines.backwards")}
    same = await stand.refused(409, MOVES, move(day="2020-07-10"), role="board")
    assert same["type"].endswith("/same-deadline")
    on_the_ninth = await stand.refused(
        409, MOVES, move(day="2020-07-09", included=True), role="board"
    )
    assert on_the_ninth["type"].endswith("/same-deadline")


@pytest.mark.parametrize("day", ["0001-01-01", "0001-01-02", "9999-12-31"])
@pytest.mark.parametrize("included", [True, False])
async def test_the_ends_of_the_calendar_are_outside_the_campaign_like_any_other_day(
    stand: Stand, day: str, included: bool
) -> None:
    outside = await stand.refused(422, MOVES, move(day=day, included=included), role="board")
    assert rules(outside) == {("/date", "deadlines.within")}


async def test_a_deadline_moves_and_moves_back_though_some_units_owe_nothing(
    stand: Stand, campaign: Any
) -> None:
    upper = sum(1 for unit in campaign.units if unit.level == "upper")
    await stand.taken("/v1/essays", essay("STP"))  # owes no first essays (D5) from now on
    await stand.taken(WAIVERS, waiver("D6"), role="board")
    for option, later, back in (
        ("D5", "2020-06-25", "2020-06-20"),
        ("D6", "2020-07-15", "2020-07-10"),
    ):
        for day in (later, back, later):
            taken = await stand.taken(MOVES, move(option, day), role="board")
            assert taken["units"] == upper - 1
        same = await stand.refused(409, MOVES, move(option, later), role="board")
        assert same["type"].endswith("/same-deadline")
    said = await stand.facts(DeadlineMoved)
    assert len(said) == 2 * 3 * (upper - 1)
    assert not {("STP", "D5"), ("SNV", "D6")} & {(f.unit, f.obligation) for f in said}
    assert (await stand.owed("STP", "D5"))["status"] == "not-owed"
    assert (await stand.owed("SNV", "D6"))["status"] == "waived"


async def test_only_the_board_moves_and_waives(stand: Stand) -> None:
    for who in ({"role": "unit"}, {"role": "district", "unit": "Q001"}, {"role": "ops"}):
        await stand.refused(403, MOVES, move(), **who)
        await stand.refused(403, WAIVERS, waiver("D6"), **who)


# Waivers


async def test_a_waived_obligation_is_never_missed_and_its_report_is_still_kept(
    stand: Stand,
) -> None:
    await stand.taken(WAIVERS, waiver("D6"), role="board")
    assert len(await stand.facts(ObligationWaived)) == 1
    await stand.at("2020-07-10 00:00:00")
    assert ("SNV", "D6") not in {
        (fact.unit, fact.obligation)
        for fact in await stand.fire()
        if isinstance(fact, DeadlineMissed)
    }
    taken = await stand.taken("/v1/contest-reports", {"unit": "SNV", "entries": 1, "prizes": 0})
    assert taken["obligation"]["status"] == "waived"
    assert await stand.facts(ObligationFulfilled) == []


async def test_waivers_that_make_no_sense_are_refused(stand: Stand) -> None:
    foreign = await stand.refused(422, WAIVERS, waiver("D1"), role="board")
    assert rules(foreign) == {("/obligation", "obligations.known")}
    assert "D6" in foreign["faults"][0]["en"]
    unknown = await stand.refused(422, WAIVERS, waiver("D6", "SNV2"), role="board")
    assert rules(unknown) == {("/unit", "units.known")}
    await stand.taken(WAIVERS, waiver("D6"), role="board")
    twice = await stand.refused(409, WAIVERS, waiver("D6"), role="board")
    assert twice["type"].endswith("/already-waived")


# First essays (D5)


async def test_an_essay_by_the_notice_s_day_means_no_first_essays_are_owed(stand: Stand) -> None:
    await stand.at("2020-06-05 23:59:59")
    await stand.taken("/v1/essays", essay())
    assert (await stand.owed("SNV", "D5"))["status"] == "not-owed"
    await stand.at("2020-06-20 00:00:00")
    missed = {f.unit for f in await stand.fire() if isinstance(f, DeadlineMissed)}
    assert "SNV" not in missed
    assert "STP" in missed


async def test_the_first_essay_after_the_notice_fulfils_and_the_second_does_not(
    stand: Stand,
) -> None:
    await stand.at("2020-06-10")
    first = await stand.taken("/v1/essays", essay())
    await stand.taken("/v1/essays", essay())
    (fact,) = await stand.facts(ObligationFulfilled)
    assert (fact.obligation, str(fact.by_id), fact.days_late) == ("D5", first["essay_id"], 0)


async def test_a_withdrawn_first_essay_is_replaced_by_the_next_and_the_last_one_stays(
    stand: Stand,
) -> None:
    await stand.at("2020-06-10")
    first = await stand.taken("/v1/essays", essay())
    path, reason = f"/v1/essays/{first['essay_id']}/withdrawal", {"reason": "Trùng"}
    alone = await stand.refused(409, path, reason, unit="SNV")
    assert alone["type"].endswith("/last-essay")
    await stand.at("2020-06-22")
    second = await stand.taken("/v1/essays", essay())
    await stand.taken(path, reason, unit="SNV")
    said = [(str(f.by_id), f.days_late, f.version) for f in await stand.facts(ObligationFulfilled)]
    assert said == [(first["essay_id"], 0, 2), (second["essay_id"], 3, 3)]
    await stand.taken(WAIVERS, waiver("D5"), role="board")
    last = f"/v1/essays/{second['essay_id']}/withdrawal"
    await stand.taken(last, reason, unit="SNV")


async def test_an_essay_taken_back_before_the_notice_s_day_ends_leaves_the_unit_owing(
    stand: Stand,
) -> None:
    taken = await stand.taken("/v1/essays", essay())
    assert (await stand.owed("SNV", "D5"))["status"] == "not-owed"
    path = f"/v1/essays/{taken['essay_id']}/withdrawal"
    await stand.taken(path, {"reason": "Trùng"}, unit="SNV")
    assert (await stand.owed("SNV", "D5"))["status"] == "open"


async def test_when_the_day_of_first_essays_moves_their_lateness_is_judged_again(
    stand: Stand,
) -> None:
    await stand.taken("/v1/essays", essay("STP"))
    await stand.at("2020-06-22")
    await stand.taken("/v1/essays", essay("STP"))  # late by the contest's own end
    await stand.taken("/v1/essays", essay("SNV"))  # late by the notice's day
    taken = await stand.taken(MOVES, move("D5", "2020-06-23"), role="board")
    assert taken["essays_judged_again"] == 1
    said = [
        (fact.unit, fact.days_late, fact.version)
        for fact in await stand.facts(EssaySubmitted)
        if fact.submitted_at.astimezone(stand.desk.zone).date() == date(2020, 6, 22)
    ]
    assert said == [("STP", 11, 1), ("SNV", 3, 1), ("SNV", 0, 2)]


@pytest.mark.parametrize("sent", ["before the move", "after the move"])
async def test_who_was_released_from_first_essays_has_the_moved_day_too(
    stand: Stand, sent: str
) -> None:
    await stand.at("2020-06-10")
    await stand.taken(WAIVERS, waiver("D5"), role="board")
    await stand.at("2020-06-25")
    if sent == "before the move":
        late = await stand.taken("/v1/essays", essay())
        assert late["days_late"] == 6
    taken = await stand.taken(MOVES, move("D5", "2020-06-30", included=True), role="board")
    if sent == "before the move":
        assert taken["essays_judged_again"] == 1
    else:
        await stand.taken("/v1/essays", essay())
    await stand.taken("/v1/essays", essay("STP"))
    lateness = {f.unit: f.days_late for f in await stand.facts(EssaySubmitted)}  # the last word
    assert lateness == {"SNV": 0, "STP": 0}


async def test_first_essays_owed_after_all_are_owed_under_the_day_that_moved_meanwhile(
    stand: Stand,
) -> None:
    await stand.at("2020-06-05 09:00:00")
    taken = await stand.taken("/v1/essays", essay())
    await stand.taken(MOVES, move("D5", "2020-06-30"), role="board")
    path = f"/v1/essays/{taken['essay_id']}/withdrawal"
    await stand.taken(path, {"reason": "Trùng"}, unit="SNV")
    assert (await stand.owed("SNV", "D5"))["status"] == "open"
    await stand.at("2020-06-29 23:59:59")
    assert ("SNV", "D5") not in {
        (f.unit, f.obligation) for f in await stand.fire() if isinstance(f, DeadlineMissed)
    }
    await stand.at("2020-06-30 00:00:00")
    (missed,) = [
        fact
        for fact in await stand.fire()
        if isinstance(fact, DeadlineMissed) and (fact.unit, fact.obligation) == ("SNV", "D5")
    ]
    assert (missed.deadline_version, missed.last_good_day) == (2, date(2020, 6, 29))
