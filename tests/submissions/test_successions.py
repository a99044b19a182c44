"""Promises about units that end: what they did and owe goes to who took over, once and in time."""

from typing import Any

from infra.local.issuer import Issuer
from services.contracts.events import (
    DeadlineApproaching,
    DeadlineMissed,
    ObligationFulfilled,
    ObligationWaived,
)
from tests.submissions.reform import (
    REFORM,
    START,
    amended,
    conference,
    ending,
    facts_about,
    statuses,
    without_merger,
)
from tests.submissions.replica import Replica, essay, running_replica, settings_of
from tests.support.announcing import announcement

# Two communes become one


async def test_what_either_did_is_done_for_the_new_one(reform: Replica) -> None:
    await reform.taken("/essays", essay("X1"))
    await reform.at("2025-06-12")
    await reform.fire()
    assert await statuses(reform, "X2") == {"T1": "missed", "T2": "open", "T3": "open"}
    body = conference("X2", "2025-06-10", "H1")
    report = await reform.taken("/conference-reports", body)
    await reform.at("2025-07-01 00:00:00")
    await reform.fire()
    assert await statuses(reform, "X3") == {"T1": "fulfilled", "T2": "fulfilled", "T3": "open"}
    assert await facts_about(reform, "X3") == [
        ("obligation-fulfilled", "T1"),
        ("obligation-fulfilled", "T2"),
    ]
    (held,) = [
        fact
        for fact in await reform.facts(ObligationFulfilled)
        if (fact.unit, fact.obligation) == ("X3", "T2")
    ]
    assert (str(held.by_id), held.days_late) == (report["report_id"], 0)


async def test_open_obligations_pass_on_and_are_missed_by_who_took_over(reform: Replica) -> None:
    """T2 was to be held by 15 June and may be reported until 15 July."""
    await reform.at("2025-06-30 23:59:59")
    await reform.fire()
    assert (await statuses(reform, "X1"))["T2"] == "open"
    await reform.at("2025-07-01 00:00:00")
    await reform.fire()
    assert (await statuses(reform, "X3"))["T2"] == "open"
    assert "T2" not in await statuses(reform, "X1")
    await reform.taken("/conference-reports", conference("X3", "2025-06-14", "HN"))
    assert (await reform.owed("X3", "T2"))["days_late"] == 0
    await reform.at("2025-10-01")
    await reform.fire()
    missed = {(fact.unit, fact.obligation) for fact in await reform.facts(DeadlineMissed)}
    assert ("X3", "T3") in missed
    assert not {("X1", "T2"), ("X2", "T2"), ("X1", "T3"), ("X2", "T3")} & missed


async def test_what_both_missed_stays_missed_and_is_said_once(reform: Replica) -> None:
    await reform.at("2025-07-02")
    for _ in range(3):
        await reform.fire()
    assert (await statuses(reform, "X1"))["T1"] == "missed"
    assert (await statuses(reform, "X3"))["T1"] == "missed"
    assert await facts_about(reform, "X1") == [("deadline-missed", "T1")]
    assert await facts_about(reform, "X3") == [("deadline-missed", "T1")]


async def test_a_service_that_slept_through_the_reform_comes_to_the_same(reform: Replica) -> None:
    await reform.taken("/essays", essay("X1"))
    await reform.at("2025-11-01")
    await reform.fire()
    assert await statuses(reform, "X3") == {"T1": "fulfilled", "T2": "missed", "T3": "missed"}
    assert await facts_about(reform, "X2") == [("deadline-missed", "T1")]
    reminded = {fact.unit for fact in await reform.facts(DeadlineApproaching)}
    assert not {"X1", "X2", "X6"} & reminded


async def test_two_replicas_pass_on_once(reform: Replica, dsn: str, issuer: Issuer) -> None:
    await reform.taken("/essays", essay("X1"))
    await reform.at("2025-07-01")
    async with running_replica(settings_of(dsn, issuer, simulated_start=START), issuer) as other:
        await other.chassis.clock.refresh()
        await reform.fire()
        await other.fire()
    assert (await facts_about(reform, "X3")).count(("obligation-fulfilled", "T1")) == 1


async def test_both_released_releases_the_new_one_and_one_released_does_not(
    reform: Replica,
) -> None:
    for unit, obligation in (("X1", "T1"), ("X2", "T1"), ("X1", "T2")):
        body = {"unit": unit, "obligation": obligation, "document": "12/TB", "reason": "Bão"}
        await reform.taken("/waivers", body, role="board")
    await reform.at("2025-07-01")
    await reform.fire()
    assert await statuses(reform, "X3") == {"T1": "waived", "T2": "open", "T3": "open"}
    (fact,) = [one for one in await reform.facts(ObligationWaived) if one.unit == "X3"]
    assert (fact.document, fact.reason) == ("12/TB", "Bão")


# One goes into another


