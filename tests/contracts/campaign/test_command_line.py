"""`thidua campaign check DIR` tells a civil servant where to look and what to write."""

import pytest
from typer.testing import CliRunner

from services.cli.failures import sentence_of
from services.cli.main import app
from services.contracts.campaign import CampaignProblems
from services.contracts.rules.loader import load_with_rules
from tests.contracts.campaign.planting import HANOI, Planted


def test_a_campaign_that_can_be_used_says_what_is_in_it_and_exits_0() -> None:
    result = CliRunner().invoke(app, ["campaign", "check", str(HANOI)])
    assert result.exit_code == 0, result.output
    assert "Dùng được: hanoi-2020" in result.output
    assert "644 đơn vị, 5 nội dung phải thực hiện, 11 tiêu chí, bảng điểm minh họa" in result.output
    assert result.output.count("\n") == 1


def test_it_says_so_in_the_language_that_was_asked_for() -> None:
    result = CliRunner().invoke(app, ["campaign", "check", str(HANOI)], env={"THIDUA_LANG": "en"})
    assert "Usable: hanoi-2020: 644 units, 5 obligations, 11 criteria, a sample" in result.output


def test_a_campaign_without_a_table_can_be_used_and_says_so(planted: Planted) -> None:
    (planted.directory / "rules.yaml").unlink()
    result = CliRunner().invoke(app, ["campaign", "check", str(planted.directory)])
    assert result.exit_code == 0, result.output
    assert "5 nội dung phải thực hiện; chưa có bảng điểm (rules.yaml)" in result.output
    planted.plant("plan.yaml", "by: contest-reported", "by: contest-report")
    result = CliRunner().invoke(app, ["campaign", "check", str(planted.directory)])
    assert (result.exit_code, "Có 1 lỗi cần sửa." in result.output) == (1, True)


def test_what_is_owed_is_listed_with_its_days_and_units(planted: Planted) -> None:
    planted.plant("plan.yaml", "{date: 2020-07-10, included: false}", "{days: 15, after: D2}")
    planted.plant(
        "plan.yaml",
        "    levels: [upper]\n    options:\n      - id: D7",
        "    units: [Q001, SNV]\n    options:\n      - id: D7",
    )
    result = CliRunner().invoke(app, ["campaign", "check", "--owed", str(planted.directory)])
    assert result.exit_code == 0, result.output
    for lines in (
        "D2: đến hết ngày 19/08/2020\n    D3: đến hết ngày 31/08/2020\n    64 đơn vị\n",
        "64 đơn vị; chỉ khi đúng điều kiện, xét đến hết ngày 05/06/2020\n",
        "    trong vòng 15 ngày sau khi hoàn thành D2\n    64 đơn vị\n",
        "đến hết ngày 19/08/2020\n    2 đơn vị: SNV, Q001\n",
    ):
        assert lines in result.output


def test_a_warning_is_printed_and_the_campaign_can_be_used(planted: Planted) -> None:
    planted.plant("plan.yaml", "  enterprises: {vi", "  # enterprises: {vi")
    result = CliRunner().invoke(app, ["campaign", "check", str(planted.directory)])
    assert result.exit_code == 0, result.output
    assert "    Nên sửa: clusters: chưa có tên: enterprises" in result.output
    assert "lỗi cần sửa" not in result.output


def test_every_problem_is_printed_with_file_and_line_in_both_languages(planted: Planted) -> None:
    line = planted.plant("plan.yaml", "by: contest-reported", "by: contest-report")
    other = planted.plant("rules.yaml", 'each: "2"', 'each: "2,5"')
    result = CliRunner().invoke(app, ["campaign", "check", str(planted.directory)])
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines[0] == f"{planted.directory / 'plan.yaml'}:{line}: obligations[D6].options[D6].by"
    assert lines[1].startswith("    không có sự kiện “contest-report”")
    assert lines[2].startswith("    no event “contest-report” fulfils an obligation")
    assert lines[3].startswith(f"{planted.directory / 'rules.yaml'}:{other}: tables[upper]")
    assert lines[6:] == ["", "Có 2 lỗi cần sửa."]


