"""Which of the conditions that a measure counts are met, for those behind a line of points."""

from collections.abc import Callable
from typing import NamedTuple

from services.contracts.rules import Condition, MetMeasure, RuleSet, Table, measures_of, parts_of
from services.measuring.measures import values_of
from services.measuring.slots import Tally
from services.measuring.values import holds
from services.scoring.engine.held import reached


class Met(NamedTuple):
    """A condition that a measure counts, and whether it is met."""

    measure: str
    condition: Condition
    met: bool


def met_by_criterion(
    count: Callable[[], Tally], table: Table, rules: RuleSet
) -> dict[str, list[Met]]:
    """For each criterion that has some, every condition of the measures behind it.

    `count` gives the tally that counts for one unit; asked only where a measure has conditions.
    """
    counting: dict[str, list[tuple[str, MetMeasure]]] = {}
    for one in table.criteria:
        for name in reached(measures_of(one), rules.measured):
            if isinstance(measure := rules.measured[name], MetMeasure):
                counting.setdefault(one.id, []).append((name, measure))
    if not counting:
        return {}
    asked = {
        part for some in counting.values() for _, measure in some for _, part in parts_of(measure)
    }
    values = values_of(asked, rules.measured, count())
    return {
        id_: [
            Met(name, condition, holds(condition, values))
            for name, measure in some
            for condition in measure.conditions
        ]
        for id_, some in counting.items()
    }
