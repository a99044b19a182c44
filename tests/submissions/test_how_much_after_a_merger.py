"""Promises of obligations that count, after units have ended: what all of them did counts together,
figures as in points."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from infra.local.issuer import Issuer
from services.contracts.events import ObligationReopened, ObligationWaived
from services.submissions.figures.schemas import FigureIn
from services.submissions.figures.service import report_figure
from tests.submissions.reform import REFORM, START, amended, without_merger
from tests.submissions.replica import Replica, essay, running_replica, settings_of
from tests.submissions.test_successions_amended import at_midnight
from tests.support.announcing import announcement

OBLIGATIONS = """
  - id: T4
    title: {vi: "Gửi ba bài", en: "Send three essays"}
    source: "Mô phỏng"
    levels: [commune]
    options:
      - {id: T4, by: essay-submitted, at_least: 3, counted_by: received,
         due: {date: 2025-10-31, included: true}}
  - id: T5
    title: {vi: "Mười gương", en: "Ten exemplars"}
    source: "Mô phỏng"
    levels: [commune]
    options:
      - {id: T5, by: figure-reported, figure: exemplars, period: 2025-Q1, reaches: "10",
         counted_by: received, due: {date: 2025-10-31, included: true}}
  - id: T6
    title: {vi: "Một bài từ 80 điểm", en: "One with a mark of 80"}
    source: "Mô phỏng"
    levels: [commune]
    options:
      - {id: T6, by: essay-submitted, mark: "80", counted_by: received,
         due: {date: 2025-10-31, included: true}}
"""


CONDITION = """
  - id: T7
    title: {vi: "Giải trình", en: "Explain"}
    source: "Mô phỏng"
    levels: [commune]
    only_if: {on: 2025-06-01, when: {measure: essays, is: "0"}}
    options:
      - {id: T7, by: contest-reported, counted_by: received,
         due: {date: 2025-10-31, included: true}}
"""
MEASURES = """
measures:
  essays:
    kind: count
    title: {vi: "số bài dự thi", en: "essays"}
    of: essay-submitted
    unless: essay-withdrawn
