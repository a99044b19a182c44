"""Kind `yes-no`: all or nothing."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from pydantic import Field

from services.contracts.campaign.base import Points
from services.contracts.campaign.measuring.conditions import Condition
from services.contracts.rules.criteria.base import (
    CriterionBase,
    CriterionFault,
    Read,
    above_maximum,
    not_positive,
    reads_of_condition,
)
from services.contracts.rules.numbers import DeclaredCount


class YesNo(CriterionBase):
    """The maximum when the condition holds, otherwise nothing or what is declared."""

    kind: Literal["yes-no"]
    when: Condition
    condition_count: DeclaredCount = Field(
        default=None, description="How many comparisons `when` has, as the document says."
    )
    otherwise: Points = Field(default=Decimal(0))

    def reads(self) -> Iterator[Read]:
        """The measures of its condition."""
        yield from reads_of_condition(("when",), self.when)

    @property
    def lowest(self) -> Decimal:
        """What a no gives."""
        return min(self.otherwise, self.maximum)

    def faults(self) -> Iterator[CriterionFault]:
        """A yes is worth something, and more than a no."""
        yield from not_positive(("maximum",), self.maximum)
        yield from above_maximum(("otherwise",), self.otherwise, self.maximum)
