"""On every day of the campaign each kind of units that is scored has one table, and no day two."""

import re

import pytest

from tests.contracts.campaign.planting import Fault, Planted

ENDS = "    valid_to: 2020-07-01\n"
BEGINS = "    valid_from: 2020-07-01\n"

FAULTS: dict[str, Fault] = {
    "days between two tables": Fault(
        BEGINS,
        BEGINS.replace("07-01", "08-01"),
        (-22, "2020-07-01 – 2020-07-31: no table scores phuong, thi-tran, xa; join the days"),
    ),
    "one day between two tables": Fault(
        ENDS, ENDS.replace("07-01", "06-30"), (0, "2020-06-30: no table scores phuong, thi-tran")
    ),
    "days of two tables": Fault(
        BEGINS,
        BEGINS.replace("07-01", "06-01"),
        (0, "has the table communes-to-june on 2020-06-01 – 2020-06-30; let one begin"),
    ),
    "the first days of the campaign": Fault(
        ENDS,
        ENDS + "    valid_from: 2020-01-01\n",
        (1, "2019-12-17 – 2019-12-31: no table scores phuong, thi-tran, xa"),
    ),
    "the last days of the campaign": Fault(
        BEGINS,
        BEGINS + "    valid_to: 2020-12-01\n",
        (1, "2020-12-01 – 2020-12-31: no table scores phuong, thi-tran, xa"),
    ),
    "a kind of units that only the first table knows": Fault(
        "{kinds: [phuong, xa, thi-tran]}",
        "{kinds: [phuong, xa]}",
        (-21, "2020-07-01 – 2020-12-31: no table scores thi-tran"),
    ),
    "a table that ends before it begins": Fault(
        BEGINS,
        BEGINS + "    valid_to: 2020-06-01\n",
        (1, "2020-06-01 is not after valid_from 2020-07-01"),
    ),
    "a table of another year": Fault(
        ENDS,
        "    valid_to: 2019-07-01\n",
        (0, "in force on no day of the campaign (2019-12-17 – 2020-12-31)"),
    ),
    "two tables without days": Fault(
        BEGINS,
        "",
        (-1, "has the table communes-to-june on … – 2020-06-30"),
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_hole_or_an_overlap_of_days_is_found_at_its_line(every_kind: Planted, name: str) -> None:
    every_kind.assert_found("rules.yaml", FAULTS[name])


def test_a_unit_that_ends_before_the_hole_begins_has_none(every_kind: Planted) -> None:
    every_kind.plant("rules.yaml", BEGINS, BEGINS.replace("07-01", "08-01"))
    text = (every_kind.directory / "units.csv").read_text(encoding="utf-8")
    head, *rows = text.splitlines()
    ended = {"phuong", "xa", "thi-tran"}
    rows = [f"{row},,{'2020-07-01' if row.split(',')[2] in ended else ''}" for row in rows]
    every_kind.write("units.csv", "\n".join([f"{head},valid_from,valid_to", *rows]))
    assert every_kind.problems() == []


def test_a_cluster_may_change_its_table_with_the_day_but_has_one_each_day(
    every_kind: Planted,
) -> None:
    assert every_kind.problems() == []
    every_kind.plant("rules.yaml", "{kinds: [phuong, xa, thi-tran]}", "{kinds: [phuong]}")
    every_kind.plant(
        "rules.yaml",
        "  - id: communes-from-july\n",
        "  - id: rural\n"
        '    title: {vi: "Xã", en: "Rural"}\n'
        "    applies_to: {kinds: [xa, thi-tran]}\n"
        "    valid_from: 2020-07-01\n"
        '    maximum: "1"\n'
        "    groups:\n"
        '      - {id: I, title: {vi: "I", en: "I"}, maximum: "1", criteria: [{id: I.1,\n'
        '         title: {vi: "a", en: "b"}, legal_source: "4", kind: entered, maximum: "1"}]}\n'
        "  - id: communes-from-july\n",
    )
    found = every_kind.problems()
    assert found
    assert {p.file for p in found} == {"units.csv"}  # clusters of communes that have both kinds
    assert all("one table for a cluster" in p.en for p in found)


def entered(title: str, maximum: str) -> str:
    """A criterion that people score, as the only one of the communes' second table."""
    return (
        f'          - {{id: I.1, title: {{vi: "{title}", en: "{title} "}}, legal_source: "5",\n'
        f'             kind: entered, maximum: "{maximum}"}}\n'
    )


def with_marks(planted: Planted, first: str, second: str) -> list[str]:
    """What is wrong when each of the communes' two tables has that criterion alone."""
    text = (planted.directory / "rules.yaml").read_text(encoding="utf-8")
    head, one, two = re.split(r"(?m)^(?=  - id: communes-)", text)
    tables = (
        table.partition("        criteria:\n")[0] + "        criteria:\n" + criterion
        for table, criterion in ((one, first), (two, second))
    )
    planted.write("rules.yaml", head + "".join(tables))
    return [problem.en for problem in planted.problems()]


@pytest.mark.parametrize("second", [("Khác", "10"), ("Mẫu", "10.5")], ids=["title", "scale"])
def test_a_mark_never_becomes_the_mark_of_another_thing(
    every_kind: Planted, second: tuple[str, str]
) -> None:
    texts = with_marks(every_kind, entered("Mẫu", "10"), entered(*second))
    moved = [one for one in texts if "would become scores of" in one]
    assert len(moved) == 1
    assert f"“{second[0]}” (0 – {second[1]}); give it another id" in moved[0]
    assert "scores entered for I.1 “Mẫu” (0 – 10, line " in moved[0]


def test_a_mark_stays_where_its_criterion_does(every_kind: Planted) -> None:
    assert with_marks(every_kind, entered("Mẫu", "10"), entered("Mẫu", "10.00")) == []


def test_a_mark_of_a_scorer_never_becomes_that_of_the_cluster(every_kind: Planted) -> None:
    plain = entered("Mẫu", "10")
    by_cluster = plain.replace("entered,", "entered, stages: [cluster],")
    by_scorer = plain.replace("entered,", "entered, scored_by: {unit: HN},")
    (text,) = with_marks(every_kind, by_cluster, by_scorer)
    assert "scored by the cluster in one table and by scorers in the other" in text
    assert with_marks(every_kind, by_scorer, by_scorer) == []


def test_marks_of_units_that_never_change_their_table_are_their_own(every_kind: Planted) -> None:
    """II.10 of the departments and of the communes: no unit is ever scored by both tables."""
    second = entered("Khác", "10").replace("I.1", "II.10")
    assert with_marks(every_kind, second, second) == []


PERIODS = (
    "code,name,kind,level,parent,cluster,gso_code,name_in_text,valid_from,valid_to,successor\n"
)


def _in_periods(planted: Planted, code: str, *rows: str) -> None:
    """units.csv with these rows in place of that of `code`."""
    text = (planted.directory / "units.csv").read_text(encoding="utf-8")
    kept = [
        line + "," * (PERIODS.count(",") - line.count(","))
        for line in text.splitlines()[1:]
        if not line.startswith(f"{code},")
    ]
    planted.write("units.csv", PERIODS + "\n".join([*kept, *rows]) + "\n")


def test_a_unit_may_change_its_cluster_in_the_season(planted: Planted) -> None:
    _in_periods(
        planted,
        "Q001",
        "Q001,Quận Ba Đình,quan,upper,HN,urban-districts,001,,,2020-07-01,",
        "Q001,Quận Ba Đình,quan,upper,HN,rural-districts,001,,2020-07-01,,",
    )
    assert planted.problems() == []


def test_a_unit_in_a_cluster_of_another_table_is_a_fault_in_its_own_row_only(
    planted: Planted,
) -> None:
    _in_periods(
        planted,
        "Q001",
        "Q001,Quận Ba Đình,quan,upper,HN,urban-districts,001,,,2020-07-01,",
        "Q001,Quận Ba Đình,quan,upper,HN,communes-of-Q002,001,,2020-07-01,,",
    )
    lines = (planted.directory / "units.csv").read_text(encoding="utf-8").splitlines()
    (problem,) = planted.problems()
    assert problem.line == len(lines)
    assert "one table for a cluster" in problem.en


def test_a_row_that_ends_where_a_table_begins_hides_no_hole(planted: Planted) -> None:
    """The unit is one: that its cluster changed on the day does not make it new to the tables."""
    planted.plant("rules.yaml", "  - id: upper\n", "  - id: upper\n    valid_from: 2020-07-01\n")
    path = planted.directory / "units.csv"
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    upper = [row for row in rows if ",upper," in row]
    periods = []
    for row in rows:
        cells = row + "," * (head.count(",") - row.count(","))
        if row in upper:
            periods += [f"{cells},,2020-07-01,", f"{cells},2020-07-01,,"]
        else:
            periods.append(f"{cells},,,")
    planted.write("units.csv", PERIODS + "\n".join(periods) + "\n")
    found = [problem.en for problem in planted.problems() if "no table scores" in problem.en]
    assert found
    assert found[0].startswith("2019-12-17 – 2020-06-30: no table scores")


def test_a_mark_of_a_unit_never_becomes_another_of_who_takes_over(every_kind: Planted) -> None:
    """The same II.10 of communes and of departments, where a department takes over a commune."""
    _in_periods(
        every_kind,
        "X00004",
        "X00004,Phường Trúc Bạch,phuong,commune,Q001,communes-of-Q001,00004,,,2020-07-01,STP",
    )
    second = entered("Khác", "10").replace("I.1", "II.10")
    texts = with_marks(every_kind, second, second)
    assert any("would become scores of" in text for text in texts)
