"""Advice: what a table probably doesn't mean, said in its own words; it refuses nothing."""

import re

import pytest
from pydantic import TypeAdapter
from typer.testing import CliRunner

from services.cli.main import app
from services.contracts.campaign.parts import part
from services.contracts.campaign.problems import FileProblem
from services.contracts.campaign.yaml_file import read_yaml
from services.contracts.rules import Measure, Table
from services.contracts.rules.checks.better_results import check_better_results
from services.contracts.rules.checks.uncovered import check_uncovered
from tests.contracts.campaign.planting import EVERY_KIND, ROOT, Planted

MEASURES: TypeAdapter[dict[str, Measure]] = TypeAdapter(dict[str, Measure])
TABLES: TypeAdapter[tuple[Table, ...]] = TypeAdapter(tuple[Table, ...])

RUNGS_OF_EVERY_KIND = """\
              - when:
                  all:
                    - {measure: report, is: fulfilled, at_most: "0"}
                    - {measure: essays, at_least: "3"}
                points: "8"
              - when:
                  any:
                    - {measure: report, at_most: "2"}
                    - not: {measure: essays, less_than: "5"}
                points: "6"
              - {when: {measure: sent, at_least: {measure: asked, times: "0.5"}}, points: "2"}
"""


def advice(*changes: tuple[str, str]) -> list[FileProblem]:
    """What is said of the rules of every kind alone, with these changes."""
    text = EVERY_KIND.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    document, problems = read_yaml("rules.yaml", text.encode())
    assert problems == []
    tables, measures = part(TABLES, document, "tables"), part(MEASURES, document, "measures")
    assert tables is not None
    assert not tables.document.is_incomplete()
    found = [*check_uncovered(tables, measures), *check_better_results(tables, measures)]
    assert all(one.warning for one in found)
    return found


def advice_on(*rungs: str) -> list[FileProblem]:
    """The advice on I.3 of the table with these rungs instead of its own."""
    lines = "".join(f"              - {rung}\n" for rung in rungs)
    return advice(
        (RUNGS_OF_EVERY_KIND, lines),
        ("số report", "báo cáo 6 tháng"),
        ('en: "report"}', 'en: "six-month report"}'),
        ("số essays", "số bài dự thi"),
    )


def test_cases_that_otherwise_hides_are_said_in_the_words_of_the_table() -> None:
    (found,) = advice_on(
        '{when: {all: [{measure: report, is: fulfilled}, {measure: essays, at_least: "3"}]}, '
        'points: "8"}',
        '{when: {all: [{measure: report, is: fulfilled}, {measure: essays, less_than: "3"}]}, '
        'points: "6"}',
        '{when: {all: [{not: {measure: report, is: fulfilled}}, {measure: essays, at_least: "5"}]}'
        ', points: "2"}',
    )
    assert found.path.endswith("criteria[I.3].otherwise")
    assert "(1) chưa gửi báo cáo 6 tháng và số bài dự thi dưới 5;" in found.vi
    assert "(1) six-month report not done and essays below 5;" in found.en


@pytest.mark.parametrize(
    ("rungs", "expected"),
    [
        (  # between two rungs
            [
                '{measure: essays, at_least: "10"}, 8',
                '{measure: essays, at_least: "1", at_most: "4"}, 2',
            ],
            "(1) essays 0 or essays from 5 to 9;",
        ),
        (  # a state that nobody thought of
            ["{measure: report, is: fulfilled}, 8", "{measure: report, is: missed}, 0"],
            "(1) six-month report waived or not yet due",
        ),
        (  # days that are left out
            [
                '{measure: report, at_most: "0"}, 8',
                '{measure: report, more_than: "2", at_most: "5"}, 2',
            ],
            "six-month report: days late from 1 to 2",
        ),
        (["{measure: plan, given: true}, 8", '{measure: essays, at_least: "3"}, 2'], "no plan"),
    ],
)  # fmt: skip
def test_a_case_in_between_is_named(rungs: list[str], expected: str) -> None:
    (found,) = advice_on(*map(_rung, rungs))
    assert expected in found.en, found.en


