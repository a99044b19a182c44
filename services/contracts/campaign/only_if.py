"""On what condition a unit owes something: decided once, at the end of a local day."""

from datetime import date
from typing import Self

from pydantic import Field, model_validator

from services.contracts.campaign.base import CampaignModel, LocalDay, fault
from services.contracts.campaign.measuring import Condition


class OnlyIf(CampaignModel):
    """A condition on what the unit had done by the end of a local day."""

    no_essays_by: LocalDay | None = Field(
        default=None, description="Owed when no essay came by the end of this local day."
    )
    on: LocalDay | None = Field(
        default=None, description="The local day at whose end `when` is decided."
    )
    when: Condition | None = Field(
        default=None,
        description="Owed where this holds of what was received by the end of that day.",
    )

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        given = (self.no_essays_by is not None, self.on is not None, self.when is not None)
        if given not in ((True, False, False), (False, True, True)):
            fault(
                "ghi no_essays_by, hoặc cả on (ngày) và when (điều kiện)",
                "say no_essays_by, or both on (the day) and when (the condition)",
            )
        return self

    @property
    def day(self) -> date:
        """At the end of which local day it is decided."""
        day = self.no_essays_by or self.on
        assert day is not None  # noqa: S101  # see `_one_form`
        return day
