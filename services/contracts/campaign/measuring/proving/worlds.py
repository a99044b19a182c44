"""What conditions can be told apart: the few situations in which their comparisons differ.

The constants of a set of conditions cut what each measure can be into parts; within one part no
comparison changes. One number of each part, in all combinations, therefore represents everything
that can happen: what holds in no such world never holds. Measures are taken as independent and
comparisons with another measure as open, so that a world may be impossible in truth; what is said
to be impossible is so all the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise, product

from services.contracts.campaign.measuring import (
    Comparison,
    Condition,
    MeasureOperand,
    comparisons,
)
from services.contracts.campaign.measuring.conditions import STATES
from services.contracts.campaign.measuring.proving.intervals import HIGHEST, LOWEST, Cut, Interval
from services.contracts.campaign.measuring.proving.measure_values import MeasureValues

MOST_WORLDS = 10_000
"""Above it nothing is claimed; ten comparisons of ten worlds each are far below."""

Open = tuple[str, str, MeasureOperand]
"""A comparison with another measure, which holds or not."""
World = Mapping[object, Decimal | str | bool | None]
"""The value of each measure (a number, a state, or none), and whether each open one holds."""


def worlds(
    conditions: Sequence[Condition], values: Mapping[str, MeasureValues]
) -> list[World] | None:
    """Every situation that some comparison tells from another; None where there are too many.

    `values` has all measures of the conditions.
    """
    asked = [one for condition in conditions for _, one in comparisons(condition)]
    names = dict.fromkeys(one.measure for one in asked)
    choices: dict[object, list[Decimal | str | bool | None]] = {
        name: _choices(values[name], [one for one in asked if one.measure == name])
        for name in names
    }
    for one in asked:
        choices.update({open_: [True, False] for open_ in _open(one)})
    count = 1
    for options in choices.values():
        count *= len(options)
    if count > MOST_WORLDS:
        return None
    return [dict(zip(choices, world, strict=True)) for world in product(*choices.values())]


def _open(comparison: Comparison) -> Iterator[Open]:
    for key, bound in comparison.bounds.items():
        if isinstance(bound, MeasureOperand):
            yield comparison.measure, key, bound


def _choices(
    values: MeasureValues, asked: Sequence[Comparison]
) -> list[Decimal | str | bool | None]:
    """One value for each part of what the measure can be."""
    cuts = {LOWEST, HIGHEST}
    for comparison in asked:
        for key, bound in comparison.bounds.items():
            if isinstance(bound, Decimal):
                cuts.add(Cut(bound, after=key in {"more_than", "at_most"}))
        if isinstance(comparison.equals, Decimal):
            cuts |= {Cut(comparison.equals), Cut(comparison.equals, after=True)}
    ends = sorted(cuts)
    parts = [values.numbers.inside(Interval(low, high)) for low, high in pairwise(ends)]
    found: list[Decimal | str | bool | None] = [part.some for part in parts if not part.is_empty]
    if values.is_obligation:
        found += [state for state in STATES if state != "fulfilled"]
    if values.may_lack:
        found.append(None)
    return found


@dataclass(frozen=True, slots=True)
class InWorld:
    """The values of a world, as conditions are evaluated on them."""

    world: World
    values: Mapping[str, MeasureValues]

    def number(self, measure: str) -> Decimal | None:
        """See Situation."""
        value = self.world[measure]
        return value if isinstance(value, Decimal) else None

    def state(self, measure: str) -> str | None:
        """See Situation."""
        value = self.world[measure]
        if isinstance(value, str):
            return value
        return "fulfilled" if self.values[measure].is_obligation and value is not None else None

    def keeps(self, comparison: Comparison, key: str, bound: MeasureOperand) -> bool:
        """See Situation; open: each world says whether it holds."""
        return bool(self.world[comparison.measure, key, bound])
