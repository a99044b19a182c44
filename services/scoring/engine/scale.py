"""The comparable total: points scaled to the whole table, by which ranks and levels are decided."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from services.contracts.rules import Group, RuleSet, Table
from services.measuring.exact import EXACT, add, divide, multiply
from services.measuring.measures import ZERO
from services.scoring.engine.results import GroupPoints, Line
from services.scoring.engine.rounding import rounded
from services.scoring.engine.sums import total

Scored = tuple[Table, Sequence[GroupPoints]]
"""A table and what its groups gave."""


def comparable(
    points: Decimal, maximum: Decimal, parts: Sequence[Scored], rules: RuleSet
) -> Decimal:
    """What is ranked of a unit with this total and maximum, by one table or by several in parts.

    A waiver neither costs a place nor gains one: the unit ranks where it would if it had earned of
    what it is without the same part as of all else. So what it earned of its maximum is scaled;
    what bonuses add and penalties take away is not, or one penalty would cost a unit with a waiver
    more than another. A unit to which nothing was assigned has failed in nothing: it gets the
    table's maximum. The scaled total is rounded once and does not pass the table's cap. Several
    tables are to a unit one whole, of the sum of their maxima and caps.
    """
    whole = parts[0][0].maximum if len(parts) == 1 else total(table.maximum for table, _ in parts)
    if maximum == whole or rules.not_assigned == "as-is":
        return points
    earned = total(
        _earned(group, given)
        for table, groups in parts
        for group, given in zip(table.groups, groups, strict=True)
    )
    every = total(given.points for _, groups in parts for given in groups)
    on_top = EXACT.subtract(every, earned)
    scaled = divide(multiply(earned, whole), maximum) if maximum > 0 else whole
    found = rounded(add(scaled, on_top), rules.rounding)
    caps = [table.cap for table, _ in parts if table.cap is not None]
    return found if len(caps) < len(parts) else min(found, total(caps))


def _earned(group: Group, given: GroupPoints) -> Decimal:
    """What the group gives of its maximum: without bonuses, and before penalties.

    Of each regular criterion what lies between 0 and its maximum: a criterion that can take
    points away is earned where it did not, and points above its maximum are a bonus.
    """
    lines = {line.criterion: line for line in given.lines}
    maxima = {each.group: each.maximum for each in given.subtotals}
    return _earned_in(group, lines, {**maxima, group.id: given.maximum})


def _earned_in(group: Group, lines: Mapping[str, Line], maxima: Mapping[str, Decimal]) -> Decimal:
    if group.bonus:
        return ZERO
    regular = [lines[criterion.id] for criterion in group.criteria if not criterion.bonus]
    earned = total(
        [
            *(max(ZERO, min(line.points, line.maximum)) for line in regular),
            *(_earned_in(each, lines, maxima) for each in group.groups),
        ]
    )
    return min(earned, maxima[group.id])
