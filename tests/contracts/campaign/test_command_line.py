"""`thidua campaign check DIR` tells a civil servant where to look and what to write."""

from typer.testing import CliRunner

from services.cli.campaign import app
from tests.contracts.campaign.planting import HANOI, Planted


def test_a_campaign_that_can_be_used_says_what_is_in_it_and_exits_0() -> None:
    result = CliRunner().invoke(app, ["check", str(HANOI)])
    assert result.exit_code == 0, result.output
    assert "Usable: hanoi-2020" in result.output
    assert "644 units, 5 obligations, 11 criteria, a sample" in result.output


def test_every_problem_is_printed_with_file_and_line_in_both_languages(planted: Planted) -> None:
    line = planted.plant("plan.yaml", "by: contest-reported", "by: contest-report")
    other = planted.plant("rules.yaml", 'each: "2"', 'each: "2,5"')
    result = CliRunner().invoke(app, ["check", str(planted.directory)])
    assert result.exit_code == 1
    assert f"{planted.directory / 'plan.yaml'}:{line}\n" in result.output
    assert f"{planted.directory / 'rules.yaml'}:{other}\n" in result.output
    assert "có phải “contest-reported”?" in result.output
    assert "did you mean “contest-reported”?" in result.output
    assert "2 chỗ phải sửa / 2 to correct" in result.output


def test_a_text_that_looks_like_markup_is_printed_as_it_is(planted: Planted) -> None:
    planted.plant("plan.yaml", "by: contest-reported", 'by: "[red]x"')
    result = CliRunner().invoke(app, ["check", str(planted.directory)])
    assert "“[red]x”" in result.output
