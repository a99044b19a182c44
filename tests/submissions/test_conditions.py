"""Promises about what is owed on a condition: decided once, at the end of its day, by what had been
received by then."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from infra.local.issuer import Issuer
from services.contracts.events import DeadlineApproaching, DeadlineMissed
from tests.submissions.amending import amend, amendment
from tests.submissions.reform import REFORM, START
from tests.submissions.replica import Replica, essay, running_replica, settings_of
from tests.support.announcing import announcement

MEASURES = """
measures:
  essays:
    kind: count
    title: {vi: "số bài dự thi", en: "essays"}
    of: essay-submitted
    unless: essay-withdrawn
  proposals:
    kind: count
    title: {vi: "số đề nghị khen", en: "proposals"}
    of: commendation-proposed
  report:
    kind: days-late
    title: {vi: "báo cáo E0", en: "report E0"}
    obligation: E0
"""
FEW = '{all: [{measure: essays, less_than: "2"}, {measure: proposals, is: "0"}]}'
OBLIGATIONS = """
  - id: E0
    title: {vi: "Báo cáo đánh giá", en: "Report"}
    source: Văn bản mô phỏng
    kinds: [enterprise]
    options:
      - id: E0
        by: ceremony-reported
        counted_by: received
        due: {date: 2020-06-05, included: true}
  - id: E1
    title: {vi: "Gửi báo cáo giải trình", en: "Explain"}
    source: Văn bản mô phỏng
    kinds: [department]
    only_if: {on: 2020-06-05, when: %s}
    options:
      - id: E1
        by: contest-reported
        counted_by: received
        due: {date: 2020-06-20, included: true}
  - id: E2
    title: {vi: "Làm lại", en: "Once more"}
    source: Văn bản mô phỏng
    kinds: [enterprise]
    only_if: {on: 2020-06-05, when: {measure: report, is: missed}}
    options:
      - id: E2
        by: contest-reported
        counted_by: received
        due: {date: 2020-06-30, included: true}
