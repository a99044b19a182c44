"""An explanation is enough: its lines come to the total, and its facts to its lines."""

from decimal import Decimal

from hypothesis import given

from services.contracts.wording import number_en, number_vi
from services.measuring.records import KnownFact
from services.scoring.engine.criteria import formula
from services.scoring.engine.explain import facts_by_criterion
from services.scoring.engine.results import UnitPoints
from services.scoring.engine.score import score
from services.scoring.engine.texts import FormulaNames
from tests.scoring.drawn.situations import Situation, situations, tried
from tests.scoring.drawn.test_sums import all_units, table_of
from tests.scoring.drawn.units import CLUSTERS


@tried
@given(situations())
def test_every_line_is_explained_with_the_points_that_are_shown(one: Situation) -> None:
    for points in all_units(one.scored()):
        total = Decimal(0)
        for criterion, line in zip(table_of(one.rules, points).criteria, points.lines, strict=True):
            text = formula(criterion, line.inputs, line.points, FormulaNames(one.rules))
            assert text.vi
            assert text.en
            if line.assigned:
                assert number_vi(line.points) in text.vi
                assert number_en(line.points) in text.en
                total += line.points
        capped = any(each.capped for of in points.groups for each in (of, *of.subtotals))
        assert capped or total == sum(group.points for group in points.groups)


@tried
@given(situations())
def test_the_facts_under_a_line_are_enough_to_come_to_it(one: Situation) -> None:
    """With those of the other units of the cluster, where it is relative to them."""
    facts = one.facts
    for name, units in CLUSTERS.items():
        of_cluster = {
            unit.code: [fact for fact in facts if fact.unit == unit.code] for unit in units
        }
        for points in one.scored().clusters[name].units:
            for at, line in enumerate(points.lines):
                under = _under(one, points, of_cluster, line.criterion)
                rescored = score(under, {name: units}, one.rules).unit(points.unit)
                assert rescored is not None
                assert rescored.lines[at] == line


def _under(
    one: Situation, points: UnitPoints, of_cluster: dict[str, list[KnownFact]], criterion: str
) -> list[KnownFact]:
    table = table_of(one.rules, points)
    return [
        fact
        for facts in of_cluster.values()
        for fact in facts_by_criterion(facts, table, one.rules)[criterion]
    ]
