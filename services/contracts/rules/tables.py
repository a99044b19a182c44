"""Tables: criteria in groups, for some kinds of units, with levels and knock-outs."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Literal

from pydantic import Field

from services.contracts.campaign.audience import Audience
from services.contracts.campaign.base import (
    CampaignModel,
    LocalDay,
    Points,
    Slug,
)
from services.contracts.campaign.measuring.conditions import measures_in
from services.contracts.campaign.unit import Unit
from services.contracts.rules.criteria import Criterion, measures_of
from services.contracts.rules.groups import Group, Placed
from services.contracts.rules.knock_outs import KnockOut
from services.contracts.rules.numbers import DeclaredCount, Rounding
from services.contracts.wording import Bilingual


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
    criteria_count: DeclaredCount = Field(
        default=None, description="How many criteria it has in all, as the document says."
    )
    knock_outs: tuple[KnockOut, ...] = ()
    knock_out_count: DeclaredCount = Field(
        default=None, description="How many knock-outs it has, as the document says."
    )
    knocked_out: Literal["keep-rank", "rank-last"] = Field(
        default="keep-rank", description="Whether a knocked-out unit ranks behind all others."
    )

    @cached_property
    def placed(self) -> tuple[Placed, ...]:
        """All criteria in the table's order, each with the groups that it is in."""
        return tuple(one for group in self.groups for one in group.placed())

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """All criteria in the table's order, whatever group they are in."""
        return tuple(one.criterion for one in self.placed)

    @property
    def all_groups(self) -> tuple[Group, ...]:
        """All groups at every depth, each before those in it."""
        return tuple(each for group in self.groups for each in group.with_groups())

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
        total = sum((group.highest for group in self.groups), Decimal(0))
        return total if self.cap is None else min(self.cap, total)

    def measures(self) -> Iterator[str]:
        """Every measure that scoring a unit by it reads; some more than once."""
        for group in self.all_groups:
            yield from group.conditions()
        for criterion in self.criteria:
            yield from measures_of(criterion)
        for knock_out in self.knock_outs:
            if knock_out.when is not None:
                yield from (name for _, name in measures_in(knock_out.when))
