"""The comparable total: points scaled to the whole table, by which ranks and levels are decided."""

from collections.abc import Sequence
from decimal import Decimal

from services.contracts.rules import Group, RuleSet, Table
from services.scoring.engine.exact import EXACT, add, divide, multiply
from services.scoring.engine.measures import ZERO
from services.scoring.engine.results import GroupPoints
from services.scoring.engine.rounding import rounded
from services.scoring.engine.sums import total


def comparable(
    points: Decimal, maximum: Decimal, groups: Sequence[GroupPoints], table: Table, rules: RuleSet
) -> Decimal:
    """What is ranked of a unit with this total and maximum.

    A waiver neither costs a place nor gains one: the unit ranks where it would if it had earned of
    what it is without the same part as of all else. So what it earned of its maximum is scaled;
    what bonuses add and penalties take away is not, or one penalty would cost a unit with a waiver
    more than another. A unit to which nothing was assigned has failed in nothing: it gets the
    table's maximum. The scaled total is rounded once and does not pass the table's cap.
    """
    if maximum == table.maximum or rules.not_assigned == "as-is":
        return points
    earned = total(_earned(group, given) for group, given in zip(table.groups, groups, strict=True))
    on_top = EXACT.subtract(total(given.points for given in groups), earned)
    scaled = divide(multiply(earned, table.maximum), maximum) if maximum > 0 else table.maximum
    found = rounded(add(scaled, on_top), rules.rounding)
    return found if table.cap is None else min(found, table.cap)


def _earned(group: Group, given: GroupPoints) -> Decimal:
    """What the group gives of its maximum: without bonuses, and before penalties.

    Of each regular criterion what lies between 0 and its maximum: a criterion that can take
    points away is earned where it did not, and points above its maximum are a bonus.
    """
    if group.bonus:
        return ZERO
    regular = (
        max(ZERO, min(line.points, line.maximum))
        for line, criterion in zip(given.lines, group.criteria, strict=True)
        if not criterion.bonus
    )
    return min(total(regular), given.maximum)
