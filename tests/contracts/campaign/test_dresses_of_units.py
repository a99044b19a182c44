"""The units as Excel in Vietnam writes them: whatever the dress, one text is announced."""

import csv
import io
import unicodedata
import zipfile
from datetime import date

import pytest

from services.cli.announcing import checked_files
from services.contracts.campaign.loader import read_campaign
from services.contracts.campaign.problems import FileProblem
from services.contracts.campaign.units_file import UnitRows, read_units, units_text
from services.contracts.sheets import workbook as limits
from tests.contracts.campaign.planting import HANOI, Planted
from tests.support.workbooks import Cell, workbook

ENGLISH = [
    "code",
    "name",
    "kind",
    "level",
    "parent",
    "cluster",
    "gso_code",
    "valid_from",
    "valid_to",
    "successor",
]
VIETNAMESE = [
    "Mã đơn vị",
    "TÊN ĐƠN VỊ",
    "Loại",
    "Cấp",
    "Đơn vị\ncấp trên",
    "Cụm thi đua",
    "Mã TCTK",
    "Từ ngày",
    "Đến ngày",
    "Đơn vị kế thừa",
]
ROWS = [
    ["HN", "Thành phố Hà Nội", "city", "city", "", "", "01", "", "", ""],
    ["H1", "Huyện Một, Hai", "huyen", "upper", "HN", "districts", "017", "", "2025-07-01", ""],
    ["X1", "Xã Thụy Lôi", "xa", "commune", "H1", "of-H1", "00454", "", "2025-07-01", "X3"],
    ["X3", "Xã Phúc Thịnh", "xa", "commune", "HN", "communes", "00455", "2025-07-01", "", ""],
]  # fmt: skip