def _rung(text: str) -> str:
    when, _, points = text.rpartition(", ")
    return f'{{when: {when}, points: "{points}"}}'


@pytest.mark.parametrize(
    "rungs",
    [
        ['{measure: essays, at_least: "10"}, 8', '{measure: essays, at_least: "3"}, 2'],
        [
            '{measure: meetings_missed, at_most: "0"}, 8',
            '{measure: meetings_missed, at_most: "2"}, 2',
        ],
        ['{measure: report, at_most: "0"}, 8', "{measure: report, is: fulfilled}, 2"],
        ["{measure: report, is: fulfilled}, 8", "{measure: report, is: waived}, 8"],
        ['{measure: plan, at_least: "5"}, 8'],
        [  # what is in time is among all: fewer in all than in time can't be
            '{all: [{measure: essays, at_least: "3"}, '
            '{measure: essays_on_time, at_least: "3"}]}, 8',
            '{measure: essays, at_least: "3"}, 2',
        ],
    ],
)  # fmt: skip
def test_the_plain_rest_of_a_list_is_what_otherwise_is_for(rungs: list[str]) -> None:
    assert advice_on(*map(_rung, rungs)) == []


@pytest.mark.parametrize(
    ("rungs", "expected"),
    [
        (
            ['{measure: essays, at_least: "10"}, 2', '{measure: essays, at_least: "3"}, 8'],
            "a better result gives fewer points: essays 10 or more gives 2, essays from 3 to 9 "
            "gives 8 (line 93)",
        ),
        (
            ['{measure: report, at_most: "0"}, 2', "{measure: report, is: fulfilled}, 8"],
            "a better result gives fewer points: six-month report: days late 0 gives 2, six-month "
            "report: days late 1 or more gives 8 (line 93)",
        ),
        (
            [
                '{measure: meetings_missed, at_most: "0"}, 2',
                '{measure: meetings_missed, at_most: "2"}, 8',
            ],
            "meetings_missed 0 gives 2, meetings_missed from 1 to 2 gives 8",
        ),
        (  # nothing says whether more or less is better, but not first up and then down
            ['{measure: plan, at_least: "10"}, 5', '{measure: plan, at_least: "3"}, 8'],
            "plan 10 or more gives 5, plan from 3 below 10 gives 8",
        ),
    ],
)  # fmt: skip
def test_fewer_points_for_a_better_result_are_told(rungs: list[str], expected: str) -> None:
    (found,) = advice_on(*map(_rung, rungs))
    assert expected in found.en, found.en


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            'at_most: "95", points: "10"}',
            'at_most: "95", points: "3"}',
            "kết quả tốt hơn lại ít điểm hơn: tỷ lệ từ 75 đến 95 được 3 điểm, tỷ lệ từ 50 dưới 75 "
            "được 5 điểm",
        ),
        (
            'at_most: "2", points: "8"}\n              - {at_least: "3", points: "0"}',
            'at_most: "2", points: "0"}\n              - {at_least: "3", points: "8"}',
            "số meetings_missed từ 1 đến 2 được 0 điểm",
        ),
        (
            "when: {measure: prizes, more_than: \"0\"}\n            otherwise: \"-1\"",
            "when: {measure: report, is: missed}\n            otherwise: \"-1\"",
            "đã hoàn thành số report được −1 điểm, số report quá hạn được 5",
        ),
    ],
)  # fmt: skip
def test_fewer_points_for_a_better_result_are_told_of_each_kind_with_lines(
    old: str, new: str, expected: str
) -> None:
    found = advice((old, new))
    assert any(expected in one.vi for one in found), found


def test_a_measure_that_nobody_reads_is_told_and_one_that_only_it_reads(planted: Planted) -> None:
    line = planted.plant(
        "rules.yaml",
        "measures:\n",
        "measures:\n  idle: {title: {vi: nhàn, en: idle}, kind: total, plus: [asleep]}\n"
        "  asleep: {title: {vi: ngủ, en: asleep}, kind: count, of: essay-submitted}\n",
    )
    assert planted.problems() == []
    assert [(one.line, one.path) for one in planted.warnings()] == [
        (line + 1, "measures.idle"),
        (line + 2, "measures.asleep"),
    ]