"""
D6 = "levels: [upper]\n    options:\n      - id: D6\n"
D7 = "levels: [upper]\n    options:\n      - id: D7\n"


def conditional(plan: str, when: str = FEW) -> str:
    """The plan of 2020, which asks some more on conditions; D6 and D7 of districts alone."""
    for of_all in (D6, D7):
        assert of_all in plan
        plan = plan.replace(of_all, of_all.replace("levels: [upper]", "kinds: [quan, huyen]"))
    plan = plan.replace("\ntimezone:", f"{MEASURES.rstrip()}\ntimezone:")
    return f"{plan.rstrip()}\n{(OBLIGATIONS % when).strip(chr(10))}\n"


@pytest.fixture
async def one(dsn: str, issuer: Issuer) -> AsyncIterator[Replica]:
    announced = announcement(edit=conditional)
    async with running_replica(settings_of(dsn, issuer), issuer, announced) as replica:
        yield replica


async def state(one: Replica, unit: str, obligation: str = "E1") -> tuple[str, bool | None]:
    """Status, and how the condition was decided."""
    found = await one.owed(unit, obligation)
    return found["status"], found["condition"]["holds"]


def explanation(unit: str) -> dict[str, Any]:
    return {"unit": unit, "entries": 3, "prizes": 1}


async def test_it_is_decided_at_the_end_of_its_day_by_what_was_received_by_then(
    one: Replica,
) -> None:
    """SNV sent two essays in time; STP the second one a second too late; STC none."""
    for unit in ("SNV", "SNV", "STP"):
        await one.taken("/essays", essay(unit))
    await one.at("2020-06-05 23:59:59")
    await one.fire()
    assert await state(one, "SNV") == await state(one, "STC") == ("open", None)
    await one.at("2020-06-06 00:00:00")
    await one.taken("/essays", essay("STP"))
    await one.fire()
    assert await state(one, "SNV") == ("not-owed", False)
    assert await state(one, "STP") == await state(one, "STC") == ("open", True)
    await one.at("2020-06-21 00:02:00")
    await one.fire()
    missed = {fact.unit for fact in await one.facts(DeadlineMissed) if fact.obligation == "E1"}
    assert "SNV" not in missed
    assert {"STP", "STC"} <= missed
    reminded = {f.unit for f in await one.facts(DeadlineApproaching) if f.obligation == "E1"}
    assert not reminded & {"SNV"}


async def test_a_clock_that_slept_decides_the_same(one: Replica, dsn: str, issuer: Issuer) -> None:
    await one.taken("/essays", essay("STP"))
    await one.at("2020-06-05 23:59:59")
    withdrawn = await one.taken("/essays", essay("SNV"))
    await one.taken("/essays", essay("SNV"))
    await one.at("2020-06-25")
    await one.taken("/essays", essay("STP"))
    body = {"reason": "Trùng bài"}
    await one.taken(f"/essays/{withdrawn['essay_id']}/withdrawal", body, unit="SNV")
    async with running_replica(settings_of(dsn, issuer), issuer) as other:
        await other.fire()
        assert await state(other, "SNV") == ("not-owed", False)
        assert await state(other, "STP") == ("missed", True)
    await one.fire()
    assert await state(one, "SNV") == ("not-owed", False)
    missed = [f for f in await one.facts(DeadlineMissed) if (f.unit, f.obligation) == ("STP", "E1")]
    assert len(missed) == 1


async def test_what_was_done_before_it_was_decided_stays_done(one: Replica) -> None:
    await one.taken("/contest-reports", explanation("STC"))
    for _ in range(2):
        await one.taken("/essays", essay("STC"))
    await one.at("2020-06-07")
    await one.fire()
    assert await state(one, "STC") == ("fulfilled", False)


async def test_a_miss_of_the_same_day_is_known_at_its_end(one: Replica) -> None:
    body = {"unit": "HSDC", "held_on": "2020-05-01"}
    await one.taken("/ceremony-reports", body)
    await one.at("2020-06-08")
    await one.fire()
    assert await state(one, "HSDC", "E2") == ("not-owed", False)
    assert await state(one, "URENCO", "E2") == ("open", True)
    assert (await one.owed("URENCO", "E0"))["status"] == "missed"


async def test_an_amendment_that_changes_it_decides_anew_and_another_one_does_not(
    one: Replica,
) -> None:
    await one.taken("/essays", essay("SNV"))
    await one.at("2020-06-08")
    await one.fire()
    assert await state(one, "SNV") == ("open", True)
    plan = conditional(announcement().plan)
    same = plan.replace('vi: "Làm lại"', 'vi: "Làm lại lần nữa"')
    strict = plan.replace('less_than: "2"', 'less_than: "1"')
    later = plan.replace(
        "only_if: {on: 2020-06-05, when: {all", "only_if: {on: 2020-06-10, when: {all"
    )
    assert plan not in (same, strict, later)
    whole = announcement().plan
    await amend(one, (whole, same))
    assert await state(one, "SNV") == ("open", True)
    await amend(one, (whole, strict), version=2)
    assert await state(one, "SNV") == ("not-owed", False)
    assert await state(one, "STC") == ("open", True)
    await amend(one, (whole, later), version=3)
    assert await state(one, "SNV") == await state(one, "STC") == ("open", None)
    await one.taken("/essays", essay("STC"))
    await one.taken("/essays", essay("STC"))
    await one.at("2020-06-11 00:02:00")
    await one.fire()
    assert await state(one, "SNV") == ("open", True)
    assert await state(one, "STC") == ("not-owed", False)


async def test_a_waiver_that_is_taken_back_finds_it_decided(one: Replica) -> None:
    for _ in range(2):
        await one.taken("/essays", essay("SNV"))
    body = {"obligation": "E1", "document": "12/TB", "reason": "Bão"}
    waivers = {}
    for unit in ("SNV", "STC"):
        taken = await one.taken("/waivers", {**body, "unit": unit}, role="board")
        waivers[unit] = taken["order_id"]
    await one.at("2020-06-07")
    await one.fire()
    assert await state(one, "SNV") == ("waived", False)
    for order in waivers.values():
        back = {"takes_back": order, "document": "13/TB", "reason": "Hết bão"}
        await one.taken("/waivers", back, role="board")
    assert await state(one, "SNV") == ("not-owed", False)
    assert await state(one, "STC") == ("open", True)


def of_communes(plan: str) -> str:
    """T3 is owed where a commune, with those it took over from, had fewer than two essays."""
    essays = MEASURES.partition("  proposals:")[0].strip("\n")
    before, found, after = plan.partition("  - id: T3\n")
    after = after.replace(
        "levels: [commune]",
        'levels: [commune]\n    only_if: {on: %s, when: {measure: essays, less_than: "2"}}',
        1,
    )
    return (before + found + after).replace("\ntimezone:", f"\n{essays}\ntimezone:")


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2025-06-30", ("open", True)),  # each by itself had one, and both went into X3
        ("2025-07-01", ("not-owed", False)),  # X3 has two: what both did counts for it
    ],
)
async def test_who_took_over_by_its_day_is_decided_by_what_all_did(
    dsn: str, issuer: Issuer, day: str, expected: tuple[str, bool]
) -> None:
    announced = announcement(REFORM, edit=lambda plan: of_communes(plan) % day)
    settings = settings_of(dsn, issuer, simulated_start=START)
    async with running_replica(settings, issuer, announced) as one:
        one.campaign = "reform-2025"
        for unit in ("X1", "X2"):
            await one.taken("/essays", essay(unit))
        await one.at("2025-07-03")
        await one.fire()
        assert await state(one, "X3", "T3") == expected


async def test_an_amendment_is_checked_with_its_conditions(one: Replica) -> None:
    plan = conditional(announcement().plan).replace("measure: essays,", "measure: esays,")
    body = amendment((announcement().plan, plan))
    problem = await one.refused(422, "/versions", body, role="board")
    assert "did you mean “essays”?" in str(problem)


async def test_the_calendar_says_that_it_is_not_decided_yet_and_then_how_it_was(
    one: Replica,
) -> None:
    for _ in range(2):
        await one.taken("/essays", essay("SNV"))
    link = await one.taken("/v1/calendar-links", {"unit": "SNV", "language": "vi"}, role="board")

    async def entry() -> tuple[str, dict[str, Any], str]:
        read = await one.read("/v1/calendar", {"unit": "SNV"})
        found = [
            each for each in read.raise_for_status().json()["entries"] if each["option"] == "E1"
        ]
        text = (await one.client.get(link["path"])).raise_for_status().text.replace("\r\n ", "")
        (event,) = [each for each in text.split("BEGIN:") if "/E1/E1@thidua" in each]
        return found[0]["state"], found[0]["condition"], event

    state, condition, event = await entry()
    assert (state, condition) == ("open", {"on": "2020-06-05", "holds": None})
    assert "xét đến hết ngày 05/06/2020" in event
    assert "SEQUENCE:0" in event
    await one.at("2020-06-07")
    await one.fire()
    state, condition, event = await entry()
    assert (state, condition) == ("not-owed", {"on": "2020-06-05", "holds": False})
    assert "STATUS:CANCELLED" in event
    assert "SEQUENCE:1" in event


async def test_no_move_gives_a_day_before_it_is_known_whether_it_is_owed(one: Replica) -> None:
    body = {"option": "E1", "included": True, "document": "TB 09", "reason": "Rút ngắn"}
    early = {**body, "date": "2020-06-04"}
    problem = await one.refused(422, "/deadline-moves", early, role="board")
    assert [fault["rule"] for fault in problem["faults"]] == ["deadlines.within"]
    await one.taken("/deadline-moves", {**body, "date": "2020-06-05"}, role="board")


async def test_an_amendment_that_decides_later_makes_nobody_late_before(one: Replica) -> None:
    """By an order it is due on 10 June, then the plan decides on the 15th who owes it."""
    body = {"option": "E1", "included": True, "document": "TB 09", "reason": "Rút ngắn"}
    await one.taken("/deadline-moves", {**body, "date": "2020-06-10"}, role="board")
    of_e1 = "kinds: [department]\n    only_if: {on: %s"
    fact = announcement(
        edit=lambda plan: conditional(plan).replace(of_e1 % "2020-06-05", of_e1 % "2020-06-15")
    )
    files = {"plan.yaml": fact.plan, "units.csv": fact.units}
    amendment = {"files": files, "version": 1, "document": "TB 10", "reason": "Xét lại"}
    await one.taken("/versions", amendment, role="board")
    await one.at("2020-06-18")
    await one.fire()
    missed = [
        event.time.isoformat()
        for event in await one.events()
        if isinstance(event.data, DeadlineMissed)
        and (event.data.unit, event.data.obligation) == ("SNV", "E1")
    ]
    assert missed == ["2020-06-16T00:00:00+07:00"]
