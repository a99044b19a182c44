"""Declared totals are the sums of what is below them; levels cover every total there can be."""

import pytest

from tests.contracts.campaign.planting import Fault, Planted

ROUNDING = '    level_rounding: {to: "1", mode: half-up}\n'
GOOD = 'from: "75", up_to: "89"}'
DONE = 'from: "50", up_to: "74"}'
LAST = 'up_to: "49"}'
II_10 = "            bonus: true\n"
OPTIONAL = '        cap: "10"\n        bonus: true\n'

FAULTS: dict[str, Fault] = {
    "a bonus that is counted in its group": Fault(
        II_10, "", (-82, "says 60 but the items add up to 5 + 5 + 10 + 10 + 10 + 5 + 5 + 5 + 5 + 5")
    ),
    "an optional group that is counted in the table": Fault(
        OPTIONAL,
        OPTIONAL.replace("true", "false"),
        (-156, "says 100 but the items add up to 40 + 60 + 10 = 110"),
    ),
    "an optional group whose criteria do not reach it": Fault(
        OPTIONAL,
        '        cap: "12"\n        bonus: true\n',
        (0, "the criteria add up to 10 and never reach the cap 12"),
    ),
    "a table's cap below its maximum": Fault(
        'cap: "110"', 'cap: "90"', (0, "the cap 90 is below the table's maximum 100")
    ),
    "a cap of bonuses that is out of reach": Fault(
        'en: "Group II"}\n        maximum: "60"\n',
        'en: "Group II"}\n        maximum: "60"\n        cap: "66"\n',
        (2, "the criteria add up to 65 and never reach the cap 66"),
    ),
    "whole bands over totals in hundredths": Fault(
        ROUNDING,
        "",
        (
            164,
            "89.01 … 89.99 is neither good (up to 89) nor excellent (from 90); declare "
            'level_rounding: {to: "1", mode: half-up}, or drop up_to',
        ),
        (165, "74.01 … 74.99 is neither done (up to 74) nor good (from 75)"),
        (166, "49.01 … 49.99 is neither not-done (up to 49) nor done (from 50)"),
    ),
    "whole bands over totals in halves": Fault(
        ROUNDING,
        ROUNDING.replace('"1"', '"0.5"'),
        (165, "x = 89.5 is neither good (up to 89) nor excellent (from 90); declare"),
        (166, "x = 74.5"),
        (167, "x = 49.5"),
    ),
    "whole numbers between two levels": Fault(
        DONE, DONE.replace("74", "70"), (0, "x = 71 … 74 is neither done (up to 70) nor good")
    ),
    "a total in two levels": Fault(
        DONE, DONE.replace("74", "75"), (0, "x = 75 is both done and good; lower up_to, or drop")
    ),
    "a level with its ends crossed": Fault(
        GOOD,
        'from: "75", up_to: "57"}',
        (0, "57 is below from 75"),
        (0, "x = 58 … 89 is neither good"),
    ),
    "a highest level that ends below the highest total": Fault(
        'from: "90"}',
        'from: "90", up_to: "100"}',
        (0, "totals go up to 110 (bonuses included), and above 100 there is no level"),
    ),
    "a lowest level that begins above the lowest total": Fault(
        LAST, 'from: "0", up_to: "49"}', (0, "must begin at -6 or lower, the lowest total")
    ),
    "a level in the middle without its beginning": Fault(
        DONE, 'up_to: "74"}', (0, "from is missing; only the last level may leave it out")
    ),
    "a step of nothing": Fault(
        ROUNDING, ROUNDING.replace('"1"', '"0"'), (0, 'must be more than 0, like "0.01"')
    ),
    "a step of nothing, for totals": Fault(
        'rounding: {to: "0.01", mode: half-even}',
        'rounding: {to: "0", mode: half-even}',
        (0, 'must be more than 0, like "0.01"'),
    ),
    "a step of nothing, for lines": Fault(
        'rounding: {to: "0.5"}', 'rounding: {to: "-0.5"}', (0, 'must be more than 0, like "0.01"')
    ),
    "a knock-out to a level that there is not": Fault(
        "        level: not-done\n", "        level: not-dine\n", (0, "did you mean “not-done”?")
    ),
    "flag candidates of a level that there is not": Fault(
        "levels: [excellent]}", "levels: [excelent]}", (0, "did you mean “excellent”?")
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_a_sum_or_level_is_found_at_its_line_with_its_remedy(
    every_kind: Planted, name: str
) -> None:
    every_kind.assert_found("rules.yaml", FAULTS[name])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # Two criteria more than the table gives: the cap is its maximum.
        ('    maximum: "100"\n    cap: "110"\n', '    maximum: "95"\n    cap: "95"\n'),
        # Bonuses of a group end at its cap.
        (
            'en: "Group II"}\n        maximum: "60"\n',
            'en: "Group II"}\n        maximum: "60"\n        cap: "62"\n',
        ),
        # Half a point below the lowest total, rounded up to it.
        (LAST, 'from: "-6", up_to: "49"}'),
    ],
)
def test_what_a_cap_or_a_rounding_explains_is_no_fault(
    every_kind: Planted, old: str, new: str
) -> None:
    every_kind.plant("rules.yaml", old, new)
    assert [str(problem) for problem in every_kind.problems()] == []


def test_a_level_rounded_up_to_is_one_that_can_be_reached(every_kind: Planted) -> None:
    # The highest total of this table is 9.5, which is 10 when it is rounded to whole numbers.
    levels = (
        '        maximum: "10"\n    level_rounding: {{to: "1"}}\n    levels:\n'
        '      - {{level: full, title: {{vi: "Đủ", en: "Full"}}, from: "{full}"}}\n'
        '      - {{level: part, title: {{vi: "Một phần", en: "FilePart"}}}}\n'
    )
    text = (every_kind.directory / "rules.yaml").read_text(encoding="utf-8")
    head, tail = text.split("  - id: communes-from-july\n")
    tail = tail.replace('maximum: "10"', 'maximum: "9.5"').replace('points: "10"', 'points: "9.5"')
    for full, count in (("10", 0), ("11", 1)):
        ending = levels.format(full=full).removeprefix('        maximum: "10"\n')
        every_kind.write("rules.yaml", f"{head}  - id: communes-from-july\n{tail}{ending}")
        found = every_kind.problems()
        assert ["nobody can reach it" in p.en for p in found] == [True] * count, found


def test_people_may_enter_deductions_from_nothing_down(every_kind: Planted) -> None:
    every_kind.plant(
        "rules.yaml",
        '            bonus: true\n            maximum: "5"\n',
        '            bonus: true\n            minimum: "-5"\n            maximum: "0"\n',
    )
    assert every_kind.problems() == []


def test_the_least_mark_is_below_the_most(every_kind: Planted) -> None:
    every_kind.plant("rules.yaml", 'minimum: "0"', 'minimum: "5"')
    (problem,) = every_kind.problems()
    assert "5 must be less than the maximum 5" in problem.en