timezone:"""


def on_condition(plan: str) -> str:
    """With one that is owed by who has sent no essay."""
    return f"{plan.replace(f'{chr(10)}timezone:', MEASURES).rstrip()}{CONDITION}"


def counting(plan: str) -> str:
    """With obligations that count."""
    return f"{plan.rstrip()}\n{OBLIGATIONS.strip(chr(10))}\n"


@pytest.fixture
async def counted(dsn: str, issuer: Issuer) -> AsyncIterator[Replica]:
    """The campaign that runs across 1 July 2025, on 1 February."""
    settings = settings_of(dsn, issuer, simulated_start=START)
    async with running_replica(settings, issuer, announcement(REFORM, edit=counting)) as one:
        one.campaign = "reform-2025"
        yield one


async def report(one: Replica, unit: str, value: str) -> None:
    body = {"unit": unit, "name": "exemplars", "period": "2025-Q1", "value": value}
    await one.taken("/figures", {**body, "evidence": "Báo cáo mô phỏng"})


async def merged(one: Replica) -> None:
    await one.at("2025-07-01")
    await one.fire()


async def state(one: Replica, obligation: str) -> tuple[str, Any, Any]:
    owed = await one.owed("X3", obligation)
    (part,) = owed["progress"]
    return owed["status"], owed["counted_day"], part["there"]


async def test_essays_of_all_of_them_count_and_so_does_a_later_mark(counted: Replica) -> None:
    first = await counted.taken("/essays", essay("X1"))
    await counted.taken("/essays", essay("X2"))
    await merged(counted)
    assert await state(counted, "T4") == ("open", None, "2")
    await counted.taken("/essays", essay("X3"))
    assert await state(counted, "T4") == ("fulfilled", "2025-07-01", "3")
    mark = f"/essays/{first['essay_id']}/judgement"
    await counted.taken(mark, {"mark": "80"}, role="board")
    assert await state(counted, "T6") == ("fulfilled", "2025-02-01", "1")


async def test_figures_of_both_are_added_up(counted: Replica) -> None:
    await report(counted, "X1", "6")
    await counted.at("2025-03-01")
    await report(counted, "X2", "5")
    assert (await counted.owed("X1", "T5"))["status"] == "open"
    await merged(counted)
    assert await state(counted, "T5") == ("fulfilled", "2025-03-01", "11")


async def test_a_figure_of_who_took_over_takes_the_place_of_theirs(counted: Replica) -> None:
    await report(counted, "X1", "6")
    await merged(counted)
    await report(counted, "X3", "7")
    assert await state(counted, "T5") == ("open", None, "7")
    await report(counted, "X3", "12")
    assert await state(counted, "T5") == ("fulfilled", "2025-07-01", "12")


async def test_a_lower_figure_of_who_took_over_takes_away_what_theirs_gave(
    counted: Replica,
) -> None:
    await report(counted, "X1", "6")
    await report(counted, "X2", "5")
    await merged(counted)
    await report(counted, "X3", "7")
    assert await state(counted, "T5") == ("open", None, "7")
    causes = [fact.cause for fact in await counted.facts(ObligationReopened)]
    assert causes == ["figure-corrected"]


async def test_an_amendment_that_asks_for_less_counts_what_those_before_did(
    counted: Replica,
) -> None:
    await counted.taken("/essays", essay("X1"))
    await counted.at("2025-03-01")
    await counted.taken("/essays", essay("X2"))
    await merged(counted)
    assert await state(counted, "T4") == ("open", None, "2")
    two = counting(announcement(REFORM).plan).replace("at_least: 3", "at_least: 2")
    await amended(counted, announcement(REFORM, version=2, edit=lambda _: two))
    assert await state(counted, "T4") == ("fulfilled", "2025-03-01", "2")


async def test_a_figure_of_the_last_day_counts_whenever_it_is_stored(counted: Replica) -> None:
    await counted.at("2025-07-01 00:01:00")
    await counted.fire()
    fields = {"unit": "X1", "name": "exemplars", "period": "2025-Q1", "value": "12"}
    body = FigureIn.model_validate({**fields, "evidence": "Báo cáo mô phỏng"})
    await at_midnight(counted, body, report_figure)
    assert await state(counted, "T5") == ("fulfilled", "2025-06-30", "12")


def b1_goes_on(text: str) -> str:
    """The hamlet does not end: what X5 took over from it is taken back."""
    row = "B1,Bản Một,ban,hamlet,H2,,,,2025-07-01,X5\n"
    assert row in text
    return text.replace(row, "B1,Bản Một,ban,hamlet,X5,,,,,\n")


@pytest.mark.parametrize("before", [1, 2])
async def test_where_another_merger_is_taken_back_what_those_that_remain_did_counts(
    counted: Replica, before: int
) -> None:
    """X6 sent some before X5 took over from it in April; the rest X5 sends itself."""
    for _ in range(before):
        await counted.taken("/essays", essay("X6"))
    await counted.at("2025-04-15")
    await counted.fire()
    for _ in range(3 - before):
        await counted.taken("/essays", essay("X5"))
    was = await counted.owed("X5", "T4")
    assert was["status"] == "fulfilled"
    await merged(counted)
    await amended(counted, announcement(REFORM, version=2, edit=counting, edit_units=b1_goes_on))
    assert await counted.facts(ObligationReopened) == []
    now = await counted.owed("X5", "T4")
    assert (now["status"], now["counted_day"]) == (was["status"], was["counted_day"])


async def test_where_a_merger_is_taken_back_what_came_from_it_no_longer_counts(
    counted: Replica,
) -> None:
    """X1 and X2 make three together as X3; alone neither does."""
    for unit in ("X1", "X1", "X2"):
        await counted.taken("/essays", essay(unit))
    await merged(counted)
    assert (await counted.owed("X3", "T4"))["status"] == "fulfilled"
    await amended(
        counted, announcement(REFORM, version=2, edit=counting, edit_units=without_merger)
    )
    assert (await counted.owed("X1", "T4"))["status"] == "open"
    assert (await counted.owed("X2", "T4"))["status"] == "open"


async def test_where_another_merger_is_taken_back_a_later_mark_of_those_that_remain_counts(
    counted: Replica,
) -> None:
    sent = await counted.taken("/essays", essay("X6"))
    await counted.at("2025-04-15")
    await counted.fire()
    await merged(counted)
    mark = f"/essays/{sent['essay_id']}/judgement"
    await counted.taken(mark, {"mark": "80"}, role="board")
    was = await counted.owed("X5", "T6")
    assert was["status"] == "fulfilled"
    await amended(counted, announcement(REFORM, version=2, edit=counting, edit_units=b1_goes_on))
    assert (await counted.owed("X5", "T6"))["counted_day"] == was["counted_day"]


async def test_what_was_done_before_a_false_condition_stays_done_where_a_merger_is_taken_back(
    dsn: str, issuer: Issuer
) -> None:
    settings = settings_of(dsn, issuer, simulated_start=START)
    announced = announcement(REFORM, edit=on_condition, rules=False)
    async with running_replica(settings, issuer, announced) as one:
        one.campaign = "reform-2025"
        await one.taken("/essays", essay("X5"))
        await one.taken("/contest-reports", {"unit": "X5", "entries": 1, "prizes": 0})
        await merged(one)
        was = await one.owed("X5", "T7")
        assert (was["status"], was["condition"]["holds"]) == ("fulfilled", False)
        await amended(
            one, announcement(REFORM, version=2, edit=on_condition, edit_units=b1_goes_on)
        )
        now = await one.owed("X5", "T7")
        assert (now["status"], now["version"], now["condition"]) == (
            was["status"],
            was["version"],
            was["condition"],
        )
        assert [fact.unit for fact in await one.facts(ObligationWaived)] == []
