"""What a campaign is compared with."""

from datetime import date

from pydantic import Field

from services.contracts.campaign.base import CampaignModel, LocalDay
from services.contracts.wording import Bilingual


class SameDay(CampaignModel):
    """How many essays there were on one day of last year."""

    day: LocalDay
    count: int = Field(ge=0)
    approximate: bool = Field(default=False, description="True where it was derived from a share.")
    note: Bilingual | None = None


class LastYear(CampaignModel):
    """What this year is compared with, as far as it is known."""

    total: int | None = Field(
        default=None, ge=0, description="Essays in the end; absent: not known."
    )
    press_works: int = Field(default=0, ge=0, description="Press works in the end.")
    same_day: tuple[SameDay, ...] = ()

    def on_same_day_as(self, day: date) -> SameDay | None:
        """Last year's count on the same day and month, where it is known."""
        for known in self.same_day:
            if (known.day.month, known.day.day) == (day.month, day.day):
                return known
        return None
