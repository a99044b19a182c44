"""Kind `late-ladder`: points by days late."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from pydantic import Field

from services.contracts.campaign.base import CampaignModel, MeasureName, Points
from services.contracts.rules.criteria.base import (
    MOST_RUNGS,
    CriterionBase,
    CriterionFault,
    Read,
    not_equal_to_maximum,
)
from services.contracts.wording import plain


class LateStep(CampaignModel):
    """A rung: up to this many days late, inclusive, gives these points."""

    up_to: int = Field(ge=0, description="Whole days late; 0 is in time.")
    points: Points


class LateLadder(CriterionBase):
    """Points by days late."""

    kind: Literal["late-ladder"]
    measure: MeasureName
    steps: tuple[LateStep, ...] = Field(min_length=1, max_length=MOST_RUNGS)
    otherwise: Points = Field(description="Fulfilled later than the last rung.")
    missed: Points = Field(description="Deadline over and still not fulfilled.")
    open: Points = Field(description="Not fulfilled and the deadline not over, or not owed.")
    waived: Literal["not-assigned", "full"] = Field(
        description="Released by the Board: the criterion is not assigned, or gives its maximum."
    )

    def reads(self) -> Iterator[Read]:
        """Its obligation."""
        yield Read(("measure",), self.measure, "obligation")

    @property
    def lowest(self) -> Decimal:
        """Of all its points the least."""
        return min(self.otherwise, self.missed, self.open, *(step.points for step in self.steps))

    def faults(self) -> Iterator[CriterionFault]:
        """Rungs ascend in days and never in points; nothing is worth more than doing it late."""
        for at in range(1, len(self.steps)):
            before, step = self.steps[at - 1], self.steps[at]
            if step.up_to <= before.up_to:
                yield CriterionFault(
                    ("steps", at, "up_to"),
                    f"bậc {step.up_to} ngày phải lớn hơn bậc trước ({before.up_to} ngày); "
                    "xếp tăng dần",
                    f"{step.up_to} days must be more than the rung before ({before.up_to}); ascend",
                )
            if step.points > before.points:
                yield CriterionFault(
                    ("steps", at, "points"),
                    f"chậm hơn lại nhiều điểm hơn ({plain(step.points)} > {plain(before.points)}); "
                    "xếp điểm giảm dần",
                    f"later gives more points ({plain(step.points)} > {plain(before.points)}); "
                    "points go down",
                )
        for name, value, limit in (
            ("otherwise", self.otherwise, self.steps[-1].points),
            ("missed", self.missed, self.otherwise),
            ("open", self.open, self.maximum),
        ):
            if value > limit:
                yield CriterionFault(
                    (name,),
                    f"{plain(value)} không được lớn hơn {plain(limit)}",
                    f"{plain(value)} may not be more than {plain(limit)}",
                )
        best = max(step.points for step in self.steps)
        yield from not_equal_to_maximum(("maximum",), "the best rung", best, self.maximum)
