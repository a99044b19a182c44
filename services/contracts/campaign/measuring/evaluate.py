"""Whether a condition holds: one evaluator for points and for proofs."""

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from services.contracts.campaign.measuring.conditions import AllOf, AnyOf, Comparison, Condition
from services.contracts.campaign.measuring.operands import MeasureOperand

Exact = Decimal | Fraction
TESTS: Mapping[str, Callable[[Exact, Exact], bool]] = {
    "at_least": operator.ge,
    "more_than": operator.gt,
    "at_most": operator.le,
    "less_than": operator.lt,
}
"""What each bound asks of a number."""


class Situation(Protocol):
    """The values of the measures of one unit, or of one case of a proof."""

    def number(self, measure: str) -> Exact | None:
        """Its number; of a days-late measure the days, when it is fulfilled."""

    def state(self, measure: str) -> str | None:
        """The state of a days-late measure; None for every other one."""

    def keeps(self, comparison: Comparison, key: str, bound: MeasureOperand) -> bool:
        """Whether a bound by another measure holds."""


def holds(condition: Condition, situation: Situation) -> bool:
    """Whether the condition holds in that situation."""
    if isinstance(condition, AllOf):
        return all(holds(part, situation) for part in condition.all_of)
    if isinstance(condition, AnyOf):
        return any(holds(part, situation) for part in condition.any_of)
    if isinstance(condition, Comparison):
        return _compares(condition, situation)
    return not holds(condition.negated, situation)


def _compares(comparison: Comparison, situation: Situation) -> bool:
    number, state = situation.number(comparison.measure), situation.state(comparison.measure)
    given = number is not None or state is not None
    if comparison.given is not None and comparison.given is not given:
        return False
    wanted = comparison.equals
    if wanted is not None and wanted != (state if isinstance(wanted, str) else number):
        return False
    return all(
        situation.keeps(comparison, key, bound)
        if isinstance(bound, MeasureOperand)
        else number is not None and TESTS[key](number, bound)
        for key, bound in comparison.bounds.items()
    )
