"""Parts of answers that several features share."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, Field, PlainSerializer

from services.contracts.wording import Bilingual, plain
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.engine.results import GroupPoints

Points = Annotated[Decimal, PlainSerializer(plain, return_type=str), Field(examples=["87.25"])]
"""Points in an answer: a decimal string."""


class SubtotalOut(BaseModel):
    """A group that is in another group: why lines that are added up may be more than it gives."""

    group: str = Field(examples=["I.1"])
    within: str = Field(description="The group that it is in.", examples=["I"])
    title: Bilingual | None
    points: Points
    maximum: Points
    capped: bool = Field(description="True where what is in it adds up to more than it gives.")
    bonus: Points = Field(description="What of the points is above the maximum.")
    criteria: list[str] = Field(
        description="Criteria of its own; their lines are among those of the outermost group."
    )


def subtotals_out(group: GroupPoints, titles: Mapping[str, Bilingual]) -> list[SubtotalOut]:
    """The sub-totals of a group, with the titles of all groups by id."""
    return [
        SubtotalOut(
            group=each.group,
            within=each.within,
            title=titles.get(each.group),
            points=each.points,
            maximum=each.maximum,
            capped=each.capped,
            bonus=each.bonus,
            criteria=list(each.criteria),
        )
        for each in group.subtotals
    ]


class RuleSetOut(BaseModel):
    """Which table of points was applied."""

    id: str = Field(examples=["hanoi-2020-sample"])
    title: Bilingual
    sample: bool = Field(description="True where it is nobody's official table.")


def rule_set_out(snapshot: CampaignSnapshot) -> RuleSetOut:
    """The rule set's name, and whether it is a sample."""
    rules = snapshot.rules
    return RuleSetOut(id=rules.rule_set, title=rules.title, sample=rules.sample)
