"""Kind `base-plus-minus`: a base, plus, minus; bounds only where they are declared."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from pydantic import Field

from services.contracts.campaign.base import Points
from services.contracts.rules.criteria.base import (
    CriterionBase,
    CriterionFault,
    Read,
    Weight,
    faults_of_weights,
    not_equal_to_maximum,
    reads_of_weights,
)
from services.contracts.wording import plain

UNBOUNDED = Decimal("Infinity")


class BasePlusMinus(CriterionBase):
    """Everybody begins with the base; what is above it stands above the maximum."""

    kind: Literal["base-plus-minus"]
    base: Points = Field(description="What a unit without plus and minus has: the maximum.")
    plus: tuple[Weight, ...] = ()
    minus: tuple[Weight, ...] = ()
    floor: Points | None = Field(default=None, description="Absent: no end below.")
    ceiling: Points | None = Field(default=None, description="Absent: no end above.")

    def reads(self) -> Iterator[Read]:
        """The measures of all lines."""
        yield from reads_of_weights("plus", self.plus)
        yield from reads_of_weights("minus", self.minus)

    @property
    def lowest(self) -> Decimal:
        """The floor; minus infinity where there is none and something is taken away."""
        if not self.minus:
            return self.base
        return self.floor if self.floor is not None else -UNBOUNDED

    @property
    def highest(self) -> Decimal:
        """The ceiling; infinity where there is none and something is added."""
        if not self.plus:
            return self.base
        return self.ceiling if self.ceiling is not None else UNBOUNDED

    def faults(self) -> Iterator[CriterionFault]:
        """The base is the maximum and lies between the ends."""
        yield from faults_of_weights((("plus", self.plus), ("minus", self.minus)))
        yield from not_equal_to_maximum(("base",), "base", self.base, self.maximum)
        if self.floor is not None and self.floor > self.base:
            yield CriterionFault(
                ("floor",),
                f"sàn {plain(self.floor)} cao hơn điểm gốc {plain(self.base)}; hạ xuống",
                f"the floor {plain(self.floor)} is above the base {plain(self.base)}; lower it",
            )
        if self.ceiling is not None and self.ceiling < self.base:
            yield CriterionFault(
                ("ceiling",),
                f"trần {plain(self.ceiling)} thấp hơn điểm gốc {plain(self.base)}; nâng lên",
                f"the ceiling {plain(self.ceiling)} is below the base {plain(self.base)}; raise it",
            )
