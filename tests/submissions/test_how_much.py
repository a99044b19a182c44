"""Promises of obligations that count: what was sent is counted over all acts, shown as progress,
and what is taken back takes away again what it gave."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from infra.local.issuer import Issuer
from services.contracts.events import DeadlineMissed, ObligationFulfilled, ObligationReopened
from tests.submissions.counted import counting
from tests.submissions.declared import report, with_reports
from tests.submissions.replica import Replica, essay, running_replica, settings_of
from tests.submissions.test_figures import FIGURES, figure
from tests.support.announcing import announcement

PROPOSALS = "/commendation-proposals"
PROPOSAL = {
    "unit": "Q009",
    "exemplar": {"kind": "collective", "name": "Tổ dân phố 5", "address": "Địa chỉ mô phỏng"},
    "level": "city",
}
PRESS = {
    "form": "press",
    "words": None,
    "published_in": "Báo mô phỏng",
    "published_on": "2020-05-02",
}


@pytest.fixture
async def counted(dsn: str, issuer: Issuer) -> AsyncIterator[Replica]:
    """The campaign of 2020 with obligations that count, on 1 June."""
    announced = announcement(edit=counting)
    async with running_replica(settings_of(dsn, issuer), issuer, announced) as one:
        await one.at("2020-06-01")
        yield one


async def essays(one: Replica, unit: str, *days: int) -> list[str]:
    """One on each of these days of June; their ids. A clock that stands gives no order."""
    sent = []
    for day in days:
        await one.at(f"2020-06-{day:02}")
        sent.append((await one.taken("/essays", essay(unit)))["essay_id"])
    return sent


async def progress(one: Replica, unit: str, obligation: str) -> list[tuple[str, Any, Any, Any]]:
    """Event, needed, there and missing of each part."""
    listed = (await one.owed(unit, obligation))["progress"]
    return [(each["by"], each["needed"], each["there"], each["missing"]) for each in listed]


async def judged(one: Replica, essay_id: str, mark: str) -> dict[str, Any]:
    return await one.taken(f"/essays/{essay_id}/judgement", {"mark": mark}, role="board")


async def reopened(one: Replica, obligation: str) -> list[str]:
    found = [each for each in await one.facts(ObligationReopened) if each.obligation == obligation]
    return [each.cause for each in found]


async def done(one: Replica, obligation: str) -> list[ObligationFulfilled]:
    return [each for each in await one.facts(ObligationFulfilled) if each.obligation == obligation]


async def test_the_third_essay_fulfils_and_progress_says_how_many_are_missing(
    counted: Replica,
) -> None:
    assert await progress(counted, "Q009", "M1") == [("essay-submitted", "3", "0", "3")]
    await essays(counted, "Q009", 1, 2)
    assert await progress(counted, "Q009", "M1") == [("essay-submitted", "3", "2", "1")]
    assert (await counted.owed("Q009", "M1"))["status"] == "open"
    third, _ = await essays(counted, "Q009", 3, 4)
    owed = await counted.owed("Q009", "M1")
    assert (owed["status"], owed["days_late"]) == ("fulfilled", 0)
    assert await progress(counted, "Q009", "M1") == [("essay-submitted", "3", "4", "0")]
    (fact,) = await done(counted, "M1")
    assert str(fact.by_id) == third
    assert (await counted.owed("Q009", "D6"))["progress"] is None


async def test_targets_differ_by_kind_and_by_unit(counted: Replica) -> None:
    await counted.taken("/essays", essay("STP"))
    await counted.taken("/essays", essay("SNV"))
    assert (await counted.owed("STP", "M1"))["status"] == "fulfilled"
    assert await progress(counted, "SNV", "M1") == [("essay-submitted", "2", "1", "1")]


async def test_an_essay_too_few_is_missed_and_then_fulfilled_late(counted: Replica) -> None:
    for _ in range(2):
        await counted.taken("/essays", essay("Q009"))
    await counted.at("2020-07-12")
    await counted.fire()
    missed = [each for each in await counted.facts(DeadlineMissed) if each.unit == "Q009"]
    assert "M1" in {each.obligation for each in missed}
    await counted.taken("/essays", essay("Q009"))
    assert (await counted.owed("Q009", "M1"))["days_late"] == 3


async def test_a_withdrawn_essay_is_replaced_by_the_next_or_the_obligation_is_owed_again(
    counted: Replica,
) -> None:
    sent = await essays(counted, "Q009", 1, 2, 3, 4)
    path = "/essays/{}/withdrawal"
    body = {"reason": "Gửi nhầm"}
    await counted.taken(path.format(sent[0]), body, unit="Q009")
    assert [str(each.by_id) for each in await done(counted, "M1")] == [
        sent[2],
        sent[3],
    ]
    await counted.taken(path.format(sent[1]), body, unit="Q009")
    assert await reopened(counted, "M1") == ["essay-withdrawn"]
    assert await progress(counted, "Q009", "M1") == [("essay-submitted", "3", "2", "1")]
    await essays(counted, "Q009", 5)
    assert (await counted.owed("Q009", "M1"))["status"] == "fulfilled"


async def test_a_mark_fulfils_and_a_lower_one_takes_it_away_again(
    counted: Replica,
) -> None:
    first, second = await essays(counted, "Q009", 1, 2)
    await counted.at("2020-07-20")
    await judged(counted, first, "79.5")
    assert (await counted.owed("Q009", "M2"))["status"] == "open"
    await judged(counted, first, "80")
    owed = await counted.owed("Q009", "M2")
    assert (owed["status"], owed["counted_day"], owed["days_late"]) == (
        "fulfilled",
        "2020-06-01",
        0,
    )
    await judged(counted, second, "90")
    await judged(counted, first, "70")
    assert [str(each.by_id) for each in await done(counted, "M2")] == [first, second]
    await judged(counted, second, "79")
    assert await reopened(counted, "M2") == ["essay-judged"]
    await counted.at("2020-08-20")
    await counted.fire()
    assert (await counted.owed("Q009", "M2"))["status"] == "missed"
    await judged(counted, second, "80")
    assert (await counted.owed("Q009", "M2"))["days_late"] == 0


async def test_the_second_proposal_fulfils(counted: Replica) -> None:
    await counted.taken(PROPOSALS, PROPOSAL)
    assert (await counted.owed("Q009", "M3"))["status"] == "open"
    await counted.at("2020-06-02")
    second = await counted.taken(PROPOSALS, PROPOSAL)
    (fact,) = await done(counted, "M3")
    assert (fact.by, str(fact.by_id)) == ("commendation-proposed", second["proposal_id"])


async def test_the_first_proposal_fulfils_where_one_is_enough(counted: Replica) -> None:
    await counted.taken(PROPOSALS, PROPOSAL)
    assert (await counted.owed("Q009", "M5"))["status"] == "fulfilled"


async def test_a_figure_and_a_press_work_are_both_needed(counted: Replica) -> None:
    low = figure("Q009", value="700")
    await counted.taken(FIGURES, low)
    await counted.taken("/essays", essay("Q009", **PRESS))
    await counted.taken("/essays", essay("Q009"))
    assert await progress(counted, "Q009", "M4") == [
        ("figure-reported", "800", "700", "100"),
        ("essay-submitted", "1", "1", "0"),
    ]
    await counted.at("2020-06-02")
    await counted.taken(FIGURES, figure("Q009", value="812"))
    (fact,) = await done(counted, "M4")
    assert fact.by == "figure-reported"
    await counted.at("2020-08-01")
    await counted.taken(FIGURES, figure("Q009", value="900"))
    assert (await counted.owed("Q009", "M4"))["days_late"] == 0
    assert len(await done(counted, "M4")) == 1
    await counted.taken(FIGURES, low)
    assert await reopened(counted, "M4") == ["figure-corrected"]
    assert (await counted.owed("Q009", "M4"))["status"] == "open"


async def test_a_corrected_figure_keeps_its_day_when_something_else_is_taken_back(
    counted: Replica,
) -> None:
    await counted.taken(FIGURES, figure("Q009", value="812"))
    first = await counted.taken("/essays", essay("Q009", **PRESS))
    await counted.at("2020-06-02")
    await counted.taken("/essays", essay("Q009", **PRESS))
    await counted.at("2020-08-01")
    await counted.taken(FIGURES, figure("Q009", value="900"))
    path = f"/essays/{first['essay_id']}/withdrawal"
    await counted.taken(path, {"reason": "Gửi nhầm"}, unit="Q009")
    owed = await counted.owed("Q009", "M4")
    assert (owed["status"], owed["counted_day"]) == ("fulfilled", "2020-06-02")


async def test_judging_an_essay_reopens_nothing_that_a_later_plan_asks_more_of(
    counted: Replica,
) -> None:
    first, *_ = await essays(counted, "Q009", 1, 2, 3)
    files = announcement(edit=lambda plan: counting(plan).replace("at_least: 3", "at_least: 4"))
    body = {"files": {"plan.yaml": files.plan, "units.csv": files.units}, "version": 1}
    await counted.taken("/versions", {**body, "document": "1", "reason": "Thêm"}, role="board")
    await judged(counted, first, "50")
    owed = await counted.owed("Q009", "M1")
    assert (owed["status"], owed["counted_day"]) == ("fulfilled", "2020-06-03")


TWO_REPORTS = """
  - id: M9
    title: {vi: "Hai báo cáo quý", en: "Two quarterly reports"}
    source: Văn bản mô phỏng
    levels: [upper]
    options:
      - {id: M9, by: report-submitted, report: quarterly-summary, at_least: 2, counted_by: received,
         due: {date: 2020-08-09, included: true}}
"""


async def test_a_report_that_was_returned_counts_for_nothing_until_it_is_sent_again(
    dsn: str, issuer: Issuer
) -> None:
    announced = announcement(edit=lambda plan: with_reports(plan) + TWO_REPORTS)
    async with running_replica(settings_of(dsn, issuer), issuer, announced) as one:
        path = "/reports/quarterly-summary"
        await one.at("2020-07-01")
        first = await one.taken(path, report(period="2020-Q1"))
        back = {"document": "Công văn mẫu", "reason": "Thiếu số liệu"}
        await one.taken(f"{path}/{first['report_id']}/return", back, role="board")
        await one.taken(path, report(period="2020-Q2"))
        assert await progress(one, "SNV", "M9") == [("report-submitted", "2", "1", "1")]
        await one.taken(path, report(period="2020-Q1"))
        assert (await one.owed("SNV", "M9"))["status"] == "fulfilled"
        await one.taken(f"{path}/{first['report_id']}/return", back, role="board")
        assert await reopened(one, "M9") == ["report-returned"]