async def test_a_unit_that_goes_on_gets_the_best_of_both(reform: Replica) -> None:
    await reform.taken("/essays", essay("X6"))
    await reform.at("2025-04-15")
    await reform.fire()
    assert await facts_about(reform, "X5") == [
        ("deadline-missed", "T1"),
        ("obligation-fulfilled", "T1"),
    ]
    assert (await reform.owed("X5", "T1"))["days_late"] == 0


async def test_an_essay_of_one_that_owed_nothing_counts_for_who_took_over(reform: Replica) -> None:
    """By another tree, in which X6 ends before the first essay is due."""
    earlier = announcement(REFORM, 2, edit_units=ending("X6", "2025-04-15", "2025-03-15"))
    await reform.taken("/essays", essay("X6"))
    await amended(reform, earlier)
    await reform.at("2025-03-15")
    await reform.fire()
    assert (await reform.owed("X5", "T1"))["status"] == "fulfilled"


# A commune moves


async def test_a_moved_commune_keeps_what_it_did_and_owes(reform: Replica) -> None:
    await reform.taken("/essays", essay("X4"))
    await reform.at("2025-05-02")
    await reform.fire()
    assert await statuses(reform, "X4") == {"T1": "fulfilled", "T2": "open", "T3": "open"}
    as_district = {"role": "district", "unit": "H2"}
    assert (await reform.read("/obligations", {"unit": "X4"}, **as_district)).status_code == 200
    as_district["unit"] = "H1"
    assert (await reform.read("/obligations", {"unit": "X4"}, **as_district)).status_code == 403
    listed = (await reform.read("/units/H2/communes")).json()["communes"]
    assert [each["unit"] for each in listed] == ["X4", "X5", "B1"]


# Announced while it runs


async def test_a_merger_of_a_day_that_is_past_is_passed_on_when_it_is_announced(
    dsn: str, issuer: Issuer
) -> None:
    settings = settings_of(dsn, issuer, simulated_start=START)
    before = announcement(REFORM, edit_units=without_merger)
    async with running_replica(settings, issuer, before) as one:
        one.campaign = "reform-2025"
        await one.taken("/essays", essay("X1"))
        await one.at("2025-07-10")
        await one.fire()
        await one.taken("/contest-reports", {"unit": "X2", "entries": 5, "prizes": 1})
        await amended(one, announcement(REFORM, 2))
        await one.fire()
        await one.fire()
        assert await statuses(one, "X3") == {"T1": "fulfilled", "T2": "open", "T3": "fulfilled"}
        fulfilled = [f.obligation for f in await one.facts(ObligationFulfilled) if f.unit == "X3"]
        assert sorted(fulfilled) == ["T1", "T3"]
        # A later amendment leaves what was passed on where it is.
        days = ("approaching_days: [7]", "approaching_days: [7, 1]")
        await amended(one, announcement(REFORM, 3, edit=lambda text: text.replace(*days)))
        await one.fire()
        assert await statuses(one, "X3") == {"T1": "fulfilled", "T2": "open", "T3": "fulfilled"}


# Old codes, and who acts for whom


async def test_an_old_code_is_answered_with_what_became_of_it(reform: Replica) -> None:
    await reform.taken("/essays", essay("X1"))
    await reform.taken("/figures", {**_figure("X1")}, role="board")
    await reform.at("2025-07-01")
    await reform.fire()
    ended = {
        "unit": "X1",
        "name": "Xã Một",
        "day": "2025-07-01",
        "successor": {"code": "X3", "name": "Xã Ba"},
    }
    for path, things in (
        ("/obligations", "obligations"),
        ("/essays", "essays"),
        ("/figures", "figures"),
    ):
        answer = (await reform.read(path, {"unit": "X1"})).raise_for_status().json()
        assert answer["ended"] == ended
        assert [each["unit"] for each in answer[things]] == ["X1"]
        now = (await reform.read(path, {"unit": "X3"})).raise_for_status().json()
        assert now["ended"] is None
    for path, things in (("/essays", "essays"), ("/figures", "figures")):
        now = (await reform.read(path, {"unit": "X3"})).raise_for_status().json()
        assert [each["unit"] for each in now[things]] == ["X1"]


async def test_a_figure_of_who_took_over_takes_the_place_of_theirs(reform: Replica) -> None:
    await reform.taken("/figures", _figure("X1"))
    await reform.taken("/figures", {**_figure("X1"), "period": "2025-Q1"})
    await reform.at("2025-07-02")
    await reform.fire()
    await reform.taken("/figures", _figure("X3"))
    for unit in ("X1", "X3"):
        listed = (
            (await reform.read("/figures", {"unit": unit})).raise_for_status().json()["figures"]
        )
        counted = {(each["unit"], each["period"]): each["counted"] for each in listed}
        assert counted["X1", "2025-H1"] is False
        assert counted["X1", "2025-Q1"] is True
        assert counted.get(("X3", "2025-H1"), True) is True


def _figure(unit: str) -> dict[str, Any]:
    return {
        "unit": unit,
        "name": "exemplars",
        "period": "2025-H1",
        "value": "3",
        "evidence": "Văn bản mô phỏng",
    }


