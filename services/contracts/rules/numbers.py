"""Types of numbers that only rule sets have: rounding, points or nothing, a number or a measure."""

from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from services.contracts.campaign.base import CampaignModel, Points

NOT_ASSIGNED: Literal["not-assigned"] = "not-assigned"


class Rounding(CampaignModel):
    """To the nearest multiple of a step; what "nearest" means for a half is declared."""

    to: Points = Field(description='The step: "1", "0.5", "0.25", "0.01" …')
    mode: Literal["half-up", "half-even", "down"] = "half-up"

    @cached_property
    def is_one_digit(self) -> bool:
        """Whether the step is 1 of a decimal place: 10, 1, 0.1, 0.01 …"""
        return self.to.as_tuple().digits == (1,)


DeclaredCount = Annotated[int, Field(ge=1, le=10_000, strict=True)] | None
"""How many things a document says that there are; checked against what there is."""

HUNDREDTHS = Rounding(to=Decimal("0.01"))


def lines_rounded(total: Rounding, line: Rounding | None) -> Rounding:
    """How points of a criterion are rounded: as said; else to hundredths, or finer as the total."""
    finer = total if total.to < HUNDREDTHS.to else HUNDREDTHS
    return line or finer.model_copy(update={"mode": total.mode})


def _kind_of_no_value(value: object) -> str:
    return NOT_ASSIGNED if value == NOT_ASSIGNED else "points"


NoValue = Annotated[
    Annotated[Points, Tag("points")] | Annotated[Literal["not-assigned"], Tag(NOT_ASSIGNED)],
    Discriminator(_kind_of_no_value),
]
"""What a criterion gives where its measure has no value: points, or it is not assigned."""
