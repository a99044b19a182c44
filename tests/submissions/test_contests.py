"""Promises of plans with no essay contest, or with two: each has its end, levels, forms and marks,
and the day that counts; an essay is late by the day of its own contest and obligations."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from infra.local.issuer import Issuer
from services.contracts.events import (
    EssayJudged,
    EssaySubmitted,
    EssayWithdrawn,
    ObligationFulfilled,
    ObligationReopened,
)
from tests.submissions.amending import amendment
from tests.submissions.contests import former_words, two_contests, without_contest
from tests.submissions.replica import Replica, essay, running_replica, settings_of
from tests.submissions.test_board import MOVES, move
from tests.submissions.test_essays import rules
from tests.support.announcing import announcement

PROPOSAL = {
    "unit": "SNV",
    "exemplar": {"kind": "person", "name": "Gương mô phỏng", "address": "Địa chỉ mô phỏng"},
    "level": "city",
}


@pytest.fixture
async def none(dsn: str, issuer: Issuer) -> AsyncIterator[Replica]:
    """The campaign of 2020 without an essay contest."""
    announced = announcement(edit=without_contest)
    async with running_replica(settings_of(dsn, issuer), issuer, announced) as one:
        yield one


@pytest.fixture
async def two(dsn: str, issuer: Issuer) -> AsyncIterator[Replica]:
    """The campaign of 2020 with a contest of films beside that of essays."""
    announced = announcement(edit=two_contests)
    async with running_replica(settings_of(dsn, issuer), issuer, announced) as one:
        yield one


def film(unit: str = "SNV", **fields: Any) -> dict[str, Any]:
    """The body of a film that breaks no rule."""
    of_film = {"contest": "films", "form": "recorded", "minutes": "4", "words": None}
    return essay(unit, **of_film, acted_on="2020-05-01") | fields


def of_contest(contest: str, day: str, **fields: Any) -> dict[str, Any]:
    """What moves the end of a contest."""
    body = {**move(day=day, included=True), "contest": contest, **fields}
    del body["option"]
    return body


async def statistics(one: Replica) -> Any:
    return (await one.read("/statistics")).raise_for_status().json()


# No contest


async def test_without_a_contest_an_essay_is_refused_and_says_why(none: Replica) -> None:
    problem = await none.refused(422, "/essays", essay())
    assert rules(problem) == {("", "essays.contest")}
    assert "không có cuộc thi viết" in str(problem["faults"])
    named = await none.refused(422, "/essays", essay(contest="essays"))
    assert rules(named) == {("/contest", "essays.contest")}
    moved = await none.refused(422, MOVES, of_contest("essays", "2020-06-30"), role="board")
    assert rules(moved) == {("/contest", "deadlines.known")}


async def test_without_a_contest_the_rest_of_the_campaign_is_whole(none: Replica) -> None:
    await none.taken("/commendation-proposals", PROPOSAL)
    commune = {**PROPOSAL, "unit": "X00004"}
    await none.taken("/commendation-proposals", commune)  # no contest says from whom they come
    await none.taken(MOVES, move(), role="board")
    found = await statistics(none)
    assert (found["essays"], found["contests"], found["without_essays"]) == (0, [], [])
    assert found["proposals"] == 2
    text = found["paragraph"]
    assert "không có cuộc thi viết" in text["vi"]
    assert "proposed 2 commendations" in text["en"]
    calendar = (await none.read("/v1/calendar", {"unit": "SNV"})).raise_for_status().json()
    assert {each["obligation"] for each in calendar["entries"]} >= {"D2", "D6", "D7"}
    orders = (await none.read("/orders")).raise_for_status().json()["orders"]
    assert [each["contest"] for each in orders] == [None]
    assert (await none.read("/essays", {"unit": "SNV"})).json()["essays"] == []


# Two contests


async def test_an_essay_names_its_contest_where_there_are_two(two: Replica) -> None:
    missing = await two.refused(422, "/essays", essay())
    assert rules(missing) == {("/contest", "essays.contest")}
    assert "films" in str(missing["faults"])
    unknown = await two.refused(422, "/essays", essay(contest="film"))
    assert "“films”" in str(unknown["faults"])


async def test_each_contest_has_its_own_levels_forms_limits_and_marks(two: Replica) -> None:
    form = await two.refused(422, "/essays", essay(contest="films", acted_on="2020-05-01"))
    assert rules(form) == {("/form", "essays.form")}
    long = await two.refused(422, "/essays", film(minutes="6"))
    assert rules(long) == {("/minutes", "essays.max-minutes")}
    level = await two.refused(422, "/essays", essay("X00004", contest="essays"))
    assert rules(level) == {("/unit", "essays.level")}
    ids = {
        "films": (await two.taken("/essays", film("X00004")))["essay_id"],
        "essays": (await two.taken("/essays", essay(contest="essays")))["essay_id"],
    }
    path = "/essays/{}/judgement"
    await two.taken(path.format(ids["essays"]), {"mark": "86"}, role="board")
    high = await two.refused(422, path.format(ids["films"]), {"mark": "86"}, role="board")
    assert rules(high) == {("/mark", "essays.mark")}
    await two.taken(path.format(ids["films"]), {"mark": "8.5"}, role="board")
    marks = {fact.contest: str(fact.mark) for fact in await two.facts(EssayJudged)}
    assert marks == {"essays": "86", "films": "8.5"}


async def test_an_essay_is_late_by_the_end_and_the_obligations_of_its_own_contest(
    two: Replica,
) -> None:
    await two.at("2020-06-24")
    one = await two.taken("/essays", essay(contest="essays"))
    other = await two.taken("/essays", film(acted_on="2020-06-20"))
    assert (one["last_day"], one["days_late"]) == ("2020-06-25", 0)  # two are owed until then
    assert (other["last_day"], other["days_late"]) == ("2020-08-15", 0)
    commune = await two.taken("/essays", film("X00004", acted_on="2020-06-20"))
    assert commune["last_day"] == "2020-07-31", "it owes no film"
    assert (await two.owed("SNV", "F1"))["status"] == "fulfilled"
    (part,) = (await two.owed("SNV", "F2"))["progress"]
    assert (part["contest"], part["there"]) == ("essays", "1"), "a film is no essay"
    await two.taken("/essays", essay(contest="essays"))
    assert (await two.owed("SNV", "F2"))["status"] == "fulfilled"


async def test_essays_of_two_contests_that_come_together_each_do_their_own(two: Replica) -> None:
    await two.taken("/essays", essay(contest="essays"))
    await two.at("2020-06-20")
    bodies = [essay(contest="essays"), film(acted_on="2020-06-20")]
    answers = await asyncio.gather(*(two.send("/essays", body) for body in bodies))
    assert [answer.status_code for answer in answers] == [201, 201]
    for obligation in ("F1", "F2"):
        assert (await two.owed("SNV", obligation))["status"] == "fulfilled"


async def test_a_film_in_time_does_not_free_from_sending_essays_and_one_essay_does(
    two: Replica,
) -> None:
    await two.taken("/essays", film("STP"))
    await two.taken("/essays", essay("SNV", contest="essays"))
    assert (await two.owed("STP", "D5"))["status"] == "open"
    assert (await two.owed("SNV", "D5"))["status"] == "not-owed"


async def test_a_move_names_the_contest_and_moves_no_other(two: Replica) -> None:
    await two.at("2020-07-05")
    late = await two.taken("/essays", essay("SNV", contest="essays"))
    assert late["days_late"] == 10
    other = await two.taken("/essays", film("X00004", acted_on="2020-07-05"))
    taken = await two.taken(MOVES, of_contest("essays", "2020-06-30"), role="board")
    assert (taken["contest"], taken["essays_reassessed"]) == ("essays", 1)
    films = await two.taken(MOVES, of_contest("films", "2020-08-10"), role="board")
    assert (films["contest"], films["essays_reassessed"]) == ("films", 0)
    await two.taken(
        MOVES,
        {"takes_back": films["move_id"], "document": "Thông báo 03", "reason": "Thu hồi"},
        role="board",
    )
    assert (await two.taken("/essays", film("X00004", acted_on="2020-07-05")))["last_day"] == (
        "2020-07-31"
    )
    orders = (await two.read("/orders")).raise_for_status().json()["orders"]
    assert [each["contest"] for each in orders] == ["essays", "films", "films"]
    campaign = (await two.read("/v1/campaigns/hanoi-2020")).raise_for_status().json()
    ends = {each["contest"]: each["last_day"] for each in campaign["contests"]}
    assert ends == {"essays": "2020-06-30", "films": "2020-07-31"}
    calendar = (await two.read("/v1/calendar", {"unit": "SNV"})).raise_for_status().json()
    asked = {each["option"]: each["contest"] for each in calendar["entries"]}
    assert (asked["F1"], asked["D6"]) == ("films", None)
    assert orders[1]["title"]["vi"] == "Cuộc thi phim ngắn"
    newest = {str(fact.essay_id): fact for fact in await two.facts(EssaySubmitted)}
    assert newest[late["essay_id"]].days_late == 5
    assert newest[other["essay_id"]].version == 1


async def test_a_withdrawn_essay_is_replaced_by_one_of_its_own_contest(two: Replica) -> None:
    sent = await two.taken("/essays", film(acted_on="2020-05-01"))
    await two.taken("/essays", essay(contest="essays"))
    await two.taken(f"/essays/{sent['essay_id']}/withdrawal", {"reason": "Trùng"}, unit="SNV")
    assert (await two.owed("SNV", "F1"))["status"] == "open"
    (fact,) = await two.facts(EssayWithdrawn)
    assert fact.contest == "films"
    assert [f.obligation for f in await two.facts(ObligationReopened)] == ["F1"]


async def test_statistics_and_paragraph_are_by_contest(two: Replica) -> None:
    await two.taken("/essays", film("X00004"))
    await two.taken("/essays", film("SNV"))
    await two.taken("/essays", essay("SNV", contest="essays"))
    listed = (await two.read("/essays", {"unit": "SNV", "contest": "films"})).json()["essays"]
    assert [each["contest"] for each in listed] == ["films"]
    found = await statistics(two)
    by_contest = {one["contest"]: one for one in found["contests"]}
    assert {name: one["essays"] for name, one in by_contest.items()} == {"essays": 1, "films": 2}
    assert found["essays"] == 3
    assert found["by_form"] == {"written": 1, "recorded": 2, "press": 0}
    assert "X00004" not in by_contest["essays"]["without_essays"], "its level may send none"
    assert "X00004" not in by_contest["films"]["without_essays"]
    assert len(by_contest["essays"]["without_essays"]) == 63
    assert "“Cuộc thi phim ngắn” 2 bài" in found["paragraph"]["vi"]
    assert "contest of short films” 2" in found["paragraph"]["en"]


# The day of the act


async def test_the_day_of_the_act_counts_and_both_days_are_shown(two: Replica) -> None:
    await two.at("2020-08-20")
    taken = await two.taken("/essays", film(acted_on="2020-08-17"))
    assert (taken["acted_on"], taken["counted_day"], taken["days_late"]) == (
        "2020-08-17", "2020-08-17", 2,
    )  # fmt: skip
    assert taken["submitted_at"].startswith("2020-08-20")
    (fact,) = await two.facts(EssaySubmitted)
    assert (str(fact.acted_on), fact.counted_day, fact.days_late) == (
        "2020-08-17",
        fact.acted_on,
        2,
    )
    owed = await two.owed("SNV", "F1")
    assert (owed["counted_day"], owed["days_late"]) == ("2020-08-17", 2)
    read = (await two.read(f"/essays/{taken['essay_id']}")).raise_for_status().json()
    assert (read["counted_day"], read["acted_on"]) == ("2020-08-17", "2020-08-17")
    received = await two.taken("/essays", essay(contest="essays", acted_on="2020-05-05"))
    assert (received["counted_day"], received["acted_on"]) == ("2020-08-20", "2020-05-05")
    assert (await two.facts(EssaySubmitted))[-1].counted_day is None


async def test_of_a_press_work_the_day_of_publication_is_the_day_of_the_act(two: Replica) -> None:
    await two.at("2020-08-20")
    press = {"form": "press", "published_in": "Báo mô phỏng", "published_on": "2020-08-15"}
    body = {**film(), **press, "minutes": None}
    del body["acted_on"]
    taken = await two.taken("/essays", body)
    assert (taken["acted_on"], taken["days_late"]) == ("2020-08-15", 0)


async def test_the_day_of_the_act_is_asked_for_and_lies_within_the_campaign(two: Replica) -> None:
    body = film()
    del body["acted_on"]
    for day in (None, "2020-05-02", "2019-12-16"):
        problem = await two.refused(422, "/essays", {**body, "acted_on": day})
        assert rules(problem) == {("/acted_on", "essays.acted-on")}
    await two.taken("/essays", {**body, "acted_on": "2019-12-17"})


async def test_a_film_that_is_judged_anew_after_a_move_keeps_the_day_of_its_act(
    two: Replica,
) -> None:
    await two.at("2020-08-25")
    await two.taken("/essays", film("X00004", acted_on="2020-08-05"))
    taken = await two.taken(MOVES, of_contest("films", "2020-08-03"), role="board")
    assert taken["essays_reassessed"] == 1
    newest = (await two.facts(EssaySubmitted))[-1]
    assert (str(newest.acted_on), newest.days_late) == ("2020-08-05", 2)
    assert newest.counted_day == newest.acted_on, "scoring counts it by the table of that day"
    assert await two.facts(ObligationFulfilled) == []


# Amended


async def test_an_amendment_adds_a_contest_and_takes_none_away(replica: Replica) -> None:
    sent = await replica.taken("/essays", essay())
    body = amendment()
    body["files"]["plan.yaml"] = two_contests(body["files"]["plan.yaml"])
    await replica.taken("/versions", body, role="board")
    assert rules(await replica.refused(422, "/essays", essay())) == {("/contest", "essays.contest")}
    read = (await replica.read(f"/essays/{sent['essay_id']}")).json()
    assert read["contest"] == "essays"
    fewer = amendment(version=2)
    plan = two_contests(fewer["files"]["plan.yaml"]).replace("id: films", "id: clips")
    fewer["files"]["plan.yaml"] = plan.replace("contest: films", "contest: clips")
    problem = await replica.refused(422, "/versions", fewer, role="board")
    assert rules(problem) == {("/files/plan.yaml", "campaigns.contest-kept")}


async def test_an_amendment_lets_essays_count_by_another_day(two: Replica) -> None:
    sent = await two.taken("/essays", film())
    (fact,) = await two.facts(EssaySubmitted)
    assert str(fact.counted_day) == "2020-05-01"
    body = amendment()
    plan = two_contests(body["files"]["plan.yaml"])
    by_act = "counted_by: act, reporting_grace_days: 10"
    assert by_act in plan
    plan = plan.replace(by_act, "counted_by: received").replace("counted_by: act", "")
    body["files"]["plan.yaml"] = plan
    await two.taken("/versions", body, role="board")
    newest = (await two.facts(EssaySubmitted))[-1]
    assert (str(newest.essay_id), newest.version) == (sent["essay_id"], 2)
    assert newest.counted_day is None, "scoring counts it by the day of receipt from now on"


async def test_files_of_today_change_nothing_of_a_campaign_in_the_former_spelling(
    dsn: str, issuer: Issuer
) -> None:
    announced = announcement(edit=former_words)
    async with running_replica(settings_of(dsn, issuer), issuer, announced) as one:
        sent = await one.taken("/essays", essay())
        assert (sent["contest"], sent["last_day"]) == ("essays", "2020-06-11")
        await one.taken(MOVES, of_contest("essays", "2020-06-20"), role="board")
        amended = await one.taken("/versions", amendment(), role="board")
        assert (amended["owed"], amended["essays_reassessed"]) == (0, 0)
        assert (await one.taken("/essays", essay()))["last_day"] == "2020-06-20"
        orders = (await one.read("/orders")).raise_for_status().json()["orders"]
        assert [(each["act"], each["contest"]) for each in orders] == [("move", "essays")]
