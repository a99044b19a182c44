"""The essay contests of a campaign: none, one or several, each with its end and its rules."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from services.contracts.campaign.base import CampaignModel, Points, Slug, at_most, fault
from services.contracts.campaign.deadlines import Deadline
from services.contracts.wording import Bilingual

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


class Contest(CampaignModel):
    """A contest that units send entries to, and which entries it takes."""

    id: Slug
    title: Bilingual
    ends: Deadline = Field(description="Essays after it are kept and marked late.")
    levels: tuple[Slug, ...] = Field(min_length=1, description="Levels that may send entries.")
    forms: tuple[EssayForm, ...] = Field(min_length=1)
    max_words: int | None = Field(
        default=None, ge=1, description="Longest written entry, in words; absent: any length."
    )
    max_minutes: int | None = Field(
        default=None, ge=1, description="Longest recorded entry, in minutes; absent: any length."
    )
    barred: tuple[Slug, ...] = Field(default=(), description="Capacities that may not enter.")
    mark: MarkScale
    counted_by: Literal["received", "act"] = Field(
        default="received",
        description="The day that counts: of receipt, or of the act (handed in, or published).",
    )


Contests = Annotated[tuple[Contest, ...], at_most(100)]
"""All contests of a plan; none: it takes no essays."""
