"""What a group gives: its lines and the groups in it, under its cap, level by level."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from services.contracts.rules import Criterion, Group
from services.scoring.engine.exact import EXACT
from services.scoring.engine.measures import ZERO
from services.scoring.engine.results import Line, Subtotal
from services.scoring.engine.sums import total


@dataclass(frozen=True, slots=True)
class Summed:
    """One group with all that is in it."""

    points: Decimal
    maximum: Decimal
    capped: bool
    bonus: Decimal
    """What of the points comes on top of the maximum."""
    lines: tuple[Line, ...]
    subtotals: tuple[Subtotal, ...]


LineOf = Callable[[tuple[Group, ...], Criterion], Line]
"""The line of a criterion that is in these groups."""


def summed(group: Group, above: tuple[Group, ...], line_of: LineOf) -> Summed:
    """The group's points, and those of each group in it.

    Every level has its cap and its bonus: what comes on top of a group comes on top of the one that
    it is in, up to the cap of each.
    """
    groups = (*above, group)
    lines = tuple(line_of(groups, criterion) for criterion in group.criteria)
    inner = [(each, summed(each, groups, line_of)) for each in group.groups]
    earned = total([*(line.points for line in lines), *(found.points for _, found in inner)])
    points = earned if group.cap is None else min(earned, group.cap)
    bonus = points
    maximum = ZERO
    if not group.bonus:
        regular = [
            line
            for line, criterion in zip(lines, group.criteria, strict=True)
            if not criterion.bonus
        ]
        # What is in a group may add up to more than it gives: its maximum is the bound that counts.
        maximum = min(
            group.maximum,
            total([*(line.maximum for line in regular), *(found.maximum for _, found in inner)]),
        )
        without = total(
            [
                *(line.points for line in regular),
                *(EXACT.subtract(found.points, found.bonus) for _, found in inner),
            ]
        )
        if group.cap is not None:
            without = min(without, group.cap)
        bonus = EXACT.subtract(points, without)
    return Summed(
        points,
        maximum,
        capped=points < earned,
        bonus=bonus,
        lines=(*lines, *(line for _, found in inner for line in found.lines)),
        subtotals=tuple(
            subtotal for each, found in inner for subtotal in _subtotals(each, group, found)
        ),
    )


def _subtotals(group: Group, within: Group, found: Summed) -> tuple[Subtotal, ...]:
    own = Subtotal(
        group.id,
        within.id,
        found.points,
        found.maximum,
        capped=found.capped,
        bonus=found.bonus,
        criteria=tuple(criterion.id for criterion in group.criteria),
    )
    return (own, *found.subtotals)
