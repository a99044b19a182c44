"""A waiver neither costs a place nor gains one, whatever was earned, taken away and added."""

from decimal import Decimal
from typing import Any, NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from services.scoring.engine.score import score
from tests.scoring.drawn.situations import tried
from tests.scoring.facts import known, score_entered
from tests.scoring.sample_rules import criterion, group, rules, unit

QUARTER = Decimal("0.25")


def _marked(id_: str, maximum: int) -> dict[str, Any]:
    """Any points down to -10: a criterion that can be earned and can be a penalty."""
    return criterion(*("entered", id_, str(maximum)), minimum="-10", stages=["final"], no_value="0")


class Waiver(NamedTuple):
    """Points of the criteria that both units have alike, and of the one that only B has."""

    maxima: list[int]
    points: list[Decimal]
    of_the_waived: int
    """Its maximum; A is without it."""
    other: Decimal
    """What B has for it."""
    bonus: Decimal
    """On top, for both."""


@st.composite
def waivers(draw: st.DrawFn) -> Waiver:
    """B is often just as good in what A is without as A in all else."""
    maxima = draw(st.lists(st.integers(0, 10), min_size=1, max_size=4))
    points = [draw(_points(maximum)) for maximum in maxima]
    of_the_waived = draw(st.integers(1, 50))
    fair = _fair(maxima, points, of_the_waived)
    even = draw(st.booleans()) and fair == fair.quantize(QUARTER)
    other = fair if even else draw(_points(of_the_waived))
    return Waiver(maxima, points, of_the_waived, other, draw(_points(5)))


def _points(maximum: int) -> st.SearchStrategy[Decimal]:
    return st.integers(-40, 4 * maximum).map(lambda quarters: quarters * QUARTER)


def _fair(maxima: list[int], points: list[Decimal], of_the_waived: int) -> Decimal:
    """The part of a maximum that A earned of all else; the whole of it where there is nothing."""
    if not any(maxima):
        return Decimal(of_the_waived)
    earned = sum((max(Decimal(0), one) for one in points), Decimal(0))
    return earned * of_the_waived / sum(maxima)


@tried
@given(waivers())
def test_a_waiver_neither_costs_a_place_nor_gains_one(one: Waiver) -> None:
    waived = _marked("I.0", one.of_the_waived) | {"assigned_to": {"except_units": ["A"]}}
    alike = [_marked(f"I.{at}", maximum) for at, maximum in enumerate(one.maxima, start=1)]
    whole = one.of_the_waived + sum(one.maxima)
    rule_set = rules(
        group(waived, *alike, maximum=str(whole)),
        group(_marked("X.1", 5), id_="X", maximum="5", bonus=True),
        maximum=str(whole),
    )
    report = [
        score_entered(code, id_, "final", str(points))
        for code in "AB"
        for id_, points in [
            *((f"I.{at}", points) for at, points in enumerate(one.points, start=1)),
            ("X.1", one.bonus),
        ]
    ]
    report.append(score_entered("B", "I.0", "final", str(one.other)))
    found = score(known(*report), {"c": [unit("A"), unit("B")]}, rule_set)
    a, b = found.unit("A"), found.unit("B")
    assert a is not None
    assert b is not None
    assert a.maximum == sum(one.maxima)
    assert b.comparable == b.total
    fair = _fair(one.maxima, one.points, one.of_the_waived)
    if one.other <= fair:
        assert a.comparable >= b.comparable
        assert a.rank == 1
    if one.other >= fair:
        assert a.comparable <= b.comparable
        assert b.rank == 1
