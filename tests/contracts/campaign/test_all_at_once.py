"""Every problem of all three files is told at once: one fault never hides another."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.contracts.campaign.problems import CampaignProblems
from services.contracts.rules.loader import check, load_with_rules
from tests.contracts.campaign.planting import HANOI, Planted

FILES = ("plan.yaml", "units.csv", "rules.yaml")

SIX = [
    ("plan.yaml", "max_words: 2000", "max_word: 2000", "did you mean “max_words”?"),
    ("plan.yaml", "by: contest-reported", "by: contest-report", "“contest-reported”?"),
    ("units.csv", ",Q001,communes-of-Q001,00004", ",Q00A,communes-of-Q001,00004", "no unit Q00A"),
    ("units.csv", "rural-districts,016", "rural-districts,16", "write 016"),
    ("rules.yaml", 'each: "2"', "each: 2.5", 'written in quotes: "2.5"'),
    ("rules.yaml", "measure: contest_report", "measure: contest_reports", "no measure"),
]


def test_six_faults_in_three_files_are_reported_at_once_each_at_its_line(planted: Planted) -> None:
    expected = [(file, planted.plant(file, old, new), remedy) for file, old, new, remedy in SIX]
    found = planted.problems()
    for file, line, remedy in expected:
        here = [p.en for p in found if (p.file, p.line) == (file, line)]
        assert any(remedy in text for text in here), f"{file}:{line}: {remedy}"
    assert len(found) == len(expected)


def test_a_campaign_with_problems_is_not_loaded_and_says_all_of_them(planted: Planted) -> None:
    for file, old, new, _ in SIX:
        planted.plant(file, old, new)
    with pytest.raises(CampaignProblems) as caught:
        load_with_rules(planted.directory)
    assert list(caught.value.problems) == planted.problems()
    for problem in caught.value.problems:
        assert f"{problem.place}\n    {problem.vi}\n    {problem.en}" in str(caught.value)


def test_problems_come_in_the_order_of_files_and_lines(planted: Planted) -> None:
    for file, old, new, _ in reversed(SIX):
        planted.plant(file, old, new)
    places = [(FILES.index(p.file), p.line) for p in planted.problems()]
    assert places == sorted(places)


@pytest.mark.parametrize("file", FILES)
def test_a_missing_file_is_reported_and_the_other_two_are_still_checked(
    planted: Planted, file: str
) -> None:
    (planted.directory / file).unlink()
    expected = {file}
    for other, old, new in (
        ("plan.yaml", "[7, 1]", "[7, 7]"),
        ("units.csv", "rural-districts,016", "rural-districts,16"),
        ("rules.yaml", 'each: "2"', "each: 2"),
    ):
        if other != file:
            planted.plant(other, old, new)
            expected.add(other)
    found = planted.problems()
    assert {p.file for p in found} == expected
    assert len(found) == 3
    assert "check the path" in next(p.en for p in found if p.file == file)


def test_a_directory_that_is_not_there_is_three_missing_files(tmp_path: Path) -> None:
    assert [p.file for p in check(tmp_path / "nowhere")] == list(FILES)


def test_a_faulty_criterion_does_not_hide_an_unknown_measure_in_the_next(
    planted: Planted,
) -> None:
    first = planted.plant("rules.yaml", 'target: "30"', "target: 30")
    second = planted.plant("rules.yaml", "measure: commendations", "measure: commendation")
    assert [(p.line, p.file) for p in planted.problems()] == [
        (first, "rules.yaml"),
        (second, "rules.yaml"),
    ]


def test_a_misspelt_key_hides_neither_a_gap_nor_a_hole_in_the_same_table(
    every_kind: Planted,
) -> None:
    key = every_kind.plant("rules.yaml", '            each: "5"', '            eech: "5"')
    gap = every_kind.plant(
        "rules.yaml", '{at_least: "3", points: "0"}', '{above: "3", points: "0"}'
    )
    hole = every_kind.plant("rules.yaml", 'up_to: "74"}', 'up_to: "73"}')
    name = every_kind.plant("rules.yaml", "{departments: SNV}", "{departments: SNW}")
    shape = every_kind.plant("rules.yaml", "ties: dense", "ties: none")
    found = sorted({p.line for p in every_kind.problems()} - {key - 5})  # there “each” is missing
    assert found == sorted([key, gap, hole, name, shape])


def test_a_faulty_measure_is_not_also_called_unknown_where_it_is_used(planted: Planted) -> None:
    line = planted.plant("rules.yaml", "    obligation: D6\n", "")
    assert [p.line for p in planted.problems()] == [line - 3]


def test_sums_over_a_faulty_criterion_are_not_called_wrong(planted: Planted) -> None:
    line = planted.plant(
        "rules.yaml", 'cap: "10"\n            maximum: "10"', 'cap: "10"\n            maximum: ten'
    )
    assert [p.line for p in planted.problems()] == [line + 1]


def test_lines_are_right_after_a_faulty_item_was_left_out(planted: Planted) -> None:
    first = planted.plant("plan.yaml", "  - id: D1\n", "  - id: d1\n")
    line = planted.plant("plan.yaml", "by: ceremony-reported", "by: ceremony-report")
    found = [p for p in planted.problems() if p.file == "plan.yaml"]
    assert [(p.line, p.path) for p in found] == [
        (first, "obligations[d1].id"),
        (line, "obligations[D7].options[D7].by"),
    ]


# --- whatever is in the files, checking them answers ---------------------------------------------

LINES = {file: (HANOI / file).read_text(encoding="utf-8").splitlines() for file in FILES}
SNIPPETS = st.sampled_from(
    [
        *'[]{}:"~#|?\t',
        "",
        "- ",
        "null",
        "[]",
        "{}",
        "1.5",
        "-1",
        "true",
        "  x: y",
        "&a",
        "*a",
        "!!x 1",
        "2020-13-40",
        "kind: count",
        "id: D1",
        ",,",
        "% ",
    ]
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), file=st.sampled_from(FILES))
def test_whatever_is_done_to_a_line_the_check_answers_and_never_fails(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, file: str
) -> None:
    planted = Planted.copy(tmp_path_factory.mktemp("spoilt"))
    lines = list(LINES[file])
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        line = lines[at]
        cut = data.draw(st.integers(0, len(line)))
        keep = data.draw(st.integers(cut, len(line)))
        lines[at] = line[:cut] + data.draw(SNIPPETS) + line[keep:]
    planted.write(file, "\n".join(lines))
    for problem in planted.problems():
        assert 1 <= problem.line <= len(lines) + 1
        assert problem.vi
        assert problem.en


@settings(max_examples=25, deadline=None)
@given(file=st.sampled_from(FILES), raw=st.binary(max_size=200) | st.text(max_size=200))
def test_whatever_bytes_a_file_has_the_check_answers_and_never_fails(
    tmp_path_factory: pytest.TempPathFactory, file: str, raw: bytes | str
) -> None:
    directory = tmp_path_factory.mktemp("bytes")
    (directory / file).write_bytes(raw if isinstance(raw, bytes) else raw.encode(errors="replace"))
    assert {p.file for p in check(directory)} == set(FILES)
