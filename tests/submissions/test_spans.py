"""Promises about spans: what is done before the first day does not count, the answer says so, and
what can be sent once only is refused until it counts."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from infra.local.issuer import Issuer
from services.contracts.events import DeadlineMissed, ObligationFulfilled
from tests.contracts.campaign.spans import with_spans
from tests.submissions.amending import NOTICE
from tests.submissions.replica import Replica, essay, running_replica, settings_of
from tests.submissions.test_board import MOVES, move
from tests.submissions.test_campaigns import announcement_of
from tests.submissions.test_essays import rules
from tests.submissions.test_figures import FIGURES, figure
from tests.submissions.test_how_much import PROPOSAL, PROPOSALS
from tests.support.announcing import announcement

CEREMONY = {"unit": "SNV", "held_on": "2020-06-09"}
CONTEST = {"unit": "SNV", "entries": 1, "prizes": 0}


@pytest.fixture
async def spanning(dsn: str, issuer: Issuer) -> AsyncIterator[Replica]:
    """The campaign of 2020 with spans from 10 to 20 June, on 1 June."""
    announced = announcement(edit=with_spans)
    settings = settings_of(dsn, issuer, simulated_start="2020-06-01T08:00:00+07:00")
    async with running_replica(settings, issuer, announced) as one:
        yield one


async def states(one: Replica, *obligations: str, unit: str = "SNV") -> list[str]:
    return [(await one.owed(unit, each))["status"] for each in obligations]


async def test_an_essay_before_the_first_day_is_taken_and_does_not_count(spanning: Replica) -> None:
    early = await spanning.taken("/essays", essay())
    (left_out,) = early["not_counted"]
    assert (left_out["obligation"], left_out["first_day"]) == ("S1", "2020-06-10")
    assert left_out["note"]["en"] == (
        "It does not count for “Essays of the second wave”, which counts from 10 June 2020 on."
    )
    assert await states(spanning, "S1") == ["open"]
    await spanning.at("2020-06-10 00:00:00")
    second = await spanning.taken("/essays", essay())
    assert second["not_counted"] == []
    assert await states(spanning, "S1") == ["fulfilled"]
    # The one that counted is taken back: the early one does not take its place.
    withdrawn = f"/essays/{second['essay_id']}/withdrawal"
    await spanning.taken(withdrawn, {"reason": "Trùng bài"}, unit="SNV")
    assert await states(spanning, "S1") == ["open"]


async def test_proposals_count_in_their_span_and_for_their_quarter(spanning: Replica) -> None:
    early = await spanning.taken(PROPOSALS, PROPOSAL)
    assert [one["obligation"] for one in early["not_counted"]] == ["S2"]
    assert await states(spanning, "S2", "P1-2020-Q2", "P1-2020-Q3", unit="Q009") == [
        "open", "fulfilled", "open",
    ]  # fmt: skip
    await spanning.at("2020-06-26")
    await spanning.fire()
    over = await spanning.taken(PROPOSALS, PROPOSAL)
    (left_out,) = over["not_counted"]
    assert (left_out["last_day"], left_out["first_day"]) == ("2020-06-25", None)
    assert await states(spanning, "S2", unit="Q009") == ["missed"]
    # By a later day it is in time after all, and so is what comes until then.
    await spanning.taken(MOVES, move("S2", "2020-06-27", included=True), role="board")
    moved = await spanning.owed("Q009", "S2")
    assert [moved[key] for key in ("status", "counted_day", "days_late")] == [
        "fulfilled", "2020-06-26", 0,
    ]  # fmt: skip
    second = await spanning.taken(PROPOSALS, {**PROPOSAL, "unit": "SNV"})
    assert second["not_counted"] == []
    assert await states(spanning, "S2") == ["fulfilled"]


async def test_one_proposal_is_enough_where_no_number_is_asked(spanning: Replica) -> None:
    await spanning.taken(PROPOSALS, PROPOSAL)
    assert await states(spanning, "S4", unit="Q009") == ["fulfilled"]


async def test_one_proposal_does_not_heal_the_quarters_before(spanning: Replica) -> None:
    await spanning.at("2020-10-02")
    missed = [fact for fact in await spanning.fire() if isinstance(fact, DeadlineMissed)]
    named = {fact.obligation for fact in missed if fact.unit == "Q009"}
    assert named >= {"P1-2020-Q1", "P1-2020-Q2", "P1-2020-Q3"}
    assert "P1-2020-Q4" not in named
    await spanning.taken(PROPOSALS, PROPOSAL)
    assert await states(spanning, "P1-2020-Q2", "P1-2020-Q3", "P1-2020-Q4", unit="Q009") == [
        "missed", "missed", "fulfilled",
    ]  # fmt: skip


async def test_a_figure_counts_from_its_report_within_the_span(spanning: Replica) -> None:
    body = figure(name="emulation-fund", value="900", period="2020-H1")
    early = await spanning.taken(FIGURES, body)
    assert [one["obligation"] for one in early["not_counted"]] == ["S3"]
    await spanning.at("2020-06-12")
    await spanning.taken(FIGURES, body)
    (done,) = [one for one in await spanning.facts(ObligationFulfilled) if one.obligation == "S3"]
    assert done.counted_day.isoformat() == "2020-06-12"


async def test_what_is_sent_once_is_refused_until_it_counts(spanning: Replica) -> None:
    await spanning.at("2020-06-15")
    held = await spanning.refused(422, "/ceremony-reports", {**CEREMONY, "joined_with": "none"})
    assert rules(held) == {("/held_on", "reports.begins")}
    await spanning.taken("/ceremony-reports", {**CEREMONY, "held_on": "2020-06-10"})
    assert await states(spanning, "D7") == ["fulfilled"]
    received = await spanning.refused(422, "/contest-reports", CONTEST)
    assert rules(received) == {("", "reports.begins")}
    await spanning.at("2020-07-01 00:00:00")
    taken = await spanning.taken("/contest-reports", CONTEST)
    assert taken["obligation"]["status"] == "fulfilled"


async def test_a_deadline_is_not_moved_before_the_first_day(spanning: Replica) -> None:
    problem = await spanning.refused(
        422, MOVES, move("S1", "2020-06-09", included=True), role="board"
    )
    assert rules(problem) == {("/date", "deadlines.within")}


async def test_the_calendar_shows_the_span(spanning: Replica) -> None:
    asked = {"unit": "SNV", "from": "2020-06-20", "to": "2020-06-20"}
    answer = await spanning.read("/v1/calendar", asked)
    found = {one["option"]: one for one in answer.raise_for_status().json()["entries"]}
    for option in ("S1", "S2"):
        days = [found[option][key] for key in ("first_day", "counts_from", "last_day")]
        assert days == ["2020-06-10", "2020-06-10", "2020-06-20"]


async def test_an_amendment_that_lets_it_begin_earlier_counts_what_was_sent(
    spanning: Replica,
) -> None:
    await spanning.taken("/essays", essay())
    body: dict[str, Any] = announcement_of(announcement(edit=with_spans))
    del body["files"]["rules.yaml"]
    plan = body["files"]["plan.yaml"]
    assert "{from: 2020-06-10, date: 2020-06-20" in plan
    body["files"]["plan.yaml"] = plan.replace("from: 2020-06-10, date", "from: 2020-06-01, date")
    await spanning.taken("/versions", {**body, "version": 1, **NOTICE}, role="board")
    assert await states(spanning, "S1") == ["fulfilled"]


AFTER_SPAN = """
  - id: S5
    title: {vi: "Trao thưởng", en: "Awards"}
    source: Văn bản mô phỏng
    levels: [upper]
    options:
      - {id: S5, by: ceremony-reported, counted_by: received, due: {days: 10, after: S2}}
"""


async def test_what_counts_by_a_move_makes_the_day_after_it_known(dsn: str, issuer: Issuer) -> None:
    announced = announcement(edit=lambda plan: with_spans(plan) + AFTER_SPAN.strip("\n") + "\n")
    async with running_replica(settings_of(dsn, issuer), issuer, announced) as one:
        await one.at("2020-06-28")
        late = await one.taken(PROPOSALS, PROPOSAL)
        assert [each["obligation"] for each in late["not_counted"]] == ["S2"]
        await one.taken(MOVES, move("S2", day="2020-06-30", included=True), role="board")
        assert await states(one, "S2", unit="Q009") == ["fulfilled"]
        assert (await one.owed("Q009", "S5"))["last_days"] == {"S5": "2020-07-08"}