def test_the_language_asked_for_comes_first_and_has_the_summary(planted: Planted) -> None:
    line = planted.plant("plan.yaml", "by: contest-reported", "by: contest-report")
    planted.plant("plan.yaml", "  enterprises: {vi", "  # enterprises: {vi")
    environment = {"THIDUA_LANG": "en"}
    result = CliRunner().invoke(app, ["campaign", "check", str(planted.directory)], env=environment)
    lines = result.output.splitlines()
    place = f"{planted.directory / 'plan.yaml'}:{line}: obligations[D6].options[D6].by"
    at = lines.index(place)
    assert lines[at + 1].startswith("    no event “contest-report” fulfils an obligation")
    assert lines[at + 2].startswith("    không có sự kiện “contest-report”")
    assert lines[-2:] == ["", "1 problem to correct."]


def test_a_command_that_needs_a_campaign_says_its_faults_in_the_language_asked_for(
    planted: Planted, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted.plant("plan.yaml", "by: contest-reported", "by: contest-report")
    with pytest.raises(CampaignProblems) as faulty:
        load_with_rules(planted.directory)
    for language, first in (("en", "no event “contest"), ("vi", "không có sự kiện “contest")):
        monkeypatch.setenv("THIDUA_LANG", language)
        assert sentence_of(faulty.value).splitlines()[1].startswith(f"    {first}")


def test_a_text_that_looks_like_markup_is_printed_as_it_is(planted: Planted) -> None:
    planted.plant("plan.yaml", "by: contest-reported", 'by: "[red]x"')
    result = CliRunner().invoke(app, ["campaign", "check", str(planted.directory)])
    assert "“[red]x”" in result.output


SIX = [
    # (what, old, new, lines below it, what is said)
    (
        "a wrong sum",
        '    maximum: "100"',
        '    maximum: "105"',
        0,
        "says 105 but the items add up to 40 + 60 = 100; correct the total or the items",
    ),
    (
        "a gap",
        '{at_least: "75", at_most: "95", points: "10"}',
        '{at_least: "80", at_most: "95", points: "10"}',
        1,
        "a gap to the rung in line 72: 75 ≤ x < 80 (share) gives no points",
    ),
    (
        "an overlap",
        '{at_least: "1", at_most: "2", points: "8"}',
        '{at_least: "0", at_most: "2", points: "8"}',
        0,
        "overlaps the rung in line 83: x = 0 (meetings_missed) is on both",
    ),
    (
        "an unknown measure",
        "among: {measure: prizes,",
        "among: {measure: prices,",
        0,
        "there is no measure “prices”; did you mean “prizes”?",
    ),
    (
        "a band hole",
        'from: "50", up_to: "74"}',
        'from: "50", up_to: "70"}',
        0,
        "a total x = 71 … 74 is neither done (up to 70) nor good (from 75)",
    ),
    (
        "an effective-date hole",
        "valid_to: 2020-07-01",
        "valid_to: 2020-06-16",
        0,
        "2020-06-16 – 2020-06-30: no table scores phuong, thi-tran, xa",
    ),
]


def test_six_faults_of_different_sorts_are_reported_at_once_and_nothing_else(
    every_kind: Planted,
) -> None:
    expected = []
    for _, old, new, below, remedy in SIX:
        expected.append((every_kind.plant("rules.yaml", old, new) + below, remedy))
    result = CliRunner().invoke(app, ["campaign", "check", str(every_kind.directory)])
    assert result.exit_code == 1
    *problems, blank, summary = result.output.splitlines()
    assert (blank, summary) == ("", "Có 6 lỗi cần sửa.")
    for line, english, (place, remedy) in zip(problems[::3], problems[2::3], expected, strict=True):
        assert line.startswith(f"{every_kind.directory / 'rules.yaml'}:{place}: "), line
        assert remedy in english
