"""Kind `first-rung`: the first rung whose condition holds."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from pydantic import Field

from services.contracts.campaign.base import CampaignModel, Points
from services.contracts.campaign.measuring.conditions import Condition
from services.contracts.rules.criteria.base import (
    MOST_RUNGS,
    CriterionBase,
    CriterionFault,
    Read,
    above_maximum,
    not_equal_to_maximum,
    reads_of_condition,
)
from services.contracts.rules.numbers import DeclaredCount


class Rung(CampaignModel):
    """These points when this holds and no rung before it did."""

    when: Condition
    condition_count: DeclaredCount = Field(
        default=None, description="How many comparisons `when` has, as the document says."
    )
    points: Points


class FirstRung(CriterionBase):
    """The points of the first rung that holds; `otherwise`, which is required, when none does."""

    kind: Literal["first-rung"]
    rungs: tuple[Rung, ...] = Field(min_length=1, max_length=MOST_RUNGS)
    otherwise: Points

    def reads(self) -> Iterator[Read]:
        """All measures of all rungs."""
        for at, rung in enumerate(self.rungs):
            yield from reads_of_condition(("rungs", at, "when"), rung.when)

    @property
    def lowest(self) -> Decimal:
        """Of all its points the least."""
        return min(self.otherwise, *(rung.points for rung in self.rungs))

    def faults(self) -> Iterator[CriterionFault]:
        """The best rung is the maximum."""
        best = max(rung.points for rung in self.rungs)
        yield from not_equal_to_maximum(("maximum",), "the best rung", best, self.maximum)
        yield from above_maximum(("otherwise",), self.otherwise, self.maximum)
