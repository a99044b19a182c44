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
        WARD, WARD.replace("Phường", '"Phường'), (0, "unreadable from this line on")
    ),
    "a column in other words": Fault(
        HEADER,
        HEADER.replace("gso_code", "gso code"),
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
        ([CITY, _commune("HN", "1/7/2025")], 3, "year-month-day"),
        ([CITY, _commune("HN", "44013")], 3, "year-month-day"),
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
        (HEADER.replace(",", ";") + "\nHN;Hà Nội;city;city;;;01\n", 1, "save as CSV with commas"),
        (HEADER.encode() + b"\nHN,H\xe0 N\xf4i,city,city,,,01\n", 2, "save the file with the"),
        (HEADER.encode("utf-16"), 1, "UTF-8"),
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
