"""Kind `leader`: the share of the best of the cluster."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from services.contracts.rules.conditions import Condition
from services.contracts.rules.criteria.base import (
    CriterionFault,
    OnOneMeasure,
    Read,
    not_positive,
    reads_of_condition,
)


class Leader(OnOneMeasure):
    """The share of the best of the cluster; where nobody has any, nobody gets any."""

    kind: Literal["leader"]
    among: Condition | None = Field(
        default=None,
        description="Only units for which this holds can be the best; absent: all of the cluster"
        " that the same table scores and the criterion is assigned to.",
    )

    def reads(self) -> Iterator[Read]:
        """Its measure and those of the condition."""
        yield from super().reads()
        yield from reads_of_condition(("among",), self.among)

    def faults(self) -> Iterator[CriterionFault]:
        """It is worth something."""
        yield from not_positive(("maximum",), self.maximum)
