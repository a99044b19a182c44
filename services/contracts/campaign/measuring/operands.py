"""What a bound of a condition, or a base of a criterion, may be: a number, or another measure."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import Discriminator, Tag

from services.contracts.campaign.base import CampaignModel, MeasureName, Points


class MeasureOperand(CampaignModel):
    """So many times the value of a measure of the same unit."""

    measure: MeasureName
    times: Points = Decimal(1)


def _kind_of_operand(value: Any) -> str:
    return "measure" if isinstance(value, dict | MeasureOperand) else "points"


Operand = Annotated[
    Annotated[Points, Tag("points")] | Annotated[MeasureOperand, Tag("measure")],
    Discriminator(_kind_of_operand),
]
"""A number in quotes, or `{measure: name}`."""
