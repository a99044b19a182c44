"""A small table of figures gives points at once, by the formulas of a season."""

import csv
import io
import re
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli.main import app
from services.contracts.campaign.campaign import Campaign
from services.contracts.rules import RuleSet
from services.contracts.rules.loader import load_with_rules
from services.scoring.engine.measures import values_of
from services.scoring.engine.score import score
from services.scoring.engine.tally import Tallier
from services.scoring.engine.values import DaysLate, Value
from services.scoring.what_if.figures_table import FiguresTable, read_figures
from services.scoring.what_if.trial import try_figures
from tests.contracts.campaign.planting import HANOI
from tests.scoring.manual import DAY, MANUAL, Block, Part, example_of, parts
from tests.support.workbooks import Cell, workbook

EXAMPLES = [
    pytest.param(part, example, id=f"{part.name} ({at})")
    for part in parts(MANUAL.read_text(encoding="utf-8"))
    for at, example in enumerate(part.examples, start=1)
    if "as_of" not in example and "campaign" not in example
]


@pytest.fixture(scope="module")
def hanoi() -> tuple[Campaign, RuleSet]:
    """The campaign of 2020 and its table."""
    return load_with_rules(HANOI)


def test_the_example_of_the_manual_comes_out_as_it_says(tmp_path: Path) -> None:
    text = MANUAL.read_text(encoding="utf-8")
    page = text[text.index("## Thử bằng số liệu") :]
    found = re.search(
        r"```csv\n(.*?)```.*?\n    thidua (campaign try [^\n]*)\n.*?```text\n(.*?)```",
        page,
        re.DOTALL,
    )
    assert found is not None
    file = tmp_path / "so-lieu.csv"
    file.write_text(found[1], encoding="utf-8")
    words = [str(file) if word == "so-lieu.csv" else word for word in found[2].split()]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    assert result.output == found[3]
    same = ["what-if", "--figures", str(file), f"{words[2]}/rules.yaml"]
    assert CliRunner().invoke(app, same).output == found[3]


@pytest.mark.parametrize(("part", "example"), EXAMPLES)
def test_the_figures_of_a_season_give_the_points_of_the_season(part: Part, example: Block) -> None:
    """Each worked example of the manual: its facts become figures, and the points stay."""
    loaded, rules, known = example_of(part, example)
    clusters = loaded.units.clusters(DAY)
    tallies = Tallier(rules).tallies(known)
    units = [unit.code for its in clusters.values() for unit in its]
    names = [name for name, measure in rules.measured.items() if measure.kind != "total"]
    rows = []
    for code in units:
        values = values_of(names, rules.measured, tallies.get(code, {}))
        if any(not isinstance(one, Decimal | DaysLate | None) for one in values.values()):
            pytest.skip("a third can't be written as a decimal")
        rows.append([code, *(_cell(values[name]) for name in names)])
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([["Mã", *names], *rows])
    table = read_figures("f.csv", text.getvalue().encode(), rules, loaded.units)
    assert table.problems == []
    found = try_figures(table, rules, loaded)
    assert {one.cluster: one.units for one in found.clusters if one.units} == {
        name: one.units for name, one in score(known, clusters, rules).clusters.items() if one.units
    }


def _cell(value: Value) -> str:
    if isinstance(value, DaysLate):
        return {"fulfilled": str(value.days), "missed": "quá hạn", "waived": "được miễn"}.get(
            value.state, ""
        )
    if value is None:
        return ""
    written = format(value, "f").replace(".", ",")
    # Three decimals could be a thousand.
    return f"{written}0" if len(written.partition(",")[2]) == 3 else written


def read(raw: bytes, hanoi: tuple[Campaign, RuleSet]) -> FiguresTable:
    """What is read of the bytes."""
    campaign, rules = hanoi
    return read_figures("f.csv", raw, rules, campaign.units)


@pytest.mark.parametrize(
    ("text", "cell", "expected"),
    [
        ("Mã;số bài\nQ001;1\n", "B1", "there is no measure “số bài”"),
        ("Mã;esays\nQ001;1\n", "B1", "did you mean “essays”?"),
        ("essays;marks\n1;2\n", "", "the column of units is missing"),
        ("Mã;essays\nQ0O1;1\n", "A2", "did you mean “Q001”?"),
        ("Mã;essays\nQ001;1.480\n", "B2", "may be 1480 or 1.48"),
        ("Mã;essays\nQ001;1,480\n", "B2", "may be 1480 or 1.48"),
        ("Mã;essays\nQ001;many\n", "B2", "Not a decimal"),
        ("Mã;conference\nQ001;soon\n", "B2", "write the days late"),
        ("Mã;essays\nQ001;1\nQ001;2\n", "A3", "has a row above"),
        ('Mã;essays\nQ001;"1\n', "B2", "is not closed"),
        ("", "", "the file is empty"),
    ],
)
def test_a_fault_of_the_table_is_told_at_its_cell(
    hanoi: tuple[Campaign, RuleSet], text: str, cell: str, expected: str
) -> None:
    found = read(text.encode(), hanoi).problems
    assert [(one.path, expected in one.en) for one in found][:1] == [(cell, True)], found
    assert all(one.vi != one.en for one in found)


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("0", DaysLate("fulfilled")),
        ("Đúng hạn", DaysLate("fulfilled")),
        ("chậm 3 ngày", DaysLate("fulfilled", 3)),
        ("3 days", DaysLate("fulfilled", 3)),
        ("quá hạn", DaysLate("missed")),
        ("Chưa gửi", DaysLate("missed")),
        ("được miễn", DaysLate("waived")),
        ("", DaysLate("open")),
    ],
)
def test_an_obligation_is_written_as_people_say_it(
    hanoi: tuple[Campaign, RuleSet], written: str, days: DaysLate
) -> None:
    found = read(f"STT;Mã;conference\n1;Q001;{written}\n".encode(), hanoi)
    assert (found.values, found.problems) == ({"Q001": {"conference": days}}, [])


def test_a_workbook_with_a_title_is_read(hanoi: tuple[Campaign, RuleSet]) -> None:
    rows: list[list[Cell]] = [
        ["SỐ LIỆU"],
        ["Đơn vị", "số bài dự thi"],
        ["Quận Ba Đình", 12],
        ["Q002", "7,5"],
    ]
    found = read(workbook({"Số liệu": rows}), hanoi)
    assert found.values == {"Q001": {"essays": Decimal(12)}, "Q002": {"essays": Decimal("7.5")}}