def test_units_that_no_table_scores_are_told_a_line_for_each_kind(planted: Planted) -> None:
    planted.plant("rules.yaml", "applies_to: {levels: [commune]}", "applies_to: {kinds: [xa]}")
    assert planted.problems() == []
    found = planted.warnings()
    assert [one.file for one in found] == ["rules.yaml"] * 2
    assert "no table scores X00001, X00004, X00006 and 172 more (level commune, kind phuong)" in (
        found[0].en
    )


def test_the_root_needs_no_table(planted: Planted) -> None:
    assert planted.warnings() == []


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("“Số lượng”", "around the whole title"),
        ("Số “lượng", "do not come in pairs"),
        ("Số ”lượng“", "do not come in pairs"),
        ("Số ‘lượng", "do not come in pairs"),
        ("Số “lượng''", "do not come in pairs"),
        ("Số “lượng\\\"", "curly and straight"),
        ("Số „lượng“", "do not come in pairs"),
        ("Số \\\"lượng", "do not come in pairs"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("file", "old"), [("rules.yaml", "Số lượng"), ("plan.yaml", "Cụm thi đua các quận")]
)
def test_curly_quotes_that_a_word_processor_left_are_told(
    planted: Planted, file: str, old: str, title: str, expected: str
) -> None:
    line = planted.plant(file, f'vi: "{old}"', f'vi: "{title}"')
    assert planted.problems() == []
    (found,) = planted.warnings()
    assert (found.file, found.line, expected in found.en) == (file, line, True)


@pytest.mark.parametrize("title", ["Phong trào “Người tốt, việc tốt”", "Xã Krông A’Na", "Số 1"])
def test_quotes_that_belong_to_a_title_are_left_in_peace(planted: Planted, title: str) -> None:
    planted.plant("rules.yaml", 'vi: "Số lượng"', f'vi: "{title}"')
    assert planted.warnings() == []


@pytest.mark.parametrize(
    ("old", "new"), [('points: "7.5"', "points: “7.5”"), ("id: I.3", "id: “I.3”")]
)
def test_curly_quotes_around_what_is_no_title_are_named_as_the_fault(
    planted: Planted, old: str, new: str
) -> None:
    line = planted.plant("rules.yaml", old, new)
    (found,) = planted.problems()
    assert (found.line, "curly quotes come from a word processor" in found.en) == (line, True)


def test_a_name_of_a_unit_is_looked_at_too(planted: Planted) -> None:
    line = planted.plant("units.csv", "Phường Trúc Bạch", "Phường Trúc Bạch”")
    (found,) = planted.warnings()
    assert (found.file, found.line) == ("units.csv", line)


def test_advice_comes_after_the_faults_and_changes_no_exit_code(planted: Planted) -> None:
    planted.plant("plan.yaml", 'vi: "Cụm thi đua các quận"', 'vi: "Cụm “các quận"')
    check = ["campaign", "check", str(planted.directory)]
    result = CliRunner().invoke(app, check)
    assert result.exit_code == 0, result.output
    assert "Nên sửa: dấu nháy không đủ cặp" in result.output
    planted.plant("rules.yaml", 'each: "2"', 'each: "2,5"')
    result = CliRunner().invoke(app, check)
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert "rules.yaml" in lines[0]
    assert "plan.yaml" in lines[3]
    assert lines[4].startswith("    Nên sửa")


def test_the_example_of_the_manual_is_what_the_check_says() -> None:
    text = (ROOT / "docs" / "campaigns.md").read_text(encoding="utf-8")
    page = text[text.index("A list of rungs, and what the check says of it") :]
    rungs = re.findall(r"^      - (\{when: .*\})$", page.partition("otherwise:")[0], re.MULTILINE)
    (found,) = advice_on(*rungs)
    expected = " ".join(page.partition("Of more than")[0].split())
    assert found.path in expected
    for sentence in found.sentences("vi"):
        assert sentence in expected
