"""Conditions of a plan: measures and comparisons are checked as those of a rule set."""

import pytest

from services.contracts.campaign.loader import load_campaign
from tests.contracts.campaign.planting import ROOT, Fault, Planted

MEASURES = """
measures:
  essays:
    kind: count
    title: {vi: "số bài dự thi", en: "essays"}
    of: essay-submitted
    unless: essay-withdrawn
  report:
    kind: days-late
    title: {vi: "báo cáo đánh giá", en: "the report"}
    obligation: D6
"""
WHEN = '{any: [{measure: essays, less_than: "3"}, {measure: report, is: missed}]}'
D7 = "    levels: [upper]\n    options:\n      - id: D7\n"
ONLY_IF = f"    only_if:\n      on: 2020-07-31\n      when: {WHEN}\n"


@pytest.fixture
def asking(planted: Planted) -> Planted:
    """D7 is owed on a condition."""
    planted.plant("plan.yaml", "\ntimezone:", f"{MEASURES.rstrip()}\ntimezone:")
    planted.plant("plan.yaml", D7, D7.replace("    options", f"{ONLY_IF}    options"))
    return planted


def test_a_plan_may_ask_on_any_condition_of_the_rule_language(asking: Planted) -> None:
    assert asking.problems() == []
    campaign = load_campaign(asking.directory)
    condition = campaign.plan.obligation("D7").only_if
    assert condition is not None
    assert str(condition.day) == "2020-07-31"
    assert campaign.plan.obligation("D5").only_if is not None, "and of two obligations"


@pytest.mark.parametrize("begins", ["      essays: {kind: count", "      rate:\n"])
def test_an_example_of_the_manual_is_one(planted: Planted, begins: str) -> None:
    manual = (ROOT / "docs" / "campaigns.md").read_text(encoding="utf-8")
    example = manual.partition(f"    measures:\n{begins}")[2]
    before, _, after = example.partition("    …\n")
    measures = f"measures:\n{begins}{before}"
    condition = after.partition("\n\n")[0].replace("        only_if", "    only_if", 1)
    planted.plant("plan.yaml", "\ntimezone:", f"\n{measures.rstrip()}\ntimezone:")
    planted.plant("plan.yaml", D7, D7.replace("    options", f"{condition}\n    options"))
    assert planted.problems() == []
    assert load_campaign(planted.directory).plan.obligation("D7").only_if is not None


FAULTS: dict[str, Fault] = {
    "a measure that there is not": Fault(
        "{measure: essays, less", "{measure: esays, less", (0, "did you mean “essays”?")
    ),
    "a state of what has none": Fault(
        "{measure: report, is: missed}", "{measure: essays, is: missed}", (0, "a state of an")
    ),
    "a bound that is a state": Fault(
        'less_than: "3"', "less_than: {measure: report}", (0, "is the state of an obligation")
    ),
    "what can never hold": Fault('less_than: "3"', 'less_than: "0"', (0, "can never hold")),
    "what always holds": Fault('less_than: "3"', 'at_least: "0"', (0, "always holds")),
    "an event that there is not": Fault(
        "of: essay-submitted", "of: essay-sent", (0, "there is no event “essay-sent”")
    ),
    "an obligation that there is not": Fault(
        "obligation: D6", "obligation: D66", (0, "plan.yaml has no obligation “D66”")
    ),
    "marks that people enter": Fault(
        "    of: essay-submitted\n    unless: essay-withdrawn\n",
        "    of: score-entered\n",
        (0, "marks that people enter decide nothing"),
    ),
    "a day behind the deadline": Fault("on: 2020-07-31", "on: 2020-09-30", (0, "must lie between")),
    "a day alone": Fault(f"      when: {WHEN}\n", "", (-2, "say no_essays_by, or both on")),
    "both forms": Fault(
        "      on: 2020-07-31",
        "      no_essays_by: 2020-06-05\n      on: 2020-07-31",
        (-1, "say no_essays_by, or both on"),
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_condition_that_cannot_be_meant_is_found_at_its_line(asking: Planted, name: str) -> None:
    asking.assert_found("plan.yaml", FAULTS[name])


def test_a_measure_that_no_condition_reads_is_advice(asking: Planted) -> None:
    asking.plant("plan.yaml", ", {measure: report, is: missed}", "")
    (advice,) = [one for one in asking.warnings() if one.file == "plan.yaml"]
    assert "no condition reads it" in advice.en


def test_no_advice_is_given_where_the_obligations_could_not_be_read(asking: Planted) -> None:
    asking.plant("plan.yaml", "\nobligations:\n", "\nobligations: {}\nformer:\n")
    assert [one.en for one in asking.warnings() if one.file == "plan.yaml"] == []
