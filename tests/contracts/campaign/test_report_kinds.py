"""Kinds of report in a plan: what they say, and what is wrong with one."""

from datetime import date
from pathlib import Path

import pytest

from services.contracts.campaign.loader import load_campaign
from tests.contracts.campaign.planting import HANOI, Fault, Planted
from tests.submissions.declared import with_reports


@pytest.fixture
def asking(tmp_path: Path) -> Planted:
    """The campaign of 2020 with two kinds of report, and an obligation by one of them."""
    planted = Planted.copy(tmp_path)
    planted.write("plan.yaml", with_reports((HANOI / "plan.yaml").read_text()))
    return planted


def test_a_plan_without_kinds_asks_for_none() -> None:
    plan = load_campaign(HANOI).plan
    assert (plan.reports, plan.returned.counts) == ((), "first")


def test_a_kind_says_who_sends_it_to_whom_and_an_option_asks_for_it(asking: Planted) -> None:
    assert asking.problems() == asking.warnings() == []
    plan = load_campaign(asking.directory).plan
    summary = plan.report_kind("quarterly-summary")
    assert summary is not None
    assert (summary.levels, summary.receiver) == (("upper",), "parent")
    assert summary.known_periods(date(2020, 1, 1), date(2020, 6, 30)) == ("2020-Q1", "2020-Q2")
    field = summary.field("contact")
    assert field is not None
    assert (field.required, field.personal) == (True, True)
    owed = plan.obligation("E1")
    event = "report-submitted"
    assert owed.option_for(event, report="quarterly-summary", period="2020-Q2") is not None
    assert owed.option_for(event, report="quarterly-summary", period="2020-Q1") is None
    assert owed.option_for(event, report="commune-note") is None
    assert owed.option_for("contest-reported") is None


FAULTS = {
    "a type that there is not": Fault(
        "type: yes-no", "type: yesno", (0, "did you mean “yes-no”?")
    ),
    "a limit of another type": Fault(
        "type: text, longest: 200", 'type: text, min: "1"', (0, "min goes with the type whole")
    ),
    "a choice of nothing": Fault(
        "        choices: {team: {vi: \"Tổ\", en: \"Team\"}, whole-unit: {vi: \"Cả đơn vị\","
        ' en: "The whole unit"}}\n',
        "",
        (-3, "the type choice needs choices"),
    ),
    "a range upside down": Fault(
        'min: "0", max: "9000"', 'min: "9", max: "1"', (0, "min is above max")
    ),
    "an id twice": Fault("{id: joined,", "{id: summary,", (0, "is used in this report already")),
    "a receiver that there is not": Fault(
        "receiver: root", "receiver: HNN", (0, "did you mean “HN”?")
    ),
    "a kind that there is not": Fault(
        "report: quarterly-summary", "report: quarterly-sumary",
        (0, "did you mean “quarterly-summary”?"),
    ),
    "a kind that other units send": Fault(
        "report: quarterly-summary\n        period: 2020-Q2", "report: commune-note",
        (0, "do not send commune-note"),
    ),
    "a period that the kind has not": Fault(
        "period: 2020-Q2", "period: 2020-Q5", (0, "is not sent for “2020-Q5”")
    ),
    "no kind": Fault("        report: quarterly-summary\n", "", (-2, "the key report is missing")),
    "a kind with another event": Fault(
        "by: contest-reported", "by: contest-reported\n        report: quarterly-summary",
        (1, "goes with by: report-submitted only"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_at_its_line(asking: Planted, name: str) -> None:
    asking.assert_found("plan.yaml", FAULTS[name])


def test_two_obligations_may_ask_for_one_report_or_for_those_of_two_periods(
    asking: Planted,
) -> None:
    plan = (asking.directory / "plan.yaml").read_text()
    begin = plan.index("\n  - id: E1")
    second = plan[begin:].replace("E1", "E2")
    asking.write("plan.yaml", plan.rstrip("\n") + second.replace("2020-Q2", "2020-Q3"))
    assert asking.problems() == []
    asking.write("plan.yaml", plan.rstrip("\n") + second)
    assert asking.problems() == []
