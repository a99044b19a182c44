"""T12, departments of a province: nested groups, one department that scores the others, n of m."""

from decimal import Decimal

from services.contracts.events import UnitFact
from tests.scoring.facts import figure, fulfilled, missed, score_entered
from tests.scoring.tables.trial import trial

TABLE = trial("t12_departments")


def marks(unit: str, criterion: str, **points: str) -> list[UnitFact]:
    """What scorers gave a unit, by their codes."""
    return [
        score_entered(unit, criterion, "scorers", given, scorer=scorer)
        for scorer, given in points.items()
    ]


def yes(unit: str, *names: str) -> list[UnitFact]:
    return [figure(unit, f"{name}:2020", "1") for name in names]


SXD: list[UnitFact] = [
    figure("SXD", "tasks:2020", "39", target="40"),
    figure("SXD", "revenue:2020", "1050", target="1000"),
    figure("SXD", "coefficient:2020", "1"),
    *marks("SXD", "I.2.1", SNV="8.75"),
    figure("SXD", "late-files:2020", "2"),
    figure("SXD", "files-online:2020", "900", target="1200"),
    fulfilled("SXD", "D6", days_late=1),
    *yes("SXD", "strong-union", "excellent-youth", "cultured-office"),
    figure("SXD", "democracy:2020", "80"),
    figure("SXD", "breaches:2020", "1"),
    *marks("SXD", "III.1", TT="-1.5", STC="-1", VP="-2"),
]
STC: list[UnitFact] = [
    figure("STC", "tasks:2020", "50", target="50"),
    *marks("STC", "I.2.1", SNV="9"),
    figure("STC", "files-online:2020", "600", target="600"),
    fulfilled("STC", "D6"),
    *yes("STC", "strong-union", "cultured-office", "complaints"),
    figure("STC", "democracy:2020", "95"),
    *marks("STC", "III.1", TT="0", VP="-1"),
]
SNV: list[UnitFact] = [
    *marks("SNV", "I.2.1-SNV", VP="9.5"),
    figure("SNV", "late-files:2020", "1"),
    figure("SNV", "files-online:2020", "150", target="300"),
    missed("SNV", "D6"),
    *marks("SNV", "III.1", TT="-3"),
]
ALL = [*SXD, *STC, *SNV]


def points(unit: str) -> dict[str, Decimal | None]:
    """By criterion; None where it is not assigned."""
    lines = TABLE.unit(unit, *ALL).lines
    return {line.criterion: line.points if line.assigned else None for line in lines}


def test_a_department_with_everything_by_hand() -> None:
    assert points("SXD") == {
        "I.1.1": 8,  # 97.5 %
        "I.1.2": 4,  # one step of 50 over 1,000
        "I.2.1": Decimal("8.75"),
        "I.2.1-SNV": None,
        "I.2.2": 4,
        "I.2.3": Decimal("4.5"),  # 75 % where the best has 100 %
        "I.3.1": 4,
        "II.1": 7,  # five of six: the report was late
        "II.2": 8,
        "III.1": Decimal("-1.5"),
    }
    found = TABLE.unit("SXD", *ALL)
    assert [(one.group, one.points) for one in found.groups] == [
        ("I", Decimal("33.25")),
        ("II", 15),
        ("III", Decimal("-1.5")),
    ]
    assert (found.total, found.maximum, found.level) == (Decimal("46.75"), 60, "done")
    assert found.knocked_out == ("K3",), "15 of 20 for II; it would not have been excellent"


def test_the_groups_cap_holds_and_what_is_not_assigned_is_scaled() -> None:
    assert points("STC")["I.1.2"] is None, "it has no revenue to raise"
    assert points("STC")["II.1"] == 7, "four of six: a complaint, and no youth union"
    assert points("STC")["III.1"] == Decimal("-0.5"), "a panel of three, of which it is one"
    found = TABLE.unit("STC", *ALL)
    held = next(one for one in found.groups[0].subtotals if one.group == "I.2")
    assert (held.points, held.capped) == (20, True), "9 + 6 + 6"
    assert (found.total, found.maximum) == (Decimal("51.5"), 55)
    assert found.comparable == Decimal("56.23"), "52 / 55 × 60 − 0.5"
    assert (found.rank, found.level) == (1, "excellent")


def test_the_scorer_is_scored_by_another_and_knocked_out_without_its_report() -> None:
    assert points("SNV") == {
        "I.1.1": None,
        "I.1.2": None,
        "I.2.1": None,
        "I.2.1-SNV": Decimal("9.5"),
        "I.2.2": 5,
        "I.2.3": 3,
        "I.3.1": 0,
        "II.1": 0,  # no complaints, and nothing else
        "II.2": 10,
        "III.1": 0,  # one mark of the two that it takes
    }
    found = TABLE.unit("SNV", *ALL)
    assert (found.total, found.maximum) == (Decimal("27.5"), 45)
    assert found.comparable == Decimal("36.67"), "done, but for the report"
    assert (found.level, found.knocked_out) == ("not-done", ("K2", "K3"))
