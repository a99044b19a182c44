"""What rules name there is, of the kind that is needed: measures, fields, units, clusters, ids."""

import pytest

from tests.contracts.campaign.planting import Fault, Planted

TARGET = "where: [{field: target, given: true}]"
PRIZES = 'where: [{field: prizes, more_than: "0"}]'

FAULTS: dict[str, Fault] = {
    "a share of a measure that there is not": Fault(
        "part: sent,", "part: snet,", (0, "there is no measure “snet”; did you mean “sent”?")
    ),
    "a share of an obligation": Fault(
        "whole: asked,", "whole: report,", (0, "“report” is the state of an obligation")
    ),
    "a total of a measure that there is not": Fault(
        "plus: [essays, prizes]", "plus: [essays, prices]", (0, "did you mean “prizes”?")
    ),
    "a total of itself": Fault(
        "minus: [meetings_missed]}", "minus: [balance]}", (0, "a circle balance → balance")
    ),
    "measures made of each other": Fault(
        "  over_the_bus: {kind: share, part: sent, whole: asked, ",
        "  over_the_bus: {kind: share, part: sent, whole: half}\n"
        "  half: {kind: total, plus: [quarter]}\n"
        "  quarter: {kind: total, plus: [over_the_bus]}\n"
        "  other: {kind: share, part: sent, whole: asked, ",
        (0, "a circle over_the_bus → half → quarter → over_the_bus"),
    ),
    "a condition on a measure that there is not": Fault(
        "among: {measure: prizes,", "among: {measure: prices,", (0, "did you mean “prizes”?")
    ),
    "a knock-out on a measure that there is not": Fault(
        "when: {measure: report, is", "when: {measure: reports, is", (0, "did you mean “report”?")
    ),
    "an assignment on a measure that there is not": Fault(
        'when: {measure: essays, at_least: "1"}}',
        'when: {measure: essay, at_least: "1"}}',
        (0, "did you mean “essays”?"),
    ),
    "a bound that is no number": Fault(
        "at_least: {measure: asked,", "at_least: {measure: report,", (0, "all others a number")
    ),
    "a target that is no number": Fault(
        "            target: plan\n", "            target: report\n", (0, "all others a number")
    ),
    "days that end before they begin": Fault(
        "before_day: 2021-01-01", "before_day: 2019-01-01", (0, "nothing is counted")
    ),
    "a test of a field that there is not": Fault(
        TARGET, TARGET.replace("target", "taget"), (0, "did you mean “target”?")
    ),
    "a bare number for a text": Fault(
        "{field: name, is: documents-in}",
        "{field: name, is: 5}",
        (0, "“5”: must be text; put it in quotes"),
    ),
    "a list of choices for a number": Fault(
        PRIZES, "where: [{field: prizes, one_of: [a]}]", (0, "numbers are compared by at_least")
    ),
    "a bound of a text": Fault(
        "{field: name, is: documents-in}",
        '{field: name, at_least: "1"}',
        (0, "texts and yes/no by is"),
    ),
    "choices that a field never has": Fault(
        "where: [{field: late, is: false}]",
        "where: [{field: form, one_of: [written, pres]}]",
        (0, "it is never “pres”; did you mean “press”?"),
    ),
    "an empty list of choices": Fault(
        "one_of: [meeting-missed, session-missed]", "one_of: []", (0, "an empty list")
    ),
    "two tests in one line": Fault(
        TARGET, 'where: [{field: target, given: true, at_least: "1"}]', (0, "exactly one of")
    ),
    "tests that no number passes": Fault(
        'less_than: "1000000"}', 'less_than: "0"}', (0, "no number of “value” passes all")
    ),
    "a latest of a text": Fault(
        "field: target, where", "field: period, where", (0, "“period” is no number")
    ),
    "a tie break by nothing": Fault(
        "tie_break: [I, I.2]", "tie_break: [I, I.20]", (0, "no table has a group or criterion I.20")
    ),
    "a tie break twice": Fault("[I, I.2]", "[I, I]", (0, "I is there already")),
    "a criterion with its group's name": Fault(
        "- id: II.1\n", "- id: II\n", (0, "id II is already in line")
    ),
    "a knock-out twice": Fault(
        "        level: not-done\n    groups",
        "        level: not-done\n"
        '      - {id: K1, title: {vi: "a", en: "b"}, legal_source: "Mục 5", level: not-done,\n'
        "         when: {measure: report, is: open}}\n"
        "    groups",
        (1, "id K1 is already in line"),
    ),
    "a head of a cluster that there is not": Fault(
        "{departments: SNV}", "{department: SNV}", (0, "did you mean “departments”?")
    ),
    "a head that there is not": Fault(
        "{departments: SNV}", "{departments: SNW}", (0, "units.csv has no unit SNW")
    ),
    "a head of another cluster": Fault(
        "{departments: SNV}",
        "{departments: Q001}",
        (0, "Q001 is of the cluster urban-districts and not of departments"),
    ),
    "assigned to a kind that there is not": Fault(
        "{kinds: [department],", "{kinds: [departments],", (0, "did you mean “department”?")
    ),
    "not assigned to a unit that there is not": Fault(
        "except_units: [STP]", "except_units: [STPP]", (0, "units.csv has no unit STPP")
    ),
    "assigned to units that the table does not score": Fault(
        "assigned_to: {levels: [upper]}",
        "assigned_to: {levels: [commune]}",
        (0, "no unit of the table upper is meant"),
    ),
    "another zone than the plan's": Fault(
        "Asia/Ho_Chi_Minh", "Asia/Bangkok", (0, "the zone Asia/Bangkok but plan.yaml Asia/Ho_Chi")
    ),
    "a stage twice": Fault(
        "[final, cluster, self]", "[final, final, self]", (0, "“final” comes twice")
    ),
    "a stage that there is not": Fault(
        "[final, cluster, self]", "[finale, self]", (0, "did you mean “final”?")
    ),
    "a kind that there is not": Fault(
        "kind: target-leader",
        "kind: leader-target",
        (-3, "“leader-target” is not taken; did you mean “"),
    ),
    "a kind far from all": Fault(
        "kind: yes-no",
        "kind: xyz",
        (-3, "“xyz” is not taken; choose one of: "),
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_name_that_leads_nowhere_is_found_at_its_line_with_its_remedy(
    every_kind: Planted, name: str
) -> None:
    every_kind.assert_found("rules.yaml", FAULTS[name])


def test_an_unknown_kind_is_answered_by_all_kinds_the_nearest_first(every_kind: Planted) -> None:
    every_kind.plant("rules.yaml", "kind: steps", "kind: step")
    (problem,) = every_kind.problems()
    assert "did you mean “steps”? (known: steps, " in problem.en
    for kind in ("late-ladder", "ladder", "first-rung", "entered", "base-plus-minus"):
        assert kind in problem.en
    assert "có thể là “steps” (các giá trị có sẵn: steps, " in problem.vi


def test_a_faulty_measure_is_not_also_called_unknown_in_what_is_made_of_it(
    every_kind: Planted,
) -> None:
    line = every_kind.plant("rules.yaml", "field: prizes, where", "feld: prizes, where")
    assert {p.line for p in every_kind.problems()} == {line}


def test_rules_without_a_zone_have_the_days_of_vietnam_and_say_so_where_the_plan_has_not(
    planted: Planted,
) -> None:
    line = planted.plant("plan.yaml", "timezone: Asia/Ho_Chi_Minh", "timezone: Asia/Tokyo")
    (problem,) = planted.problems()
    assert (problem.file, problem.line) == ("plan.yaml", line)
    assert "its days are those of Asia/Ho_Chi_Minh; add there timezone: Asia/Tokyo" in problem.en
