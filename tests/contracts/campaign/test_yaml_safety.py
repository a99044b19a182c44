"""What people write is plain data: YAML can do more, and here it may not."""

import time
import unicodedata

import pytest

from services.contracts.campaign.yaml_file import MAX_BYTES, read_yaml
from tests.contracts.campaign.planting import Planted


@pytest.mark.parametrize(
    ("text", "line", "remedy"),
    [
        ("a: 1\nb: !!python/object/apply:os.system [echo]\n", 2, "tags with ! are not taken"),
        ("a: !important x\n", 1, "tags with ! are not taken"),
        ("a: &x [1]\nb: *x\n", 1, "anchors & and aliases * are not taken"),
        ("a: 1\nb: *nowhere\n", 2, "aliases * are not taken"),
        ("a: 1\n\tb: 2\n", 2, "indent with spaces"),
        ("a: 0\nb: [1, 2\nc: 3\n", 2, "close every quote"),
        ('a: 0\nb: "x\nc: 3\n', 2, "close every quote"),
        ("a: 1\n b: 2\n", 2, "look at this line and the one above"),
        ("a: 1\n---\nb: 2\n", 2, "one part only"),
        ("- a\n- b\n", 1, "not made of"),
        ("just words", 1, "not made of"),
        ("", 1, "empty"),
        ("# only a comment\n", 1, "empty"),
        ("a: {b: 1, [c]: 2}\n", 1, "a key is a word"),
        ("a: &x {b: 1}\n", 1, "put text in quotes"),
        ("a: \x07\n", 1, "not valid YAML"),
    ],
)
def test_what_is_not_plain_data_is_refused_at_its_line(text: str, line: int, remedy: str) -> None:
    _, problems = read_yaml("plan.yaml", text.encode())
    assert [(p.line, remedy in p.en) for p in problems][:1] == [(line, True)], problems


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: 1\n\tb: 2\n", "có ký tự tab; thay bằng dấu cách"),
        ("a: [1, 2\nb: 3\n", "ngoặc [ chưa đóng bằng ]"),
        ("a: {b: 1\nc: 2\n", "ngoặc { chưa đóng bằng }"),
        ("a: ]\n", "có ngoặc đóng mà không có ngoặc mở"),
        ("a: b: c\n", "dấu hai chấm không đúng chỗ"),
        ("a: 1\nb\nc: 1\n", "thiếu dấu hai chấm sau khóa"),
        ("a: 'x\nb: 2\n", "dấu nháy chưa đóng"),
        ("a: 'x' y\n", "chữ thừa sau dấu nháy đóng"),
        ('a: "x\\q"\n', "dùng nháy đơn"),
        ("a: |x\n", "sau dấu | hoặc > phải xuống dòng"),
        ("a: @x\n", "ký tự đặc biệt đứng đầu; đặt chữ trong dấu nháy"),
        ("a: & b\n", "dấu & hoặc * đứng đầu"),
        ("a: \x07\n", "không đọc được từ chỗ này"),
    ],
)
def test_what_the_parser_refuses_is_explained_in_vietnamese(text: str, fault: str) -> None:
    _, (problem,) = read_yaml("plan.yaml", text.encode())
    assert problem.vi.startswith("sai cú pháp YAML: ")
    assert fault in problem.vi
    assert not {"while", "found", "expected"} & set(problem.vi.split())


def test_a_key_that_comes_twice_is_a_problem_and_the_first_one_stays() -> None:
    document, problems = read_yaml("plan.yaml", b"a: 1\nb:\n  c: 2\n  c: 3\n")
    assert document is not None
    assert document.data == {"a": 1, "b": {"c": 2}}
    assert [(p.line, p.en) for p in problems] == [
        (4, "b.c: the key comes twice (first in line 3); remove one")
    ]


def test_a_few_aliases_cannot_make_gigabytes() -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30)
    )
    began = time.perf_counter()
    document, problems = read_yaml("plan.yaml", bomb.encode())
    assert document is None
    assert problems
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize("opening", ["[", "{a: "])
def test_deep_nesting_is_refused_before_anything_is_built(opening: str) -> None:
    document, problems = read_yaml("plan.yaml", b"a: " + opening.encode() * 100_000)
    assert document is None
    assert [(p.line, "nested deeper" in p.en) for p in problems] == [(1, True)]


def test_a_file_that_no_person_wrote_is_refused_unread() -> None:
    document, problems = read_yaml("plan.yaml", b"a: " + b"x" * MAX_BYTES)
    assert document is None
    assert [p.line for p in problems] == [1]


def test_text_that_is_not_utf8_is_refused_at_its_line() -> None:
    document, problems = read_yaml("plan.yaml", b"a: 1\nb: H\xe0 N\xf4i\n")
    assert document is None
    assert [(p.line, "encoding UTF-8" in p.en) for p in problems] == [(2, True)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_notepad_saves_as_unicode_is_read(encoding: str) -> None:
    document, problems = read_yaml("plan.yaml", "a: 1\r\nb: Hà Nội\r\n".encode(encoding))
    assert problems == []
    assert document is not None
    assert document.data == {"a": 1, "b": "Hà Nội"}


def test_half_of_utf16_is_refused() -> None:
    document, problems = read_yaml("plan.yaml", "a: 1\n".encode("utf-16")[:-1])
    assert document is None
    assert ["encoding UTF-8" in p.en for p in problems] == [True]


def test_texts_are_brought_to_one_unicode_form() -> None:
    decomposed = unicodedata.normalize("NFD", "a: Hội\n")
    document, _ = read_yaml("plan.yaml", decomposed.encode())
    assert document is not None
    assert document.data == {"a": "Hội"}


def test_every_key_and_item_knows_its_line() -> None:
    document, _ = read_yaml("plan.yaml", b"# c\na: 1\nb:\n  - c: 2\n    d: [3, 4]\n  - {c: 5}\n")
    assert document is not None
    places = {
        ("a",): 2,
        ("b",): 3,
        ("b", 0): 4,
        ("b", 0, "d"): 5,
        ("b", 0, "d", 1): 5,
        ("b", 1, "c"): 6,
        ("b", 1, "missing"): 6,
    }
    assert {path: document.line(path) for path in places} == places


def test_days_and_codes_stay_what_people_wrote() -> None:
    document, _ = read_yaml("plan.yaml", b"day: 2020-06-30\ncode: '00004'\nyes_is_a_word: yes\n")
    assert document is not None
    assert document.data == {"day": "2020-06-30", "code": "00004", "yes_is_a_word": "yes"}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("12", 12),
        ("-7", -7),
        ("010", 10),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("true", True),
        ("False", False),
        ("no", "no"),
        ("~", None),
        ("", None),
        ("'12'", "12"),
        ('"true"', "true"),
        ("0x1f", "0x1f"),
        ("1_000", "1_000"),
        (".inf", ".inf"),
        ("9" * 5000, "9" * 5000),
        ("> \n  12\n", "12\n"),
    ],
)
def test_a_plain_word_is_a_number_or_a_truth_only_where_everybody_sees_one(
    written: str, read: object
) -> None:
    document, problems = read_yaml("plan.yaml", f"a: {written}\n".encode())
    assert problems == []
    assert document is not None
    assert document.data == {"a": read}


def test_a_tag_in_a_campaign_is_one_problem_of_that_file(planted: Planted) -> None:
    line = planted.plant("plan.yaml", "max_words: 2000", "max_words: !!int 2000")
    assert [(p.file, p.line) for p in planted.problems()] == [("plan.yaml", line)]
