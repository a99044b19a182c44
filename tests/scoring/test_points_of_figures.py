"""A small table of figures gives points at once, by the formulas of a season."""

import csv
import io
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli.main import app
from services.contracts.campaign.campaign import Campaign
from services.contracts.rules import RuleSet
from services.contracts.rules.loader import load_with_rules
from services.measuring.measures import values_of
from services.measuring.values import DaysLate, Value
from services.scoring.engine.parts import of_part, parts_of
from services.scoring.engine.score import score
from services.scoring.engine.tallier import tallier_of
from services.scoring.what_if.figures_table import FiguresTable, read_figures
from services.scoring.what_if.trial import try_figures
from services.scoring.what_if.trial_lines import trial_lines
from tests.contracts.campaign.planting import HANOI
from tests.scoring.manual import DAY, MANUAL, Block, Part, campaign, example_of, parts
from tests.scoring.sample_rules import criterion, group
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
    tallies = tallier_of(rules).tallies(known)
    units = [unit.code for its in clusters.values() for unit in its]
    names = [name for name, measure in rules.measured.items() if measure.kind != "total"]
    rows = []
    tables = ["Bảng"] if rules.period_begins else []
    for code in units:
        for year in parts_of(loaded.units[code], rules, None):
            values = values_of(names, rules.measured, of_part(tallies.get(code, {}), year))
            if any(not isinstance(one, Decimal | DaysLate | None) for one in values.values()):
                pytest.skip("a third can't be written as a decimal")
            table_of_row = [year.table.title.vi] if tables else []
            rows.append([code, *table_of_row, *(_cell(values[name]) for name in names)])
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([["Mã", *tables, *names], *rows])
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


PANEL = criterion(
    "entered",
    "II.1",
    "0",
    minimum="-6",
    scored_by={"units": ["P", "Q"]},
    assigned_to={"units": ["A", "B"]},
)
STAGES = criterion("entered", "I.2", "5", stages=["final", "self"])
ESSAYS = {"kind": "count", "of": "essay-submitted"}
NESTED = {
    "measures": {"essays": ESSAYS},
    "groups": [
        group(
            STAGES,
            id_="I",
            maximum="15",
            groups=[
                group(
                    criterion("count", "I.1.1", "8", measure="essays", each="1", cap="8"),
                    criterion(
                        "count",
                        "I.1.2",
                        "6",
                        measure="essays",
                        each="3",
                        cap="6",
                        assigned_to={"except_units": ["B"]},
                    ),
                    id_="I.1",
                    maximum="10",
                    cap="10",
                )
            ],
        ),
        group(PANEL, id_="II", maximum="0"),
    ],
}


UNITS: dict[str, Block] = {"A": {}, "B": {}, "P": {"kind": "board"}, "Q": {"kind": "board"}}


def lines(text: str, part: Block, day: date | None = None) -> list[str]:
    """What is printed of a table of figures by a part of a rule set."""
    loaded, rules = campaign(part, UNITS)
    table = read_figures("f.csv", text.encode(), rules, loaded.units)
    assert table.problems == [], table.problems
    return list(trial_lines(try_figures(table, rules, loaded, day)))


def test_groups_caps_and_the_scale_that_ranks_are_read_from_are_shown() -> None:
    figures = "Mã;essays;I.2 final;I.2 điểm tự chấm;II.1 P;II.1 Đơn vị Q\nA;7;;4;-1;-2\nB;8;5;;;\n"
    found = lines(figures, NESTED)
    heading, first, second = (line.split() for line in found[3:6])
    assert heading[2:9] == ["I", "I.2", "I.1", "I.1.1", "I.1.2", "II", "II.1"]
    assert " ".join(first[4:]) == "13 5 8 8 – 0 0 13 13 15 1 –", "all that B could have"
    assert " ".join(second[4:]) == "14 4 10* 7 6 −1,5 −1,5 12,5 15 12,5 2 –"
    assert "I.1: Nhóm (10)" in found
    assert "* dừng ở trần của nhóm" in found
    assert any(line.startswith("Quy đổi: ") for line in found)


def test_a_score_of_several_has_a_column_for_each() -> None:
    loaded, rules = campaign(NESTED, UNITS)
    (problem,) = read_figures("f.csv", b"code;II.1\nA;1\n", rules, loaded.units).problems
    assert "a column for each: II.1 P, II.1 Q" in problem.en


def test_the_tables_of_a_day_are_tried() -> None:
    def table(id_: str, each: str, **days: str) -> Block:
        count = criterion("count", measure="essays", each=each, cap="10")
        groups = [group(count, maximum="10")]
        applies = {"levels": ["upper"]}
        title = {"vi": id_, "en": id_}
        return {
            "id": id_,
            "title": title,
            "applies_to": applies,
            "maximum": "10",
            "groups": groups,
        } | days

    half = "2020-07-01"
    tables = [table("first", "1", valid_to=half), table("second", "2", valid_from=half)]
    part: Block = {"measures": {"essays": ESSAYS}, "tables": tables}
    days = (None, date(2020, 6, 30), date(2020, 7, 1))
    points = [lines("Mã;essays\nA;3\n", part, day)[4].split()[5] for day in days]
    assert points == ["6", "3", "6"]
    by_days = part | {"each_table_counts": "work-of-its-days"}
    found = lines("Mã;Bảng;essays\nA;first;3\nA;second;4\nB;;2\n", by_days)
    headings = ["first", "first/I", "first/I.1", "second", "second/I", "second/I.1"]
    assert found[3].split()[2:9] == [*headings, "Tổng"]
    assert found[4].split()[4:11] == ["3", "3", "3", "8", "8", "8", "11"]
    assert found[5].split()[4:11] == ["0", "0", "0", "4", "4", "4", "4"], "of the last table"
    assert "second/I.1: Tiêu chí (10)" in found
    loaded, rules = campaign(by_days, UNITS)
    rows = b"code;table;essays\nA;frist;1\nA;second;1\nA;second;2\n"
    problems = [one.en for one in read_figures("f.csv", rows, rules, loaded.units).problems]
    assert len(problems) == 2
    assert "there is no table “frist”; did you mean" in problems[0]
    assert "A has a row above; one row for a unit and table" in problems[1]


def test_a_day_that_cannot_be_read_is_refused() -> None:
    words = ["campaign", "try", str(HANOI), str(HANOI / "units.csv"), "--day", "30/6/2020"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 2
    assert "2020-06-30" in result.output
