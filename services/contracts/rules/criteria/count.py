"""Kind `count`: so many points each, up to a cap."""

from collections.abc import Iterator
from typing import Literal

from services.contracts.campaign.base import Points
from services.contracts.rules.criteria.base import (
    CriterionFault,
    OnOneMeasure,
    not_equal_to_maximum,
    not_positive,
)


class Count(OnOneMeasure):
    """So many points each, up to a cap, never below 0."""

    kind: Literal["count"]
    each: Points
    cap: Points

    def faults(self) -> Iterator[CriterionFault]:
        """Each is worth something; the cap is the maximum."""
        yield from not_positive(("maximum",), self.maximum)
        yield from not_positive(("each",), self.each)
        yield from not_equal_to_maximum(("cap",), "cap", self.cap, self.maximum)
