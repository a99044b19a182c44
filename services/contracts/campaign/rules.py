"""rules.yaml: the table of points as data. The formulas live in scoring; here is only the shape.

A rule set is tables for kinds of units; a table is groups of criteria; a criterion turns a measure
of facts into points by one of five kinds of rule. All points are decimals, written in quotes.
"""

import hashlib
import json
from typing import Annotated, Literal

from pydantic import Field, StrictBool

from services.contracts.campaign.base import (
    Bilingual,
    CampaignModel,
    CriterionId,
    EventName,
    FieldName,
    MeasureName,
    Points,
    Slug,
    Text,
)
from services.contracts.campaign.units import Audience, Unit
from services.contracts.events.base import CampaignId, ObligationId

# --- measures: what is counted -------------------------------------------------------------------


class Condition(CampaignModel):
    """A test of one field of a fact; exactly one of `is`, `at_least`, `less_than` is given."""

    field: FieldName
    equals: StrictBool | str | None = Field(default=None, alias="is")
    at_least: Points | None = None
    less_than: Points | None = None


class CountMeasure(CampaignModel):
    """How many things a unit has: distinct aggregates of an event whose newest version passes."""

    kind: Literal["count"]
    of: EventName
    unless: EventName | None = Field(
        default=None, description="An event about the same thing after which it counts no more."
    )
    where: tuple[Condition, ...] = Field(default=(), description="All must hold.")


class SumMeasure(CampaignModel):
    """The sum of one field over the things a unit has, newest version of each."""

    kind: Literal["sum"]
    of: EventName
    field: FieldName
    unless: EventName | None = None
    where: tuple[Condition, ...] = ()


class DaysLateMeasure(CampaignModel):
    """How many days late an obligation was fulfilled, or that it is open, missed or waived."""

    kind: Literal["days-late"]
    obligation: ObligationId


Measure = Annotated[CountMeasure | SumMeasure | DaysLateMeasure, Field(discriminator="kind")]

# --- criteria: how a measure becomes points -------------------------------------------------------


class _Criterion(CampaignModel):
    id: CriterionId
    title: Bilingual
    legal_source: Text = Field(description="Where the criterion comes from.")
    maximum: Points = Field(description="The most that it can give.")


class LateStep(CampaignModel):
    """A rung: up to this many days late, inclusive, gives these points."""

    up_to: int = Field(ge=0, description="Whole days late; 0 is in time.")
    points: Points


class LateLadder(_Criterion):
    """Points by days late."""

    kind: Literal["late-ladder"]
    measure: MeasureName
    steps: tuple[LateStep, ...] = Field(min_length=1)
    otherwise: Points = Field(description="Fulfilled later than the last rung.")
    missed: Points = Field(description="Deadline over and still not fulfilled.")
    open: Points = Field(description="Not fulfilled and the deadline not over, or not owed.")
    waived: Literal["not-assigned", "full"] = Field(
        description="Released by the Board: the criterion is not assigned, or gives its maximum."
    )


class Linear(_Criterion):
    """In proportion to a target, never more than the maximum."""

    kind: Literal["linear"]
    measure: MeasureName
    target: Points


class Leader(_Criterion):
    """The share of the best of the cluster; where nobody has any, nobody gets any."""

    kind: Literal["leader"]
    measure: MeasureName


class Count(_Criterion):
    """So many points each, up to a cap."""

    kind: Literal["count"]
    measure: MeasureName
    each: Points
    cap: Points


class Weight(CampaignModel):
    """So many points for each of a measure."""

    measure: MeasureName
    each: Points


class BonusPenalty(_Criterion):
    """Bonuses less penalties, between a floor that may be negative and a ceiling."""

    kind: Literal["bonus-penalty"]
    plus: tuple[Weight, ...] = ()
    minus: tuple[Weight, ...] = ()
    floor: Points
    ceiling: Points


Criterion = Annotated[
    LateLadder | Linear | Leader | Count | BonusPenalty, Field(discriminator="kind")
]


def measures_of(criterion: Criterion) -> tuple[str, ...]:
    """The names of the measures that a criterion reads."""
    if isinstance(criterion, BonusPenalty):
        return tuple(weight.measure for weight in (*criterion.plus, *criterion.minus))
    return (criterion.measure,)


# --- tables ---------------------------------------------------------------------------------------


class Group(CampaignModel):
    """Criteria under one heading."""

    id: CriterionId
    title: Bilingual
    maximum: Points
    cap: Points | None = Field(
        default=None, description="The group never gives more, whatever its criteria add up to."
    )
    criteria: tuple[Criterion, ...] = Field(min_length=1)


class Band(CampaignModel):
    """A level of achievement and the total it begins at, inclusive."""

    level: Slug
    title: Bilingual
    from_points: Points = Field(alias="from")


class Table(CampaignModel):
    """The criteria for some kinds of units."""

    id: Slug
    title: Bilingual
    applies_to: Audience
    maximum: Points
    groups: tuple[Group, ...] = Field(min_length=1)
    levels: tuple[Band, ...] = Field(min_length=1, description="Highest first.")

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """All criteria in the table's order."""
        return tuple(criterion for group in self.groups for criterion in group.criteria)


class Rounding(CampaignModel):
    """How totals are rounded before they are ranked and banded."""

    places: int = Field(ge=0, le=6)
    mode: Literal["half-up", "half-even", "down"]


class RuleSet(CampaignModel):
    """One year's way to points."""

    rule_set: Slug
    sample: bool = Field(description="True where it is nobody's official table; shown everywhere.")
    title: Bilingual
    campaign: CampaignId
    ties: Literal["shared"] = Field(description="shared: equal totals share a rank (1, 2, 2, 4).")
    rounding: Rounding
    measures: dict[MeasureName, Measure]
    tables: tuple[Table, ...] = Field(min_length=1)

    def table_for(self, unit: Unit) -> Table | None:
        """The table that scores the unit; None for a unit that is not scored."""
        return next((t for t in self.tables if t.applies_to.includes(unit)), None)

    def digest(self) -> str:
        """SHA-256 (hexadecimal) of the content: comments, order of keys and "7.50" change nothing.

        The order of tables, groups, criteria and steps is content: it is the printed table's.
        """
        content = self.model_dump(mode="json", by_alias=True)
        canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()
