"""A slip is told with the code that was meant, and once, however many rows have it."""

import pytest

from services.contracts.campaign.explain import did_you_mean
from tests.contracts.campaign.planting import Planted

HANOI_CODES = [f"Q{number:03}" for number in range(1, 31)] + [f"X{n:05}" for n in range(1, 700)]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("Q00I", "Q001"),
        ("QO09", "Q009"),
        ("q012", "Q012"),
        ("X0OO04", "X00004"),
        ("X-00123", "X00123"),
    ],
)
def test_the_nearest_of_many_codes_is_the_one_that_looks_alike(word: str, meant: str) -> None:
    assert did_you_mean(word, HANOI_CODES) == (
        f"có thể là “{meant}”",
        f"did you mean “{meant}”?",
    )


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("rules.yaml", "{departments: SNV}", "{departments: SNW}", "SNV"),
        ("rules.yaml", "{departments: SNV}", "{department: SNV}", "departments"),
        ("rules.yaml", "except_units: [STP]", "except_units: [5TP]", "STP"),
        ("rules.yaml", "kinds: [department]", "kinds: [departement]", "department"),
        ("rules.yaml", "applies_to: {levels: [upper]}", "applies_to: {levels: [uper]}", "upper"),
        ("rules.yaml", "tie_break: [I, I.2]", "tie_break: [I, l.2]", "I.2"),
        ("rules.yaml", "obligation: D2", "obligation: D02", "D2"),
        ("rules.yaml", "plus: [essays, prizes]", "plus: [esays, prizes]", "essays"),
        ("rules.yaml", "        level: not-done", "        level: notdone", "not-done"),
        ("plan.yaml", "  enterprises: {vi", "  enterprise: {vi", "enterprises"),
    ],
)
def test_a_misspelt_code_is_told_with_the_nearest(
    every_kind: Planted, file: str, old: str, new: str, expected: str
) -> None:
    line = every_kind.plant(file, old, new)
    found = [one for one in every_kind.problems() if one.line == line]
    assert [f"did you mean “{expected}”?" in one.en for one in found] == [True], found


def test_one_wrong_parent_is_told_once_and_not_once_a_child(planted: Planted) -> None:
    """The code of a district is misspelt in its own row: all its wards name one that is not."""
    planted.plant("units.csv", "Q001,Quận Ba Đình", "Q0O1,Quận Ba Đình")
    (found,) = planted.problems()
    assert (found.file, found.line) == ("units.csv", 67)
    assert "there is no unit Q001 (also line 68, 69, 70 and 10 more); did you mean “Q0O1”?" in (
        found.en
    )


def test_one_parent_with_a_wrong_day_is_told_once(planted: Planted) -> None:
    text = (planted.directory / "units.csv").read_text(encoding="utf-8")
    header, *rows = text.splitlines()
    dated = [f"{header},valid_to"] + [
        f"{row},{'2020-07-01' if row.startswith('Q001,') else ''}" for row in rows
    ]
    planted.write("units.csv", "\n".join(dated) + "\n")
    (found,) = planted.problems()
    assert "of its parent Q001 (also line" in found.en
