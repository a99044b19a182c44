"""Each kind of fault in units.csv is found at its line, with its remedy."""

import pytest

from tests.contracts.campaign.planting import Fault, Planted

HEADER = "code,name,kind,level,parent,cluster,gso_code"
BA_DINH = "Q001,Quận Ba Đình,quan,upper,HN,urban-districts,001,"
HOAN_KIEM = "Q002,Quận Hoàn Kiếm,quan,upper,HN,urban-districts,002,"
WARD = "X00004,Phường Trúc Bạch,phuong,commune,Q001,communes-of-Q001,00004,"

FAULTS: dict[str, Fault] = {
    "a code twice": Fault(
        HOAN_KIEM,
        HOAN_KIEM + "\n" + HOAN_KIEM.replace("002", "999").replace("Q999", "Q002"),
        (1, "code Q002 is already in line"),
    ),
    "a parent that there is not": Fault(
        WARD, WARD.replace("Q001,c", "Q00I,c"), (0, "there is no unit Q00I; did you mean")
    ),
    "a unit that is its own parent": Fault(
        BA_DINH, BA_DINH.replace("HN,", "Q001,"), (0, "a circle Q001 → Q001")
    ),
    "parents in a circle": Fault(
        BA_DINH, BA_DINH.replace("HN,", "X00004,"), (0, "a circle Q001 → X00004 → Q001")
    ),
    "a second root": Fault(BA_DINH, BA_DINH.replace("HN,", ","), (0, "HN (line 2) is the root")),
    "a scored unit without a cluster": Fault(
        BA_DINH,
        BA_DINH.replace("urban-districts", ""),
        (0, "Q001 is scored by the table upper but has no cluster"),
    ),
    "a cluster scored by two tables": Fault(
        WARD,
        WARD.replace("communes-of-Q001", "urban-districts"),
        (0, "one table for a cluster"),
    ),
    "a code of the statistics office that lost its zeros": Fault(
        WARD, WARD.replace("00004", "4").replace("X4", "X00004"), (0, "write 00004")
    ),
    "a district's code that lost its zeros": Fault(
        BA_DINH, BA_DINH.replace(",001", ",1"), (0, "write 001")
    ),
    "a code of the statistics office for two units": Fault(
        HOAN_KIEM, HOAN_KIEM.replace(",002", ",001"), (0, "001 is that of Q001")
    ),
    "a code of the statistics office with letters": Fault(
        WARD, WARD.replace(",00004", ",0000A"), (0, "digits only")
    ),
    "a code of the statistics office in exponents": Fault(
        WARD, WARD.replace(",00004", ",1E+05"), (0, "digits only")
    ),
    "a code with a small letter": Fault(
        WARD, WARD.replace("X00004,", "x00004,"), (0, "capital letters")
    ),
    "a row without a name": Fault(WARD, WARD.replace("Phường Trúc Bạch", ""), (0, "name")),
    "a level with a capital letter": Fault(
        WARD, WARD.replace(",commune,", ",Commune,"), (0, "lower-case letters")
    ),
    "a level with a letter too few": Fault(
        WARD, WARD.replace(",commune,", ",comune,"), (0, "did you mean “commune”, as 578 other")
    ),
    "a kind with a letter too few": Fault(
        WARD, WARD.replace(",phuong,", ",phuon,"), (0, "did you mean “phuong”, as 174 other")
    ),
    "a cluster with a letter too few": Fault(
        BA_DINH, BA_DINH.replace(",urban-", ",uban-"), (0, "did you mean “urban-districts”")
    ),
    "a row with a cell too few": Fault(
        WARD, WARD.removesuffix(",00004,"), (0, "6 cells instead of 8")
    ),
    "a name with a comma and no quotes": Fault(
        WARD, WARD.replace("Trúc Bạch", "Trúc, Bạch"), (0, "9 cells instead of 8")
    ),
    "a name over two lines": Fault(
        WARD, WARD.replace("Phường Trúc Bạch", '"Phường\nTrúc Bạch"'), (0, "line break")
    ),
    "a quote that is never closed": Fault(
        WARD,
        WARD.replace("Phường", '"Phường'),
        (0, "is not closed; close it at the end of the cell"),
    ),
    "a column in other words": Fault(
        HEADER,
        HEADER.replace("gso_code", "gsocode"),
        (0, "did you mean “gso_code”?"),
        (0, "add it"),
    ),
    "a column twice": Fault(HEADER, HEADER + ",code", (0, "“code” comes twice")),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_in_the_units_is_found_at_its_line_with_its_remedy(
    planted: Planted, name: str
) -> None:
    planted.assert_found("units.csv", FAULTS[name])


def _with_days(*rows: str) -> str:
    return "\n".join([HEADER + ",valid_from,valid_to", *rows]) + "\n"


CITY = "HN,Thành phố Hà Nội,city,city,,,01,,"
COMMUNE = "X1,Xã Một,xa,commune,{parent},communes,{gso},{since},{until}"


def _commune(parent: str, since: str = "", until: str = "", gso: str = "00001") -> str:
    return COMMUNE.format(parent=parent, since=since, until=until, gso=gso)


@pytest.mark.parametrize(
    ("rows", "line", "remedy"),
    [
        ([CITY, _commune("HN", "2025-07-01", "2020-01-01")], 3, "is not before valid_to"),
        ([CITY, _commune("HN", "2025-07-01", "2025-07-01")], 3, "is not before valid_to"),
        ([CITY, _commune("HN", "7/2025")], 3, "year-month-day"),
        ([CITY, _commune("HN", "31/6/2025")], 3, "not a real day"),
        ([CITY, _commune("HN", "440139")], 3, "year-month-day"),
        (
            [
                CITY,
                "Q1,Quận Một,quan,upper,HN,urban,001,,2025-07-01",
                _commune("Q1", "2020-01-01", ""),
            ],
            4,
            "reaches beyond […, 2025-07-01) of its parent Q1",
        ),
        (
            [
                CITY,
                "Q1,Quận Một,quan,upper,HN,urban,001,2021-01-01,2025-07-01",
                _commune("Q1", "2020-01-01", "2025-07-01"),
            ],
            4,
            "reaches beyond [2021-01-01, 2025-07-01) of its parent Q1",
        ),
    ],
)
def test_days_that_cannot_be_are_found_at_their_line(
    planted: Planted, rows: list[str], line: int, remedy: str
) -> None:
    planted.write("units.csv", _with_days(*rows))
    found = [p for p in planted.problems() if p.file == "units.csv"]
    assert [(p.line, remedy in p.en) for p in found] == [(line, True)], found


DATED = HEADER + ",valid_from,valid_to,successor"
DATED_CITY = "HN,Thành phố Hà Nội,city,city,,,01,,,"


def _row(
    code: str, since: str = "", until: str = "", successor: str = "", parent: str = "HN"
) -> str:
    return f"{code},Xã {code},xa,commune,{parent},communes,,{since},{until},{successor}"


@pytest.mark.parametrize(
    ("rows", "line", "remedy"),
    [
        ([_row("X1"), _row("X1")], 4, "code X1 is already in line 3 for the same days"),
        (
            [_row("X1", "", "2020-07-01"), _row("X1", "2020-06-30", "")],
            4,
            "the former row has the day as valid_to and the next one as valid_from",
        ),
        (
            [_row("X1", "2020-06-30", ""), _row("X1", "", "2020-07-01")],
            4,
            "code X1 is already in line 3 for the same days",
        ),
        (
            [_row("X1", "", "2020-06-30"), _row("X1", "2020-07-01", "")],
            4,
            "from 2020-06-30 (valid_to, line 3) until 2020-07-01; valid_to is the first day",
        ),
        ([_row("X1", "", "", "X2"), _row("X2")], 3, "successor: X1 has no end; fill in valid_to"),
        (
            [_row("X1", "", "2020-07-01", "X2"), _row("X1", "2020-07-01"), _row("X2")],
            3,
            "successor: X1 goes on in line 4",
        ),
        (
            [_row("X00001", "", "2020-07-01", "X00O02"), _row("X00002")],
            3,
            "successor: there is no unit X00O02; did you mean “X00002”?",
        ),
        (
            [_row("X1", "", "2020-07-01", "x2"), _row("X2")],
            3,
            "capital letters",
        ),
        ([_row("X1", "", "2020-07-01", "X1")], 3, "X1 cannot take over from itself"),
        (
            [_row("X1", "", "2020-07-01", "X2"), _row("X2", "2020-08-01")],
            3,
            "X2 exists only from 2020-08-01, after X1 ended (2020-07-01); correct the day",
        ),
        (
            [
                _row("X1", "", "2020-07-01", "X2"),
                _row("X2", "", "2020-06-01", "X3"),
                _row("X3"),
            ],
            3,
            "X2 ended on 2020-06-01 and cannot take over from X1 on 2020-07-01; name X3 itself",
        ),
        (
            [_row("X1", "", "2020-07-01", "X2"), _row("X2", "", "2020-06-01")],
            3,
            "name a unit that exists on that day",
        ),
        (
            [
                _row("X1", "", "2020-07-01"),
                _row("X2", "", "2020-07-01", "", "X1"),
                _row("X1", "2020-07-01", "", "", "X2"),
            ],
            5,
            "reaches beyond […, 2020-07-01) of its parent X2",
        ),
        (
            [
                _row("X1", "", "2020-07-01"),
                _row("X2", parent="X1"),
                _row("X1", "2020-07-01", "", "", "X2"),
            ],
            4,
            "a circle X1 → X2 → X1 from 2020-07-01 on",
        ),
    ],
)
def test_periods_and_successors_that_cannot_be_are_found_at_their_line(
    planted: Planted, rows: list[str], line: int, remedy: str
) -> None:
    planted.write("units.csv", "\n".join([DATED, DATED_CITY, *rows]) + "\n")
    found = [p for p in planted.problems() if p.file == "units.csv"]
    assert [p.line for p in found] == [line], found
    assert remedy in found[0].en
    assert found[0].vi != found[0].en


def test_units_that_take_over_in_a_circle_are_found_at_each_of_their_lines(
    planted: Planted,
) -> None:
    ring = [_row(f"X{at}", "", "2020-07-01", f"X{at % 3 + 1}") for at in (1, 2, 3)]
    planted.write("units.csv", "\n".join([DATED, DATED_CITY, *ring]) + "\n")
    found = [p for p in planted.problems() if p.file == "units.csv"]
    assert [p.line for p in found] == [3, 4, 5]
    assert "take over in a circle X1 → X2 → X3 → X1" in found[0].en


def _advice(planted: Planted, *rows: str) -> list[str]:
    planted.write("units.csv", "\n".join([DATED, DATED_CITY, *rows]) + "\n")
    assert [p for p in planted.problems() if p.file == "units.csv"] == []
    return [p.en for p in planted.warnings() if p.file == "units.csv"]


def test_units_that_end_in_the_season_without_a_successor_are_one_advice_a_day(
    planted: Planted,
) -> None:
    end = [_row(f"X{at}", "", "2020-07-01") for at in range(1, 8)]
    (advice,) = _advice(planted, *end, _row("Y1"), _row("Y2", "", "2020-07-01", "Y1"))
    assert "from 2020-07-01 on X1, X2, X3, X4, X5 and 2 more no longer exist" in advice
    assert "what they did counts for nobody" in advice


def test_a_unit_that_ends_before_or_after_the_season_needs_no_successor(planted: Planted) -> None:
    assert _advice(planted, _row("X1", "", "2019-07-01"), _row("X2", "", "2022-07-01")) == []


def test_a_successor_of_another_level_is_advised_against(planted: Planted) -> None:
    (advice,) = _advice(planted, _row("X1", "", "2020-07-01", "HN"))
    assert "is of the level city and not commune" in advice


def test_a_renamed_and_moved_unit_is_no_fault(planted: Planted) -> None:
    rows = [_row("X1", "", "2020-07-01"), _row("X1", "2020-07-01", "", "", "Y1"), _row("Y1")]
    assert _advice(planted, *rows) == []


def test_a_code_of_the_statistics_office_may_pass_from_one_unit_to_the_next(
    planted: Planted,
) -> None:
    planted.write(
        "units.csv",
        _with_days(
            CITY,
            _commune("HN", "", "2025-07-01"),
            _commune("HN", "2025-07-01", "").replace("X1", "X2"),
        ),
    )
    assert [p for p in planted.problems() if p.file == "units.csv"] == []


def test_a_file_saved_by_a_spreadsheet_with_a_byte_order_mark_is_read(planted: Planted) -> None:
    raw = (planted.directory / "units.csv").read_bytes()
    planted.write("units.csv", b"\xef\xbb\xbf" + raw.replace(b"\n", b"\r\n"))
    assert planted.problems() == []


def test_blank_rows_that_a_spreadsheet_leaves_are_skipped(planted: Planted) -> None:
    planted.plant("units.csv", BA_DINH, ",,,,,,,\n\n" + BA_DINH)
    assert planted.problems() == []


@pytest.mark.parametrize(
    ("content", "line", "remedy"),
    [
        ("", 1, "the file is empty; the first line is code,name"),
        (HEADER.encode() + b"\nHN,H\xe0 N\xb5i,city,city,,,01\n", 2, "save the file with the"),
        (HEADER.encode("utf-16"), 1, "no unit stands below the headings"),
        (HEADER + "\n" + "x" * 5_000_001, 1, "more than 5,000,000 bytes"),
    ],
)
def test_a_file_that_is_no_table_is_one_problem_and_the_others_are_still_checked(
    planted: Planted, content: str | bytes, line: int, remedy: str
) -> None:
    planted.write("units.csv", content)
    other = planted.plant("plan.yaml", "by: contest-reported", "by: contest-report")
    found = planted.problems()
    assert [(p.file, p.line) for p in found] == [("plan.yaml", other), ("units.csv", line)]
    assert remedy in found[1].en
