"""Each kind of fault in rules.yaml is found at its line, with its remedy."""

import pytest

from tests.contracts.campaign.planting import Fault, Planted

ON_TIME = "where: [{field: late, is: false}]"
GOOD = 'where: [{field: mark, at_least: "80"}]'
SECOND_RUNG = '              - {up_to: 2, points: "7.5"}'
LADDER_END = '            otherwise: "1"\n            missed: "0"\n            open: "0"\n'

FAULTS: dict[str, Fault] = {
    "another year's campaign": Fault(
        "campaign: hanoi-2020", "campaign: hanoi-2021", (0, "make them the same")
    ),
    "a sample that does not say so": Fault(
        '  en: "SAMPLE TABLE 2020 – NOT OFFICIAL"',
        '  en: "Table of points 2020"',
        (-2, "must have the words “minh họa” (vi) and “sample” (en)"),
    ),
    "points without quotes": Fault('each: "2"', "each: 2.5", (0, 'written in quotes: "2.5"')),
    "whole points without quotes": Fault('each: "2"', "each: 2", (0, 'written in quotes: "2"')),
    "points with a comma": Fault('each: "2"', 'each: "2,5"', (0, 'write "2.5"')),
    "points with a comma between braces": Fault(
        SECOND_RUNG,
        "              - {up_to: 2, points: 7,5}",
        (0, "written in quotes"),
        (0, 'a decimal comma before 5? write a dot, and quotes, like "2.5"'),
    ),
    "points in words": Fault(
        'each: "2"', 'each: "hai"', (0, "not a decimal; write it as a string")
    ),
    "points that may be thousands": Fault('each: "2"', 'each: "2.000"', (0, "write 2000 or 2")),
    "points in exponents": Fault(
        'each: "2"', 'each: "2e3"', (0, "not a decimal; write it as a string")
    ),
    "a tie rule that there is not": Fault(
        "ties: shared", "ties: share", (0, "did you mean “shared”?")
    ),
    "a kind of measure that there is not": Fault(
        "kind: count\n    of: essay-submitted",
        "kind: counts\n    of: essay-submitted",
        (-2, "did you mean “count”?"),
    ),
    "a kind of criterion that there is not": Fault(
        "kind: linear", "kind: linaer", (-5, "did you mean “linear”?")
    ),
    "a typo in a criterion's key": Fault(
        '            target: "30"',
        '            targt: "30"',
        (-7, "“target” is missing"),
        (0, "did you mean “target”?"),
    ),
    "an event that there is not": Fault(
        "of: essay-judged", "of: essay-marked", (0, "there is no event “essay-marked”")
    ),
    "an event that is no fact about a unit": Fault(
        "of: essay-judged", "of: standings-published", (0, "no event “standings-published”")
    ),
    "a reminder counted": Fault(
        "of: commendation-proposed",
        "of: deadline-approaching",
        (0, "no event “deadline-approaching”"),
    ),
    "an event taken back by what is about something else": Fault(
        "unless: essay-withdrawn\n  essays_on_time",
        "unless: commendation-proposed\n  essays_on_time",
        (0, "use: essay-withdrawn, essay-judged"),
    ),
    "a field that the event does not have": Fault(
        "field: late,", "field: lat,", (0, "did you mean “late”?")
    ),
    "a sum of what is no number": Fault(
        "field: mark\n", "field: prize\n", (0, "numbers of essay-judged: version, mark")
    ),
    "a sum of what is not there": Fault(
        "field: mark\n", "field: marks\n", (0, "did you mean “mark”?")
    ),
    "two tests in one condition": Fault(
        GOOD,
        'where: [{field: mark, at_least: "80", less_than: "90"}]',
        (0, "exactly one of is, one_of, at_least"),
    ),
    "no test in a condition": Fault(GOOD, "where: [{field: mark}]", (0, "exactly one of")),
    "a number compared as a text": Fault(
        GOOD, 'where: [{field: mark, is: "80"}]', (0, "numbers are compared by at_least")
    ),
    "yes or no compared as a number": Fault(
        ON_TIME, 'where: [{field: late, less_than: "1"}]', (0, "texts and yes/no by is")
    ),
    "yes or no compared with a text": Fault(
        ON_TIME, 'where: [{field: late, is: "no"}]', (0, "write true or false")
    ),
    "a text compared with yes or no": Fault(
        ON_TIME, "where: [{field: form, is: false}]", (0, "write a text in quotes")
    ),
    "a choice that the field never has": Fault(
        ON_TIME, "where: [{field: form, is: writen}]", (0, "did you mean “written”?")
    ),
    "a moment compared": Fault(
        ON_TIME, "where: [{field: submitted_at, is: x}]", (0, "cannot be compared")
    ),
    "an obligation that the plan does not have": Fault(
        "obligation: D6\n", "obligation: D8\n", (0, "plan.yaml has no obligation “D8”")
    ),
    "a way in place of an obligation": Fault(
        "obligation: D2\n", "obligation: D3\n", (0, "plan.yaml has no obligation “D3”")
    ),
    "a measure that there is not": Fault(
        "measure: contest_report", "measure: contest_reports", (0, "“contest_report”?")
    ),
    "a measure that there is not, in a penalty": Fault(
        "{measure: weak_essays,", "{measure: week_essays,", (0, "did you mean “weak_essays”?")
    ),
    "a ladder over a count": Fault(
        "measure: contest_report", "measure: essays", (0, "late-ladder needs days-late")
    ),
    "a sum over days late": Fault(
        "measure: commendations", "measure: ceremony", (0, "all others a number")
    ),
    "an obligation that nobody of the table owes": Fault(
        "measure: contest_report",
        "measure: conference_of_commune",
        (0, "no unit of this table owes D1"),
    ),
    "a table's total that is not its groups'": Fault(
        '    maximum: "100"', '    maximum: "110"', (0, "add up to 30 + 30 + 40 = 100")
    ),
    "a group's total that is not its criteria's": Fault(
        'en: "Quality"}\n        maximum: "30"',
        'en: "Quality"}\n        maximum: "31"',
        (-36, "add up to 30 + 31 + 40 = 101"),
        (1, "add up to 10 + 15 + 5 = 30"),
    ),
    "a cap that is not the group's maximum": Fault(
        'cap: "30"', 'cap: "29"', (0, "is not the group's maximum 30")
    ),
    "a cap that is never reached": Fault(
        'maximum: "30"\n        cap: "30"',
        'maximum: "40"\n        cap: "40"',
        (-4, "add up to 40 + 30 + 40 = 110"),
        (1, "add up to 35 and never reach the cap 40"),
    ),
    "a ladder that does not ascend": Fault(
        SECOND_RUNG, SECOND_RUNG.replace("up_to: 2", "up_to: 0"), (0, "ascend")
    ),
    "a ladder that pays for coming later": Fault(
        SECOND_RUNG,
        SECOND_RUNG.replace("7.5", "10.5"),
        (0, "points go down"),
        (7, "the best rung 10.5 is not the criterion's maximum 10"),
    ),
    "more for never than for late": Fault(
        LADDER_END, LADDER_END.replace('missed: "0"', 'missed: "2"'), (1, "not be more than 1")
    ),
    "a ladder without an otherwise": Fault(
        LADDER_END,
        LADDER_END.replace('            otherwise: "1"\n', ""),
        (-12, "“otherwise” is missing"),
    ),
    "a count whose cap is not its maximum": Fault(
        'each: "2"\n            cap: "10"',
        'each: "2"\n            cap: "8"',
        (1, "cap 8 is not the criterion's maximum 10"),
    ),
    "a target of nothing": Fault('target: "30"', 'target: "0"', (0, "more than 0")),
    "a penalty that is negative twice": Fault(
        '{measure: weak_essays, each: "0.5"}',
        '{measure: weak_essays, each: "-0.5"}',
        (0, "must be more than 0"),
    ),
    "a floor above nothing": Fault(
        'floor: "-5"', 'floor: "1"', (0, "the floor 1 must be 0 or less")
    ),
    "a ceiling that is not the maximum": Fault(
        'ceiling: "5"', 'ceiling: "4"', (0, "ceiling 4 is not the criterion's maximum 5")
    ),
    "an id twice in a table": Fault("- id: I.2\n", "- id: I.1\n", (0, "id I.1 is already in line")),
    "a group twice": Fault("- id: II\n", "- id: I\n", (0, "id I is already in line")),
    "a level twice": Fault("{level: good,", "{level: excellent,", (0, "excellent is already in")),
    "levels that do not descend": Fault('from: "75"}', 'from: "95"}', (0, "highest first")),
    "a level beyond the table": Fault(
        'from: "90"}', 'from: "101"}', (0, "nobody can reach it: the table has 100 points")
    ),
    "totals below the last level": Fault(
        'from: "-5"}', 'from: "0"}', (0, "must begin at -5 or lower")
    ),
    "a table for a level that no unit has": Fault(
        "applies_to: {levels: [upper]}",
        "applies_to: {levels: [uper]}",
        (0, "did you mean “upper”?"),
    ),
    "two tables for one unit": Fault(
        "applies_to: {levels: [commune]}",
        "applies_to: {kinds: [xa, quan]}",
        (0, "Q001 (quan) has the table upper"),
    ),
    "a title in one language": Fault(
        'title: {vi: "Chất lượng", en: "Quality"}',
        'title: {vi: "Chất lượng"}',
        (0, "“en” is missing"),
    ),
    "no legal source": Fault(
        "            legal_source: >-",
        "            note: >-",
        (-2, "“legal_source” is missing"),
        (0, "there is no key “note”"),
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_in_the_rules_is_found_at_its_line_with_its_remedy(
    planted: Planted, name: str
) -> None:
    planted.assert_found("rules.yaml", FAULTS[name])
