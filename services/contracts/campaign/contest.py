"""What the essay contest takes."""

from typing import Literal, Self

from pydantic import Field, model_validator

from services.contracts.campaign.base import CampaignModel, Points, Slug, fault

EssayForm = Literal["written", "recorded", "press"]


class MarkScale(CampaignModel):
    """The lowest and the highest mark a jury may give an essay."""

    min: Points
    max: Points

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        if self.min >= self.max:
            fault(
                "thang điểm bài dự thi: min phải nhỏ hơn max",
                "the scale of marks: min must be lower than max",
            )
        return self


class EssayRules(CampaignModel):
    """Which entries the contest takes."""

    levels: tuple[Slug, ...] = Field(min_length=1, description="Levels that may send entries.")
    forms: tuple[EssayForm, ...] = Field(min_length=1)
    max_words: int = Field(ge=1, description="Longest written entry, in words.")
    max_minutes: int = Field(ge=1, description="Longest recorded entry, in minutes.")
    barred: tuple[Slug, ...] = Field(default=(), description="Capacities that may not enter.")
    mark: MarkScale
