"""What an answer says of the moment that it is about."""

from datetime import datetime

from pydantic import BaseModel, Field

from services.scoring.rule_sets.schemas import RulesInForceOut


class AsOfOut(BaseModel):
    """The moment that was asked about, and what was known then."""

    moment: datetime = Field(description="A day means its end.")
    asked_at: datetime = Field(description="The moment of the question.")
    rules: RulesInForceOut = Field(description="The rules that were in force then.")
    rules_differ: bool = Field(description="From those in force now.")
    units_differ: bool = Field(
        description="True where the units were amended since: the answer has those known then."
    )
    facts_known: int = Field(
        description="Facts that were known then, of the units in the answer; of one unit: its own."
    )
    facts_not_yet_known: int = Field(description="Facts of the same that were recorded later.")
