"""Kind `target-leader`: a part for reaching one's own target, the rest by how far beyond it."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from pydantic import Field

from services.contracts.campaign.base import MeasureName, Points
from services.contracts.rules.criteria.base import (
    CriterionFault,
    OnOneMeasure,
    Read,
    not_positive,
)


class TargetLeader(OnOneMeasure):
    """Below and at the target its share of one part; beyond it the rest, relative to the leader.

    A unit without a target (no value, less than 0, or 0 unless `zero_target` says otherwise) has
    the share of the best unit without one, and leads nobody.
    """

    kind: Literal["target-leader"]
    target: MeasureName = Field(description="The unit's own target.")
    at_target: Points = Field(
        default=Decimal("0.5"),
        description="The part of the maximum that reaching the target gives, between 0 and 1.",
    )

    zero_target: Literal["none", "target"] = Field(
        default="none",
        description="none: a target of 0 is none; target: it is one, reached with 0 and exceeded"
        " with more.",
    )

    def reads(self) -> Iterator[Read]:
        """What was reached and what was to be."""
        yield from super().reads()
        yield Read(("target",), self.target)

    def faults(self) -> Iterator[CriterionFault]:
        """It is worth something, and the part is one."""
        yield from not_positive(("maximum",), self.maximum)
        if not Decimal(0) <= self.at_target <= Decimal(1):
            yield CriterionFault(
                ("at_target",),
                'là một phần của maximum, từ "0" đến "1", ví dụ "0.5"',
                'is a part of the maximum, from "0" to "1", like "0.5"',
            )
