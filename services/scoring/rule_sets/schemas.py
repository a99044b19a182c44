"""What is answered about rule sets that were in force."""

from datetime import datetime

from pydantic import BaseModel, Field

from services.scoring.models import RuleSetInForce


class RulesInForceOut(BaseModel):
    """A rule set that was in force, and since when."""

    number: int = Field(ge=1, description="1 for the campaign's first one.")
    rule_set: str = Field(examples=["hanoi-2020-sample"])
    rules_digest: str
    since: datetime = Field(description="In force from then on; the first one: from the first day.")
    recorded_at: datetime = Field(description="When scoring first ran under it.")


def in_force_out(row: RuleSetInForce) -> RulesInForceOut:
    """A rule set that was in force."""
    return RulesInForceOut(
        number=row.number,
        rule_set=row.rule_set,
        rules_digest=row.rules_digest,
        since=row.in_force_since,
        recorded_at=row.recorded_at,
    )
