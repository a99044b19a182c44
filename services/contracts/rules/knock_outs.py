"""Knock-outs: what forces a level, whatever the total."""

from decimal import Decimal
from fractions import Fraction
from typing import Self

from pydantic import Field, model_validator

from services.contracts.campaign.base import CampaignModel, CriterionId, Points, Slug, Text, fault
from services.contracts.campaign.measuring.conditions import Condition
from services.contracts.rules.numbers import DeclaredCount
from services.contracts.wording import Bilingual


class PointsBelow(CampaignModel):
    """Too few points of one of these groups or criteria; what is not assigned is passed over."""

    of: tuple[CriterionId, ...] = Field(min_length=1, description="Groups or criteria, by id.")
    points: Points | None = Field(default=None, description="Fewer points than this.")
    percent: Points | None = Field(
        default=None, description="Fewer than this percentage of what the unit could have of it."
    )

    @model_validator(mode="after")
    def _has_one_bound(self) -> Self:
        if (self.points is None) == (self.percent is None):
            fault(
                'ghi một trong hai: points: "30" (dưới 30 điểm) hoặc percent: "50" (dưới 50%)',
                'give one of points: "30" (below 30 points) and percent: "50" (below 50 %)',
            )
        return self

    def are_below(self, points: Decimal, maximum: Decimal) -> bool:
        """Whether these points, of something with that maximum, are too few."""
        if self.percent is None:
            return self.points is not None and points < self.points
        return Fraction(points) * 100 < Fraction(self.percent) * Fraction(maximum)


class KnockOut(CampaignModel):
    """What forces a level, whatever the total."""

    id: CriterionId
    title: Bilingual
    legal_source: Text
    when: Condition | None = Field(default=None, description="A condition on measures.")
    points_below: PointsBelow | None = Field(
        default=None, description="Instead of `when`: too few points of a group or criterion."
    )
    condition_count: DeclaredCount = Field(
        default=None, description="How many comparisons `when` has, as the document says."
    )
    level: Slug = Field(description="The level that it forces, if the total gave a higher one.")

    @model_validator(mode="after")
    def _asks_one_thing(self) -> Self:
        if (self.when is None) == (self.points_below is None):
            fault(
                "ghi một trong hai: when (điều kiện) hoặc points_below (dưới bao nhiêu điểm)",
                "give one of when (a condition) and points_below (too few points)",
            )
        return self
