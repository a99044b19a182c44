"""Kind `steps`: points for each full step over a base, with a coefficient, capped."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from pydantic import Field

from services.contracts.campaign.base import Points
from services.contracts.rules.criteria.base import (
    CriterionFault,
    OnOneMeasure,
    above_maximum,
    not_positive,
)
from services.contracts.rules.numbers import NoValue


class Steps(OnOneMeasure):
    """At the base `start`; for each full `step` over it `each` more; all times `coefficient`."""

    kind: Literal["steps"]
    base: Points = Field(description="Where steps begin; below it nothing is given.")
    step: Points = Field(description="The width of a step; a part of one gives nothing.")
    each: Points = Field(description="Points for each full step.")
    start: Points = Field(default=Decimal(0), description="Points at the base itself.")
    coefficient: Points = Field(
        default=Decimal(1), description="Multiplies the sum, before the cap."
    )
    no_value: NoValue = Field(default=Decimal(0))

    @property
    def lowest(self) -> Decimal:
        """0, or what no value gives."""
        return min(self.no_value, Decimal(0)) if isinstance(self.no_value, Decimal) else Decimal(0)

    def faults(self) -> Iterator[CriterionFault]:
        """Steps are worth something, and the start is not beyond the cap."""
        for key in ("maximum", "step", "each", "coefficient"):
            yield from not_positive((key,), getattr(self, key))
        if self.start < 0:
            yield CriterionFault(("start",), "phải từ 0 trở lên", "must be 0 or more")
        yield from above_maximum(("start",), self.start * self.coefficient, self.maximum)
        if isinstance(self.no_value, Decimal):
            yield from above_maximum(("no_value",), self.no_value, self.maximum)
