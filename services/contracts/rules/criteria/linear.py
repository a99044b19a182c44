"""Kind `linear`: in proportion to a target."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from pydantic import Field

from services.contracts.campaign.measuring.operands import MeasureOperand, Operand
from services.contracts.rules.criteria.base import (
    CriterionFault,
    OnOneMeasure,
    Read,
    above_maximum,
    not_positive,
)
from services.contracts.rules.numbers import NoValue


class Linear(OnOneMeasure):
    """In proportion to a target, never less than 0 and never more than the maximum."""

    kind: Literal["linear"]
    target: Operand = Field(description="A number, or a measure: the unit's own target.")
    no_value: NoValue = Field(
        default=Decimal(0),
        description="Where the measure or the unit's own target has no value, or that is 0.",
    )

    def reads(self) -> Iterator[Read]:
        """Its measure and the one of its target."""
        yield from super().reads()
        if isinstance(self.target, MeasureOperand):
            yield Read(("target", "measure"), self.target.measure)

    @property
    def lowest(self) -> Decimal:
        """0, or what no value gives."""
        return min(self.no_value, Decimal(0)) if isinstance(self.no_value, Decimal) else Decimal(0)

    def faults(self) -> Iterator[CriterionFault]:
        """Maximum and target are more than 0."""
        yield from not_positive(("maximum",), self.maximum)
        if isinstance(self.target, MeasureOperand):
            yield from not_positive(("target", "times"), self.target.times)
        else:
            yield from not_positive(("target",), self.target)
        if isinstance(self.no_value, Decimal):
            yield from above_maximum(("no_value",), self.no_value, self.maximum)
