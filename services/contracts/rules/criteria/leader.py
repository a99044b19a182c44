"""Kind `leader`: the share of the best of the cluster."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from pydantic import Field

from services.contracts.campaign.measuring.conditions import Condition
from services.contracts.rules.criteria.base import (
    CriterionFault,
    OnOneMeasure,
    Read,
    above_maximum,
    not_positive,
    reads_of_condition,
)
from services.contracts.rules.numbers import NoValue


class Leader(OnOneMeasure):
    """The share of the best of the cluster; where nobody has any, nobody gets any."""

    kind: Literal["leader"]
    best: Literal["highest", "lowest"] = Field(
        default="highest",
        description="Which result is the best: of accidents, say, the lowest. Who has that one has"
        " the maximum, another the share lowest / own of it.",
    )
    among: Condition | None = Field(
        default=None,
        description="Only units for which this holds can be the best; absent: all of the cluster"
        " that the same table scores and the criterion is assigned to.",
    )

    no_value: NoValue = Field(
        default=Decimal(0),
        description="Where the measure has no value: points, or not-assigned. Such a unit is not"
        " the lowest.",
    )

    @property
    def lowest(self) -> Decimal:
        """0, or what no value gives."""
        return min(self.no_value, Decimal(0)) if isinstance(self.no_value, Decimal) else Decimal(0)

    def reads(self) -> Iterator[Read]:
        """Its measure and those of the condition."""
        yield from super().reads()
        yield from reads_of_condition(("among",), self.among)

    def faults(self) -> Iterator[CriterionFault]:
        """It is worth something, and no value is not worth more."""
        yield from not_positive(("maximum",), self.maximum)
        if isinstance(self.no_value, Decimal):
            yield from above_maximum(("no_value",), self.no_value, self.maximum)