async def test_who_sends_with_an_old_code_learns_who_took_over(reform: Replica) -> None:
    await reform.at("2025-07-01")
    await reform.fire()
    problem = await reform.refused(422, "/essays", essay("X1"), unit="X1")
    (fault,) = problem["faults"]
    assert "Xã Ba (X3)" in fault["vi"]
    assert "1 July 2025" in fault["en"]
    assert fault["rule"] == "units.existing"
    waiver = {"unit": "X1", "obligation": "T1", "document": "1", "reason": "2"}
    (fault,) = (await reform.refused(422, "/waivers", waiver, role="board"))["faults"]
    assert "Xã Ba (X3)" in fault["vi"]


async def test_the_account_of_a_unit_that_is_no_more_acts_for_who_took_over(
    reform: Replica,
) -> None:
    sent = await reform.taken("/essays", essay("X1"))
    await reform.taken("/essays", essay("X2"))
    await reform.at("2025-07-01")
    await reform.fire()
    own = await reform.taken("/essays", essay("X3"), unit="X1")
    assert own["unit"] == "X3"
    await reform.refused(403, "/essays", essay("X4"), unit="X1")
    # The successor reads who wrote, and may take it back; the other's essay then fulfils.
    path = f"/essays/{sent['essay_id']}"
    answer = (await reform.read(path, role="unit", unit="X3")).raise_for_status().json()
    assert answer["author"] is not None
    await reform.taken(f"{path}/withdrawal", {"reason": "Nhầm"}, unit="X3")
    state = await reform.owed("X3", "T1")
    assert (state["status"], state["days_late"]) == ("fulfilled", 0)


async def test_statistics_count_for_who_took_over(reform: Replica) -> None:
    await reform.taken("/essays", essay("X1"))
    await reform.taken("/essays", essay("X2"))
    await reform.at("2025-07-02")
    answer = (await reform.read("/statistics", {"as_of": "2025-07-01"})).raise_for_status().json()
    by_unit = {each["unit"]: each["essays"] for each in answer["units"]}
    assert by_unit["X3"] == 2
    assert "X1" not in by_unit


# A commune that nobody asks anything


async def test_a_commune_that_no_plan_asks_anything_is_listed_below_its_district(
    reform: Replica,
) -> None:
    answer = (await reform.read("/units/H2/communes")).raise_for_status().json()
    listed = {each["unit"]: each["status"] for each in answer["communes"]}
    assert listed == {"X5": "open", "X6": "open", "B1": "not-owed"}, "X6 owes until it ends"
    assert answer["summary"] == {"held": 0, "written": 0, "none": 2}


OF_ONE = """
  - id: T6
    title: {vi: "Báo cáo riêng", en: "A report of its own"}
    source: "Mô phỏng"
    units: [X1]
    options:
      - {id: T6, by: contest-reported, counted_by: received,
         due: {date: 2025-09-30, included: true}}
"""


async def test_a_day_that_was_moved_for_a_unit_alone_holds_for_who_takes_it_over(
    dsn: str, issuer: Issuer
) -> None:
    """X3 never owed T6, and takes it over as X1 had it; T3 it owes itself, until the plan's day."""
    settings = settings_of(dsn, issuer, simulated_start=START)
    announced = announcement(REFORM, edit=lambda plan: plan + OF_ONE)
    async with running_replica(settings, issuer, announced) as one:
        one.campaign = "reform-2025"
        order = {"document": "12/TB", "reason": "Bão", "scope": {"units": ["X1"]}}
        for option in ("T3", "T6"):
            body = {"option": option, "date": "2025-11-30", "included": True, **order}
            await one.taken("/deadline-moves", body, role="board")
        await one.at("2025-07-01")
        await one.fire()
        days = [(await one.owed("X3", option))["last_days"][option] for option in ("T3", "T6")]
        assert days == ["2025-09-30", "2025-11-30"]
        await one.at("2025-10-02")
        await one.fire()
        found = await statuses(one, "X3")
        assert (found["T3"], found["T6"]) == ("missed", "open")
        await one.at("2025-12-01")
        await one.fire()
        assert (await statuses(one, "X3"))["T6"] == "missed"


async def test_what_a_predecessor_did_is_late_by_the_day_of_who_goes_on(reform: Replica) -> None:
    """T1 is due by 31 March; X5 has until 30 April, X6, which goes into it, until 15 April."""
    for unit, day in (("X5", "2025-04-30"), ("X6", "2025-04-15")):
        body = {"option": "T1", "date": day, "included": True, "scope": {"units": [unit]}}
        order = {**body, "document": "12/TB", "reason": "Bão"}
        await reform.taken("/deadline-moves", order, role="board")
    await reform.at("2025-04-05")
    await reform.taken("/essays", essay("X6"))
    await reform.at("2025-04-15")
    await reform.fire()
    owed = await reform.owed("X5", "T1")
    assert (owed["status"], owed["last_days"]["T1"]) == ("fulfilled", "2025-04-30")
