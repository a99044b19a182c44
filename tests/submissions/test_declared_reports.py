"""Promises of reports that the plan declares: one a period, every fault at its pointer, personal
answers apart, returned and sent again with both versions readable."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest

from infra.local.issuer import Issuer
from services.contracts.events import (
    DeadlineMissed,
    ObligationFulfilled,
    ObligationReopened,
    ReportReturned,
    ReportSubmitted,
)
from tests.submissions.amending import amendment
from tests.submissions.declared import FILLED, OBLIGATION, report, with_reports
from tests.submissions.replica import Replica, running_replica, settings_of
from tests.submissions.test_essays import rules
from tests.support.announcing import announcement

PATH = "/reports/quarterly-summary"
RETURN = {"document": "Công văn 05", "reason": "Thiếu số hộ"}
CONTACT = "Người liên hệ mô phỏng"


@pytest.fixture
async def declared(dsn: str, issuer: Issuer) -> AsyncIterator[Replica]:
    """The campaign of 2020 with two kinds of report, on 1 July."""
    announced = announcement(edit=with_reports)
    async with running_replica(settings_of(dsn, issuer), issuer, announced) as one:
        await one.at("2020-07-01")
        yield one


async def whole(replica: Replica, report_id: str, **who: Any) -> dict[str, Any]:
    answer = await replica.read(f"{PATH}/{report_id}", **who)
    found: dict[str, Any] = answer.raise_for_status().json()
    return found


# Sent, and published


async def test_a_report_is_kept_and_published_without_what_is_personal(declared: Replica) -> None:
    decision = {"number": "12/QĐ", "date": "2020-06-01"}
    more = {"budget": "12.50", "met_on": "2020-06-30", "decision": decision, "age": 40}
    taken = await declared.taken(PATH, report(**more))
    (fact,) = await declared.facts(ReportSubmitted)
    public = {key: value for key, value in FILLED.items() if key != "contact"}
    public |= {"budget": "12.5", "met_on": "2020-06-30", "decision": decision}
    assert fact.model_dump(mode="json")["answers"] == public
    assert (fact.kind, fact.period, fact.version, fact.receiver) == (
        "quarterly-summary", "2020-Q2", 1, "HN",
    )  # fmt: skip
    assert str(fact.counted_day) == taken["counted_day"] == "2020-07-01"
    read = await whole(declared, taken["report_id"])
    (version,) = read["versions"]
    assert version["answers"] == public
    assert version["personal"] == {"contact": CONTACT, "age": 40}
    assert read["period_title"]["vi"] == "quý II/2020"


async def test_personal_answers_stand_in_one_table_and_are_read_by_the_unit_and_the_board(
    declared: Replica,
) -> None:
    taken = await declared.taken(PATH, report("Q001"), role="district")
    for role, unit, sees in (
        ("unit", "Q001", True),
        ("district", "Q001", True),
        ("board", "", True),
        ("district", "HN", False),  # above it, and the receiver
    ):
        (version,) = (await whole(declared, taken["report_id"], role=role, unit=unit))["versions"]
        assert (version["personal"] is not None) == sees, (role, unit)
    for role, unit in (("unit", "X00004"), ("district", "Q002"), ("unit", "SNV"), ("ops", "")):
        answer = await declared.read(f"{PATH}/{taken['report_id']}", role=role, unit=unit)
        assert answer.status_code == 403, (role, unit)
    async with declared.chassis.database.transaction() as tx:
        for table in ("event_log", "idempotency_keys", "declared_reports", "report_versions"):
            for row in await tx.fetch(f"SELECT * FROM {table}"):  # noqa: S608
                text = b" ".join(
                    value if isinstance(value, bytes) else str(value).encode() for value in row
                )
                assert CONTACT.encode() not in text, table


async def test_a_commune_reports_to_where_the_plan_says(declared: Replica) -> None:
    body = {"unit": "X00004", "answers": {"note": "Một\n\nHai"}}
    taken = await declared.taken("/reports/commune-note", body, unit="X00004")
    assert (taken["receiver"], taken["period"]) == ("HN", None)
    (fact,) = await declared.facts(ReportSubmitted)
    assert fact.answers == {"note": "Một\nHai"}


async def test_the_kinds_are_read_by_all(declared: Replica) -> None:
    answer = await declared.read("/report-kinds", role="unit", unit="X00004")
    summary, note = answer.raise_for_status().json()["kinds"]
    assert [one["period"] for one in summary["periods"]] == [
        "2019-Q4", "2020-Q1", "2020-Q2", "2020-Q3", "2020-Q4",
    ]  # fmt: skip
    fields = {field["id"]: field for field in summary["fields"]}
    assert (fields["households"]["min"], fields["households"]["max"]) == ("0", "9000")
    assert [one["code"] for one in fields["way"]["choices"]] == ["team", "whole-unit"]
    assert (note["receiver"], note["periods"]) == ("root", [])


# Refused


async def test_every_fault_is_named_at_its_place_and_nothing_personal_is_repeated(
    declared: Replica,
) -> None:
    body = report(
        summary=None,
        households="120",
        budget="-1",
        met_on="2021-01-01",
        decision={"number": " ", "date": "2020-13-01"},
        way="teem",
        joined="yes",
        contact="\u202eLộ tên",
        age=100,
        **{"house/holds": 1},
    )
    problem = await declared.refused(422, PATH, {**body, "period": "2020-Q5"})
    assert rules(problem) >= {
        ("/period", "reports.period"),
        ("/answers/house~1holds", "answers.known"),
        ("/answers/summary", "answers.required"),
        ("/answers/households", "answers.type"),
        ("/answers/budget", "answers.limits"),
        ("/answers/met_on", "answers.limits"),
        ("/answers/way", "answers.limits"),
        ("/answers/joined", "answers.type"),
        ("/answers/age", "answers.limits"),
    }
    by_pointer = {fault["pointer"]: fault for fault in problem["faults"]}
    assert {"/answers/decision/number", "/answers/contact"} <= set(by_pointer)
    assert "did you mean “team”?" in by_pointer["/answers/way"]["en"]
    assert "did you mean “households”?" in by_pointer["/answers/house~1holds"]["en"]
    assert "Lộ tên" not in str(problem)


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("households", True, "answers.type"),
        ("households", 1.5, "answers.type"),
        ("households", 9001, "answers.limits"),
        ("households", -1, "answers.limits"),
        ("budget", 7, "answers.type"),
        ("budget", "1.000", "numbers.ambiguous"),
        ("budget", "7,5", "answers.type"),
        ("summary", "a" * 201, "answers.limits"),
        ("summary", " \n ", "answers.required"),
        ("summary", ["a"], "answers.type"),
        ("met_on", "30/6/2020", "answers.type"),
        ("decision", "12/QĐ", "answers.type"),
        ("decision", {"number": "1", "date": "2020-01-01", "by": "x"}, "answers.type"),
        ("joined", 1, "answers.type"),
        ("way", None, "answers.required"),
    ],
)
async def test_a_value_that_a_field_does_not_take_is_refused(
    declared: Replica, field: str, value: object, rule: str
) -> None:
    problem = await declared.refused(422, PATH, report(**{field: value}))
    assert rules(problem) == {(f"/answers/{field}", rule)}


async def test_who_does_not_send_it_when_and_what_there_is_not(declared: Replica) -> None:
    problem = await declared.refused(422, PATH, report("X00004"), unit="X00004")
    assert rules(problem) == {("/unit", "reports.owed")}
    problem = await declared.refused(422, PATH, report(period=None))
    assert rules(problem) == {("/period", "reports.period")}
    note = {"unit": "X00004", "period": "2020-Q2", "answers": {"note": "a"}}
    problem = await declared.refused(422, "/reports/commune-note", note)
    assert rules(problem) == {("/period", "reports.period")}
    problem = await declared.refused(404, "/reports/quarterly-sumary", report())
    assert "did you mean “quarterly-summary”?" in problem["detail_en"]
    await declared.refused(403, PATH, report(), unit="STP")


# One a period, returned and sent again


async def test_of_two_reports_of_a_period_at_once_one_is_kept_and_one_is_refused(
    declared: Replica,
) -> None:
    sent = await asyncio.gather(*(declared.send(PATH, report()) for _ in range(4)))
    assert sorted(answer.status_code for answer in sent) == [201, 409, 409, 409]
    await declared.taken(PATH, report(period="2020-Q1"))
    await declared.taken(PATH, report("STP"))
    assert len(await declared.facts(ReportSubmitted)) == 3


async def test_a_returned_report_is_sent_again_and_both_versions_stay_readable(
    declared: Replica,
) -> None:
    taken = await declared.taken(PATH, report(), key="first")
    back = f"{PATH}/{taken['report_id']}/return"
    await declared.at("2020-07-10")
    await declared.refused(409, PATH, report(households=121))
    returned = await declared.taken(back, RETURN, role="board")
    assert returned["version"] == 1
    problem = await declared.refused(409, back, RETURN, role="board")
    assert problem["type"].endswith("already-returned")
    await declared.at("2020-07-20")
    again = await declared.taken(PATH, report(households=121, contact="Người thứ hai"))
    assert (again["report_id"], again["version"]) == (taken["report_id"], 2)
    assert again["counted_day"] == "2020-07-01"  # the first sending counts
    await declared.refused(409, PATH, report(households=122))
    assert await declared.taken(PATH, report(), key="first") == taken

    first, second = (await whole(declared, taken["report_id"]))["versions"]
    assert (first["answers"]["households"], second["answers"]["households"]) == (120, 121)
    assert (first["personal"]["contact"], second["personal"]["contact"]) == (
        CONTACT, "Người thứ hai",
    )  # fmt: skip
    assert (first["returned"]["reason"], second["returned"]) == ("Thiếu số hộ", None)
    assert [fact.version for fact in await declared.facts(ReportSubmitted)] == [1, 2]
    (fact,) = await declared.facts(ReportReturned)
    assert (fact.version, fact.document, fact.period) == (1, "Công văn 05", "2020-Q2")


async def test_reports_of_a_unit_come_in_pages(declared: Replica) -> None:
    for period in ("2020-Q2", "2020-Q1", "2020-Q3"):
        await declared.taken(PATH, report(period=period))
    first = (await declared.read("/reports", {"unit": "SNV", "limit": 2})).json()
    then = {"unit": "SNV", "limit": 2, "after": first["next"]}
    second = (await declared.read("/reports", then, role="unit", unit="SNV")).json()
    listed = [one["period"] for one in (*first["reports"], *second["reports"])]
    assert (listed, second["next"]) == (["2020-Q1", "2020-Q2", "2020-Q3"], None)
    other = await declared.read("/reports", {"unit": "SNV"}, role="unit", unit="STP")
    assert other.status_code == 403


async def test_a_receiver_lists_what_was_sent_to_it_and_reads_it(declared: Replica) -> None:
    await declared.taken(PATH, report())
    sent = await declared.taken(PATH, report("Q001"))
    note = {"unit": "X00004", "answers": {"note": "a"}}
    await declared.taken("/reports/commune-note", note)
    got = await declared.read("/units/HN/received-reports", role="district", unit="HN")
    listed = [(one["kind"], one["unit"]) for one in got.json()["reports"]]
    summary = "quarterly-summary"
    assert listed == [("commune-note", "X00004"), (summary, "Q001"), (summary, "SNV")]
    (version,) = (await whole(declared, sent["report_id"], role="unit", unit="HN"))["versions"]
    assert (version["answers"]["households"], version["personal"]) == (120, None)
    none = await declared.read("/units/Q001/received-reports", role="district", unit="Q001")
    assert none.json()["reports"] == []
    other = await declared.read("/units/HN/received-reports", role="unit", unit="SNV")
    assert other.status_code == 403


# What is owed


async def test_it_fulfils_the_obligation_that_asks_for_its_kind_and_period(
    declared: Replica,
) -> None:
    other = await declared.taken(PATH, report(period="2020-Q1"))
    assert other["obligations"] == []
    taken = await declared.taken(PATH, report())
    (owed,) = taken["obligations"]
    assert (owed["obligation"], owed["status"], owed["days_late"]) == ("E1", "fulfilled", 0)
    await declared.at("2020-07-18")
    late = await declared.taken(PATH, report("STP"))
    assert late["obligations"][0]["days_late"] == 3
    assert [fact.unit for fact in await declared.facts(DeadlineMissed)] == ["STP"]
    facts = await declared.facts(ObligationFulfilled)
    assert [(fact.by, fact.option) for fact in facts] == [("report-submitted", "E1")] * 2


async def test_where_the_plan_says_so_the_last_sending_counts(dsn: str, issuer: Issuer) -> None:
    def last(plan: str) -> str:
        return with_reports(plan).replace("\nreports:", "\nreturned: {counts: last}\nreports:")

    async with running_replica(
        settings_of(dsn, issuer), issuer, announcement(edit=last)
    ) as replica:
        await replica.at("2020-07-10")
        taken = await replica.taken(PATH, report())
        back = f"{PATH}/{taken['report_id']}/return"
        await replica.taken(back, RETURN, role="board")
        await replica.at("2020-07-17")
        again = await replica.taken(PATH, report())
        assert again["counted_day"] == "2020-07-17"
        assert again["obligations"][0]["days_late"] == 2
        days = [fact.days_late for fact in await replica.facts(ObligationFulfilled)]
        assert days == [0, 2]
        (missed,) = await replica.facts(DeadlineMissed)
        assert (missed.unit, missed.deadline_version) == ("SNV", 2)


async def test_what_a_returned_report_fulfilled_is_owed_again_and_missed_again_once(
    declared: Replica,
) -> None:
    taken = await declared.taken(PATH, report())
    await declared.at("2020-07-14")
    await declared.taken(f"{PATH}/{taken['report_id']}/return", RETURN, role="board")
    (fact,) = await declared.facts(ObligationReopened)
    assert (fact.cause, fact.document, fact.last_day) == (
        "report-returned", "Công văn 05", date(2020, 7, 15),
    )  # fmt: skip
    assert (await declared.owed("SNV", "E1"))["status"] == "open"
    await declared.at("2020-07-16 00:00:00")
    misses = [f for f in await declared.fire() if isinstance(f, DeadlineMissed) and f.unit == "SNV"]
    assert [(f.deadline_version) for f in misses if f.obligation == "E1"] == [2]
    again = await declared.taken(PATH, report())
    owed = again["obligations"][0]
    assert (owed["status"], owed["counted_day"], owed["days_late"]) == (
        "fulfilled", "2020-07-01", 0,
    )  # fmt: skip
    assert [f.version for f in await declared.facts(ObligationFulfilled)] == [2, 5]


async def test_an_obligation_that_an_amendment_adds_is_fulfilled_by_what_was_sent(
    dsn: str, issuer: Issuer
) -> None:
    def alone(plan: str) -> str:
        return with_reports(plan).replace(OBLIGATION.strip("\n"), "")

    async with running_replica(
        settings_of(dsn, issuer), issuer, announcement(edit=alone)
    ) as replica:
        await replica.at("2020-07-01")
        assert (await replica.taken(PATH, report()))["obligations"] == []
        body = amendment()
        body["files"]["plan.yaml"] = with_reports(body["files"]["plan.yaml"])
        await replica.taken("/versions", body, role="board")
        state = await replica.owed("SNV", "E1")
        assert (state["status"], state["days_late"]) == ("fulfilled", 0)
        assert (await replica.owed("STP", "E1"))["status"] == "open"


# The day of the act


def by_act(plan: str) -> str:
    """The same plan, where the day of the meeting counts."""
    plan = with_reports(plan).replace(
        "    periods: quarter\n", "    periods: quarter\n    day_of_act: met_on\n"
    )
    was = "period: 2020-Q2\n        counted_by: received"
    return plan.replace(
        was, was.replace("received", "act") + "\n        reporting_grace_days: 5"
    ).replace("not_after: 2020-12-31, required: false", "not_after: 2020-12-31")


async def test_a_report_counts_by_the_day_that_it_names_and_both_days_are_shown(
    dsn: str, issuer: Issuer
) -> None:
    async with running_replica(settings_of(dsn, issuer), issuer, announcement(edit=by_act)) as one:
        await one.at("2020-07-18")
        for day in ("2020-07-19", "2019-12-31"):
            problem = await one.refused(422, PATH, report(met_on=day))
            assert {rule for _, rule in rules(problem)} <= {"answers.day-of-act", "answers.limits"}
        taken = await one.taken(PATH, report(met_on="2020-07-14"))
        assert (taken["acted_on"], taken["counted_day"]) == ("2020-07-14", "2020-07-18")
        (fact,) = await one.facts(ReportSubmitted)
        assert (str(fact.acted_on), str(fact.counted_day)) == ("2020-07-14", "2020-07-18")
        owed = await one.owed("SNV", "E1")
        assert (owed["status"], owed["counted_day"], owed["days_late"]) == (
            "fulfilled", "2020-07-14", 0,
        )  # fmt: skip
        report_id = taken["report_id"]
        await one.taken(f"{PATH}/{report_id}/return", RETURN, role="board")
        again = await one.taken(PATH, report(met_on="2020-07-17"))
        assert (again["version"], again["acted_on"]) == (2, "2020-07-17")
        assert (await one.owed("SNV", "E1"))["days_late"] == 2
        assert (await whole(one, report_id))["acted_on"] == "2020-07-17"
