"""Which measures of a unit were held at one of their ends, and what they would have been."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from services.contracts.rules import Measure, NumberMeasure, RuleSet, Table, measures_of, parts_of
from services.measuring.exact import Number
from services.measuring.measures import values_of
from services.measuring.slots import Tally
from services.scoring.engine.texts import shown


class Held(NamedTuple):
    """A measure that counts as one of its ends."""

    measure: str
    value: str
    """What it would be."""
    counts_as: str


def held_by_criterion(
    count: Callable[[], Tally], table: Table, rules: RuleSet
) -> dict[str, list[Held]]:
    """For each criterion that has some, the measures behind it that were held at an end.

    `count` gives the tally that counts for one unit; asked only where a measure has ends.
    """
    reads = {one.id: reached(measures_of(one), rules.measured) for one in table.criteria}
    bounded = {name for names in reads.values() for name in names if _has_ends(rules, name)}
    if not bounded:
        return {}
    held: dict[str, Number] = {}
    values = values_of(bounded, rules.measured, count(), held)
    return {
        id_: found
        for id_, names in reads.items()
        if (found := [Held(n, shown(held[n]), shown(values[n])) for n in names if n in held])
    }


def _has_ends(rules: RuleSet, name: str) -> bool:
    measure = rules.measured[name]
    return isinstance(measure, NumberMeasure) and (measure.at_least, measure.at_most) != (
        None,
        None,
    )


def reached(names: Sequence[str], measures: Mapping[str, Measure]) -> list[str]:
    """Some measures and all that they are made of, each once."""
    found: dict[str, None] = {}
    left = list(reversed(names))
    while left:
        name = left.pop()
        if name not in found:
            found[name] = None
            left.extend(part for _, part in parts_of(measures[name]))
    return list(found)
