"""Tables: criteria in groups, for some kinds of units, with levels and knock-outs."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import Field, StrictBool

from services.contracts.campaign.base import (
    CampaignModel,
    CriterionId,
    LocalDay,
    Points,
    Slug,
    Text,
)
from services.contracts.campaign.units import Audience, Unit
from services.contracts.rules.conditions import Condition, measures_in
from services.contracts.rules.criteria import Assignment, Criterion, measures_of
from services.contracts.rules.numbers import Rounding
from services.contracts.wording import Bilingual


class Group(CampaignModel):
    """Criteria under one heading."""

    id: CriterionId
    title: Bilingual
    maximum: Points
    cap: Points | None = Field(
        default=None, description="The group never gives more, whatever its criteria add up to."
    )
    bonus: StrictBool = Field(
        default=False,
        description="Optional group: its points come on top, up to its cap, and its maximum is no"
        " part of the table's.",
    )
    assigned_to: Assignment | None = Field(default=None, description="Absent: to every unit.")
    criteria: tuple[Criterion, ...] = Field(min_length=1)

    def conditions(self) -> Iterator[str]:
        """The measures that decide whether it is assigned."""
        if self.assigned_to is not None and self.assigned_to.when is not None:
            yield from (name for _, name in measures_in(self.assigned_to.when))


class Band(CampaignModel):
    """A level of achievement and the total it begins at, inclusive."""

    level: Slug
    title: Bilingual
    from_points: Points | None = Field(
        default=None,
        alias="from",
        description="From this total, inclusive. Only the last level may leave it out: all below.",
    )
    up_to: Points | None = Field(
        default=None,
        description="To this total, inclusive, as a printed table says it; checked against the"
        " level above, so that no total lies between two levels.",
    )


class KnockOut(CampaignModel):
    """What forces a level, whatever the total."""

    id: CriterionId
    title: Bilingual
    legal_source: Text
    when: Condition
    level: Slug = Field(description="The level that it forces, if the total gave a higher one.")


class Table(CampaignModel):
    """The criteria for some kinds of units, for all of the campaign or from a day to another."""

    id: Slug
    title: Bilingual
    applies_to: Audience
    valid_from: LocalDay | None = Field(default=None, description="First local day.")
    valid_to: LocalDay | None = Field(
        default=None, description="First local day on which it is no longer in force."
    )
    maximum: Points
    cap: Points | None = Field(
        default=None, description="The total is never more, bonuses included; absent: no end."
    )
    groups: tuple[Group, ...] = Field(min_length=1)
    levels: tuple[Band, ...] = Field(default=(), description="Highest first; none: no levels.")
    level_rounding: Rounding | None = Field(
        default=None,
        description="The total is rounded so before its level is looked up; absent: it is not.",
    )
    knock_outs: tuple[KnockOut, ...] = ()
    knocked_out: Literal["keep-rank", "rank-last"] = Field(
        default="keep-rank", description="Whether a knocked-out unit ranks behind all others."
    )

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """All criteria in the table's order."""
        return tuple(criterion for group in self.groups for criterion in group.criteria)

    def level_title(self, level: str | None) -> Bilingual | None:
        """The title of a level, as this table words it; None for one that it does not have."""
        return next((band.title for band in self.levels if band.level == level), None)

    def applies(self, unit: Unit, day: date) -> bool:
        """Whether it scores the unit on that local day."""
        return (
            self.applies_to.includes(unit)
            and (self.valid_from is None or self.valid_from <= day)
            and (self.valid_to is None or day < self.valid_to)
        )

    @property
    def lowest(self) -> Decimal:
        """The lowest total that there can be, caps and assignments aside."""
        return sum((criterion.lowest for criterion in self.criteria), Decimal(0))

    @property
    def highest(self) -> Decimal:
        """The highest total that there can be, bonuses included."""
        total = Decimal(0)
        for group in self.groups:
            most = sum((criterion.highest for criterion in group.criteria), Decimal(0))
            total += most if group.cap is None else min(group.cap, most)
        return total if self.cap is None else min(self.cap, total)

    def measures(self) -> Iterator[str]:
        """Every measure that scoring a unit by it reads; some more than once."""
        for group in self.groups:
            yield from group.conditions()
            for criterion in group.criteria:
                yield from measures_of(criterion)
        for knock_out in self.knock_outs:
            yield from (name for _, name in measures_in(knock_out.when))
