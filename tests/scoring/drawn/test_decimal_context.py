"""No decimal setting of the thread changes a point: whoever scores, scores the same."""

from decimal import ROUND_UP, Context, localcontext

import pytest
from hypothesis import given

from services.scoring.engine.compare import compare
from services.scoring.engine.score import score
from tests.scoring.drawn.situations import Situation, situations, tried
from tests.scoring.drawn.units import CLUSTERS
from tests.scoring.facts import figure, known
from tests.scoring.in_memory import InMemory
from tests.scoring.sample_rules import criterion, group, rules, unit

NARROW = Context(prec=1, rounding=ROUND_UP)
"""One digit: every number of two is rounded, if it is rounded by the thread."""
BY_THE_BUS = {"kind": "count", "measure": "over_the_bus", "each": "1"}


CRITERIA = [
    criterion(id_=id_, maximum="999", cap="999", **BY_THE_BUS, **more)
    for id_, more in (("I.1", {}), ("I.2", {"bonus": True}))
]
RULES = rules(group(*CRITERIA, maximum="999"), maximum="999")
FACTS = known(
    figure("A", "documents-over-the-bus:2020", "333.33"),
    figure("B", "documents-over-the-bus:2020", "333.34"),
)


@pytest.mark.parametrize("digits", [1, 3, 50])
def test_a_total_and_its_rank_are_the_same_in_every_context(digits: int) -> None:
    with localcontext(Context(prec=digits)):
        found = score(FACTS, {"c": [unit("A"), unit("B")]}, RULES).clusters["c"].units
    assert [(one.unit, str(one.total), one.rank) for one in found] == [
        ("B", "666.68", 1),
        ("A", "666.66", 2),
    ]


@tried
@given(situations())
def test_nothing_that_is_drawn_depends_on_it(one: Situation) -> None:
    whole, running = one.scored(), InMemory(one.rules, CLUSTERS)
    with localcontext(NARROW):
        narrow = one.scored()
        for event in one.events:
            running.take([event])
        assert running.results() == narrow == whole
    before = one.scored(one.facts[: len(one.facts) // 2])
    moved = compare(before.clusters, whole.clusters)
    with localcontext(NARROW):
        assert compare(before.clusters, whole.clusters) == moved