def table(headings: list[str], rows: list[list[str]], delimiter: str = ",") -> str:
    """A table as Excel writes it to a text file."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows(rows)
    return text.getvalue()


PLAIN = table(ENGLISH, ROWS).replace("\r\n", "\n")
DAYS_FIRST = [[cell.replace("2025-07-01", "01/7/2025") for cell in row] for row in ROWS]
SERIALS = [[cell.replace("2025-07-01", "45839") for cell in row] for row in ROWS]


TONES = "\u0300\u0301\u0303\u0309\u0323"


def cp1258(text: str) -> bytes:
    """The bytes of Windows-1258: of a letter with two marks the tone stands behind it."""
    raw = b""
    for letter in text:
        try:
            raw += letter.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", letter)
            base = "".join(part for part in parts if part not in TONES)
            tone = "".join(part for part in parts if part in TONES)
            raw += (unicodedata.normalize("NFC", base) + tone).encode("cp1258")
    return raw


TYPED: list[list[Cell]] = [
    [date(2025, 7, 1) if cell == "2025-07-01" else cell for cell in row] for row in ROWS
]
DRESSES = {
    "commas": PLAIN.encode(),
    "semicolons and a byte order mark": table(VIETNAMESE, DAYS_FIRST, ";").encode("utf-8-sig"),
    "Excel's mark of its delimiter": b"sep=;\r\n" + table(VIETNAMESE, ROWS, ";").encode(),
    "tabs in UTF-16, Excel's Unicode text": (
        b"\xff\xfe" + table(VIETNAMESE, SERIALS, "\t").encode("utf-16-le")
    ),
    "UTF-16 the other way round": b"\xfe\xff" + table(ENGLISH, ROWS, "\t").encode("utf-16-be"),
    "Windows-1258": cp1258(table(VIETNAMESE, DAYS_FIRST, ";")),
    "decomposed letters of a Mac": unicodedata.normalize("NFD", table(VIETNAMESE, ROWS)).encode(),
    "a title above, numbers below, a number in front": (
        "DANH SÁCH ĐƠN VỊ NĂM 2025;;;;\r\n;;;;\r\n"
        + table(
            ["STT", *VIETNAMESE, "Ghi chú"],
            [[str(n) for n in range(1, 13)], *(["1", *row, "x"] for row in ROWS)],
            ";",
        )
    ).encode(),
    "a workbook": workbook({"Đơn vị": [VIETNAMESE, *TYPED]}),
    "a workbook with serials and a guide": workbook(
        {
            "Hướng dẫn": [["Điền từng dòng một đơn vị"]],
            "ds": [["DANH SÁCH"], [], VIETNAMESE, *SERIALS],
            "cũ": [VIETNAMESE],
        },
        hidden=["cũ"],
    ),
}  # fmt: skip


def read(raw: bytes, name: str = "units.csv") -> tuple[UnitRows, list[FileProblem]]:
    return read_units(name, raw)


@pytest.mark.parametrize("dress", DRESSES)
def test_each_dress_is_read_and_announced_as_one_text(dress: str) -> None:
    rows, problems = read(DRESSES[dress])
    assert problems == []
    assert units_text(row.unit for row in rows.rows) == PLAIN


def test_the_units_that_ship_are_announced_as_they_are_written(planted: Planted) -> None:
    written = (planted.directory / "units.csv").read_text(encoding="utf-8")
    assert checked_files(planted.directory)["units.csv"] == written


def test_a_campaign_is_announced_alike_from_a_workbook(planted: Planted) -> None:
    path = planted.directory / "units.csv"
    written = path.read_text(encoding="utf-8")
    path.unlink()
    planted.write("units.xlsx", workbook({"Đơn vị": list(csv.reader(written.splitlines()))}))
    assert planted.problems() == []
    assert checked_files(planted.directory)["units.csv"] == written


def test_rows_that_a_filter_hides_are_read_and_named(planted: Planted) -> None:
    path = planted.directory / "units.csv"
    written = path.read_text(encoding="utf-8")
    path.unlink()
    rows = list(csv.reader(written.splitlines()))
    hidden = [66, 67, 70]
    planted.write("units.xlsx", workbook({"Đơn vị & mã": rows}, hidden_rows=hidden))
    assert planted.problems() == []
    (warning,) = planted.warnings()
    assert str(warning.place) == "units.xlsx:66: Đơn vị & mã"
    assert "3 hidden rows (66, 67, 70) will be read" in warning.en
    assert checked_files(planted.directory)["units.csv"] == written


def test_faults_of_a_workbook_name_the_cell_as_it_is_seen(planted: Planted) -> None:
    rows = [list(row) for row in csv.reader((HANOI / "units.csv").read_text("utf-8").splitlines())]
    rows[66][4], rows[67][6] = "Q0O1", "4"
    (planted.directory / "units.csv").unlink()
    planted.write("units.xlsx", workbook({"Đơn vị": [["DANH SÁCH"], *rows]}))
    assert [str(one.place) for one in planted.problems()] == [
        "units.xlsx:68: Đơn vị!E68 (parent)",
        "units.xlsx:69: Đơn vị!G69 (gso_code)",
    ]


def test_two_files_of_units_are_one_too_many(planted: Planted) -> None:
    planted.write("units.xlsx", workbook({"a": [VIETNAMESE]}))
    assert [
        "there are units.csv, units.xlsx in one directory" in p.en for p in planted.problems()
    ] == [True]


TCVN3 = (
    b"M\xb7;T\xaan;Lo\xb9i;C\xcap\r\nX1;X\xb7 \xa7\xabng Anh;xa;commune\r\n"
    b"X2;Ph\xadeng M\xc9u;xa;commune\r\n"
)
VNI = "Maõ;Teân;Loaïi;Caáp\r\nX1;Xaõ Ñoâng Anh;xa;commune\r\nX2;Phöôøng Maãu;xa;commune\r\n".encode(
    "cp1252"
)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (TCVN3, "letters in TCVN3"),
        (VNI, "letters in VNI"),
        (b"code,name\nX1,\x81\x8d\n", "not UTF-8"),
        (b"\xff\xfea", "the file is broken"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a PNG image"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old .xls, or has a password"),
        (b"", "the file is empty"),
        (b"PK\x03\x04 and no more", "the workbook is broken"),
        (workbook({"a": [["x"]]})[:-80], "the workbook is broken"),
        (workbook({"a": [["x"]]}, more={"xl/x.xml": b"<!DOCTYPE x>"}), "declares a DOCTYPE"),
        (workbook({"a": [["x"]]}, more={"xl/x.xml": "<!DOCTYPE x>".encode("utf-16")}), "a DOCTYPE"),
        (workbook({"a": [["x"]]}, more={f"xl/{n}.xml": b"" for n in range(200)}), "200 entries"),
        (workbook({"a": [["x"]]}, more={"xl/x.bin": bytes(51 * 1024 * 1024)}), "over 50 MiB"),
        (b"PK\x03\x04" + bytes(5 * 1024 * 1024), "more than 5,000,000 bytes"),
        (workbook({}), "the file is empty"),
        (workbook({"a": [["Kế hoạch", "Thực hiện"]]}), "no row of headings"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_with_the_remedy(raw: bytes, expected: str) -> None:
    rows, problems = read(raw, "units.xlsx")
    assert rows.rows == ()
    assert [expected in one.en for one in problems] == [True], problems
    assert all(one.vi != one.en for one in problems)


def test_a_sheet_that_claims_a_million_rows_ends_its_own_process_and_not_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    far = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    far += '<row r="1"><c r="A1"><v>1</v></c></row>'
    far += '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    raw = workbook({"a": []})
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(changed, "w") as new:
        for entry in old.infolist():
            is_sheet = entry.filename.endswith("sheet1.xml")
            content = f"{far}</sheetData></worksheet>".encode() if is_sheet else old.read(entry)
            new.writestr(entry.filename, content)
    monkeypatch.setattr(limits, "MEMORY", 512 * limits.MIB)
    _, problems = read(changed.getvalue())
    assert ["too large to be read safely" in one.en for one in problems] == [True], problems


def test_an_open_quote_is_a_fault_of_its_cell_and_of_no_other(planted: Planted) -> None:
    line = planted.plant("units.csv", "Phường Trúc Bạch", '"Phường Trúc Bạch')
    planted.plant("units.csv", "Phường Cống Vị", '"Phường Cống Vị"')
    (found,) = planted.problems()
    assert (found.file, found.line) == ("units.csv", line)
    assert f'the quote that opens in cell B{line} ("Phường Trúc Bạch) is not closed' in found.en


@pytest.mark.parametrize("file", ["rules.yaml", "plan.yaml"])
def test_an_open_quote_of_a_yaml_file_is_told_where_it_opens_and_nothing_else(
    planted: Planted, file: str
) -> None:
    text = (planted.directory / file).read_text(encoding="utf-8")
    at = text.index('en: "', len(text) // 3)
    end = text.index('"', at + 5)
    planted.write(file, text[:end] + text[end + 1 :])
    (found,) = planted.problems()
    assert (found.file, found.line) == (file, text.count("\n", 0, at) + 1)
    assert "a quote is not closed" in found.en


def test_a_sum_or_a_signature_below_the_table_is_one_fault() -> None:
    rows, problems = read(workbook({"ds": [VIETNAMESE, *TYPED, ["", 4], [], ["", "Người lập"]]}))
    assert len(rows.rows) == len(ROWS)
    assert [(one.path, "is no unit" in one.en) for one in problems] == [
        ("ds!B6", True),
        ("ds!B8", True),
    ]


def test_codes_that_lost_their_zeros_are_named() -> None:
    rows = [
        ["001", "Thành phố", "city", "city", "", "", ""],
        ["2", "Phường Một", "phuong", "commune", "1", "c", "4"],
        ["003", "Phường Hai", "phuong", "commune", "001", "c", "00005"],
    ]
    raw = table(ENGLISH[:7], rows).encode()
    found = read_campaign({"plan.yaml": b"", "units.csv": raw}).problems.in_order(
        "plan.yaml", "units.csv"
    )
    expected = [
        (one.line, one.path, one.en.partition(";")[0]) for one in found if one.file != "plan.yaml"
    ]
    assert sorted(expected) == [
        (3, "A3 (code)", "code “2” lost its zeros"),
        (3, "E3 (parent)", "parent: there is no unit 1"),
        (3, "G3 (gso_code)", "gso_code “4” lost its zeros"),
    ]
    (parent,) = (one for one in found if one.path.startswith("E3"))
    assert "did you mean “001”?" in parent.en
