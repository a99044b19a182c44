"""Parts of answers that several features share."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, Field, PlainSerializer

from services.contracts.rules import RuleSet, Table
from services.contracts.wording import Bilingual, plain
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.engine.results import GroupPoints, PartPoints, UnitPoints

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


class YearPartOut(BaseModel):
    """What one table gave for the work of its days."""

    table: str
    title: Bilingual | None
    valid_from: date | None = Field(description="First local day of the table; null: no begin.")
    valid_to: date | None = Field(description="First one after it; null: no end.")
    total: Points
    maximum: Points


def parts_out(rules: RuleSet | None, points: UnitPoints) -> list[YearPartOut]:
    """The parts of a unit's points, where there are several; without titles where the rules were
    lost."""
    return [_part_out(rules.table(part.table) if rules else None, part) for part in points.parts]


def _part_out(table: Table | None, part: PartPoints) -> YearPartOut:
    return YearPartOut(
        table=part.table,
        title=table.title if table else None,
        valid_from=table.valid_from if table else None,
        valid_to=table.valid_to if table else None,
        total=part.total,
        maximum=part.maximum,
    )


class RuleSetOut(BaseModel):
    """Which table of points was applied."""

    id: str = Field(examples=["hanoi-2020-sample"])
    title: Bilingual
    sample: bool = Field(description="True where it is nobody's official table.")


def rule_set_out(snapshot: CampaignSnapshot) -> RuleSetOut:
    """The rule set's name, and whether it is a sample."""
    rules = snapshot.rules
    return RuleSetOut(id=rules.rule_set, title=rules.title, sample=rules.sample)
