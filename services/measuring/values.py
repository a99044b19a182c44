"""What a measure is worth for a unit, and whether conditions hold on such values."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from services.contracts.campaign.measuring import Comparison, Condition, MeasureOperand, evaluate
from services.contracts.campaign.measuring.conditions import State
from services.contracts.campaign.measuring.evaluate import TESTS
from services.measuring.exact import Number, multiply


@dataclass(frozen=True, slots=True)
class DaysLate:
    """The status of an obligation; `days` late when fulfilled, else 0."""

    state: State
    days: int = 0


Value = Number | DaysLate | None
"""A number, an obligation's state, or nothing: no fact, or a share of nothing."""

Values = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class _OfUnit:
    """The values of a unit, as conditions are evaluated on them."""

    values: Values

    def number(self, measure: str) -> Number | None:
        """See Situation."""
        value = self.values[measure]
        if not isinstance(value, DaysLate):
            return value
        return Decimal(value.days) if value.state == "fulfilled" else None

    def state(self, measure: str) -> str | None:
        """See Situation."""
        value = self.values[measure]
        return value.state if isinstance(value, DaysLate) else None

    def keeps(self, comparison: Comparison, key: str, bound: MeasureOperand) -> bool:
        """See Situation."""
        number, limit = self.number(comparison.measure), self.values[bound.measure]
        if number is None or limit is None or isinstance(limit, DaysLate):
            return False
        return TESTS[key](number, multiply(limit, bound.times))


def holds(condition: Condition, values: Values) -> bool:
    """Whether the condition holds for a unit with these values."""
    return evaluate.holds(condition, _OfUnit(values))
