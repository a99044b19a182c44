"""Groups in groups and declared numbers: every level is checked, at its line."""

import json

import pytest

from services.contracts.rules.groups import MOST_DEPTH
from tests.contracts.campaign.planting import Fault, Planted

FLAT = """        criteria:
          - id: III.1
            title: {vi: "Mô hình mới", en: "New model"}
            legal_source: "Mục 3"
            kind: entered
            maximum: "10"
"""
NESTED = """        groups:
          - id: III.a
            title: {vi: "Mô hình", en: "Models"}
            maximum: "6"
            cap: "6"
            criteria_count: 2
            criteria:
              - {id: III.a.1, title: {vi: "Một", en: "One"},
                 legal_source: "Mục 3", kind: entered, maximum: "4"}
              - {id: III.a.2, title: {vi: "Hai", en: "Two"},
                 legal_source: "Mục 3", kind: entered, maximum: "3"}
          - id: III.b
            title: {vi: "Khác", en: "Others"}
            maximum: "4"
            assigned_to: {kinds: [department], when: {measure: essays, at_least: "1"}}
            groups:
              - id: III.b.i
                title: {vi: "Trong cùng", en: "Innermost"}
                maximum: "4"
                criteria:
                  - {id: III.b.i.1, title: {vi: "Ba", en: "Three"}, legal_source: "Mục 3",
                     kind: count, measure: essays, each: "1", cap: "4", maximum: "4"}
"""


@pytest.fixture
def nested(every_kind: Planted) -> Planted:
    """The optional group III made of groups."""
    every_kind.plant("rules.yaml", FLAT, NESTED)
    return every_kind


def test_groups_in_groups_are_a_sound_file(nested: Planted) -> None:
    assert nested.problems() == []


INNER = 'maximum: "4"\n            assigned_to'
INNERMOST = 'maximum: "4"\n                criteria'
CAP = 'maximum: "6"\n            cap: "6"\n'
COUNT = "            criteria_count: 2\n"
WHEN = 'at_least: "1"}}\n            groups'

FAULTS = {
    "a sum of an inner group": Fault(
        INNER, INNER.replace("4", "5"), (0, "says 5 but the items add up to 4 = 4")
    ),
    "a sum of the innermost group": Fault(
        INNERMOST,
        INNERMOST.replace("4", "2"),
        (-5, "says 4 but the items add up to 2 = 2"),
        (0, "says 2 but the items add up to 4 = 4"),
    ),
    "a cap that nobody reaches": Fault(
        CAP, CAP.replace("6", "8"), (1, "add up to 7 and never reach the cap 8")
    ),
    "an id that comes twice": Fault("id: III.b.i.1", "id: I.1", (0, "id I.1 is already in line")),
    "an id of a group that comes twice": Fault(
        "id: III.b.i\n", "id: III.a\n", (0, "id III.a is already in line")
    ),
    "a measure that is not there": Fault(
        "measure: essays, each", "measure: esays, each", (0, "there is no measure “esays”")
    ),
    "a condition of an inner group": Fault(
        WHEN, WHEN.replace("at_least", "less_than").replace("1", "0"), (0, "III.b")
    ),
    "a cap between two steps": Fault(
        CAP,
        CAP.replace('cap: "6"', 'cap: "6.1"'),
        (1, "make them equal"),
        (1, "6.1 is no multiple of the step"),
    ),
    "a key that is misspelt": Fault(
        COUNT + "            crit", COUNT + "            krit", (1, "krit")
    ),
    "a number of criteria": Fault(
        COUNT, COUNT.replace("2", "3"), (0, "says 3 criteria but there are 2")
    ),
    "a number of none": Fault(COUNT, COUNT.replace("2", "0"), (0, "criteria_count")),
    "a group with nothing": Fault(NESTED, "        criteria: []\n", (-6, "has nothing in it")),
}
TABLE = '    cap: "110"\n'
KNOCK = "        when: {measure: report, is: missed}\n"
YES = "            when: {measure: prizes, more_than"
RUNG = '                points: "8"\n'
COUNTS = {
    "criteria of a table": Fault(
        TABLE,
        TABLE + "    criteria_count: 14\n",
        (
            1,
            "says 14 criteria but there are 15; add or remove some, or correct it; 2 of them are "
            "bonuses or deductions",
        ),
    ),
    "criteria of a group": Fault(
        '        cap: "40"\n',
        '        cap: "40"\n        criteria_count: 12\n',
        (1, "says 12 criteria but there are 4"),
    ),
    "knock-outs": Fault(
        TABLE, TABLE + "    knock_out_count: 2\n", (1, "says 2 knock-outs but there are 1")
    ),
    "conditions of a knock-out": Fault(
        KNOCK, KNOCK + "        condition_count: 2\n", (1, "says 2 conditions but `when` has 1")
    ),
    "conditions of a yes or no": Fault(
        YES, "            condition_count: 3\n" + YES, (0, "says 3 conditions but `when` has 1")
    ),
    "conditions of a rung": Fault(
        RUNG,
        RUNG + "                condition_count: 3\n",
        (1, "says 3 conditions but `when` has 2"),
    ),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_at_any_depth_is_found_at_its_line(nested: Planted, fault: Fault) -> None:
    nested.assert_found("rules.yaml", fault)


@pytest.mark.parametrize("fault", COUNTS.values(), ids=COUNTS)
def test_a_declared_number_that_is_not_so_is_found(every_kind: Planted, fault: Fault) -> None:
    every_kind.assert_found("rules.yaml", fault)


def test_numbers_that_are_so_are_no_fault(nested: Planted) -> None:
    for old, more in (
        (TABLE, "    criteria_count: 17\n    knock_out_count: 1\n"),
        ('        cap: "40"\n', "        criteria_count: 4\n"),
        (KNOCK, "        condition_count: 1\n"),
        (RUNG, "                condition_count: 2\n"),
    ):
        nested.plant("rules.yaml", old, old + more)
    assert nested.problems() == []


def test_a_count_is_not_judged_where_a_criterion_could_not_be_read(nested: Planted) -> None:
    nested.plant("rules.yaml", 'kind: entered, maximum: "3"', 'kind: entred, maximum: "3"')
    assert len(nested.problems()) == 1


_TITLE = {"vi": "Sâu", "en": "Deep"}


def deep(levels: int) -> str:
    """Groups in so many others."""
    only = {"id": "d.1", "title": _TITLE, "legal_source": "Mục 3", "kind": "entered"}
    group: dict[str, object] = {
        "id": "d",
        "title": _TITLE,
        "maximum": "10",
        "criteria": [{**only, "maximum": "10"}],
    }
    for n in range(levels):
        group = {"id": f"d{n}", "title": _TITLE, "maximum": "10", "groups": [group]}
    return f"        groups: [{json.dumps(group, ensure_ascii=False)}]\n"


def test_as_deep_as_is_taken(every_kind: Planted) -> None:
    every_kind.plant("rules.yaml", FLAT, deep(MOST_DEPTH - 2))
    assert every_kind.problems() == []


def test_too_deep_is_one_problem_at_the_group_that_it_is_in(every_kind: Planted) -> None:
    line = every_kind.plant("rules.yaml", FLAT, deep(MOST_DEPTH - 1))
    (problem,) = every_kind.problems()
    assert problem.line == line - 6
    assert f"more than {MOST_DEPTH} levels" in problem.en


def test_far_too_deep_is_one_problem_too(every_kind: Planted) -> None:
    every_kind.plant("rules.yaml", FLAT, deep(60))
    assert len(every_kind.problems()) == 1
