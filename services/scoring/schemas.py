"""Parts of answers that several features share."""

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, Field, PlainSerializer

from services.contracts.wording import Bilingual, plain
from services.scoring.campaign_snapshot import CampaignSnapshot

Points = Annotated[Decimal, PlainSerializer(plain, return_type=str), Field(examples=["87.25"])]
"""Points in an answer: a decimal string."""


class RuleSetOut(BaseModel):
    """Which table of points was applied."""

    id: str = Field(examples=["hanoi-2020-sample"])
    title: Bilingual
    sample: bool = Field(description="True where it is nobody's official table.")


def rule_set_out(snapshot: CampaignSnapshot) -> RuleSetOut:
    """The rule set's name, and whether it is a sample."""
    rules = snapshot.rules
    return RuleSetOut(id=rules.rule_set, title=rules.title, sample=rules.sample)
