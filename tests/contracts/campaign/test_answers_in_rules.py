"""Measures over reports that the plan declares: their kinds, and the fields of their answers."""

from pathlib import Path

import pytest

from tests.contracts.campaign.planting import HANOI, Planted
from tests.submissions.declared import with_reports

SUMMARY = "{field: kind, is: quarterly-summary}"
HOUSEHOLDS = f"{{kind: sum, of: report-submitted, field: answers.households, where: [{SUMMARY}]}}"


def counted(*tests: str) -> str:
    return f"{{kind: count, of: report-submitted, where: [{', '.join((SUMMARY, *tests))}]}}"


@pytest.fixture
def asking(tmp_path: Path) -> Planted:
    planted = Planted.copy(tmp_path)
    planted.write("plan.yaml", with_reports((HANOI / "plan.yaml").read_text()))
    return planted


def with_measure(planted: Planted, measure: str) -> None:
    titled = measure.replace("{", "{title: {vi: chỉ số, en: measure}, ", 1)
    planted.plant("rules.yaml", "measures:\n", f"measures:\n  of_reports: {titled}\n")


@pytest.mark.parametrize(
    "measure",
    [
        HOUSEHOLDS,
        "{kind: count, of: report-submitted, unless: report-returned}",
        "{kind: count, of: report-returned, where: [{field: kind, is: commune-note}]}",
        counted("{field: answers.way, is: team}", "{field: answers.joined, is: true}"),
        counted('{field: answers.budget, at_least: "5"}', "{field: answers.decision, given: true}"),
        counted("{field: period, one_of: [2020-Q1, 2020-Q2]}"),
    ],
)
def test_answers_are_fields_that_a_measure_reads(asking: Planted, measure: str) -> None:
    with_measure(asking, measure)
    assert asking.problems() == []


@pytest.mark.parametrize(
    ("measure", "remedy"),
    [
        (HOUSEHOLDS.replace("households", "housholds"), "did you mean “answers.households”?"),
        (HOUSEHOLDS.replace("answers.households", "answers.summary"), "is no number"),
        (HOUSEHOLDS.replace("quarterly-summary", "commune-note"), "has no field “answers.house"),
        (HOUSEHOLDS.replace("quarterly-summary", "quarterly-sumary"), "no kind of report"),
        (HOUSEHOLDS.replace("answers.households", "answers.age"), "is personal, and in no event"),
        (counted("{field: answers.contact, given: true}"), "is personal, and in no event"),
        (counted("{field: answers.way, is: teem}"), "did you mean “team”?"),
        (counted("{field: answers.joined, is: team}"), "write true or false"),
        (counted("{field: answers.decision, is: a}"), "cannot be compared"),
        (counted("{field: answers.households, is: a}"), "numbers are compared by at_least"),
        (counted("{field: answers.contact, is: a}"), "is personal"),
    ],
)
def test_an_answer_that_there_is_not_or_that_is_read_wrongly_is_a_fault(
    asking: Planted, measure: str, remedy: str
) -> None:
    with_measure(asking, measure)
    found = [problem for problem in asking.problems() if remedy in problem.en]
    assert len(found) == 1, asking.problems()


def test_a_kind_that_could_not_be_read_makes_no_other_fault(asking: Planted) -> None:
    with_measure(asking, HOUSEHOLDS)
    asking.plant("plan.yaml", "type: yes-no", "type: yesno")
    (problem,) = asking.problems()
    assert problem.file == "plan.yaml"
