"""Promises about what is owed in each period: each has its day, its own report or figure fulfils
it, the Board moves and releases one alone, and an amendment may add what comes back."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from infra.local.issuer import Issuer
from services.contracts.events import DeadlineMissed, DeadlineMoved, ObligationFulfilled
from tests.contracts.campaign.periodic import periodic
from tests.submissions.amending import NOTICE
from tests.submissions.declared import report
from tests.submissions.replica import Replica, running_replica, settings_of
from tests.submissions.test_board import MOVES, WAIVERS, move, waiver
from tests.submissions.test_campaigns import announcement_of
from tests.submissions.test_essays import rules
from tests.support.announcing import announcement

FIGURES = "/figures"


@pytest.fixture
async def quarterly(dsn: str, issuer: Issuer) -> AsyncIterator[Replica]:
    """The campaign of 2020 with a figure and a report owed each quarter, on 2 April."""
    announced = announcement(edit=periodic)
    settings = settings_of(dsn, issuer, simulated_start="2020-04-02T08:00:00+07:00")
    async with running_replica(settings, issuer, announced) as one:
        yield one


def figure(period: str, unit: str = "SNV", value: str = "12") -> dict[str, Any]:
    return {
        "unit": unit,
        "name": "documents-over-the-bus",
        "period": period,
        "value": value,
        "evidence": "Báo cáo mô phỏng",
    }


async def instances(replica: Replica, unit: str = "SNV") -> dict[str, str]:
    """Of what comes back: how each stands."""
    answer = await replica.read("/obligations", {"unit": unit})
    listed = answer.raise_for_status().json()["obligations"]
    return {one["obligation"]: one["status"] for one in listed if one["obligation"][0] == "R"}


async def test_each_quarter_is_fulfilled_by_its_own_figure_and_missed_on_its_own_day(
    quarterly: Replica,
) -> None:
    await quarterly.taken(FIGURES, figure("2020-Q2"))
    assert await instances(quarterly) == {
        "R1-2020-Q1": "open",
        "R1-2020-Q2": "fulfilled",
        "R1-2020-Q3": "open",
        "R1-2020-Q4": "open",
        "R2-2020-Q2": "open",
        "R2-2020-Q3": "open",
    }
    await quarterly.at("2020-04-12")
    missed = [fact for fact in await quarterly.fire() if isinstance(fact, DeadlineMissed)]
    assert {fact.obligation for fact in missed} == {"R1-2020-Q1"}
    await quarterly.taken(FIGURES, figure("2020-Q1"))
    done = [fact for fact in await quarterly.facts(ObligationFulfilled) if fact.unit == "SNV"]
    assert [(fact.obligation, fact.days_late) for fact in done] == [
        ("R1-2020-Q2", 0),
        ("R1-2020-Q1", 2),
    ]
    first = await quarterly.owed("SNV", "R1-2020-Q1")
    assert first["title"]["vi"] == "Số văn bản gửi qua trục quý I/2020"
    assert first["last_days"] == {"R1-2020-Q1": "2020-04-10"}


async def test_a_report_fulfils_the_quarter_that_it_is_of(quarterly: Replica) -> None:
    await quarterly.at("2020-06-26")
    taken = await quarterly.taken("/reports/quarterly-summary", report())
    (owed,) = taken["obligations"]
    assert (owed["obligation"], owed["status"], owed["days_late"]) == (
        "R2-2020-Q2", "fulfilled", 2,
    )  # fmt: skip
    taken = await quarterly.taken("/reports/quarterly-summary", report(period="2020-Q1"))
    assert taken["obligations"] == [], "it is not asked for that quarter"


async def test_the_board_moves_and_releases_one_period_alone(quarterly: Replica) -> None:
    await quarterly.taken(MOVES, move("R1-2020-Q1", "2020-04-20"), role="board")
    moved = await quarterly.facts(DeadlineMoved)
    assert {(fact.obligation, fact.option) for fact in moved} == {("R1-2020-Q1", "R1-2020-Q1")}
    await quarterly.taken(WAIVERS, waiver("R1-2020-Q2"), role="board")
    assert (await instances(quarterly))["R1-2020-Q2"] == "waived"
    unknown = await quarterly.refused(422, MOVES, move("R1", "2020-04-20"), role="board")
    assert "/option" in {at for at, _ in rules(unknown)}
    await quarterly.at("2020-07-12")
    missed = {
        fact.obligation
        for fact in await quarterly.fire()
        if isinstance(fact, DeadlineMissed) and fact.unit == "SNV"
    }
    assert missed >= {"R1-2020-Q1", "R2-2020-Q2"}
    assert missed.isdisjoint({"R1-2020-Q2", "R1-2020-Q3"})


async def test_the_calendar_has_each_period_on_its_day(quarterly: Replica) -> None:
    answer = await quarterly.read(
        "/v1/calendar", {"unit": "SNV", "from": "2020-09-01", "to": "2020-12-31"}
    )
    found = answer.raise_for_status().json()["entries"]
    assert [(one["last_day"], one["option"], one["title"]["en"]) for one in found] == [
        ("2020-09-24", "R2-2020-Q3", "Report on the movement for quarter 3 of 2020"),
        ("2020-10-10", "R1-2020-Q3", "Documents sent over the bus for quarter 3 of 2020"),
        ("2020-12-20", "R1-2020-Q4", "Documents sent over the bus for quarter 4 of 2020"),
    ]


async def test_the_file_is_shown_as_it_was_written(quarterly: Replica) -> None:
    answer = await quarterly.read("/versions/1")
    shown = answer.raise_for_status().json()["files"]
    assert shown["plan.yaml"] == announcement(edit=periodic).plan


async def test_an_amendment_adds_what_comes_back_from_now_on(replica: Replica) -> None:
    """What was reported before fulfils it; a period whose day is over is refused by its name."""
    await replica.at("2020-05-02")
    await replica.taken(FIGURES, figure("2020-Q2"))
    body = announcement_of(announcement(edit=periodic))
    del body["files"]["rules.yaml"]
    body |= {"version": 1, **NOTICE}
    problem = await replica.refused(422, "/versions", body, role="board")
    (fault,) = problem["faults"]
    assert fault["rule"] == "campaigns.new-and-over"
    assert "for quarter 1 of 2020” (R1-2020-Q1) was due by 10 April 2020" in fault["en"]
    plan = body["files"]["plan.yaml"]
    later = plan.replace("every: quarter", "every: [2020-Q2, 2020-Q3, 2020-Q4]")
    body["files"]["plan.yaml"] = later
    await replica.taken("/versions", body, role="board")
    assert await instances(replica) == {
        "R1-2020-Q2": "fulfilled",
        "R1-2020-Q3": "open",
        "R1-2020-Q4": "open",
        "R2-2020-Q2": "open",
        "R2-2020-Q3": "open",
    }
    # Another day for all periods is a deadline that moves in each that has not its own.
    body |= {"version": 2}
    body["files"]["plan.yaml"] = later.replace("days_after_end: 10", "days_after_end: 15")
    await replica.taken("/versions", body, role="board")
    moved = {
        (fact.obligation, fact.last_day.isoformat())
        for fact in await replica.facts(DeadlineMoved)
        if fact.unit == "SNV"
    }
    assert moved == {("R1-2020-Q2", "2020-07-15"), ("R1-2020-Q3", "2020-10-15")}
    # Without it who owes it is released.
    body |= {"version": 3}
    body["files"]["plan.yaml"] = later.partition("\n  - id: R1\n")[0] + "\n"
    await replica.taken("/versions", body, role="board")
    assert (await instances(replica))["R1-2020-Q3"] == "waived"
