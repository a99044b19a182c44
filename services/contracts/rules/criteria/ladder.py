"""Kind `ladder`: points by the interval that a number lies in, each end stated open or closed.

Whether the rungs cover every number once depends on what the measure counts; that check needs the
measures and stands in `checks/ladders`.
"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from pydantic import Field

from services.contracts.campaign.base import CampaignModel, Points
from services.contracts.rules.criteria.base import (
    MOST_RUNGS,
    CriterionFault,
    OnOneMeasure,
    above_maximum,
    not_equal_to_maximum,
)
from services.contracts.rules.numbers import NoValue
from services.contracts.wording import plain


class Step(CampaignModel):
    """A rung: one number, or an interval with stated ends. An end that is not given has no
    bound."""

    equals: Points | None = Field(default=None, alias="is", description="Exactly this number.")
    above: Points | None = Field(default=None, description="More than this.")
    at_least: Points | None = Field(default=None, description="This or more.")
    at_most: Points | None = Field(default=None, description="This or less.")
    below: Points | None = Field(default=None, description="Less than this.")
    points: Points

    def holds(self, value: Decimal | Fraction) -> bool:
        """Whether the number lies in the interval."""
        return (
            (self.equals is None or value == self.equals)
            and (self.above is None or value > self.above)
            and (self.at_least is None or value >= self.at_least)
            and (self.at_most is None or value <= self.at_most)
            and (self.below is None or value < self.below)
        )

    @property
    def has_ends(self) -> bool:
        """Whether it is written as an interval."""
        return any(end is not None for end in (self.above, self.at_least, self.at_most, self.below))

    @property
    def words(self) -> str:
        """The interval as a reader of tables writes it: `50 ≤ x < 75`, `x = 3`."""
        if self.equals is not None:
            return f"x = {plain(self.equals)}"
        low = f"{plain(self.above)} < " if self.above is not None else ""
        low = f"{plain(self.at_least)} ≤ " if self.at_least is not None else low
        high = f" < {plain(self.below)}" if self.below is not None else ""
        high = f" ≤ {plain(self.at_most)}" if self.at_most is not None else high
        return f"{low}x{high}"


class Ladder(OnOneMeasure):
    """Points by the interval that the measure lies in."""

    kind: Literal["ladder"]
    steps: tuple[Step, ...] = Field(min_length=1, max_length=MOST_RUNGS)
    no_value: NoValue = Field(default=Decimal(0))

    @property
    def lowest(self) -> Decimal:
        """Of all its points the least."""
        none = self.no_value if isinstance(self.no_value, Decimal) else Decimal(0)
        return min(none, *(step.points for step in self.steps))

    def faults(self) -> Iterator[CriterionFault]:
        """Two ends at most, in order; the best rung is the maximum."""
        for at, step in enumerate(self.steps):
            if step.equals is not None and step.has_ends:
                yield CriterionFault(
                    ("steps", at, "is"),
                    "đã có đầu của khoảng; ghi is hoặc các đầu, không ghi cả hai",
                    "the rung has ends; give is or the ends, not both",
                )
            for one, two in (("above", "at_least"), ("at_most", "below")):
                if getattr(step, one) is not None and getattr(step, two) is not None:
                    yield CriterionFault(
                        ("steps", at, two),
                        f"đã có {one}; mỗi đầu ghi một khóa",
                        f"{one} is there already; one key for each end",
                    )
        best = max(step.points for step in self.steps)
        yield from not_equal_to_maximum(("maximum",), "the best rung", best, self.maximum)
        if isinstance(self.no_value, Decimal):
            yield from above_maximum(("no_value",), self.no_value, self.maximum)
