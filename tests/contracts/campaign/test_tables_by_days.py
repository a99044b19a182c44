"""Tables that each count the work of their days fit together; what does not is found."""

import pytest

from tests.contracts.campaign.planting import Planted
from tests.contracts.campaign.test_tables_over_time import entered, with_marks

SAYS_SO = "each_table_counts: work-of-its-days\n"
LEVELS = (
    "    levels:\n"
    '      - {level: good, title: {vi: "Tốt", en: "Good"}, from: "15"}\n'
    '      - {level: done, title: {vi: "Đạt", en: "Done"}}\n'
)


@pytest.fixture
def by_days(every_kind: Planted) -> Planted:
    """The rule set of every kind, each of whose tables counts the work of its days."""
    every_kind.plant("rules.yaml", "ties: dense\n", f"ties: dense\n{SAYS_SO}")
    return every_kind


def of_july(planted: Planted, more: str) -> None:
    """Add to the communes' table from July."""
    path = planted.directory / "rules.yaml"
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n") + f"\n{more}", encoding="utf-8")


def test_tables_that_fit_have_no_fault(by_days: Planted) -> None:
    assert by_days.problems() == []
    assert not any("days of this table" in one.en for one in by_days.warnings())


def test_a_score_that_would_count_in_two_parts_is_a_fault(by_days: Planted) -> None:
    twice = with_marks(by_days, entered("Mẫu", "10"), entered("Mẫu", "10"))
    assert len(twice) == 1
    assert "scores entered for I.1 have no day and would count twice, here and in line" in twice[0]


def test_levels_are_written_on_the_sum_of_the_parts(by_days: Planted) -> None:
    of_july(by_days, LEVELS)
    assert by_days.problems() == []  # 15 of 10 + 10
    by_days.plant("rules.yaml", 'from: "15"', 'from: "25"')
    (fault,) = by_days.problems()
    assert "nobody can reach it: the table has 20 points" in fault.en
    by_days.plant("rules.yaml", 'from: "25"', 'from: "15"')
    by_days.plant("rules.yaml", SAYS_SO, "")
    (fault,) = by_days.problems()
    assert "nobody can reach it: the table has 10 points" in fault.en


def test_a_knock_out_of_an_earlier_part_names_a_level_of_the_last_table(by_days: Planted) -> None:
    by_days.plant(
        "rules.yaml",
        "  - id: communes-from-july\n",
        "    knock_outs:\n"
        '      - {id: K1, title: {vi: "a", en: "b"}, legal_source: "4", level: gone,\n'
        '         when: {measure: essays, less_than: "1"}}\n'
        '    levels: [{level: gone, title: {vi: "Chưa đạt", en: "Not done"}}]\n'
        "  - id: communes-from-july\n",
    )
    (fault,) = by_days.problems()  # it has no levels at all
    assert "judged by the levels of communes-from-july, which has no “gone”" in fault.en
    assert fault.vi != fault.en
    of_july(by_days, LEVELS)
    assert [one.en for one in by_days.problems()] == [fault.en]


def test_sums_on_different_scales_are_told(by_days: Planted) -> None:
    assert not [one for one in by_days.warnings() if "another maximum" in one.en]
    by_days.plant(
        "rules.yaml",
        "    applies_to: {levels: [commune]}\n    valid_to: 2020-07-01\n",
        "    applies_to: {kinds: [xa]}\n    valid_to: 2020-07-01\n",
    )
    by_days.plant(
        "rules.yaml",
        "  - id: communes-from-july\n",
        "  - id: towns\n"
        '    title: {vi: "Phường", en: "Towns"}\n'
        "    applies_to: {kinds: [phuong, thi-tran]}\n"
        "    valid_to: 2020-07-01\n"
        '    maximum: "3"\n'
        "    groups:\n"
        '      - {id: I, title: {vi: "I", en: "I"}, maximum: "3", criteria: [{id: I.1,\n'
        '         title: {vi: "a", en: "b"}, legal_source: "4", kind: count, measure: essays,\n'
        '         each: "1", cap: "3", maximum: "3"}]}\n'
        "  - id: communes-from-july\n",
    )
    (advice,) = [one for one in by_days.warnings() if "another maximum" in one.en]
    assert "20 (communes-to-june); 13 (towns)" in advice.en


def test_an_obligation_due_on_other_days_than_the_tables_is_told(by_days: Planted) -> None:
    by_days.plant(
        "plan.yaml", "{date: 2020-06-30, included: false}", "{date: 2020-07-15, included: true}"
    )
    warned = [one.en for one in by_days.warnings()]
    assert [one for one in warned if one.startswith("the last day of D1 (2020-07-15) is outside")]


def test_tables_without_days_have_nothing_to_divide(planted: Planted) -> None:
    assert not [one for one in planted.warnings() if "nothing is divided" in one.en]
    planted.plant("rules.yaml", "sample: true\n", f"sample: true\n{SAYS_SO}")
    (advice,) = [one for one in planted.warnings() if "nothing is divided by days" in one.en]
    assert (advice.file, advice.vi == advice.en) == ("rules.yaml", False)
