"""Groups of criteria, and groups in groups, as printed tables number them: I, I.1, I.1.a."""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple, Self

from pydantic import Field, StrictBool, model_validator

from services.contracts.campaign.base import CampaignModel, CriterionId, Points, fault
from services.contracts.campaign.measuring.conditions import measures_in
from services.contracts.rules.criteria import Assignment, Criterion
from services.contracts.rules.numbers import DeclaredCount
from services.contracts.wording import Bilingual

MOST_DEPTH = 6
"""Groups in each other. Printed tables have two or three."""


class Placed(NamedTuple):
    """A criterion with the groups that it is in, from the outermost."""

    groups: tuple["Group", ...]
    criterion: Criterion
    assignments: tuple[Assignment, ...]
    """Of these groups and of its own, where they have one: all must hold."""


class Group(CampaignModel):
    """Criteria, or groups of them, under one heading; the criteria of its own come first."""

    id: CriterionId
    title: Bilingual
    maximum: Points
    cap: Points | None = Field(
        default=None,
        description="The group never gives more, whatever its criteria and groups add up to.",
    )
    bonus: StrictBool = Field(
        default=False,
        description="Optional group: its points come on top, up to its cap, and its maximum is no"
        " part of that of the table, or of the group that it is in.",
    )
    assigned_to: Assignment | None = Field(default=None, description="Absent: to every unit.")
    criteria: tuple[Criterion, ...] = ()
    groups: tuple["Group", ...] = Field(
        default=(), description="Groups in it, each with a sub-total of its own."
    )
    criteria_count: DeclaredCount = Field(
        default=None,
        description="How many criteria it has, those of its groups included, as the document says.",
    )

    @model_validator(mode="after")
    def _has_something(self) -> Self:
        if not self.criteria and not self.groups:
            fault(
                "nhóm chưa có gì; ghi criteria (các tiêu chí) hoặc groups (các nhóm con)",
                "the group has nothing in it; give criteria, or groups in it",
            )
        if self.depth > MOST_DEPTH:
            fault(
                f"các nhóm lồng nhau hơn {MOST_DEPTH} tầng; gộp bớt",
                f"groups lie in each other over more than {MOST_DEPTH} levels; join some of them",
            )
        return self

    @property
    def depth(self) -> int:
        """Levels of groups: 1 for one without groups in it."""
        return 1 + max((group.depth for group in self.groups), default=0)

    @property
    def highest(self) -> Decimal:
        """The most that it can give, bonuses included."""
        most = sum((one.highest for one in (*self.criteria, *self.groups)), Decimal(0))
        return most if self.cap is None else min(self.cap, most)

    def with_groups(self) -> Iterator["Group"]:
        """It and all groups in it, each before those in it."""
        yield self
        for group in self.groups:
            yield from group.with_groups()

    def placed(self, *above: "Group") -> Iterator[Placed]:
        """All criteria in it, in the table's order."""
        groups = (*above, self)
        for criterion in self.criteria:
            declared = (each.assigned_to for each in (*groups, criterion))
            yield Placed(groups, criterion, tuple(to for to in declared if to is not None))
        for group in self.groups:
            yield from group.placed(*groups)

    def conditions(self) -> Iterator[str]:
        """The measures that decide whether it is assigned."""
        if self.assigned_to is not None and self.assigned_to.when is not None:
            yield from (name for _, name in measures_in(self.assigned_to.when))
