"""Promises about what a plan says in several ways at once: a condition and a day after something,
periods of one of two contests, named units that end, and orders about single periods."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from infra.local.issuer import Issuer
from services.contracts.events import DeadlineMissed
from tests.submissions.amending import NOTICE
from tests.submissions.reform import REFORM, START, conference, statuses
from tests.submissions.replica import Replica, essay, running_replica, settings_of
from tests.support.announcing import announcement

CONTESTS = """
contests:
  - id: essays
    title: {vi: "Cuộc thi viết", en: "essay contest"}
    ends: {date: 2025-10-31, included: true}
    levels: [upper, commune]
    forms: [written]
    max_words: 2000
    mark: {min: "0", max: "100"}
  - id: films
    title: {vi: "Cuộc thi phim ngắn", en: "contest of short films"}
    ends: {date: 2025-09-30, included: true}
    levels: [commune]
    forms: [recorded]
    mark: {min: "0", max: "10"}
    counted_by: act
reports:
  - id: note
    title: {vi: "Báo cáo kết quả Hội nghị", en: "Note on the conference"}
    units: [X1]
    receiver: root
    fields:
      - {id: note, title: {vi: "Nội dung", en: "Note"}, type: text}
measures:
  works: {kind: count, title: {vi: "số tác phẩm", en: "works"}, of: essay-submitted,
          unless: essay-withdrawn}
"""
OBLIGATIONS = """
  - id: Q
    title: {vi: "Gửi phim ngắn", en: "Send a short film"}
    source: "Mô phỏng"
    clusters: [of-H1, communes]
    except: {units: [X4, X5]}
    every: quarter
    options:
      - {id: Q, by: essay-submitted, contest: films, counted_by: act, reporting_grace_days: 5,
         due: {days_after_end: 0, own_days: {2025-Q4: {date: 2025-12-20, included: true}}}}
  - id: K
    title: {vi: "Báo cáo kết quả Hội nghị", en: "Report on the conference"}
    source: "Mô phỏng"
    units: [X1]
    only_if: {on: 2025-06-20, when: {measure: works, less_than: "3"}}
    options:
      - {id: K, by: report-submitted, report: note, counted_by: received,
         due: {days: 5, after: T2}}
"""


def together(plan: str) -> str:
    """The plan of the reform, with all of it."""
    before, _, rest = plan.partition("contest_ends:")
    plan = before + CONTESTS.lstrip() + rest[rest.index("approaching_days:") :]
    plan = plan.replace(
        "{id: T1, by: essay-submitted,", "{id: T1, by: essay-submitted, contest: essays,"
    )
    return plan.rstrip() + OBLIGATIONS.rstrip() + "\n"


@pytest.fixture
async def whole(dsn: str, issuer: Issuer) -> AsyncIterator[Replica]:
    announced = announcement(REFORM, edit=together)
    settings = settings_of(dsn, issuer, simulated_start=START)
    async with running_replica(settings, issuer, announced) as one:
        one.campaign = "reform-2025"
        yield one


def film(unit: str, acted_on: str) -> dict[str, Any]:
    more = {"contest": "films", "words": None, "minutes": "4", "acted_on": acted_on}
    return essay(unit, form="recorded", **more)


async def at(one: Replica, day: str) -> None:
    await one.at(day)
    await one.fire()


async def test_a_film_is_of_the_quarter_of_its_act_and_of_its_own_contest(whole: Replica) -> None:
    await at(whole, "2025-03-20")
    await whole.taken("/essays", film("X1", "2025-03-15"))
    await whole.taken("/essays", essay("X2", contest="essays"))
    await at(whole, "2025-04-03")
    assert (await statuses(whole, "X2"))["Q-2025-Q1"] == "open"
    await whole.taken("/essays", film("X2", "2025-03-30"))
    for unit in ("X1", "X2"):
        found = await statuses(whole, unit)
        assert (found["Q-2025-Q1"], found["Q-2025-Q2"]) == ("fulfilled", "open")
    assert (await whole.owed("X2", "Q-2025-Q1"))["days_late"] == 0
    await at(whole, "2025-04-10")
    missed = [one for one in await whole.facts(DeadlineMissed) if one.obligation.startswith("Q")]
    assert missed == []


async def test_one_period_is_waived_and_passed_on_by_itself(whole: Replica) -> None:
    await at(whole, "2025-05-02")
    scope = {"clusters": ["of-H1"], "except": {"units": ["X2"]}}
    body = {"obligation": "Q-2025-Q2", "scope": scope, **NOTICE}
    await whole.taken("/waivers", body, role="board")
    move = {"option": "Q-2025-Q3", "date": "2025-08-15", "included": True, **NOTICE}
    await whole.taken("/deadline-moves", {**move, "scope": {"units": ["X2"]}}, role="board")
    await at(whole, "2025-07-01")
    found = await statuses(whole, "X3")
    assert (found["Q-2025-Q1"], found["Q-2025-Q2"], found["Q-2025-Q3"]) == (
        "missed",
        "open",
        "open",
    )
    await at(whole, "2025-07-04")
    await whole.taken("/essays", film("X3", "2025-06-28"))
    owed = await whole.owed("X3", "Q-2025-Q2")
    assert (owed["status"], owed["counted_day"], owed["days_late"]) == (
        "fulfilled",
        "2025-06-28",
        0,
    )
    assert (await statuses(whole, "X3"))["Q-2025-Q3"] == "open"


async def test_what_a_named_unit_owes_on_a_condition_after_something_passes_on_as_it_was_moved(
    whole: Replica,
) -> None:
    await at(whole, "2025-05-20")
    await whole.taken("/essays", film("X1", "2025-05-12"))
    await whole.taken("/conference-reports", conference("X1", "2025-05-20", "H1"))
    owed = await whole.owed("X1", "K")
    assert (owed["status"], owed["last_days"]) == ("open", {"K": "2025-06-25"})
    assert owed["condition"] == {"on": "2025-06-20", "holds": None}
    await at(whole, "2025-06-26")
    assert (await statuses(whole, "X1"))["K"] == "missed"
    move = {"option": "K", "date": "2025-07-20", "included": True, **NOTICE}
    await whole.taken("/deadline-moves", {**move, "scope": {"units": ["X1"]}}, role="board")
    assert (await statuses(whole, "X1"))["K"] == "open"
    await at(whole, "2025-07-01")
    owed = await whole.owed("X3", "K")
    assert (owed["status"], owed["last_days"]) == ("open", {"K": "2025-07-20"})
    assert owed["condition"] == {"on": "2025-06-20", "holds": True}
    await at(whole, "2025-07-10")
    await whole.taken("/reports/note", {"unit": "X3", "answers": {"note": "Một"}})
    owed = await whole.owed("X3", "K")
    assert (owed["status"], owed["days_late"]) == ("fulfilled", 0)
