"""What a group gives: its lines and the groups in it, under its cap, level by level."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import NamedTuple

from services.contracts.rules import Criterion, Group
from services.measuring.exact import EXACT
from services.measuring.measures import ZERO
from services.scoring.engine.results import Line, Subtotal
from services.scoring.engine.sums import total


class Summed(NamedTuple):
    """One group with all that is in it."""

    points: Decimal
    maximum: Decimal
    capped: bool
    bonus: Decimal
    """What of the points comes on top of the maximum."""
    lines: tuple[Line, ...]
    subtotals: tuple[Subtotal, ...]

    @property
    def without(self) -> Decimal:
        """The points less what comes on top."""
        return EXACT.subtract(self.points, self.bonus)


def summed(group: Group, line_of: Callable[[Criterion], Line]) -> Summed:
    """The group's points, and those of each group in it.

    Every level has its cap and its bonus: what comes on top of a group comes on top of the one that
    it is in, up to the cap of each.
    """
    lines = tuple(line_of(criterion) for criterion in group.criteria)
    inner = [summed(each, line_of) for each in group.groups]
    earned = total([line.points for line in lines] + [found.points for found in inner])
    points = earned if group.cap is None else min(earned, group.cap)
    bonus, maximum = points, ZERO
    if not group.bonus:
        regular: Sequence[Line] = lines
        if any(criterion.bonus for criterion in group.criteria):
            pairs = zip(lines, group.criteria, strict=True)
            regular = [line for line, criterion in pairs if not criterion.bonus]
        most = total([line.maximum for line in regular] + [found.maximum for found in inner])
        # What is in a group may add up to more than it gives: its maximum is the bound that counts.
        maximum = min(group.maximum, most)
        without = earned
        if inner or regular is not lines:
            without = total([line.points for line in regular] + [found.without for found in inner])
        if group.cap is not None:
            without = min(without, group.cap)
        bonus = EXACT.subtract(points, without)
    if not inner:
        return Summed(points, maximum, points < earned, bonus, lines, ())
    groups = list(zip(group.groups, inner, strict=True))
    return Summed(
        points,
        maximum,
        points < earned,
        bonus,
        lines=(*lines, *(line for found in inner for line in found.lines)),
        subtotals=tuple(one for each, found in groups for one in _subtotals(each, group, found)),
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
