"""T13, a federation of unions: the lowest leads, targets that some have, n best, n of m, growth."""

from decimal import Decimal

import pytest

from services.contracts.events import UnitFact
from tests.scoring.facts import essay, figure, score_entered
from tests.scoring.tables.trial import trial

UNIONS = trial("t13_union_federation")


def of(unit: str, **figures: str) -> list[UnitFact]:
    """Figures of a unit, `done` or `done/target`; an underscore is a hyphen of the name."""
    found: list[UnitFact] = []
    for name, written in figures.items():
        value, _, target = written.partition("/")
        found.append(figure(unit, f"{name.replace('_', '-')}:2020", value, target=target or None))
    return found


FACTS = [
    *of("CD1", agreements="50/40", health="90/100", dialogue="12/10", meals="45/30"),
    *of("CD1", accident_rate="0.2", plan_issued="1", charter="1", certificates="1"),
    *of("CD1", model_1="90", model_2="40", model_3="80", model_4="70", dues="1100/1000"),
    figure("CD1", "inspection:2020-Q1", "80"),
    figure("CD1", "inspection:2020-Q3", "91"),
    *(essay("CD1", f"one-{at}") for at in range(12)),
    *of("CD1", prizes="1"),
    score_entered("CD1", "4.1", "scorers", "-10", scorer="UBKT"),
    *of("CD2", agreements="30/40", health="50/100", dialogue="10/10", meals="0/30"),
    *of("CD2", accident_rate="0.1", plan_issued="1", strikes="1", model_1="50"),
    *of("CD2", inspection="60", dues="1050/1000"),
    *(essay("CD2", f"two-{at}") for at in range(3)),
    *of("CD3", agreements="20", health="70/100", accident_rate="0.3"),
    *of("CD3", plan_issued="1", charter="1", archive="1"),
    *of("CD3", model_1="100", model_2="100", model_3="99", dues="900/1000"),
    *of("CD4", agreements="45/40", dues="1000/1000"),
]


@pytest.mark.parametrize(
    ("criterion", "expected"),
    [
        # 24 + 16 for the leader; 24 × 30 / 40; the best without a target; 24 + 5 / 10 × 16
        pytest.param("1.1", ["40", "18", "40", "32"], id="with and without a target"),
        # (90 + 120 + 120) / 300, at most all; (50 + 100 + 0) / 300; 70 / 100, its only target
        pytest.param("1.2", ["60", "30", "42", None], id="mean of the targets that it has"),
        pytest.param("1.3", ["20", "40", "13", None], id="the lowest of 0.2, 0.1, 0.3 and none"),
        pytest.param("2.1", ["40", "10", "40", "10"], id="3, 1, 4 and 1 of the items"),
        pytest.param("2.2", ["24", "15", "30", "0"], id="means of the three best: 80, 50, 99.67"),
        pytest.param("2.3", ["26", "18", "0", "0"], id="mean of the quarters: 85.5"),
        pytest.param("3.1", ["30", "6", "0", "0"], id="ten of twelve essays, and a prize"),
        pytest.param("3.2", ["20", "15", "0", "5"], id="10 % more, 5 % more, less, as much"),
        pytest.param("4.1", ["-10", "0", "0", "0"], id="deducted by the inspectors"),
        pytest.param("5.1", ["10", "0", "0", "0"], id="bonus"),
    ],
)
def test_points_by_hand(criterion: str, expected: list[str | None]) -> None:
    lines = [UNIONS.line(unit, criterion, *FACTS) for unit in ("CD1", "CD2", "CD3", "CD4")]
    found = [line.points if line.assigned else None for line in lines]
    assert found == [None if one is None else Decimal(one) for one in expected]


def test_totals_levels_and_who_missed_two_of_three() -> None:
    found = [UNIONS.unit(unit, *FACTS) for unit in ("CD1", "CD2", "CD3", "CD4")]
    assert [(one.total, one.comparable) for one in found] == [
        (260, 260),
        (152, 152),
        (165, 165),
        (47, 71),  # 47 of 200: 70.5 of 300
    ]
    assert [(one.rank, one.level, one.knocked_out) for one in found] == [
        (1, "good", ()),
        (3, "average", ("K1",)),
        (2, "average", ("K1",)),
        (4, "average", ()),
    ]


def test_who_has_no_target_misses_none() -> None:
    facts = [*of("CD3", agreements="1", health="70/100"), *of("CD3", dues="1000/1000")]
    assert UNIONS.unit("CD3", *facts).knocked_out == ()
